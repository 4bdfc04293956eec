package frontdoor_test

import (
	"crypto/tls"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/frontdoor"
)

func TestItLeadsTheNamesItKnowsToTheirServersAndNowhereElse(t *testing.T) {
	authority, err := certs.New()
	require.NoError(t, err)
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.WriteString(w, r.Host+" "+r.URL.EscapedPath())
	}))
	server.TLS, err = authority.LoopbackTLS("a server")
	require.NoError(t, err)
	server.StartTLS()
	defer server.Close()
	door, err := frontdoor.Open(t.Context(), authority, authority.Pool(), map[string]string{"api.fabric.microsoft.com": server.URL})
	require.NoError(t, err)
	defer door.Close()
	proxy, err := url.Parse(door.URL)
	require.NoError(t, err)
	transport := &http.Transport{Proxy: http.ProxyURL(proxy), TLSClientConfig: &tls.Config{RootCAs: authority.Pool(), MinVersion: tls.VersionTLS12}}
	defer transport.CloseIdleConnections()
	get := func(address string) (string, error) {
		request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
		require.NoError(t, err)
		response, err := transport.RoundTrip(request)
		if err != nil {
			return "", err
		}
		defer response.Body.Close()
		text, err := io.ReadAll(response.Body)
		return string(text), err
	}
	text, err := get("https://api.fabric.microsoft.com/a%2Fb/c")
	require.NoError(t, err)
	require.Equal(t, "api.fabric.microsoft.com /a%2Fb/c", text, "under its own name, the path as it came")
	require.Empty(t, door.Refused())
	_, err = get("https://elsewhere.example/")
	require.Error(t, err)
	require.Equal(t, []string{"elsewhere.example:443"}, door.Refused())
}
