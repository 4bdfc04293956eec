package transport

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"syscall"

	"fabricportal/internal/tlsconfig"
)

// Error is a failed exchange in words for users; what happened in detail is underneath.
type Error struct {
	Phrase string // a main clause that says what happened and what to do
	Err    error
}

func (e *Error) Error() string { return e.Phrase }
func (e *Error) Unwrap() error { return e.Err }

// Timeout and Temporary keep what callers ask of a net.Error.
func (e *Error) Timeout() bool {
	var ne net.Error
	return errors.As(e.Err, &ne) && ne.Timeout()
}

// Describe words why a host could not be talked to. Addresses, headers and bodies are left out. The address may be a base URL.
func Describe(address string, err error) *Error {
	if e, ok := errors.AsType[*Error](err); ok {
		return e
	}
	host := address
	if u, perr := url.Parse(address); perr == nil && u.Hostname() != "" {
		host = u.Hostname()
	}
	return &Error{Phrase: phrase(host, err), Err: err}
}

func phrase(host string, err error) string {
	var (
		dns       *net.DNSError
		op        *net.OpError
		proxyErr  *ProxyError
		hostErr   *HostError
		authority x509.UnknownAuthorityError
		name      x509.HostnameError
		invalid   x509.CertificateInvalidError
		verify    *tls.CertificateVerificationError
		record    tls.RecordHeaderError
		ne        net.Error
	)
	switch {
	case errors.As(err, &proxyErr):
		return proxyErr.Error()
	case errors.As(err, &hostErr):
		return hostErr.Error()
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return "the name " + host + " is not known on this network: check the network or VPN, and the address in the configuration"
		}
		return "the name " + host + " could not be looked up: check the network or VPN"
	case errors.As(err, &authority):
		return "the certificate of " + host + " comes from an authority that this computer does not trust: where a company proxy inspects HTTPS, name its certificate file in ca_file"
	case errors.As(err, &name):
		return "the certificate of " + host + " is for another name: check the address in the configuration"
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return "the certificate of " + host + " has expired or is not valid yet: check this computer's clock"
	case errors.As(err, &verify):
		return "the certificate of " + host + " was not accepted"
	case tlsconfig.TooOld(err):
		return host + " speaks only versions of TLS that are no longer safe: ask whoever runs it for TLS 1.2 or later"
	case errors.As(err, &record), errors.As(err, &op) && op.Op == "remote error": // an alert of TLS
		return host + " does not speak HTTPS as expected: check the address and port in the configuration"
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return host + " did not answer in time: check the network, then try again"
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return "the proxy could not be reached: check HTTPS_PROXY"
	case errors.Is(err, syscall.ECONNREFUSED):
		return host + " refused the connection: check the network or VPN, and the address in the configuration"
	case errors.Is(err, ErrBodyTooLarge):
		return host + " gave an answer that is too large to be right"
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return "the connection to " + host + " broke: check the network, then try again"
	case errors.As(err, &op):
		return host + " could not be reached: check the network or VPN"
	case strings.Contains(err.Error(), "Proxy Authentication Required"): // what net/http makes of a proxy's 407
		return "the proxy asks for a user name and password: put them into HTTPS_PROXY"
	}
	return host + " could not be talked to: check the network, then try again"
}
