// Package transport makes the HTTP clients of the program: certificate authorities and proxies as configured, no
// redirects, bounded waits and bodies, and no request to a host that the configuration does not name.
package transport

import (
	"errors"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/tlsconfig"
)

// Time limits of one exchange. What a call may take altogether is its caller's context.
const (
	dialTimeout      = 10 * time.Second
	handshakeTimeout = 10 * time.Second
	headerTimeout    = 100 * time.Second // from the request's end to the answer's header; gateways may sit on one for minutes
	idleTimeout      = 60 * time.Second  // a kept connection
	kept             = 4                 // connections to a host that wait for the next request
	keptApart        = 12                // the same where each request has one
)

// Network is the way out of this computer. It is safe for use by several goroutines.
type Network struct {
	trusted tlsconfig.Authorities
	ways    *ways
	proxy   func(*http.Request) (*url.URL, error) // how a request leaves; that of ways

	// Failpoint, when set, is called at the steps of a request that is sent once, with the step's name: before_dial,
	// before_send, mid_body, after_send_before_response. An error ends the request there. For tests; set it before use.
	Failpoint func(name string) error
}

// New trusts the operating system's certificate authorities and those in caFile (PEM; "" for none). Proxies come from
// HTTPS_PROXY and NO_PROXY, else from the operating system's settings. Error: *tlsconfig.FileError.
func New(caFile string) (*Network, error) {
	trusted, err := tlsconfig.SystemAnd(caFile, "ca_file")
	if err != nil {
		return nil, err
	}
	out := newWays()
	return &Network{trusted: trusted, ways: out, proxy: out.proxy}, nil
}

// ClientOptions says what a client is for.
type ClientOptions struct {
	Hosts   []string // base addresses, such as https://api.fabric.microsoft.com; nothing else is ever called
	MaxBody int64    // bytes that an answer may have; 0 for no limit but that of refusals, 1 MB

	// Apart gives each request that is under way a connection of its own. Over HTTP/2 all of them would share one, and one carries no more
	// than a window of bytes in each round trip, however many requests there are.
	Apart bool
}

// traced says whether net/http would print all that HTTP/2 sends, tokens and secrets among it: it asks GODEBUG at the
// start of the program, and nothing can talk it out of that later. Over HTTP/1.1 it prints nothing.
func traced() bool { return strings.Contains(os.Getenv("GODEBUG"), "http2debug=") }

// Client makes an HTTP client for the given hosts. It follows no redirect: the 3xx answer is what the caller gets.
func (n *Network) Client(o ClientOptions) *http.Client {
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAlive: 15 * time.Second}
	t := &http.Transport{
		Proxy:                  n.proxy,
		OnProxyConnectResponse: connected,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        n.trusted.Client(""),
		TLSHandshakeTimeout:    handshakeTimeout,
		ResponseHeaderTimeout:  headerTimeout,
		ExpectContinueTimeout:  time.Second,
		IdleConnTimeout:        idleTimeout,
		MaxIdleConnsPerHost:    kept,
		ForceAttemptHTTP2:      true,
		// After a laptop slept, a kept HTTP/2 connection looks alive and is not: pings find out.
		HTTP2: &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 10 * time.Second},
	}
	if o.Apart {
		t.MaxIdleConnsPerHost = keptApart
		// HTTP/1.1 has no pings: the system finds out which connections did not live through a sleep.
		dialer.KeepAliveConfig = net.KeepAliveConfig{Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 3}
	}
	if o.Apart || traced() {
		t.ForceAttemptHTTP2, t.HTTP2, t.Protocols = false, nil, new(http.Protocols)
		t.Protocols.SetHTTP1(true)
	}
	return &http.Client{
		Transport:     &guard{hosts: allow(o.Hosts), maxBody: o.MaxBody, next: t},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}

// HostError says that a request was about to go where the configuration does not point. It was not sent.
type HostError struct{ Host string }

func (e *HostError) Error() string {
	return e.Say(format.English)
}

// Say is part of format.Sayer.
func (e *HostError) Say(w format.Writer) string {
	return w.T("a request to {{.Host}} was stopped: this program calls only the hosts of its configuration", "Host", e.Host)
}

// NonRetriable tells azcore not to try again.
func (*HostError) NonRetriable() {}

// guard is the last thing before the wire, so that no library above it can send a token or a secret elsewhere.
type guard struct {
	hosts   hostSet
	maxBody int64
	next    *http.Transport
}

func (g *guard) RoundTrip(req *http.Request) (*http.Response, error) {
	if err := g.hosts.check(req); err != nil {
		if req.Body != nil {
			req.Body.Close()
		}
		return nil, err
	}
	resp, err := g.next.RoundTrip(g.watched(req))
	if err != nil {
		return resp, err
	}
	limit := g.maxBody
	if resp.StatusCode >= http.StatusMultipleChoices && (limit <= 0 || limit > maxRefusal) {
		limit = maxRefusal
	}
	if limit > 0 {
		resp.Body = &cappedBody{resp.Body, limit}
	}
	return resp, nil
}

// maxRefusal is how many bytes a refusal may have, that of a file without a limit, too: azcore reads each one whole.
const maxRefusal = 1 << 20

// CloseIdleConnections lets http.Client.CloseIdleConnections through.
func (g *guard) CloseIdleConnections() { g.next.CloseIdleConnections() }

// hostSet is host:port of each address that may be called.
type hostSet map[string]bool

func allow(addresses []string) hostSet {
	set := hostSet{}
	for _, a := range addresses {
		if u, err := url.Parse(a); err == nil && u.Scheme == "https" && u.Hostname() != "" {
			set[hostPort(u)] = true
		}
	}
	return set
}

func (s hostSet) check(req *http.Request) error {
	// Host, when set, is what the server is asked for, whatever the URL says.
	if req.URL.Scheme != "https" || req.URL.User != nil || !s[hostPort(req.URL)] || (req.Host != "" && !strings.EqualFold(req.Host, req.URL.Host)) {
		return &HostError{Host: req.URL.Scheme + "://" + req.URL.Host}
	}
	return nil
}

func hostPort(u *url.URL) string {
	port := u.Port()
	if port == "" {
		port = "443"
	}
	return net.JoinHostPort(strings.ToLower(u.Hostname()), port)
}

// ErrBodyTooLarge ends the reading of an answer that is longer than it may be.
var ErrBodyTooLarge = errors.New("the answer is too large")

type cappedBody struct {
	io.ReadCloser
	left int64
}

func (b *cappedBody) Read(p []byte) (int, error) {
	if b.left < 0 {
		return 0, ErrBodyTooLarge
	}
	if int64(len(p)) > b.left+1 {
		p = p[:b.left+1] // one byte more than allowed, to tell the end from too much
	}
	n, err := b.ReadCloser.Read(p)
	if b.left -= int64(n); b.left < 0 {
		return n - 1, ErrBodyTooLarge
	}
	return n, err
}
