// Package tasks runs the window's work off its goroutine and brings the results back to it.
package tasks

import (
	"context"
	"sync"
	"time"

	"fabricportal/internal/panics"
)

// Dispatch runs f on the window's goroutine, soon. Production passes fyne.Do; tests pass a queue that they drain.
type Dispatch func(f func())

// Runner owns the goroutines of a window.
type Runner struct {
	ctx      context.Context
	cancel   context.CancelFunc
	dispatch Dispatch
	done     sync.WaitGroup

	// Failed is told, on the window's goroutine, of a panic in work that has nobody else to tell it to; nil for nobody.
	// It is set before the first work begins.
	Failed func(error)
}

// NewRunner prepares a runner; its goroutines end with ctx or with Stop.
func NewRunner(ctx context.Context, dispatch Dispatch) *Runner {
	r := &Runner{dispatch: dispatch}
	r.ctx, r.cancel = context.WithCancel(ctx)
	return r
}

// Stop asks all work to end and waits for it. Results that come after it are dropped.
func (r *Runner) Stop() {
	r.cancel()
	r.done.Wait()
}

// UI runs f on the window's goroutine, unless the window has gone.
func (r *Runner) UI(f func()) {
	r.dispatch(func() {
		if r.ctx.Err() == nil {
			f()
		}
	})
}

// Go runs work on a goroutine of its own until the runner stops. A panic in it ends only that work.
func (r *Runner) Go(work func(ctx context.Context)) {
	r.done.Go(func() {
		_, err := guarded(func() (struct{}, error) {
			work(r.ctx)
			return struct{}{}, nil
		})
		if err != nil && r.Failed != nil {
			r.UI(func() { r.Failed(err) })
		}
	})
}

// guarded runs work and makes an error of a panic in it.
func guarded[T any](work func() (T, error)) (out T, err error) {
	defer func() {
		if e := panics.Of(recover()); e != nil {
			err = e
		}
	}()
	return work()
}

// Slot is a place for one piece of work at a time, such as the profile of the chosen file: starting another cancels
// the one before, and a result that comes late is dropped by its number. Its methods are for the window's goroutine.
type Slot struct {
	runner *Runner
	seq    int
	cancel context.CancelFunc
}

// NewSlot is an empty slot.
func (r *Runner) NewSlot() *Slot { return &Slot{runner: r} }

// Busy tells whether work is under way.
func (s *Slot) Busy() bool { return s.cancel != nil }

// Cancel ends the work under way; its result is dropped.
func (s *Slot) Cancel() {
	s.seq++
	if s.cancel != nil {
		s.cancel()
		s.cancel = nil
	}
}

// progressEvery bounds how often progress is drawn.
const progressEvery = 120 * time.Millisecond

// Start runs work in the slot. progress gets (done, total) and done gets the result, both on the window's goroutine and
// only while this work is the slot's newest. progress may be nil. A panic in work is its error.
func Start[T any](s *Slot, work func(ctx context.Context, report func(done, total int64)) (T, error), progress func(done, total int64), done func(T, error)) {
	s.Cancel()
	seq := s.seq
	ctx, cancel := context.WithCancel(s.runner.ctx)
	s.cancel = cancel
	var last time.Time
	report := func(n, total int64) {
		now := time.Now()
		if progress == nil || now.Sub(last) < progressEvery && n < total {
			return
		}
		last = now
		s.runner.UI(func() {
			if seq == s.seq {
				progress(n, total)
			}
		})
	}
	s.runner.done.Go(func() {
		defer cancel()
		out, err := guarded(func() (T, error) { return work(ctx, report) })
		s.runner.UI(func() {
			if seq != s.seq {
				return
			}
			s.cancel = nil
			done(out, err)
		})
	})
}
