package transport

import (
	"bufio"
	"context"
	"encoding/base64"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func post(t *testing.T, ctx context.Context, address string) *http.Request {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, address, strings.NewReader(`{"a":1}`)) // sets GetBody
	require.NoError(t, err)
	req.Header.Set("Idempotency-Key", "x")
	return req
}

func soon() time.Time { return time.Now().Add(time.Minute) }

func TestOnceSendsOnce(t *testing.T) {
	var posts atomic.Int32
	var header http.Header
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		posts.Add(1)
		header = r.Header.Clone()
		body, _ := io.ReadAll(r.Body)
		w.WriteHeader(202)
		_, _ = w.Write(body)
	}))
	defer s.Close()
	n := trusting(t, s)
	o := n.Once(ClientOptions{Hosts: []string{s.URL}, MaxBody: 3}, soon())
	resp, err := o.Do(post(t, t.Context(), s.URL))
	require.NoError(t, err)
	body, err := io.ReadAll(resp.Body)
	resp.Body.Close()
	assert.ErrorIs(t, err, ErrBodyTooLarge)
	assert.Equal(t, `{"a`, string(body))
	assert.True(t, o.Left())
	assert.Empty(t, header.Get("Idempotency-Key"))

	_, err = o.Do(post(t, t.Context(), s.URL))
	require.Error(t, err)
	assert.Equal(t, int32(1), posts.Load())
}

func TestOnceThatLosesTheAnswer(t *testing.T) {
	for name, read := range map[string]func(*bufio.Reader){
		"closed after the request":  func(r *bufio.Reader) { req, _ := http.ReadRequest(r); _, _ = io.ReadAll(req.Body) },
		"closed within the request": func(r *bufio.Reader) { _, _ = r.ReadByte() },
	} {
		t.Run(name, func(t *testing.T) {
			var connections atomic.Int32
			s, n := rawTLS(t, func(_ net.Conn, r *bufio.Reader) { connections.Add(1); read(r) })
			o := n.Once(ClientOptions{Hosts: []string{s.URL}}, soon())
			_, err := o.Do(post(t, t.Context(), s.URL))
			require.Error(t, err)
			assert.True(t, o.Left())
			assert.Equal(t, int32(1), connections.Load())
		})
	}
}

func TestOnceThatSendsNothing(t *testing.T) {
	var posts atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { posts.Add(1) }))
	defer s.Close()
	n := trusting(t, s)
	opts := ClientOptions{Hosts: []string{s.URL}}

	t.Run("too late before dialling", func(t *testing.T) {
		o := n.Once(opts, time.Now().Add(-time.Second))
		_, err := o.Do(post(t, t.Context(), s.URL))
		require.ErrorIs(t, err, ErrTooLate)
		assert.True(t, o.TooLate())
		assert.False(t, o.Left())
	})
	t.Run("asleep between handshake and first byte", func(t *testing.T) {
		o := n.Once(opts, soon())
		calls := 0
		o.now = func() time.Time { // the first look is before dialling, the second in Write
			if calls++; calls > 1 {
				return time.Now().Add(time.Hour)
			}
			return time.Now()
		}
		_, err := o.Do(post(t, t.Context(), s.URL))
		require.ErrorIs(t, err, ErrTooLate)
		assert.Equal(t, 2, calls)
		assert.True(t, o.TooLate())
		assert.False(t, o.Left())
	})
	t.Run("other host", func(t *testing.T) {
		o := n.Once(ClientOptions{Hosts: []string{"https://127.0.0.1:1"}}, soon())
		_, err := o.Do(post(t, t.Context(), s.URL))
		var host *HostError
		require.ErrorAs(t, err, &host)
		assert.False(t, o.Left())
	})
	t.Run("untrusted", func(t *testing.T) {
		plain, _ := New("")
		o := plain.Once(opts, soon())
		_, err := o.Do(post(t, t.Context(), s.URL))
		require.Error(t, err)
		assert.False(t, o.Left())
		assert.False(t, o.TooLate())
	})
	t.Run("given up while dialling", func(t *testing.T) {
		l, err := net.Listen("tcp", "127.0.0.1:0") // accepts, never shakes hands
		require.NoError(t, err)
		defer l.Close()
		ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
		defer cancel()
		o := n.Once(ClientOptions{Hosts: []string{"https://" + l.Addr().String()}}, soon())
		_, err = o.Do(post(t, ctx, "https://"+l.Addr().String()))
		require.ErrorIs(t, err, context.DeadlineExceeded)
		assert.False(t, o.Left())
	})
	t.Run("a writer that comes after the end is turned back", func(t *testing.T) {
		o := n.Once(opts, soon())
		o.sealed = true
		a, b := net.Pipe()
		defer a.Close()
		defer b.Close()
		_, err := (&onceConn{a, o}).Write([]byte("x"))
		require.ErrorIs(t, err, errSealed)
		assert.False(t, o.Left())
	})
	assert.Zero(t, posts.Load())
}

// ownBody is a body of a type that net/http does not know.
type ownBody struct{ io.ReadCloser }

func TestOnceFailsAtEachOfItsSteps(t *testing.T) {
	var posts atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.ReadAll(r.Body); err == nil {
			posts.Add(1)
		}
		w.WriteHeader(202)
	}))
	defer s.Close()
	n := trusting(t, s)
	var mu sync.Mutex
	var steps []string
	passed := func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(steps)
	}
	fail := ""
	n.Failpoint = func(name string) error {
		mu.Lock()
		defer mu.Unlock()
		steps = append(steps, name)
		if name == fail {
			return errors.New("failed at " + name)
		}
		return nil
	}
	send := func() (*Once, error) {
		mu.Lock()
		steps = nil
		mu.Unlock()
		o := n.Once(ClientOptions{Hosts: []string{s.URL}}, soon())
		req := post(t, t.Context(), s.URL)
		req.Body = ownBody{req.Body}
		resp, err := o.Do(req)
		if err == nil {
			resp.Body.Close()
		}
		return o, err
	}
	all := []string{"before_dial", "before_send", "mid_body", "after_send_before_response"}
	_, err := send()
	require.NoError(t, err)
	// The answer may be there before the writer has come back.
	require.Eventually(t, func() bool { return len(passed()) >= len(all) }, 10*time.Second, time.Millisecond)
	require.Equal(t, all, passed(), "header and body leave in one piece, whatever the body is made of")
	require.EqualValues(t, 1, posts.Load())
	for i, left := range []bool{false, false, true} {
		fail = all[i]
		o, err := send()
		require.ErrorContains(t, err, "failed at "+fail)
		require.Equal(t, all[:i+1], passed())
		require.Equal(t, left, o.Left(), fail)
	}
	require.EqualValues(t, 1, posts.Load())

	// Asleep in the middle: the rest does not follow.
	asleep := time.Duration(0)
	o := n.Once(ClientOptions{Hosts: []string{s.URL}}, soon())
	o.now = func() time.Time { return time.Now().Add(asleep) }
	n.Failpoint = func(name string) error {
		if name == "mid_body" {
			asleep = time.Hour
		}
		return nil
	}
	_, err = o.Do(post(t, t.Context(), s.URL))
	require.ErrorIs(t, err, ErrTooLate)
	require.True(t, o.Left(), "half of it had left")
	require.EqualValues(t, 1, posts.Load())
}

func TestOnceThroughAProxy(t *testing.T) {
	var posts atomic.Int32
	s := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { posts.Add(1); w.WriteHeader(202) }))
	defer s.Close()
	n := trusting(t, s)
	via, tunnels := connectProxy(t, "Basic "+base64.StdEncoding.EncodeToString([]byte("u:pw")))
	via.User = url.UserPassword("u", "pw")
	n.proxy = http.ProxyURL(via)

	o := n.Once(ClientOptions{Hosts: []string{s.URL}}, soon())
	resp, err := o.Do(post(t, t.Context(), s.URL))
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, int32(1), posts.Load())
	assert.Equal(t, int32(1), tunnels.Load())

	// The ordinary client goes the same way.
	resp, err = get(t, n.Client(ClientOptions{Hosts: []string{s.URL}}), s.URL, nil)
	require.NoError(t, err)
	resp.Body.Close()
	assert.Equal(t, int32(2), tunnels.Load())

	via.User = url.UserPassword("u", "canary")
	o = n.Once(ClientOptions{Hosts: []string{s.URL}}, soon())
	_, err = o.Do(post(t, t.Context(), s.URL))
	require.Error(t, err)
	assert.False(t, o.Left())
	assert.Contains(t, Describe(s.URL, err).Error(), "did not accept the user name and password of HTTPS_PROXY")
	assert.NotContains(t, err.Error(), "canary")
	_, err = get(t, n.Client(ClientOptions{Hosts: []string{s.URL}}), s.URL, nil)
	assert.Contains(t, Describe(s.URL, err).Error(), "did not accept the user name and password of HTTPS_PROXY")

	gone, _ := net.Listen("tcp", "127.0.0.1:0")
	n.proxy = http.ProxyURL(&url.URL{Scheme: "http", Host: gone.Addr().String()})
	gone.Close()
	o = n.Once(ClientOptions{Hosts: []string{s.URL}}, soon())
	_, err = o.Do(post(t, t.Context(), s.URL))
	assert.Contains(t, Describe(s.URL, err).Error(), "check HTTPS_PROXY")
	assert.False(t, o.Left())
	_, err = get(t, n.Client(ClientOptions{Hosts: []string{s.URL}}), s.URL, nil)
	assert.Contains(t, Describe(s.URL, err).Error(), "check HTTPS_PROXY")
	assert.Equal(t, int32(2), posts.Load())
}
