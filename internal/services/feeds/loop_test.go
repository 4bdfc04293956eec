package feeds

import (
	"context"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// played runs a loop on a clock that the test plays; passes and the state that the last pass saw are read between steps.
type played struct {
	*loop
	passes, seen, state atomic.Int64
}

func play(t *testing.T, takes time.Duration, script func(p *played)) {
	synctest.Test(t, func(t *testing.T) {
		p := &played{}
		p.loop = newLoop(time.Hour, func(context.Context) {
			p.seen.Store(p.state.Load())
			p.passes.Add(1)
			time.Sleep(takes)
		})
		ctx, cancel := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { defer close(done); p.run(ctx) }()
		synctest.Wait()
		script(p)
		cancel()
		<-done
	})
}

// However many wake-ups come, a desktop looks once a second, and it sees what came with the last of them.
func TestAFloodOfWakeUpsIsOneLookASecond(t *testing.T) {
	for _, takes := range []time.Duration{0, 300 * time.Millisecond, 3 * time.Second} {
		play(t, takes, func(p *played) {
			const seconds = 60
			for range seconds * 1000 {
				p.state.Add(1)
				p.nudge()
				time.Sleep(time.Millisecond)
				synctest.Wait()
			}
			require.LessOrEqual(t, p.passes.Load(), int64(seconds+1), takes)
			require.Greater(t, p.passes.Load(), int64(seconds/5))
			time.Sleep(2 * (quiet + spread + takes))
			synctest.Wait()
			require.Equal(t, p.state.Load(), p.seen.Load(), "the last one is not lost")
			passes := p.passes.Load()
			time.Sleep(time.Minute)
			synctest.Wait()
			require.Equal(t, passes, p.passes.Load(), "and it is quiet again")
		})
	}
}

func TestOneWakeUpIsHeardAtOnce(t *testing.T) {
	play(t, 0, func(p *played) {
		time.Sleep(time.Minute)
		p.nudge()
		time.Sleep(spread)
		synctest.Wait()
		require.EqualValues(t, 2, p.passes.Load())
	})
}

// What was done here is shown at once, also in the midst of a flood, and leaves no time without a look.
func TestWhatIsDoneHereIsSeenAtOnce(t *testing.T) {
	play(t, 0, func(p *played) {
		for range 20 {
			p.nudge()
			synctest.Wait()
			p.state.Add(1)
			p.poke()
			synctest.Wait()
			require.Equal(t, p.state.Load(), p.seen.Load())
			time.Sleep(3 * time.Millisecond)
		}
	})
}

// What comes while a pass reads may have come too late for it.
func TestAWakeUpDuringALookLeadsToAnother(t *testing.T) {
	play(t, 5*time.Second, func(p *played) {
		time.Sleep(time.Second)
		p.state.Add(1)
		p.nudge()
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, p.state.Load(), p.seen.Load())
		require.EqualValues(t, 2, p.passes.Load())
	})
}
