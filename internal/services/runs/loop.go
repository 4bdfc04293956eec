package runs

import (
	"context"
	"math/rand/v2"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/lifecycle"
)

// Loop reconciles every few seconds and whenever it is woken. Make it with NewLoop, then Start, then Stop.
type Loop struct {
	runs   *Runs
	onPass func(Outcome, error)
	wake   chan struct{}

	loops lifecycle.Loops
}

// NewLoop prepares a loop. onPass is called on the loop's goroutine after each pass, so it must not block; the error is
// the database's.
func NewLoop(r *Runs, onPass func(Outcome, error)) *Loop {
	return &Loop{runs: r, onPass: onPass, wake: make(chan struct{}, 1)}
}

// Start begins with a pass at once.
func (l *Loop) Start(ctx context.Context) { l.loops.Start(ctx, l.run) }

// Stop ends the loop and waits until its current pass has come back.
func (l *Loop) Stop() { l.loops.Stop() }

// Wake asks for a pass soon; wakes that come while one is waiting are one.
func (l *Loop) Wake() {
	select {
	case l.wake <- struct{}{}:
	default:
	}
}

func (l *Loop) run(ctx context.Context) {
	timer := time.NewTimer(0)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-timer.C:
		case <-l.wake:
		}
		out, err := l.runs.Reconcile(ctx)
		if ctx.Err() != nil {
			return
		}
		if l.onPass != nil {
			l.onPass(out, err)
		}
		timer.Reset(l.pause(out))
	}
}

// pause is a tick, more or less a quarter, so that many desktops do not ask in step; three ticks while no run is active.
func (l *Loop) pause(out Outcome) time.Duration {
	tick := l.runs.timing.Tick
	if out.Run == uuid.Nil {
		tick *= 3
	}
	return tick - tick/4 + rand.N(tick/2+1) // #nosec G404 -- a pause, no secret
}
