package artifacts

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
)

// body is a piece on its way. The transport may still look at it after the answer has come: then there is nothing in it any more, so that
// the buffer can be used again.
type body struct {
	bytes.Reader // how the requests' library knows its length; what is sent is read by tries

	mu    sync.Mutex
	chunk []byte // nil once it was let go of
}

func newBody(chunk []byte) *body {
	b := &body{chunk: chunk}
	b.Reset(chunk)
	return b
}

func (b *body) Close() error { return nil }

func (b *body) release() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.chunk = nil
}

// try is a piece as one try sends it: the transport may still be at an earlier one, which must take nothing of it.
type try struct {
	of    *body
	at    int
	stall *time.Timer
	after time.Duration
}

func (t *try) Read(p []byte) (int, error) {
	t.of.mu.Lock()
	defer t.of.mu.Unlock()
	n := 0
	if t.at < len(t.of.chunk) {
		n = copy(p, t.of.chunk[t.at:])
		t.at += n
	}
	if t.at >= len(t.of.chunk) {
		t.stall.Stop() // how long the answer may take the transport knows
	} else {
		t.stall.Reset(t.after)
	}
	if n == 0 && len(p) > 0 {
		return 0, io.EOF
	}
	return n, nil
}

func (t *try) Close() error {
	t.stall.Stop()
	return nil
}

// stalls ends a try that sends a piece of which nothing gets away any more, long before the time is over that a slow network may take for all
// of it.
type stalls struct{ after time.Duration }

func (s stalls) Do(r *policy.Request) (*http.Response, error) {
	piece, ok := r.Body().(*body)
	if !ok {
		return r.Next()
	}
	ctx, cancel := context.WithCancelCause(r.Raw().Context())
	fresh := func() (io.ReadCloser, error) {
		return &try{of: piece, stall: time.AfterFunc(s.after, func() { cancel(errCallTimeout) }), after: s.after}, nil
	}
	r = r.WithContext(ctx)
	r.Raw().Body, _ = fresh()
	r.Raw().GetBody = fresh
	defer r.Raw().Body.Close()
	resp, err := r.Next()
	if err != nil && errors.Is(context.Cause(ctx), errCallTimeout) {
		err = errCallTimeout // and not that somebody cancelled it
	}
	return resp, err
}
