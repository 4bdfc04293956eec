package feeds

import (
	"context"
	"time"
)

// loop calls work at once, then whenever it is woken, and every interval. Calls never overlap.
type loop struct {
	every time.Duration
	wake  chan struct{}
	work  func(ctx context.Context)
}

func newLoop(every time.Duration, work func(ctx context.Context)) *loop {
	return &loop{every: every, wake: make(chan struct{}, 1), work: work}
}

// poke asks for one more call soon; pokes that come while one is waiting are one.
func (l *loop) poke() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

// run returns when ctx ends and the current call has come back.
func (l *loop) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-l.wake:
		}
		if ctx.Err() != nil {
			return
		}
		l.work(ctx)
		timer.Reset(l.every)
	}
}
