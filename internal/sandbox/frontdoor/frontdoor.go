// Package frontdoor lets programs that know Microsoft's host names only, and can't be told others, reach a stand-in: as the
// proxy that most of them take from HTTPS_PROXY. Nothing behind it leaves this machine; a name that it does not know is refused.
package frontdoor

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"slices"
	"strings"
	"sync"
	"time"

	"fabricportal/internal/sandbox/certs"
)

// Door is the running proxy.
type Door struct {
	URL string // http://host:port, for HTTPS_PROXY

	names   map[string]bool
	outer   *http.Server // takes CONNECT
	inner   *http.Server // speaks TLS under the names
	handed  *handed
	closing context.Context // for Close, which outlives the context of Open
	group   sync.WaitGroup

	mu      sync.Mutex
	refused []string
}

// Open starts a proxy that leads each name to the server at an address such as https://127.0.0.1:4711, with certificates of the
// authority. trusted is whom those servers' certificates are of. It runs until Close.
func Open(ctx context.Context, authority *certs.Authority, trusted *x509.CertPool, servers map[string]string) (*Door, error) {
	d := &Door{names: map[string]bool{}, closing: context.WithoutCancel(ctx)}
	targets := map[string]*url.URL{}
	var names []string
	for name, address := range servers {
		target, err := url.Parse(address)
		if err != nil {
			return nil, fmt.Errorf("the server of %s: %w", name, err)
		}
		d.names[name], targets[name] = true, target
		names = append(names, name)
	}
	config, err := authority.TLSFor("Fabric Data Portal front door", names...)
	if err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	listener, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("starting the front door: %w", err)
	}
	d.URL = "http://" + listener.Addr().String()
	d.handed = &handed{connections: make(chan net.Conn), closed: make(chan struct{}), address: listener.Addr()}
	quiet := log.New(silent{}, "", 0) // clients that leave in the middle are none of its concern
	behind := &httputil.ReverseProxy{
		ErrorLog:  quiet,
		Transport: &http.Transport{TLSClientConfig: &tls.Config{RootCAs: trusted, MinVersion: tls.VersionTLS12}},
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(targets[hostOf(r.In.Host)])
			r.Out.Host = r.In.Host // the stand-in answers under the name that it was asked by
		},
	}
	d.inner = &http.Server{ErrorLog: quiet, ReadHeaderTimeout: 30 * time.Second, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !d.names[hostOf(r.Host)] {
			http.Error(w, "no such host", http.StatusMisdirectedRequest)
			return
		}
		behind.ServeHTTP(w, r)
	})}
	d.outer = &http.Server{ErrorLog: quiet, ReadHeaderTimeout: 30 * time.Second, Handler: http.HandlerFunc(d.connect)}
	d.group.Go(func() { _ = d.outer.Serve(listener) })
	d.group.Go(func() { _ = d.inner.Serve(tls.NewListener(d.handed, config)) })
	return d, nil
}

// connect hands a connection to a known name to the server behind.
func (d *Door) connect(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodConnect || !d.names[hostOf(r.Host)] {
		d.mu.Lock()
		d.refused = append(d.refused, r.Host)
		d.mu.Unlock()
		http.Error(w, "this proxy does not lead there", http.StatusForbidden)
		return
	}
	connection, buffered, err := http.NewResponseController(w).Hijack()
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	_, err = connection.Write([]byte("HTTP/1.1 200 Connection established\r\n\r\n"))
	if err != nil || buffered.Reader.Buffered() > 0 || !d.handed.take(connection) { // who does not wait for the answer is no client of a proxy
		_ = connection.Close()
	}
}

// Refused are the hosts that were asked for and that it does not lead to, each once.
func (d *Door) Refused() []string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(d.refused)))
}

// Close ends all connections and waits.
func (d *Door) Close() {
	ctx, cancel := context.WithTimeout(d.closing, 2*time.Second)
	defer cancel()
	_ = d.outer.Shutdown(ctx)
	_ = d.handed.Close()
	_ = d.inner.Close()
	d.group.Wait()
}

func hostOf(hostport string) string {
	host, _, err := net.SplitHostPort(hostport)
	if err != nil {
		host = hostport
	}
	return strings.ToLower(host)
}

// handed is a listener of connections that came in elsewhere.
type handed struct {
	connections chan net.Conn
	once        sync.Once
	closed      chan struct{}
	address     net.Addr
}

func (h *handed) take(c net.Conn) bool {
	select {
	case h.connections <- c:
		return true
	case <-h.closed:
		return false
	}
}

// Accept hands out the next connection.
func (h *handed) Accept() (net.Conn, error) {
	select {
	case c := <-h.connections:
		return c, nil
	case <-h.closed:
		return nil, errors.Join(net.ErrClosed, http.ErrServerClosed)
	}
}

// Close ends Accept.
func (h *handed) Close() error {
	h.once.Do(func() { close(h.closed) })
	return nil
}

// Addr is the proxy's address.
func (h *handed) Addr() net.Addr { return h.address }

type silent struct{}

func (silent) Write(b []byte) (int, error) { return len(b), nil }
