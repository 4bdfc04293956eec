// Package traffic keeps what a server of the stand-in was asked and what it answered, for tests that hold both to a
// specification.
package traffic

import (
	"bytes"
	"io"
	"net/http"
	"net/url"
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

// maxKept bounds what is kept of a body.
const maxKept = 4 << 20

// Tap returns a handler that does what next does, and has hear be called with each exchange.
func Tap(next http.Handler, hear func(Exchange)) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
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
		hear(x)
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
