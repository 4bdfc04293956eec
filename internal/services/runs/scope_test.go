package runs_test

import (
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/outbox"
)

// elsewhere are the rows by which somebody could aim all desktops at an item that they are not set up for.
var elsewhere = map[string]string{
	"workspace":       "workspace_id = '33333333-3333-4333-8333-333333333333'",
	"item":            "pipeline_item_id = '44444444-4444-4444-8444-444444444444'",
	"both":            "workspace_id = '33333333-3333-4333-8333-333333333333', pipeline_item_id = '44444444-4444-4444-8444-444444444444'",
	"nearly the item": "pipeline_item_id = pipeline_item_id || ' '",
	"unseen":          "pipeline_item_id = chr(8203) || pipeline_item_id",
	"a path":          "pipeline_item_id = pipeline_item_id || '/../44444444-4444-4444-8444-444444444444'",
	"nothing":         "workspace_id = '', pipeline_item_id = ''",
}

// A run of another pipeline or workspace is shown. Fabric is not asked about it, nor to cancel it; when no desktop has
// followed it for long, a person may close it, so that the lock never stays for good.
func TestOnlyConfiguredItemsAreCalled(t *testing.T) {
	for name, change := range elsewhere {
		for _, sent := range []bool{false, true} { // with a job, or in doubt
			w := newWorld(t)
			ana, ben := w.desktop("ana@PC-7"), w.desktop("ben@PC-9")
			if sent {
				w.fabric.answer = func(accept func() *fakeJob) (pipelines.Started, error) {
					accept()
					return pipelines.Started{}, errLost
				}
			}
			run := w.submit(ana)
			w.exec("update pipeline_runs set " + change)
			look := func() {
				for range 4 {
					w.later(quick.Poll * 2)
					for _, d := range []*desktop{ana, ben} {
						require.Equal(t, runs.Waited, w.pass(d).Action, name)
					}
				}
			}
			before := w.fabric.calls()
			look()
			seen := w.run(run.ID)
			require.False(t, ben.Follows(seen))
			phase := ben.Phase(seen, w.events(run.ID), time.Now().UTC())
			require.Equal(t, runs.PhaseRunning, phase.Kind)
			require.Contains(t, phase.Sentence, "neither followed nor cancelled from here")

			err := ben.Cancel(t.Context(), run.ID, "ben")
			var refused *runs.RefusedError
			require.ErrorAs(t, err, &refused, name)
			if !sent {
				var foreign *runs.ForeignError
				require.ErrorAs(t, err, &foreign, name)
			}
			var decision *runs.DecisionError
			require.ErrorAs(t, ben.Adopt(t.Context(), run.ID, uuid.NewString(), "ben"), &decision)
			err = ben.Close(t.Context(), run.ID, runs.ShortID(run.ID), "ben", "nobody knows it")
			require.ErrorAs(t, err, &decision)
			require.ErrorContains(t, err, "when no computer has followed it for")

			w.older(quick.Unknown)
			look()
			phase = ben.Phase(w.run(run.ID), w.events(run.ID), time.Now().UTC())
			require.Equal(t, runs.PhaseNeedsYou, phase.Kind)
			require.Equal(t, before, w.fabric.calls(), "%s: Fabric is not called", name)
			require.NoError(t, ben.Close(t.Context(), run.ID, runs.ShortID(run.ID), "ben", "nobody knows it"))
			require.True(t, w.free())
			require.Equal(t, before, w.fabric.calls(), "%s: Fabric is not called", name)
			require.Contains(t, w.said(run.ID, runs.ErrorEvent), "ben released the lock by hand")
		}
	}
}

// The same for a run without the lock, and for the jobs that this computer kept.
func TestStraysAndNotesOfOthersAreLeftAlone(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	for range 8 { // more than one pass looks after
		w.submit(ana)
		w.exec("update pipeline_runs set " + elsewhere["item"])
		w.exec("update run_lock set run_id = null, locked_at = null, locked_by = null")
	}
	own := w.submit(ana)
	w.exec("update run_lock set run_id = null, locked_at = null, locked_by = null")
	w.leave(own.ID)
	w.fabric.set(func() { w.fabric.jobs[8].status = pipelines.Completed })
	w.later(time.Minute)
	require.True(t, w.pass(w.desktop("ben@PC-9")).Changed)
	require.Equal(t, runs.Succeeded, w.run(own.ID).Status, "those of others keep nobody from their own")
	require.Equal(t, 1, w.fabric.gets)

	w.exec("update pipeline_runs set "+elsewhere["item"]+", fabric_job_id = null, status = 'FAILED' where run_id = $1", own.ID)
	job := uuid.NewString()
	require.NoError(t, ana.outbox.Put(outbox.Entry{RunID: own.ID, JobID: job, SavedAt: time.Now()}))
	calls := w.fabric.calls()
	w.pass(ana)
	require.Equal(t, calls, w.fabric.calls())
	require.Contains(t, w.said(own.ID, runs.ErrorEvent), "does not cancel that job: look for it in Fabric")
	left, err := ana.outbox.All()
	require.NoError(t, err)
	require.Empty(t, left)
}

// What stands where a job's id should be goes into no address, and keeps the lock only until a person looks.
func TestWhatIsNoJobsIDIsNeverAskedAbout(t *testing.T) {
	for _, id := range []string{"../../items/x", "j", uuid.Nil.String(), "{" + uuid.NewString() + "}", uuid.NewString() + "?x=y"} {
		w := newWorld(t)
		ben := w.desktop("ben@PC-9")
		run := w.submit(ben)
		w.exec("update pipeline_runs set fabric_job_id = $1", id)
		w.later(time.Minute)
		calls := w.fabric.calls()
		require.Equal(t, runs.Undecided, w.pass(ben).Action, id)
		require.Error(t, ben.Cancel(t.Context(), run.ID, "ben"))
		require.Equal(t, runs.PhaseNeedsYou, ben.Phase(w.run(run.ID), nil, time.Now()).Kind)
		require.NoError(t, ben.Close(t.Context(), run.ID, runs.ShortID(run.ID), "ben", "it is no job"))
		require.True(t, w.free())
		require.Equal(t, calls, w.fabric.calls(), id)
	}
}

// A run of another workspace left nothing in this lakehouse that could be restored.
func TestARunOfAnotherWorkspaceIsNotRestored(t *testing.T) {
	w := newWorld(t)
	ben := w.desktop("ben@PC-9")
	run := w.submit(ben)
	w.exec("update pipeline_runs set status = 'SUCCEEDED', " + elsewhere["workspace"])
	w.exec("update run_lock set run_id = null, locked_at = null, locked_by = null")
	_, err := ben.Restore(t.Context(), run.ID, "ben")
	var refused *runs.RefusedError
	require.ErrorAs(t, err, &refused)
	require.ErrorContains(t, err, "of another workspace")
	require.Len(t, w.fabric.jobs, 1)
}

// A time in the future, as a slip of somebody's may leave it, does not keep a run from being asked about.
func TestATimeInTheFutureStopsNothing(t *testing.T) {
	for _, at := range []string{"2999-01-01", "infinity"} {
		w := newWorld(t)
		ben := w.desktop("ben@PC-9")
		run := w.submit(ben)
		w.leave(run.ID)
		w.exec("update pipeline_runs set status_last_updated_at = $1::text::timestamp", at)
		w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.Completed })
		w.until(ben, 5*time.Second, runs.Ended)
	}
}
