package services

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/portal"
	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// desk is a portal with all that goes on behind an open window.
type desk struct {
	*portal.Portal
	*portal.Live
	ended chan waitingrun.Outcome
}

// desks are open windows of several users on one sandbox, whose notebook ends when it is let.
func desks(t *testing.T, users ...string) (list []*desk, finish chan struct{}) {
	t.Helper()
	finish = make(chan struct{})
	box, err := sandbox.Start(t.Context(), sandbox.Options{Log: t.Logf, QueueTime: -1, Runner: jobs.RunnerFunc(func(ctx context.Context, x jobs.Execution) (jobs.Outcome, error) {
		select {
		case <-finish:
		case <-ctx.Done():
		}
		run := fmt.Sprint(x.Parameters["run_id"])
		folder := filepath.Join(fmt.Sprint(x.Parameters["lakehouse_root"]), "Files", "results", "runs", run)
		return jobs.Outcome{}, errors.Join(os.MkdirAll(folder, 0o755), // a success leaves its figures
			os.WriteFile(filepath.Join(folder, "kpis.json"), fmt.Appendf(nil, `{"schema_version":1,"run_id":%q,"orders":1,"total_revenue":5}`, run), 0o644))
	})})
	require.NoError(t, err)
	t.Cleanup(box.Close)
	require.NoError(t, os.WriteFile(filepath.Join(box.Lakehouse, "Files", "import", "sales.csv"), []byte("order_id,order_date,revenue\n1,2026-01-01,5\n"), 0o644))
	for _, pair := range box.Env() {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	for _, user := range users {
		t.Setenv("PORTAL_USER", user)
		t.Setenv("PORTAL_STATE_DIR", t.TempDir())
		p, err := portal.Open(t.Context(), portal.Options{Version: "9.9.9"})
		require.NoError(t, err)
		t.Cleanup(p.Close)
		d := &desk{Portal: p, ended: make(chan waitingrun.Outcome, 1)}
		d.Live = p.Live(func(o waitingrun.Outcome) { d.ended <- o })
		d.Start(t.Context())
		t.Cleanup(d.Stop)
		list = append(list, d)
	}
	return list, finish
}

// shows waits until a feed is as asked.
func shows[T any](t *testing.T, feed *feeds.Feed[T], what string, ok func(T) bool) T {
	t.Helper()
	found := make(chan T, 1)
	stop := feed.Subscribe(func(s T) {
		if ok(s) {
			select {
			case found <- s:
			default:
			}
		}
	})
	defer stop()
	select {
	case s := <-found:
		return s
	case <-time.After(time.Minute):
		last, _ := feed.Latest()
		require.FailNow(t, "it was never shown: "+what, "%+v", last)
		panic("unreachable")
	}
}

// What one desktop does is on the others' screens by a wake-up, and a run that waits starts when the lock is released.
func TestDesktopsHearOfEachOther(t *testing.T) {
	team, finish := desks(t, "ana", "ben")
	ana, ben := team[0], team[1]
	f := shows(t, &ben.Frame, "that wake-ups arrive", func(f feeds.Frame) bool { return f.Push.OK && f.LockKnown })
	require.False(t, f.Lock.Held())
	shows(t, &ben.Frame, "what a look at the tables found", func(f feeds.Frame) bool { return f.Database.OK })

	first, err := ana.Portal.Run(t.Context(), "sales.csv", nil)
	require.NoError(t, err)
	asked := time.Now()
	shows(t, &ben.Frame, "Ana's run", func(f feeds.Frame) bool { return f.Active != nil && f.Active.ID == first.ID })
	t.Logf("on the other screen after %d ms", time.Since(asked).Milliseconds())

	require.NoError(t, ben.RunWhenFree(t.Context(), "sales.csv", nil))
	shows(t, &ben.Frame, "the waiting run", func(f feeds.Frame) bool { return f.Waiting != nil && f.Waiting.InputFile == "sales.csv" })
	close(finish)
	select {
	case out := <-ben.ended:
		require.NoError(t, out.Err)
		require.NotEqual(t, uuid.Nil, out.Run.ID)
		m := shows(t, &ana.Monitor, "Ben's run", func(m feeds.Monitor) bool { return m.Run != nil && m.Run.ID == out.Run.ID })
		require.Equal(t, "ben", m.Run.TriggeredBy)
		m = shows(t, &ana.Monitor, "its end", func(m feeds.Monitor) bool { return m.Run.Status == runs.Succeeded })
		require.NotEmpty(t, m.Activities, "read from the events, whoever asked Fabric")
		require.Nil(t, shows(t, &ben.Frame, "no waiting run", func(f feeds.Frame) bool { return f.Waiting == nil }).Waiting)
	case <-time.After(time.Minute):
		require.FailNow(t, "the run that waited never started")
	}
}
