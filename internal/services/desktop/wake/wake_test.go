package wake

import (
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/lifecycle/lifecycletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// hands is a pair of clocks that go on by what the test says.
type hands struct {
	mu      sync.Mutex
	wall    time.Time
	running time.Duration
	looked  chan struct{}
}

func (h *hands) Read() (time.Time, time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	select {
	case h.looked <- struct{}{}:
	default:
	}
	h.wall, h.running = h.wall.Add(time.Second), h.running+time.Second
	return h.wall, h.running
}

func (h *hands) move(wall, running time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.wall, h.running = h.wall.Add(wall), h.running+running
}

func TestSleepsAreNoticed(t *testing.T) {
	for _, c := range []struct {
		name          string
		wall, running time.Duration
		gap           time.Duration
	}{
		{"a lid was closed, on Linux and macOS", time.Hour, 0, time.Hour},
		{"a lid was closed, on Windows", time.Hour, time.Hour, time.Hour},
		{"the process was frozen", 20 * time.Second, 20 * time.Second, 20 * time.Second},
		{"the clock was set back", -time.Hour, 0, -time.Hour},
	} {
		t.Run(c.name, func(t *testing.T) {
			h := &hands{looked: make(chan struct{}, 1)}
			gaps := make(chan time.Duration, 10)
			w := New(h, func(gap time.Duration) { gaps <- gap })
			w.tick = time.Millisecond
			w.Start(t.Context())
			defer w.Stop()
			for range 20 {
				<-h.looked
			}
			require.Empty(t, gaps, "a second is no sleep")
			h.move(c.wall, c.running)
			select {
			case gap := <-gaps:
				require.InDelta(t, c.gap, gap, float64(2*time.Second))
			case <-time.After(10 * time.Second):
				require.FailNow(t, "it was not noticed")
			}
		})
	}
}

func TestStartAndStopInAnyOrder(t *testing.T) {
	h := &hands{looked: make(chan struct{}, 1)}
	lifecycletest.Check(t, New(h, func(time.Duration) {}), func() bool { return len(h.looked) == 1 })
}

func TestSystemClockRuns(t *testing.T) {
	c := NewSystemClock()
	wall, running := c.Read()
	require.WithinDuration(t, time.Now(), wall, 10*time.Second)
	_, later := c.Read()
	require.GreaterOrEqual(t, later, running)
	require.NotContains(t, wall.String(), "m=", "the wall clock carries no monotonic reading")
}
