package feeds

import (
	"context"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"
)

// played runs a loop on a clock that the test plays; passes and the state that the last pass saw are read between steps.
type played struct {
	*loop
	passes, seen, state int
}

func play(t *testing.T, takes time.Duration, script func(p *played)) {
	synctest.Test(t, func(t *testing.T) {
		p := &played{}
		p.loop = newLoop(time.Hour, func(context.Context) {
			p.seen = p.state
			p.passes++
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
				p.state++
				p.nudge()
				time.Sleep(time.Millisecond)
				synctest.Wait()
			}
			require.LessOrEqual(t, p.passes, seconds+1, takes)
			require.Greater(t, p.passes, seconds/5)
			time.Sleep(2 * (quiet + spread + takes))
			synctest.Wait()
			require.Equal(t, p.state, p.seen, "the last one is not lost")
			passes := p.passes
			time.Sleep(time.Minute)
			synctest.Wait()
			require.Equal(t, passes, p.passes, "and it is quiet again")
		})
	}
}

func TestOneWakeUpIsHeardAtOnce(t *testing.T) {
	play(t, 0, func(p *played) {
		time.Sleep(time.Minute)
		p.nudge()
		time.Sleep(spread)
		synctest.Wait()
		require.Equal(t, 2, p.passes)
	})
}

// What was done here is shown at once, also in the midst of a flood, and leaves no time without a look.
func TestWhatIsDoneHereIsSeenAtOnce(t *testing.T) {
	play(t, 0, func(p *played) {
		for range 20 {
			p.nudge()
			synctest.Wait()
			p.state++
			p.poke()
			synctest.Wait()
			require.Equal(t, p.state, p.seen)
			time.Sleep(3 * time.Millisecond)
		}
	})
}

// What comes while a pass reads may have come too late for it.
func TestAWakeUpDuringALookLeadsToAnother(t *testing.T) {
	play(t, 5*time.Second, func(p *played) {
		time.Sleep(time.Second)
		p.state++
		p.nudge()
		time.Sleep(time.Minute)
		synctest.Wait()
		require.Equal(t, p.state, p.seen)
		require.Equal(t, 2, p.passes)
	})
}
