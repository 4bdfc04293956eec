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
	"syscall"

	"fabricportal/internal/format"
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
	said := phrase(host, err)
	return &Error{Phrase: said.Error(), Err: said.Over(err)}
}

func phrase(host string, err error) *format.Said {
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
		return format.Say("{{.Why}}", "Why", proxyErr)
	case errors.As(err, &hostErr):
		return format.Say("{{.Why}}", "Why", hostErr)
	case errors.As(err, &dns):
		if dns.IsNotFound {
			return format.Say("the name {{.Host}} is not known on this network: check the network or VPN, and the address in the configuration", "Host", host)
		}
		return format.Say("the name {{.Host}} could not be looked up: check the network or VPN", "Host", host)
	case errors.As(err, &authority):
		return format.Say("the certificate of {{.Host}} comes from an authority that this computer does not trust: where a company proxy inspects HTTPS, name its certificate file in ca_file", "Host", host)
	case errors.As(err, &name):
		return format.Say("the certificate of {{.Host}} is for another name: check the address in the configuration", "Host", host)
	case errors.As(err, &invalid) && invalid.Reason == x509.Expired:
		return format.Say("the certificate of {{.Host}} has expired or is not valid yet: check this computer's clock", "Host", host)
	case errors.As(err, &verify):
		return format.Say("the certificate of {{.Host}} was not accepted", "Host", host)
	case tlsconfig.TooOld(err):
		return format.Say("{{.Host}} speaks only versions of TLS that are no longer safe: ask whoever runs it for TLS 1.2 or later", "Host", host)
	case errors.As(err, &record), errors.As(err, &op) && op.Op == "remote error": // an alert of TLS
		return format.Say("{{.Host}} does not speak HTTPS as expected: check the address and port in the configuration", "Host", host)
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &ne) && ne.Timeout():
		return format.Say("{{.Host}} did not answer in time: check the network, then try again", "Host", host)
	case errors.As(err, &op) && op.Op == "proxyconnect":
		return format.Say("the proxy could not be reached: check HTTPS_PROXY")
	case errors.Is(err, syscall.ECONNREFUSED):
		return format.Say("{{.Host}} refused the connection: check the network or VPN, and the address in the configuration", "Host", host)
	case errors.Is(err, ErrBodyTooLarge):
		return format.Say("{{.Host}} gave an answer that is too large to be right", "Host", host)
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, syscall.ECONNRESET), errors.Is(err, syscall.EPIPE), errors.Is(err, net.ErrClosed):
		return format.Say("the connection to {{.Host}} broke: check the network, then try again", "Host", host)
	case errors.As(err, &op):
		return format.Say("{{.Host}} could not be reached: check the network or VPN", "Host", host)
	}
	return format.Say("{{.Host}} could not be talked to: check the network, then try again", "Host", host)
}
