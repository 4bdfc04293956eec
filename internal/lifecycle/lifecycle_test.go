package lifecycle_test

import (
	"context"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/lifecycle"
	"fabricportal/internal/lifecycle/lifecycletest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// service counts the loops that run.
type service struct {
	loops lifecycle.Loops
	now   atomic.Int32
	most  atomic.Int32
}

func (s *service) Start(ctx context.Context) { s.loops.Start(ctx, s.run, s.run) }
func (s *service) Stop()                     { s.loops.Stop() }

func (s *service) run(ctx context.Context) {
	n := s.now.Add(1)
	for most := s.most.Load(); n > most && !s.most.CompareAndSwap(most, n); most = s.most.Load() {
	}
	<-ctx.Done()
	s.now.Add(-1)
}

func TestTheContract(t *testing.T) {
	s := &service{}
	lifecycletest.Check(t, s, func() bool { return s.now.Load() == 2 })
	require.Zero(t, s.now.Load())
	require.Equal(t, int32(2), s.most.Load(), "a second Start starts nothing")
}

func TestStartTellsWhetherItStarted(t *testing.T) {
	var l lifecycle.Loops
	require.True(t, l.Start(t.Context()))
	require.False(t, l.Start(t.Context()))
	l.Stop()
	require.True(t, l.Start(t.Context()))
	l.Stop()
}

func TestEveryStopWaits(t *testing.T) {
	var l lifecycle.Loops
	release, ended := make(chan struct{}), atomic.Bool{}
	l.Start(t.Context(), func(ctx context.Context) {
		<-ctx.Done()
		<-release
		ended.Store(true)
	})
	var stops sync.WaitGroup
	for range 2 {
		stops.Go(func() {
			l.Stop()
			if !ended.Load() {
				t.Error("Stop returned before the loop had ended")
			}
		})
	}
	time.Sleep(20 * time.Millisecond)
	close(release)
	stops.Wait()
}
