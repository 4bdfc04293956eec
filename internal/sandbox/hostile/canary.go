package hostile

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"slices"
	"sync"
	"time"

	"fabricportal/internal/sandbox/certs"
)

// Canary is a server that no configuration names, whose certificate is as good as the services' own. Whoever lets what comes
// from outside say where to go ends here.
type Canary struct {
	HTTP, HTTPS string // where it is, such as https://127.0.0.1:1234

	servers []*http.Server
	group   sync.WaitGroup

	mu    sync.Mutex
	heard []string
}

func startCanary(ctx context.Context, authority *certs.Authority) (*Canary, error) {
	c := &Canary{}
	config, err := authority.LoopbackTLS("canary")
	if err != nil {
		return nil, err
	}
	var listen net.ListenConfig
	for _, secure := range []bool{false, true} {
		l, err := listen.Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			c.close()
			return nil, fmt.Errorf("starting the canary: %w", err)
		}
		address := l.Addr().String()
		l = &listener{l, c}
		if secure {
			c.HTTPS = "https://" + address
			l = tls.NewListener(l, config)
		} else {
			c.HTTP = "http://" + address
		}
		server := &http.Server{Handler: c, ReadHeaderTimeout: 10 * time.Second, ErrorLog: log.New(io.Discard, "", 0)}
		c.servers = append(c.servers, server)
		c.group.Go(func() {
			if err := server.Serve(l); !errors.Is(err, http.ErrServerClosed) {
				c.hear("the canary itself ended: " + err.Error())
			}
		})
	}
	return c, nil
}

func (c *Canary) close() {
	for _, s := range c.servers {
		_ = s.Close()
	}
	c.group.Wait()
}

// address is the plain server's host and port.
func (c *Canary) address() (host, port string) {
	host, port, _ = net.SplitHostPort(c.HTTP[len("http://"):])
	return host, port
}

// listener hears each connection, whatever is said on it.
type listener struct {
	net.Listener
	canary *Canary
}

func (l *listener) Accept() (net.Conn, error) {
	conn, err := l.Listener.Accept()
	if err == nil {
		l.canary.hear("a connection from " + conn.RemoteAddr().String())
	}
	return conn, err
}

// ServeHTTP hears a request.
func (c *Canary) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(io.LimitReader(r.Body, 4096))
	c.hear(fmt.Sprintf("%s %s, Authorization %q, body %q", r.Method, r.URL, r.Header.Get("Authorization"), body))
	http.Error(w, "nobody should be here", http.StatusNotFound)
}

func (c *Canary) hear(what string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.heard = append(c.heard, what)
}

// Heard is all that came, connections without a request included.
func (c *Canary) Heard() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.heard)
}
