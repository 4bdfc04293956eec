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

// The times of wake-ups from outside. Any user of the database can send them, as many as he likes, and all desktops hear
// each: they make a desktop look earlier, and never more often than this.
const (
	spread = 250 * time.Millisecond // over which many desktops that are woken at once spread what they then read
	quiet  = time.Second            // at least between the beginnings of two calls, where the second is due to a wake-up
)

// nudge is poke for what all desktops hear at the same moment: the call that it leads to waits for its turn.
func (l *loop) nudge() {
	select {
	case l.nudged <- struct{}{}:
	default:
	}
}

// poke asks for one more call at once, for what was done here; pokes that come while one is waiting are one.
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
	var began time.Time // the last call
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-l.wake:
		case <-l.nudged:
			timer.Reset(max(quiet-time.Since(began), 0) + rand.N(spread)) // #nosec G404 -- a pause, no secret
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
		l.heed()
		began = time.Now()
		l.work(ctx)
		timer.Reset(time.Duration(l.every.Load()))
	}
}

// heed takes what has come before a call as answered by it; what comes during the call leads to another.
func (l *loop) heed() {
	for _, c := range []chan struct{}{l.wake, l.nudged} {
		select {
		case <-c:
		default:
		}
	}
}
