// Package wake notices that this computer, or this process, was asleep. Timers and deadlines stand still during
// a sleep, and connections break without an error. So everybody who relies on them starts again (docs/run-protocol.md §7).
package wake

import (
	"context"
	"time"

	"fabricportal/internal/lifecycle"
)

const (
	every = time.Second     // between two looks at the clocks
	jump  = 5 * time.Second // more than this between them is a sleep, or a clock that was set
)

// Clock reads the wall clock, and one that no setting of the time changes.
type Clock interface {
	// Read returns the wall clock and the time since some fixed moment, by a clock that is never set.
	Read() (wall time.Time, running time.Duration)
}

// SystemClock is this computer's.
type SystemClock struct{ start time.Time }

// NewSystemClock begins to count now.
func NewSystemClock() SystemClock { return SystemClock{time.Now()} }

// Read is the wall clock, and the time since the clock was made.
func (c SystemClock) Read() (time.Time, time.Duration) {
	now := time.Now()
	return now.Round(0), now.Sub(c.start)
}

// Watch looks at the clocks every second. Make it with New, then Start, then Stop.
type Watch struct {
	clock Clock
	woke  func(gap time.Duration)
	tick  time.Duration

	loops lifecycle.Loops
}

// New prepares a watch. woke is called with the length of the gap after each sleep, and when the wall clock was set, on
// the watch's goroutine. The gap is negative when the clock was set back.
func New(clock Clock, woke func(gap time.Duration)) *Watch {
	return &Watch{clock: clock, woke: woke, tick: every}
}

// Start begins to watch.
func (w *Watch) Start(ctx context.Context) { w.loops.Start(ctx, w.run) }

// Stop ends the watch and waits for it.
func (w *Watch) Stop() { w.loops.Stop() }

func (w *Watch) run(ctx context.Context) {
	ticker := time.NewTicker(w.tick)
	defer ticker.Stop()
	wall, running := w.clock.Read()
	for {
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
		nowWall, nowRunning := w.clock.Read()
		if gap, slept := gapOf(nowWall.Sub(wall), nowRunning-running); slept {
			w.woke(gap)
		}
		wall, running = nowWall, nowRunning
	}
}

// gapOf judges how far both clocks went on between two looks. In a sleep the one that is never set stands still on Linux
// and macOS and runs on on Windows; in a process that was frozen it runs on everywhere.
func gapOf(wall, running time.Duration) (gap time.Duration, slept bool) {
	switch {
	case (wall - running).Abs() > jump:
		return wall - running, true
	case running > every+jump:
		return running, true
	}
	return 0, false
}
