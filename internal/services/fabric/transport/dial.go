package transport

import (
	"bufio"
	"context"
	"crypto/tls"
	"encoding/base64"
	"net"
	"net/http"
	"net/url"

	"golang.org/x/net/proxy"
)

// dialTLS opens one connection of its own to addr (host:port), through the proxy where there is one, and finishes the
// TLS handshake. It exists because http.Transport lets nobody stand between it and the TLS layer when a proxy is used.
func (n *Network) dialTLS(ctx context.Context, addr string) (*tls.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, dialTimeout+handshakeTimeout)
	defer cancel()
	via, err := n.proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: addr}})
	if err != nil {
		return nil, &ProxyError{Host: "in HTTPS_PROXY", Err: errNoAddress}
	}
	conn, err := n.dial(ctx, addr, via)
	if err != nil {
		return nil, err
	}
	host, _, _ := net.SplitHostPort(addr)
	cfg := n.trusted.Client(host)
	cfg.NextProtos = []string{"http/1.1"}
	secure := tls.Client(conn, cfg)
	if err := secure.HandshakeContext(ctx); err != nil {
		conn.Close()
		return nil, err
	}
	return secure, nil
}

func (n *Network) dial(ctx context.Context, addr string, via *url.URL) (net.Conn, error) {
	d := &net.Dialer{Timeout: dialTimeout}
	if via == nil {
		return d.DialContext(ctx, "tcp", addr)
	}
	if via.Scheme == "socks5" || via.Scheme == "socks5h" {
		var auth *proxy.Auth
		if via.User != nil {
			password, _ := via.User.Password()
			auth = &proxy.Auth{User: via.User.Username(), Password: password}
		}
		socks, err := proxy.SOCKS5("tcp", withPort(via, "1080"), auth, d)
		if err != nil {
			return nil, &ProxyError{Host: via.Hostname(), Err: err}
		}
		conn, err := socks.(proxy.ContextDialer).DialContext(ctx, "tcp", addr)
		if err != nil {
			return nil, &ProxyError{Host: via.Hostname(), Err: err}
		}
		return conn, nil
	}
	port := "80"
	if via.Scheme == "https" {
		port = "443"
	}
	conn, err := d.DialContext(ctx, "tcp", withPort(via, port))
	if err != nil {
		return nil, &ProxyError{Host: via.Hostname(), Err: err}
	}
	if via.Scheme == "https" {
		secure := tls.Client(conn, n.trusted.Client(via.Hostname()))
		if err := secure.HandshakeContext(ctx); err != nil {
			conn.Close()
			return nil, &ProxyError{Host: via.Hostname(), Err: err}
		}
		conn = secure
	}
	if err := tunnel(ctx, conn, addr, via); err != nil {
		conn.Close()
		return nil, err
	}
	return conn, nil
}

// tunnel asks an HTTP proxy for a way through to addr.
func tunnel(ctx context.Context, conn net.Conn, addr string, via *url.URL) error {
	// The exchange knows no context: a context that ends closes the connection under it.
	stop := context.AfterFunc(ctx, func() { conn.Close() })
	defer stop()
	req := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: addr}, Host: addr, Header: http.Header{}}
	if via.User != nil {
		password, _ := via.User.Password()
		pair := via.User.Username() + ":" + password
		req.Header.Set("Proxy-Authorization", "Basic "+base64.StdEncoding.EncodeToString([]byte(pair)))
	}
	if err := req.Write(conn); err != nil {
		return &ProxyError{Host: via.Hostname(), Err: err}
	}
	// The server behind the proxy does not speak first in TLS, so nothing but the proxy's answer can be in the buffer.
	resp, err := http.ReadResponse(bufio.NewReader(conn), req)
	if err != nil {
		return &ProxyError{Host: via.Hostname(), Err: err}
	}
	resp.Body.Close()
	return answered(via, resp)
}

func withPort(u *url.URL, port string) string {
	if p := u.Port(); p != "" {
		port = p
	}
	return net.JoinHostPort(u.Hostname(), port)
}
