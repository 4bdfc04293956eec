package tasks

import (
	"context"
	"sync"
)

// Ending ends work that runs on another goroutine, or that is about to, with a cause.
type Ending struct {
	mu     sync.Mutex
	cause  error
	cancel context.CancelCauseFunc
}

// Of is the context of the work, and what lets go of it.
func (e *Ending) Of(ctx context.Context) (context.Context, func()) {
	e.mu.Lock()
	defer e.mu.Unlock()
	ctx, cancel := context.WithCancelCause(ctx)
	e.cancel = cancel
	if e.cause != nil {
		cancel(e.cause)
	}
	return ctx, func() { cancel(nil) }
}

// Because ends the work.
func (e *Ending) Because(cause error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.cause = cause
	if e.cancel != nil {
		e.cancel(cause)
	}
}
