package transport

import (
	"bufio"
	"cmp"
	"context"
	"crypto/tls"
	"encoding/pem"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/tlsconfig"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// caFile writes the certificate of a test server as the configuration would name it.
func caFile(t *testing.T, s *httptest.Server) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: s.Certificate().Raw}), 0o600))
	return path
}

func trusting(t *testing.T, s *httptest.Server) *Network {
	t.Helper()
	n, err := New(caFile(t, s))
	require.NoError(t, err)
	return n
}

func get(t *testing.T, c *http.Client, address string, edit func(*http.Request)) (*http.Response, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, address, nil)
	require.NoError(t, err)
	req.Header.Set("Authorization", "Bearer canary")
	if edit != nil {
		edit(req)
	}
	t.Cleanup(c.CloseIdleConnections)
	return c.Do(req)
}

// TestARefusalIsBounded: a library reads refusals whole, also of what has no limit otherwise.
func TestARefusalIsBounded(t *testing.T) {
	const size = 8 << 20
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/refused" {
			w.WriteHeader(http.StatusConflict)
		}
		_, _ = w.Write(make([]byte, size))
	}))
	defer server.Close()
	c := trusting(t, server).Client(ClientOptions{Hosts: []string{server.URL}})
	for path, most := range map[string]int{"/file": size, "/refused": maxRefusal} {
		resp, err := get(t, c, server.URL+path, nil)
		require.NoError(t, err)
		body, err := io.ReadAll(resp.Body)
		resp.Body.Close()
		assert.Len(t, body, most, path)
		if most < size {
			require.ErrorIs(t, err, ErrBodyTooLarge)
		} else {
			require.NoError(t, err)
		}
	}
}

func TestNothingGoesToOtherHosts(t *testing.T) {
	var canary atomic.Int32
	evil := httptest.NewTLSServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { canary.Add(1) }))
	defer evil.Close()
	good := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, evil.URL, http.StatusTemporaryRedirect)
	}))
	defer good.Close()
	n := trusting(t, good) // all httptest servers share one certificate, so trust does not stop the others
	c := n.Client(ClientOptions{Hosts: []string{good.URL}})

	resp, err := get(t, c, good.URL+"/x", nil)
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, 307, resp.StatusCode, "a redirect is handed over, not followed")

	goodURL, _ := url.Parse(good.URL)
	for _, address := range []string{
		evil.URL, "http://" + goodURL.Host, "https://user:pw@" + goodURL.Host, "https://127.0.0.1", "https://localhost:" + goodURL.Port(),
		"https://" + goodURL.Hostname() + ".evil.org:" + goodURL.Port(),
	} {
		_, err := get(t, c, address, nil)
		var host *HostError
		require.ErrorAs(t, err, &host, address)
	}
	_, err = get(t, c, good.URL, func(r *http.Request) { r.Host = "evil.org" })
	var host *HostError
	require.ErrorAs(t, err, &host)
	assert.Zero(t, canary.Load())
	assert.Contains(t, Describe(good.URL, err).Error(), "only the hosts of its configuration")

	// The default port may be named or not.
	set := allow([]string{"https://API.fabric.microsoft.com"})
	for address, ok := range map[string]bool{"https://api.fabric.microsoft.com:443/v1": true, "https://api.fabric.microsoft.com/v1": true, "https://api.fabric.microsoft.com:444/v1": false} {
		u, _ := url.Parse(address)
		assert.Equal(t, ok, set.check(&http.Request{URL: u}) == nil, address)
	}
}

func TestTrust(t *testing.T) {
	s := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, "hello") }))
	s.Config.ErrorLog = nil
	s.StartTLS()
	defer s.Close()
	plain, err := New("")
	require.NoError(t, err)
	_, err = get(t, plain.Client(ClientOptions{Hosts: []string{s.URL}}), s.URL, nil)
	require.Error(t, err)
	assert.Contains(t, Describe(s.URL, err).Error(), "name its certificate file in ca_file")
	assert.NotContains(t, Describe(s.URL, err).Error(), "canary")

	resp, err := get(t, trusting(t, s).Client(ClientOptions{Hosts: []string{s.URL}, MaxBody: 5}), s.URL, nil)
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	require.NoError(t, err, "an answer of exactly the limit passes")
	assert.Equal(t, "hello", string(body))

	resp, err = get(t, trusting(t, s).Client(ClientOptions{Hosts: []string{s.URL}, MaxBody: 4}), s.URL, nil)
	require.NoError(t, err)
	body, err = io.ReadAll(resp.Body)
	resp.Body.Close()
	require.ErrorIs(t, err, ErrBodyTooLarge)
	assert.Equal(t, "hell", string(body))

	for _, path := range []string{filepath.Join(t.TempDir(), "gone.pem"), t.TempDir(), func() string {
		p := filepath.Join(t.TempDir(), "der.cer")
		require.NoError(t, os.WriteFile(p, s.Certificate().Raw, 0o600))
		return p
	}()} {
		_, err := New(path)
		var ca *tlsconfig.FileError
		require.ErrorAs(t, err, &ca)
		assert.Contains(t, err.Error(), path)
	}

	old := httptest.NewUnstartedServer(nil)
	old.TLS = &tls.Config{MaxVersion: tls.VersionTLS11}
	old.StartTLS()
	defer old.Close()
	_, err = get(t, trusting(t, old).Client(ClientOptions{Hosts: []string{old.URL}}), old.URL, nil)
	require.Error(t, err, "TLS 1.1 is too old")
	assert.Contains(t, Describe(old.URL, err).Error(), "ask whoever runs it for TLS 1.2 or later")
}

func TestDescribe(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := "https://" + l.Addr().String()
	l.Close()
	n, _ := New("")
	_, err = get(t, n.Client(ClientOptions{Hosts: []string{address}}), address, nil)
	assert.Contains(t, Describe(address, err).Error(), "127.0.0.1 refused the connection")

	for want, cause := range map[string]error{
		"is not known on this network": &net.DNSError{IsNotFound: true, Name: "x"},
		"did not answer in time":       context.DeadlineExceeded,
		"broke":                        io.ErrUnexpectedEOF,
		"could not be talked to":       errors.New("odd https://u:canary@h"),
		"for another name":             func() error { _, e := nameMismatch(t); return e }(),
		"asks for a user name":         &ProxyError{Host: "p", Status: 407},
	} {
		got := Describe("https://api.example", &url.Error{Op: "Get", URL: "https://canary", Err: cause}).Error()
		assert.Contains(t, got, want)
		assert.NotContains(t, got, "canary")
		assert.NotContains(t, got, "\n")
	}
}

// nameMismatch calls a server under a name that its certificate does not carry.
func nameMismatch(t *testing.T) (*http.Response, error) {
	s := httptest.NewTLSServer(nil)
	t.Cleanup(s.Close)
	n := trusting(t, s)
	address := strings.Replace(s.URL, "127.0.0.1", "localhost", 1)
	return get(t, n.Client(ClientOptions{Hosts: []string{address}}), address, nil)
}

// connectProxy is an HTTP proxy that passes CONNECT on.
func connectProxy(t *testing.T, credentials string) (address *url.URL, tunnels *atomic.Int32) {
	t.Helper()
	return leadingProxy(t, credentials, "")
}

// leadingProxy leads all to one place; "" to what was asked for.
func leadingProxy(t *testing.T, credentials, place string) (address *url.URL, tunnels *atomic.Int32) {
	t.Helper()
	tunnels = &atomic.Int32{}
	s := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodConnect || (credentials != "" && r.Header.Get("Proxy-Authorization") != credentials) {
			w.WriteHeader(http.StatusProxyAuthRequired)
			return
		}
		out, err := net.Dial("tcp", cmp.Or(place, r.Host))
		if err != nil {
			w.WriteHeader(http.StatusBadGateway)
			return
		}
		tunnels.Add(1)
		in, rw, err := w.(http.Hijacker).Hijack()
		if err != nil {
			return
		}
		_, _ = io.WriteString(in, "HTTP/1.1 200 Connection established\r\n\r\n")
		done := make(chan struct{})
		go func() { defer close(done); _, _ = io.Copy(out, rw); out.Close() }()
		_, _ = io.Copy(in, out)
		in.Close()
		<-done
	}))
	t.Cleanup(s.Close)
	u, err := url.Parse(s.URL)
	require.NoError(t, err)
	return u, tunnels
}

// rawTLS serves each connection by hand after the handshake.
func rawTLS(t *testing.T, serve func(conn net.Conn, r *bufio.Reader)) (*httptest.Server, *Network) {
	t.Helper()
	s := httptest.NewUnstartedServer(nil)
	s.StartTLS()
	t.Cleanup(s.Close)
	l, err := tls.Listen("tcp", "127.0.0.1:0", s.TLS.Clone())
	require.NoError(t, err)
	stopped := make(chan struct{})
	go func() {
		defer close(stopped)
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			_ = conn.SetDeadline(time.Now().Add(10 * time.Second))
			serve(conn, bufio.NewReader(conn))
			conn.Close()
		}
	}()
	t.Cleanup(func() { l.Close(); <-stopped })
	n := trusting(t, s)
	s.URL = "https://" + l.Addr().String()
	return s, n
}

// TestWhatIsApartSharesNoConnection: of a server that speaks HTTP/2, which has one connection for all, too.
func TestWhatIsApartSharesNoConnection(t *testing.T) {
	const requests = 3
	together := make(chan string)
	release := make(chan struct{})
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		together <- r.Proto + " " + r.RemoteAddr
		<-release
	}))
	server.EnableHTTP2 = true
	server.StartTLS()
	defer server.Close()
	for _, apart := range []bool{false, true} {
		c := trusting(t, server).Client(ClientOptions{Hosts: []string{server.URL}, Apart: apart})
		from, answered := map[string]bool{}, make(chan error, requests)
		for range requests {
			go func() {
				resp, err := get(t, c, server.URL, nil)
				if err == nil {
					resp.Body.Close()
				}
				answered <- err
			}()
			connection := <-together // all of them are under way at the same time
			from[connection] = true
			assert.Equal(t, apart, strings.HasPrefix(connection, "HTTP/1.1 "), connection)
		}
		for range requests {
			release <- struct{}{}
			require.NoError(t, <-answered)
		}
		assert.Len(t, from, map[bool]int{false: 1, true: requests}[apart])
	}
}
