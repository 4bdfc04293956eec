package transport

import (
	"crypto/tls"
	"net"
	"net/http"
	"net/http/httptrace"
	"net/url"
	"testing"
)

// In test programs, of whatever package, a second pair of eyes looks at each connection before a request, and the token or secret
// in it, is written to it: not at what was asked for, as guard does, but at who is at the other end. So every test of the project
// proves that nothing leaves for a host that is not configured. It panics, as an error could be taken for one that was expected.

// watched has the request's connection looked at.
func (g *guard) watched(req *http.Request) *http.Request {
	if !testing.Testing() {
		return req
	}
	return req.WithContext(httptrace.WithClientTrace(req.Context(), &httptrace.ClientTrace{GotConn: func(info httptrace.GotConnInfo) {
		via, err := g.next.Proxy(req)
		g.hosts.witness(info.Conn, err != nil || via != nil)
	}}))
}

// viaProxy tells whether connections to addr go through a proxy, for which the address at the other end says nothing.
func (n *Network) viaProxy(addr string) bool {
	via, err := n.proxy(&http.Request{URL: &url.URL{Scheme: "https", Host: addr}})
	return err != nil || via != nil
}

// witness panics in a test program where none of the hosts is at the other end of the connection.
func (s hostSet) witness(conn net.Conn, proxied bool) {
	if testing.Testing() && !s.reached(conn, proxied) {
		panic("a request was about to leave for " + conn.RemoteAddr().String() + ", which no configuration names")
	}
}

// reached goes by the address where a host is one, and by the certificate where it is a name or behind a proxy.
func (s hostSet) reached(conn net.Conn, proxied bool) bool {
	secure, ok := conn.(*tls.Conn)
	if !ok {
		return false
	}
	certificates := secure.ConnectionState().PeerCertificates
	for address := range s {
		host, _, err := net.SplitHostPort(address)
		switch {
		case err != nil:
		case net.ParseIP(host) != nil && !proxied:
			if conn.RemoteAddr().String() == address {
				return true
			}
		case len(certificates) > 0 && certificates[0].VerifyHostname(host) == nil:
			return true
		}
	}
	return false
}
