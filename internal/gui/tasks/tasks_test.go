package tasks_test

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/panics"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// queue is a dispatcher that the test drains on its own goroutine.
type queue chan func()

func (q queue) dispatch(f func()) { q <- f }

func (q queue) next(t *testing.T) {
	t.Helper()
	select {
	case f := <-q:
		f()
	case <-time.After(10 * time.Second):
		t.Fatal("nothing was dispatched")
	}
}

func TestALateResultIsDropped(t *testing.T) {
	q := make(queue, 10)
	r := tasks.NewRunner(t.Context(), q.dispatch)
	defer r.Stop()
	s := r.NewSlot()
	release := make(chan struct{})
	var got []string
	done := func(v string, err error) {
		require.NoError(t, err)
		got = append(got, v)
	}
	tasks.Start(s, func(context.Context, func(int64, int64)) (string, error) { <-release; return "first", nil }, nil, done)
	tasks.Start(s, func(context.Context, func(int64, int64)) (string, error) { return "second", nil }, nil, done)
	q.next(t)
	require.Equal(t, []string{"second"}, got)
	require.False(t, s.Busy())
	close(release)
	q.next(t)
	require.Equal(t, []string{"second"}, got, "the first result came late")
}

func TestStartingAgainCancelsTheWorkBefore(t *testing.T) {
	q := make(queue, 10)
	r := tasks.NewRunner(t.Context(), q.dispatch)
	defer r.Stop()
	s := r.NewSlot()
	ended := make(chan error, 1)
	tasks.Start(s, func(ctx context.Context, _ func(int64, int64)) (int, error) {
		<-ctx.Done()
		ended <- ctx.Err()
		return 0, ctx.Err()
	}, nil, func(int, error) { t.Error("the result of cancelled work was shown") })
	require.True(t, s.Busy())
	s.Cancel()
	require.False(t, s.Busy())
	require.ErrorIs(t, <-ended, context.Canceled)
	q.next(t)
}

func TestProgressReachesTheWindowsGoroutine(t *testing.T) {
	q := make(queue, 10)
	r := tasks.NewRunner(t.Context(), q.dispatch)
	defer r.Stop()
	var at, of int64
	finished := false
	tasks.Start(r.NewSlot(), func(_ context.Context, report func(int64, int64)) (int, error) {
		report(5, 10)
		return 1, nil
	}, func(d, total int64) { at, of = d, total }, func(int, error) { finished = true })
	q.next(t)
	require.Equal(t, []int64{5, 10}, []int64{at, of})
	q.next(t)
	require.True(t, finished)
}

func TestNothingIsShownAfterStop(t *testing.T) {
	q := make(queue, 10)
	r := tasks.NewRunner(t.Context(), q.dispatch)
	r.Go(func(ctx context.Context) { <-ctx.Done() })
	tasks.Start(r.NewSlot(), func(ctx context.Context, _ func(int64, int64)) (int, error) {
		<-ctx.Done()
		return 0, nil
	}, nil, func(int, error) { t.Error("a result was shown after the stop") })
	r.Stop()
	q.next(t)
}

var errInjected = errors.New("injected")

func brokenWork() { panic(errInjected) }

func TestAPanicInTheBackgroundIsAnError(t *testing.T) {
	var log bytes.Buffer
	before := slog.Default()
	slog.SetDefault(slog.New(slog.NewTextHandler(&log, nil)))
	defer slog.SetDefault(before)
	q := make(queue, 10)
	r := tasks.NewRunner(t.Context(), q.dispatch)
	defer r.Stop()
	var told []error
	r.Failed = func(err error) { told = append(told, err) }

	s := r.NewSlot()
	tasks.Start(s, func(context.Context, func(int64, int64)) (int, error) {
		brokenWork()
		return 1, nil
	}, nil, func(_ int, err error) { told = append(told, err) })
	q.next(t)
	require.False(t, s.Busy(), "the slot is free for the next work")
	r.Go(func(context.Context) { brokenWork() })
	q.next(t)

	require.Len(t, told, 2)
	for _, err := range told {
		require.ErrorIs(t, err, errInjected)
		require.Contains(t, err.Error(), "this program has met a fault of its own (injected)")
		var fault *panics.Error
		require.ErrorAs(t, err, &fault)
		require.Contains(t, string(fault.Stack), "brokenWork")
	}
	require.Equal(t, 2, bytes.Count(log.Bytes(), []byte("level=ERROR")))
	require.Contains(t, log.String(), "brokenWork")

	r.Failed = nil
	r.Go(func(context.Context) { brokenWork() })
	r.Stop()
}
