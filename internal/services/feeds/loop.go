package feeds

import (
	"context"
	"math/rand/v2"
	"sync/atomic"
	"time"
)

// loop calls work at once, then whenever it is woken, and every interval. Calls never overlap.
type loop struct {
	every  atomic.Int64 // nanoseconds
	wake   chan struct{}
	nudged chan struct{}
	work   func(ctx context.Context)
}

func newLoop(every time.Duration, work func(ctx context.Context)) *loop {
	l := &loop{wake: make(chan struct{}, 1), nudged: make(chan struct{}, 1), work: work}
	l.every.Store(int64(every))
	return l
}

// setEvery changes the interval from the next call on.
func (l *loop) setEvery(d time.Duration) { l.every.Store(int64(d)) }

// spread is the time over which many desktops that are woken at once spread what they then read.
const spread = 250 * time.Millisecond

// nudge is poke for what all desktops hear at the same moment.
func (l *loop) nudge() {
	select {
	case l.nudged <- struct{}{}:
	default:
	}
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
		case <-l.nudged:
			timer.Reset(rand.N(spread))
			select {
			case <-ctx.Done():
				return
			case <-timer.C:
			case <-l.wake:
			}
		}
		if ctx.Err() != nil {
			return
		}
		l.work(ctx)
		timer.Reset(time.Duration(l.every.Load()))
	}
}
