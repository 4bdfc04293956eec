package runs_test

import (
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/outbox"
)

// The rows of the table in docs/run-protocol.md §3 step 6, each decided by a desktop that did not start the run.

func TestNothingToDoWhileTheLockIsFree(t *testing.T) {
	w := newWorld(t)
	require.Equal(t, runs.Outcome{}, w.pass(w.desktop("ben@PC-9")))
	require.Zero(t, w.fabric.gets+w.fabric.lists)
}

func TestAnEndedRunsLockIsReleased(t *testing.T) {
	w := newWorld(t)
	run := w.submit(w.desktop("ana@PC-7"))
	w.exec("update pipeline_runs set status = 'FAILED', finished_at = clock_timestamp()")
	out := w.pass(w.desktop("ben@PC-9"))
	require.Equal(t, runs.Released, out.Action)
	require.True(t, out.Changed)
	require.True(t, w.free())
	require.Contains(t, w.said(run.ID), "ben@PC-9 released the lock: the run had ended as FAILED")
}

func TestALockOnARunThatDoesNotExistIsForAPerson(t *testing.T) {
	w := newWorld(t)
	w.exec("update run_lock set run_id = $1, locked_at = clock_timestamp() - interval '1 day', locked_by = 'someone'", uuid.New())
	require.Equal(t, runs.Undecided, w.pass(w.desktop("ben@PC-9")).Action)
	require.False(t, w.free())
}

// A desktop that is set up for another workspace would ask the wrong place, and take its answer for the truth.
func TestARunOfAnotherWorkspaceIsLeftToItsDesktops(t *testing.T) {
	w := newWorld(t)
	run := w.submit(w.desktop("ana@PC-7"))
	w.older(time.Hour)
	w.exec("update pipeline_runs set workspace_id = 'elsewhere'")
	require.Equal(t, runs.Waited, w.pass(w.desktop("ben@PC-9")).Action)
	require.Zero(t, w.fabric.gets)
	require.Equal(t, runs.Queued, w.run(run.ID).Status)
}

func crashAt(d *desktop, where string) {
	d.Failpoint = func(name string) error {
		if name == where {
			return errCrash
		}
		return nil
	}
	d.db.Failpoint = d.Failpoint
}

var errCrash = errors.New("crash")

func TestARunThatWasNeverSentIsClosedAfterAWhile(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	crashAt(ana, "after_acquire_commit")
	run, err := ana.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	require.ErrorIs(t, err, errCrash)
	ben := w.desktop("ben@PC-9")
	require.Equal(t, runs.Waited, w.pass(ben).Action, "its desktop may be about to send it")
	w.older(quick.Orphan)
	require.Equal(t, runs.Abandoned, w.pass(ben).Action)
	require.True(t, w.free())
	got := w.run(run.ID)
	require.Equal(t, runs.Failed, got.Status)
	require.Contains(t, got.ErrorMessage, "never sent to Fabric")
	require.Contains(t, w.said(run.ID), "Failed: never started; ben@PC-9 closed it: no start request was recorded within ")
	require.Zero(t, w.fabric.lists, "Fabric need not be asked")
}

// doubtful is a run whose start request left; accepted says whether a job came of it.
func (w *world) doubtful(accepted bool) runs.Run {
	w.t.Helper()
	w.fabric.set(func() {
		w.fabric.answer = func(accept func() *fakeJob) (pipelines.Started, error) {
			if accepted {
				accept()
			}
			return pipelines.Started{}, &pipelines.InDoubtError{Err: errLost}
		}
	})
	run := w.submit(w.desktop("ana@PC-7"))
	w.fabric.set(func() { w.fabric.answer = nil })
	return run
}

func TestAFreshIntentIsLeftToItsOwner(t *testing.T) {
	w := newWorld(t)
	w.doubtful(true)
	require.Equal(t, runs.Waited, w.pass(w.desktop("ben@PC-9")).Action)
	require.Zero(t, w.fabric.lists)
}

func TestAJobWithTheRunsIDIsAdopted(t *testing.T) {
	w := newWorld(t)
	run := w.doubtful(true)
	w.fabric.set(func() {
		w.fabric.jobs[0].status = pipelines.InProgress
		// Others' jobs of the same minutes: one of another run, one scheduled.
		other := w.fabric.accept(ingestItem, map[string]any{"run_id": uuid.NewString()})
		other.status = pipelines.InProgress
		scheduled := w.fabric.accept(ingestItem, nil)
		scheduled.status, scheduled.invoke = pipelines.InProgress, "Scheduled"
	})
	ben := w.desktop("ben@PC-9")
	out := w.until(ben, 5*time.Second, runs.Adopted)
	require.True(t, out.AskedFabric)
	got := w.run(run.ID)
	require.Equal(t, w.fabric.jobs[0].id, got.JobID)
	require.Equal(t, runs.Queued, got.Status)
	require.Equal(t, "https://fabric.test/"+ingestItem+"/"+got.JobID, got.JobURL)
	require.Contains(t, w.said(run.ID), "Queued: adopted by ben@PC-9: job "+got.JobID+", as its parameters carry this run's id")
	w.until(ben, 5*time.Second, runs.Moved)
	require.Equal(t, runs.Running, w.run(run.ID).Status)
}

func TestALoneJobWithoutAMarkerIsAdopted(t *testing.T) {
	for name, c := range map[string]struct {
		prepare func(*fakeJob)
		waits   bool // for a marker to show
	}{
		"the pipeline passes no id": {func(j *fakeJob) { j.status = pipelines.InProgress }, false},
		"it still queues":           {func(*fakeJob) {}, true},
		"it has no start yet":       {func(j *fakeJob) { j.noStart = true }, true},
		"it looks first":            {func(j *fakeJob) { j.status, j.looking = pipelines.InProgress, true }, true},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			run := w.doubtful(true)
			w.fabric.set(func() {
				w.fabric.noMarker = true
				c.prepare(w.fabric.jobs[0])
			})
			ben := w.desktop("ben@PC-9")
			w.until(ben, 5*time.Second, runs.Adopted)
			require.Equal(t, w.fabric.jobs[0].id, w.run(run.ID).JobID)
			events := w.events(run.ID)
			var sent, adopted time.Time
			for _, e := range events {
				switch {
				case strings.Contains(e.Message, "post_intent"):
					sent = e.Time
				case strings.Contains(e.Message, "adopted by"):
					adopted = e.Time
				}
			}
			require.GreaterOrEqual(t, adopted.Sub(sent), quick.Send+quick.Settle)
			if c.waits {
				require.GreaterOrEqual(t, adopted.Sub(sent), quick.Marker)
			}
		})
	}
}

func TestALaggingListDoesNotCloseARunThatHasAJob(t *testing.T) {
	w := newWorld(t)
	w.fabric.listLag = quick.NoJob * 2 / 3
	run := w.doubtful(true)
	w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.InProgress })
	w.until(w.desktop("ben@PC-9"), 5*time.Second, runs.Adopted)
	require.Equal(t, w.fabric.jobs[0].id, w.run(run.ID).JobID)
}

func TestWithoutAnyJobTheRunIsClosedLate(t *testing.T) {
	w := newWorld(t)
	run := w.doubtful(false)
	w.fabric.set(func() { // jobs that can't be the run's: older, another's, another item's
		w.fabric.accept(ingestItem, nil).started = time.Now().Add(-time.Hour)
		w.fabric.accept(ingestItem, map[string]any{"run_id": uuid.NewString()}).status = pipelines.InProgress
		w.fabric.accept(restoreItem, nil)
	})
	ben := w.desktop("ben@PC-9")
	w.until(ben, 5*time.Second, runs.Abandoned)
	got := w.run(run.ID)
	require.Equal(t, runs.Failed, got.Status)
	require.GreaterOrEqual(t, got.FinishedAt.Sub(got.CreatedAt), quick.NoJob)
	require.Contains(t, got.ErrorMessage, "Fabric shows no job")
	require.Contains(t, w.said(run.ID), "Failed: Fabric shows no job; ben@PC-9 closed it ")
	require.True(t, w.free())
}

func TestAgeAloneClosesNothing(t *testing.T) {
	w := newWorld(t)
	run := w.doubtful(false)
	w.older(time.Hour)
	ben := w.desktop("ben@PC-9")
	w.fabric.set(func() { w.fabric.listErr = &pipelines.UnreachableError{Doing: "listing", Err: errLost} })
	for range 3 {
		out := w.pass(ben)
		require.Equal(t, runs.Waited, out.Action)
		w.later(2 * quick.Poll)
	}
	require.Equal(t, runs.Submitted, w.run(run.ID).Status, "without Fabric's answer there is no evidence")
	phase := ben.Phase(w.run(run.ID), w.events(run.ID), time.Now().UTC())
	require.Equal(t, runs.PhaseChecking, phase.Kind)
	require.Contains(t, phase.Sentence, "as soon as Fabric answers")
	w.fabric.set(func() { w.fabric.listErr = nil })
	w.until(ben, 5*time.Second, runs.Abandoned)
}

func TestSeveralCandidatesAreNotGuessed(t *testing.T) {
	w := newWorld(t)
	w.fabric.noMarker = true
	run := w.doubtful(true)
	w.fabric.set(func() {
		w.fabric.jobs[0].status = pipelines.InProgress
		w.fabric.accept(ingestItem, nil).status = pipelines.InProgress // started by hand in Fabric
	})
	ben, cem := w.desktop("ben@PC-9"), w.desktop("cem@PC-1")
	w.until(ben, 5*time.Second, runs.Undecided)
	w.until(cem, 5*time.Second, runs.Undecided)
	w.until(ben, 5*time.Second, runs.Undecided)
	got := w.run(run.ID)
	require.Equal(t, runs.Submitted, got.Status)
	require.Empty(t, got.JobID)
	require.False(t, w.free())
	warnings := w.said(run.ID, runs.Warning)
	require.Equal(t, 1, strings.Count(warnings, "2 jobs in Fabric could be this run's"), "said once, by whomever: %s", warnings)
	require.Contains(t, warnings, w.fabric.jobs[0].id)
	require.Equal(t, runs.PhaseNeedsYou, ben.Phase(got, w.events(run.ID), time.Now().UTC()).Kind)

	// Evidence that comes later decides after all.
	w.fabric.set(func() { w.fabric.noMarker = false })
	w.until(cem, 5*time.Second, runs.Adopted)
	require.Equal(t, w.fabric.jobs[0].id, w.run(run.ID).JobID)
}

func TestALinkedJobIsNoCandidate(t *testing.T) {
	w := newWorld(t)
	w.fabric.noMarker = true
	first := w.submit(w.desktop("ana@PC-7"))
	w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.Completed })
	w.until(w.desktop("ana@PC-7"), 5*time.Second, runs.Ended)
	second := w.doubtful(false)
	w.until(w.desktop("ben@PC-9"), 5*time.Second, runs.Abandoned)
	require.Empty(t, w.run(second.ID).JobID)
	require.NotEmpty(t, w.run(first.ID).JobID)
}

// Step 4's late acceptance: the id comes back after the run was closed.
func TestAJobThatComesTooLateIsCancelledAndNamed(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	crashAt(ana, "after_outbox")
	run, err := ana.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	require.ErrorIs(t, err, errCrash)
	w.fabric.set(func() { w.fabric.listLag = time.Hour }) // Fabric shows it too late, too
	w.until(w.desktop("ben@PC-9"), 5*time.Second, runs.Abandoned)

	back := w.restarted("ana@PC-7", ana.state)
	w.fabric.set(func() { w.fabric.cancelErr = &pipelines.UnreachableError{Err: errLost} })
	out := w.pass(back)
	require.True(t, out.Changed)
	entries, err := back.outbox.All()
	require.NoError(t, err)
	require.Len(t, entries, 1, "kept until Fabric was asked to cancel")
	w.fabric.set(func() { w.fabric.cancelErr = &pipelines.ServiceError{HTTPStatus: 430} })
	asked := len(w.fabric.cancels)
	require.Eventually(t, func() bool {
		w.pass(back)
		return len(w.fabric.cancels) > asked
	}, 5*time.Second, 20*time.Millisecond)
	entries, err = back.outbox.All()
	require.NoError(t, err)
	require.Len(t, entries, 1, "a capacity in full use is no last word")
	w.fabric.set(func() { w.fabric.cancelErr = nil })
	require.Eventually(t, func() bool {
		w.pass(back)
		entries, err := back.outbox.All()
		return err == nil && len(entries) == 0
	}, 5*time.Second, 20*time.Millisecond)
	require.Equal(t, w.fabric.jobs[0].id, w.fabric.cancels[len(w.fabric.cancels)-1])
	require.Equal(t, pipelines.Cancelled, w.fabric.jobs[0].status)
	require.Equal(t, 1, strings.Count(w.said(run.ID, runs.ErrorEvent), "Fabric accepted job "+w.fabric.jobs[0].id+" for this run after the run was FAILED"))
	require.Equal(t, runs.Failed, w.run(run.ID).Status, "an end is final")
	require.Empty(t, w.run(run.ID).JobID)
}

func TestTheOutboxIsReplayedAtStart(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	crashAt(ana, "after_outbox")
	run, err := ana.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	require.ErrorIs(t, err, errCrash)
	require.Empty(t, w.run(run.ID).JobID)
	back := w.restarted("ana@PC-7", ana.state)
	// A note about a run of another database must not stop the work.
	require.NoError(t, back.outbox.Put(outbox.Entry{RunID: uuid.New(), JobID: uuid.NewString()}))
	w.pass(back)
	require.Equal(t, w.fabric.jobs[0].id, w.run(run.ID).JobID)
	require.Equal(t, runs.Queued, w.run(run.ID).Status)
	entries, err := back.outbox.All()
	require.NoError(t, err)
	require.Len(t, entries, 1)
}

func TestADatabaseThatVanishesAfterTheAnswerIsNoFailure(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	down := true
	ana.db.Failpoint = func(name string) error {
		if name == "in_save_tx" && down {
			return errors.New("connection reset")
		}
		return nil
	}
	run := w.submit(ana)
	require.Equal(t, runs.Submitted, run.Status)
	down = false
	w.pass(ana)
	require.Equal(t, w.fabric.jobs[0].id, w.run(run.ID).JobID)
}

// Desktops that act at once do each thing once: one poll for all, one event for each move, one end.
func TestManyDesktopsDoEachThingOnce(t *testing.T) {
	w := newWorld(t)
	run := w.submit(w.desktop("ana@PC-7"))
	w.leave(run.ID)
	desktops := make([]*desktop, 10)
	for i := range desktops {
		desktops[i] = w.desktop("user@PC")
	}
	// A claim is good for longer than a round takes, however busy the computer; and a round begins when it is anybody's turn,
	// however late each desktop draws its own.
	slow := quick
	slow.Poll = time.Minute
	round := func() {
		w.older(2 * slow.Poll)
		var wg sync.WaitGroup
		for _, d := range desktops {
			wg.Go(func() {
				if _, err := d.Reconcile(t.Context()); err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
	}
	for i, d := range desktops {
		desktops[i].Runs = runs.New(runs.Parts{Database: d.db, Fabric: w.fabric, Files: w.files, Outbox: d.outbox},
			runs.Settings{WorkspaceID: "ws", PipelineID: ingestItem, RestorePipelineID: restoreItem}, slow)
	}
	before := w.fabric.gets
	w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.InProgress })
	round()
	require.Equal(t, 1, w.fabric.gets-before)
	w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.Completed })
	round()
	require.Equal(t, 2, w.fabric.gets-before)
	var list []string
	for _, e := range w.events(run.ID) {
		if e.Type == runs.StatusChange {
			list = append(list, strings.SplitN(e.Message, ":", 2)[0])
		}
	}
	require.Equal(t, []string{"->SUBMITTED", "SUBMITTED->QUEUED", "QUEUED->RUNNING", "RUNNING->SUCCEEDED"}, list)
	require.True(t, w.free())
}
