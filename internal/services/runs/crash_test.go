package runs_test

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/lifecycle/lifecycletest"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
)

// A desktop that stops at any step is healed by another that knows nothing of it, within the bound: the longest of the
// protocol's waits and some passes.
func TestACrashAtAnyStepIsHealedByAnother(t *testing.T) {
	bound := quick.NoJob + 10*step
	for _, c := range []struct {
		at   string
		end  runs.Status
		jobs int
	}{
		{"in_acquire_tx", "", 0},
		{"after_acquire_commit", runs.Failed, 0},
		{"in_intent_tx", runs.Failed, 0},
		{"after_intent", runs.Failed, 0},
		{"after_202", runs.Succeeded, 1},
		{"after_outbox", runs.Succeeded, 1},
		{"in_save_tx", runs.Succeeded, 1},
		{"after_save", runs.Succeeded, 1},
		{"before_poll_claim", runs.Succeeded, 1},
		{"after_claim", runs.Succeeded, 1},
		{"in_move_tx", runs.Succeeded, 1},
		{"before_finish", runs.Succeeded, 1},
		{"in_finish_tx", runs.Succeeded, 1},
		{"after_finish", runs.Succeeded, 1},
	} {
		t.Run(c.at, func(t *testing.T) {
			w := newWorld(t)
			ana := w.desktop("ana@PC-7")
			crashed := false
			fail := func(name string) error {
				if name == c.at || crashed { // a process that has stopped does nothing any more
					crashed = true
					return errCrash
				}
				return nil
			}
			ana.Failpoint, ana.db.Failpoint = fail, fail
			run, err := ana.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
			if !crashed { // it is a step of the following
				require.NoError(t, err)
				w.job(func(j *fakeJob) { j.status = pipelines.InProgress })
				w.leave(run.ID)
				for i := 0; !crashed && i < 200; i++ {
					_, err = ana.Reconcile(t.Context())
					if w.run(run.ID).Status == runs.Running {
						w.job(func(j *fakeJob) { j.status = pipelines.Completed })
					}
					w.later(step)
				}
				require.ErrorIs(t, err, errCrash)
			}
			require.True(t, crashed)
			require.Len(t, w.fabric.jobs, c.jobs)
			w.fabric.set(func() {
				for _, j := range w.fabric.jobs {
					j.status = pipelines.InProgress
				}
			})

			ben := w.desktop("ben@PC-9")
			for played := time.Duration(0); ; played += step {
				w.pass(ben)
				var id, status string
				_ = w.root.QueryRow(t.Context(), "select run_id::text, status from pipeline_runs").Scan(&id, &status)
				if runs.Status(status) == runs.Running {
					w.leave(w.runIDs()[0])
					w.job(func(j *fakeJob) { j.status = pipelines.Completed })
				}
				if w.free() && status == string(c.end) {
					break
				}
				require.Less(t, played, bound, "%s, lock free: %v", status, w.free())
				w.later(step)
			}
			require.LessOrEqual(t, w.fabric.posts, 1)
			require.Equal(t, c.jobs, len(w.fabric.jobs))
			if c.end == "" {
				require.Zero(t, w.count("select count(*) from pipeline_runs"))
				return
			}
			got := w.run(w.runIDs()[0])
			if c.end == runs.Succeeded {
				require.Equal(t, w.fabric.jobs[0].id, got.JobID, "the job is linked to its run")
			}
			seen := map[string]int{}
			for _, e := range w.events(got.ID) {
				if e.Type == runs.StatusChange {
					seen[strings.SplitN(strings.SplitN(e.Message, ":", 2)[0], "->", 2)[1]]++
				}
			}
			for to, n := range seen {
				require.Equal(t, 1, n, "one event for the move to %s", to)
			}
			// The one that stopped comes back on its computer and spoils nothing.
			back := w.restarted("ana@PC-7", ana.state)
			w.pass(back)
			require.Equal(t, got, w.run(got.ID))
			require.True(t, w.free())
		})
	}
}

func TestTheLoopFollowsARunAndStopsWhenToldTo(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.leave(run.ID)
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	var mu sync.Mutex
	var seen []runs.Action
	ended := make(chan struct{})
	loop := runs.NewLoop(d.Runs, func(o runs.Outcome, err error) {
		mu.Lock()
		defer mu.Unlock()
		if err == nil {
			seen = append(seen, o.Action)
		}
		if o.Action == runs.Ended {
			close(ended)
		}
	})
	loop.Start(t.Context())
	loop.Start(t.Context())
	select {
	case <-ended:
	case <-time.After(10 * time.Second):
		t.Fatalf("the run did not end: %v", seen)
	}
	loop.Stop()
	loop.Stop()
	mu.Lock()
	n := len(seen)
	mu.Unlock()
	loop.Wake()
	time.Sleep(3 * quick.Tick)
	mu.Lock()
	require.Len(t, seen, n, "nothing happens after Stop")
	mu.Unlock()

	// It can be started again, and its context ends it, too.
	ctx, cancel := context.WithCancel(t.Context())
	loop.Start(ctx)
	cancel()
	loop.Stop()
}

func TestTheLoopStartsAndStopsInAnyOrder(t *testing.T) {
	passes := atomic.Int64{}
	loop := runs.NewLoop(newWorld(t).desktop("ana@PC-7").Runs, func(runs.Outcome, error) { passes.Add(1) })
	lifecycletest.Check(t, loop, func() bool { return passes.Load() > 0 })
}

func TestAWakeBringsAPassAtOnce(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	slow := quick
	slow.Tick = time.Hour
	r := runs.New(runs.Parts{Database: d.db, Fabric: w.fabric, Files: w.files, Outbox: d.outbox}, runs.Settings{PipelineID: ingestItem}, slow)
	passes := make(chan struct{}, 10)
	loop := runs.NewLoop(r, func(runs.Outcome, error) { passes <- struct{}{} })
	loop.Start(t.Context())
	defer loop.Stop()
	for i := range 3 {
		select {
		case <-passes:
		case <-time.After(10 * time.Second):
			t.Fatalf("no pass after wake %d", i)
		}
		loop.Wake()
	}
}
