// Package traffic keeps what a server of the stand-in was asked and what it answered, for tests that hold both to a
// specification.
package traffic

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
	"sync"
)

// Exchange is one request and its answer.
type Exchange struct {
	Method   string
	Path     string // decoded, as it came
	Query    url.Values
	Request  []byte
	Status   int
	Header   http.Header // the answer's
	Response []byte
}

// Tap hands exchanges to whoever listens. Where nobody does it keeps and costs nothing. It is safe for concurrent use.
type Tap struct {
	mu   sync.Mutex
	hear func(Exchange)
}

// Listen has hear be called with each exchange from now on, one at a time; nil ends that.
func (t *Tap) Listen(hear func(Exchange)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.hear = hear
}

func (t *Tap) listening() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.hear != nil
}

// maxKept bounds what is kept of a body.
const maxKept = 4 << 20

// Wrap returns a handler that does what next does.
func (t *Tap) Wrap(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !t.listening() {
			next.ServeHTTP(w, r)
			return
		}
		x := Exchange{Method: r.Method, Path: r.URL.Path, Query: r.URL.Query()} // a handler may change the request's path
		asked := &kept{}
		body := r.Body
		r.Body = struct {
			io.Reader
			io.Closer
		}{io.TeeReader(body, asked), body}
		answer := &noted{ResponseWriter: w, status: http.StatusOK}
		next.ServeHTTP(answer, r)
		x.Request, x.Status, x.Header, x.Response = asked.Bytes(), answer.status, w.Header().Clone(), answer.body.Bytes()
		t.mu.Lock()
		defer t.mu.Unlock()
		if t.hear != nil {
			t.hear(x)
		}
	})
}

type kept struct{ bytes.Buffer }

func (k *kept) Write(b []byte) (int, error) {
	if room := maxKept - k.Len(); room > 0 {
		k.Buffer.Write(b[:min(len(b), room)])
	}
	return len(b), nil
}

type noted struct {
	http.ResponseWriter
	status int
	body   kept
}

func (n *noted) WriteHeader(status int) {
	n.status = status
	n.ResponseWriter.WriteHeader(status)
}

func (n *noted) Write(b []byte) (int, error) {
	_, _ = n.body.Write(b)
	return n.ResponseWriter.Write(b)
}

// Unwrap lets http.ResponseController reach the server's own writer.
func (n *noted) Unwrap() http.ResponseWriter { return n.ResponseWriter }
