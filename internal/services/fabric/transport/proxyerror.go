package transport

import (
	"context"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"fabricportal/internal/format"
)

// ProxyError says that a proxy did not let a connection through.
type ProxyError struct {
	Host    string   // of the proxy
	Status  int      // its HTTP status, 0 where it gave none
	SignIns []string // how it lets people sign in, such as Negotiate, where the status is 407 and it says so
	Known   bool     // whether a user name was sent, which it did not take
	Err     error
}

func (e *ProxyError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *ProxyError) Say(w format.Writer) string {
	switch {
	case e.Status == http.StatusProxyAuthRequired && len(e.SignIns) > 0 && !slices.Contains(e.SignIns, "Basic"):
		//nolint:lll // one sentence
		return w.T("the proxy {{.Host}} asks for a sign-in by {{.Ways}}, which this program does not speak: ask whoever runs it to let this program's hosts through without a sign-in, or name a local proxy that signs in (px, cntlm) in HTTPS_PROXY",
			"Host", e.Host, "Ways", strings.Join(e.SignIns, ", "))
	case e.Status == http.StatusProxyAuthRequired && e.Known:
		return w.T("the proxy {{.Host}} did not accept the user name and password of HTTPS_PROXY: correct them there", "Host", e.Host)
	case e.Status == http.StatusProxyAuthRequired:
		return w.T("the proxy {{.Host}} asks for a user name and password: put them into HTTPS_PROXY", "Host", e.Host)
	case e.Status != 0:
		return w.T("the proxy {{.Host}} refused the connection (HTTP {{.Status}})", "Host", e.Host, "Status", e.Status)
	}
	return w.T("the proxy {{.Host}} could not be reached: check HTTPS_PROXY", "Host", e.Host)
}

func (e *ProxyError) Unwrap() error { return e.Err }

// answered judges what a proxy said to a CONNECT.
func answered(via *url.URL, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &ProxyError{Host: via.Hostname(), Status: resp.StatusCode, SignIns: signIns(resp.Header), Known: via.User != nil}
}

// connected is what http.Transport calls with the proxy's answer, of which it would keep the status only.
func connected(_ context.Context, via *url.URL, _ *http.Request, resp *http.Response) error {
	return answered(via, resp)
}

// signIns are the ways to sign in that a proxy names, of those that there are: the rest of its words is anybody's.
func signIns(h http.Header) []string {
	var out []string
	for part := range strings.SplitSeq(strings.Join(h.Values("Proxy-Authenticate"), ","), ",") {
		words := strings.Fields(part)
		for _, known := range []string{"Basic", "Digest", "Kerberos", "Negotiate", "NTLM"} {
			if len(words) > 0 && strings.EqualFold(words[0], known) && !slices.Contains(out, known) {
				out = append(out, known)
			}
		}
	}
	return out
}
