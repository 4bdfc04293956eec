package transport

import (
	"encoding/base64"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/net/http/httpproxy"
)

// behind is a service that only a proxy can be asked for, as its name is known to nobody else: the certificate of httptest is for
// example.com, and the proxy leads there.
func behind(t *testing.T, credentials string) (n *Network, address string, proxy *url.URL, tunnels *atomic.Int32, tokens *[]string) {
	t.Helper()
	tokens = &[]string{}
	s := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { *tokens = append(*tokens, r.Header.Get("Authorization")) }))
	t.Cleanup(s.Close)
	where, err := url.Parse(s.URL)
	require.NoError(t, err)
	n = trusting(t, s)
	proxy, tunnels = leadingProxy(t, credentials, where.Host)
	return n, "https://example.com", proxy, tunnels, tokens
}

// use has a network find its ways anew, with the variables as they are now.
func use(n *Network, system func() systemProxies) {
	n.ways = newWays()
	n.ways.system = system
	n.proxy = n.ways.proxy
}

func none() systemProxies { return systemProxies{} }

func ask(t *testing.T, n *Network, address string) error {
	t.Helper()
	c := n.Client(ClientOptions{Hosts: []string{address}})
	defer c.CloseIdleConnections()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer the-token")
	resp, err := c.Do(req)
	if err == nil {
		resp.Body.Close()
	}
	return err
}

func setProxy(t *testing.T, proxy, except string) {
	t.Helper()
	for name, value := range map[string]string{"HTTPS_PROXY": proxy, "https_proxy": "", "NO_PROXY": except, "no_proxy": "", "HTTP_PROXY": "", "http_proxy": ""} {
		t.Setenv(name, value)
	}
}

func TestWaysOfTheEnvironment(t *testing.T) {
	basic := "Basic " + base64.StdEncoding.EncodeToString([]byte("ana:hunter2-of-all"))
	n, address, proxy, tunnels, tokens := behind(t, basic)
	setProxy(t, "http://ana:hunter2-of-all@"+proxy.Host, "other.example,.internal.example")
	use(n, func() systemProxies { t.Error("the environment goes before"); return systemProxies{} })
	require.NoError(t, ask(t, n, address))
	require.EqualValues(t, 1, tunnels.Load())
	require.Equal(t, []string{"Bearer the-token"}, *tokens, "the token goes to the host, through what the proxy can't read")
	way, err := n.Way(address)
	require.NoError(t, err)
	require.Equal(t, FromVariables, way.From)
	require.Equal(t, proxy.Host, way.Via(), "without the password")
	for _, direct := range []string{"https://other.example", "https://a.internal.example", "https://localhost:8443", "https://127.0.0.1"} {
		way, err := n.Way(direct)
		require.NoError(t, err)
		require.Nil(t, way.Proxy, direct)
	}

	setProxy(t, "http://ana:wrong-hunter@"+proxy.Host, "")
	use(n, none)
	err = ask(t, n, address)
	require.Error(t, err)
	said := Describe(address, err).Error()
	require.Contains(t, said, "did not accept the user name and password of HTTPS_PROXY")
	require.NotContains(t, said, "hunter")
	require.NotContains(t, err.Error(), "hunter")
	require.EqualValues(t, 1, tunnels.Load())
	require.Len(t, *tokens, 1, "nothing went round the proxy")
}

// TestAProxyThatWantsASignInOfItsOwn: each way to connect tells what the proxy asks for, and what to do.
func TestAProxyThatWantsASignInOfItsOwn(t *testing.T) {
	s := httptest.NewTLSServer(nil)
	defer s.Close()
	var offered []string
	gate := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		for _, one := range offered {
			w.Header().Add("Proxy-Authenticate", one)
		}
		w.WriteHeader(http.StatusProxyAuthRequired)
	}))
	defer gate.Close()
	via, err := url.Parse(gate.URL)
	require.NoError(t, err)
	n := trusting(t, s)
	n.proxy = http.ProxyURL(via)
	for want, of := range map[string][]string{
		"asks for a sign-in by Negotiate, NTLM, which": {"negotiate", "NTLM", "NTLM"},
		"asks for a sign-in by Kerberos, which":        {"Kerberos, Bearer"},
		"asks for a user name and password":            {`NTLM, Basic realm="ask canary"`},
		"asks for a user name and password: put":       nil,
	} {
		offered = of
		_, err := get(t, n.Client(ClientOptions{Hosts: []string{s.URL}}), s.URL, nil)
		require.Error(t, err)
		require.Contains(t, Describe(s.URL, err).Error(), want)
		_, err = n.Once(ClientOptions{Hosts: []string{s.URL}}, soon()).Do(post(t, t.Context(), s.URL))
		require.Error(t, err)
		said := Describe(s.URL, err).Error()
		require.Contains(t, said, want)
		require.NotContains(t, said, "canary")
		require.Contains(t, said, "HTTPS_PROXY")
	}
}

func TestWaysOfTheSystem(t *testing.T) {
	n, address, proxy, tunnels, _ := behind(t, "")
	setProxy(t, "", "")
	use(n, func() systemProxies { return systemProxies{proxy: proxy.Host, noProxy: "*.contoso.com,10.0.0.0/8"} })
	require.NoError(t, ask(t, n, address))
	require.EqualValues(t, 1, tunnels.Load())
	way, err := n.Way(address)
	require.NoError(t, err)
	require.Equal(t, Way{Proxy: &url.URL{Scheme: "http", Host: proxy.Host}, From: FromSystem}, way)
	way, err = n.Way("https://db.contoso.com")
	require.NoError(t, err)
	require.Equal(t, Way{From: FromSystem}, way)

	setProxy(t, "", "example.com")
	use(n, func() systemProxies { return systemProxies{proxy: "http://ana:hunter2@" + proxy.Host} })
	way, err = n.Way(address)
	require.NoError(t, err)
	require.Nil(t, way.Proxy, "NO_PROXY holds for the system's proxy, too")
	way, err = n.Way("https://a.example")
	require.NoError(t, err)
	require.Nil(t, way.Proxy.User, "a password of the settings is nobody's secret")

	use(n, none)
	way, err = n.Way("https://a.example")
	require.NoError(t, err)
	require.Equal(t, Way{}, way)
	use(n, func() systemProxies { return systemProxies{proxy: "http://%zz"} })
	_, err = n.Way("https://a.example")
	require.Error(t, err, "what is no address does not mean directly")
}

func TestWaysOfAScript(t *testing.T) {
	n, address, proxy, tunnels, _ := behind(t, "")
	setProxy(t, "", "excepted.example")
	var asked []string
	answer := proxy.Host
	use(n, func() systemProxies {
		return systemProxies{proxy: "fixed:8080", script: func(a string) string { asked = append(asked, a); return answer }}
	})
	now := time.Now()
	n.ways.now = func() time.Time { return now }
	require.NoError(t, ask(t, n, address+"/v1/workspaces/secret-name?sig=hunter2"))
	require.NoError(t, ask(t, n, address))
	require.EqualValues(t, 2, tunnels.Load())
	require.Equal(t, []string{"https://example.com/"}, asked, "it is asked once, and told no path")
	way, err := n.Way("https://excepted.example")
	require.NoError(t, err)
	require.Equal(t, Way{From: FromScript}, way)
	require.Len(t, asked, 1)

	now, answer = now.Add(scriptHolds), ""
	way, err = n.Way(address)
	require.NoError(t, err)
	require.Equal(t, "fixed:8080", way.Via(), "without an answer, what is set besides")
	require.Len(t, asked, 2, "this computer may be elsewhere by now")
	require.Equal(t, httpproxy.Config{NoProxy: "excepted.example"}, n.ways.variables)
}
