package transport

import (
	"net"
	"net/http"
	"time"
)

// ThisMachine is a client for the service of an Azure computer that hands out its identity's tokens
// (https://learn.microsoft.com/entra/identity/managed-identities-azure-resources/how-to-use-vm-token). That answers on an address of
// the computer itself, without TLS, and never through a proxy. Redirects are not followed: what it is asked carries a secret header.
func ThisMachine() *http.Client {
	return &http.Client{
		Transport: &http.Transport{
			DialContext: (&net.Dialer{Timeout: 5 * time.Second}).DialContext, ResponseHeaderTimeout: 20 * time.Second, MaxResponseHeaderBytes: 64 << 10,
		},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
}
