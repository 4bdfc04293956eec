package runs_test

import (
	"context"
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// alone is a program that is started for one command, with the times as they are in life.
func (w *world) alone() *runs.Runs {
	d := w.desktop("script@server")
	return runs.New(runs.Parts{Database: d.db, Fabric: w.fabric, Files: w.files, Outbox: d.outbox}, runs.Settings{
		WorkspaceID: "ws", PipelineID: ingestItem, RestorePipelineID: restoreItem, Owner: locking.Owner{User: "script", Host: "server"},
	}, runs.Timing{Ask: 50 * time.Millisecond, Tick: 10 * time.Millisecond})
}

func (w *world) glance() (runs.Outcome, string) {
	w.t.Helper()
	out, said, err := w.alone().Look(w.t.Context())
	require.NoError(w.t, err)
	return out, said
}

// Commands alone, each a program of its own, bring a run to its end though Fabric was asked a moment ago, and each says what it
// found.
func TestALookBringsARunForwardWithoutAnyWindow(t *testing.T) {
	w := newWorld(t)
	out, said := w.glance()
	require.Empty(t, said, "nothing is said of nothing")
	require.False(t, out.Held())

	w.fabric.retry = time.Minute // which only the program that started the run heard
	run := w.submit(w.desktop("ana@PC-7"))
	short := "Run " + runs.ShortID(run.ID) + " (sales.xlsx)"
	_, said = w.glance()
	require.Empty(t, said, "it was in the queue before")
	w.job(func(j *fakeJob) { j.status = pipelines.InProgress })
	out, said = w.glance()
	require.Equal(t, short+" is running in Fabric.", said)
	require.True(t, out.Held())
	require.Equal(t, runs.Running, out.Status)
	_, said = w.glance()
	require.Empty(t, said, "nothing new")
	w.leave(run.ID)
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	out, said = w.glance()
	require.Equal(t, short+" has succeeded; the lock is free.", said)
	require.False(t, out.Held())
	require.Equal(t, runs.Succeeded, w.run(run.ID).Status)
	require.True(t, w.free())

	run = w.submit(w.desktop("ana@PC-7"))
	w.fabric.set(func() {
		w.fabric.jobs[1].status, w.fabric.jobs[1].reason = pipelines.JobFailed, "the file has\nno orders"
	})
	_, said = w.glance()
	require.Equal(t, "Run "+runs.ShortID(run.ID)+" (sales.xlsx) has failed; the lock is free: the file has no orders.", said)
}

// A job whose answer was lost is found, and then followed, by one command.
func TestALookFindsALostJobAndGoesOnToItsEnd(t *testing.T) {
	w, _, run, _ := lostWithJobs(t, 0)
	w.fabric.set(func() { w.fabric.noMarker, w.fabric.jobs[0].status = false, pipelines.Completed })
	w.older(time.Minute)
	w.leave(run.ID)
	out, said := w.glance()
	require.Contains(t, said, "its job was found in Fabric.")
	require.Contains(t, said, "has succeeded; the lock is free.")
	require.Equal(t, runs.Ended, out.Action)
	require.True(t, w.free())
}

func TestALookSaysWhenWhatIsShownMayBeOlder(t *testing.T) {
	w := newWorld(t)
	run := w.submit(w.desktop("ana@PC-7"))
	for _, c := range []struct {
		err  error
		says string
	}{
		{&pipelines.UnreachableError{Doing: "asking", Err: errLost}, "Fabric could not be reached to ask how it stands"},
		{&pipelines.ServiceError{HTTPStatus: 500, Sentence: "the capacity is paused"}, "Fabric was asked how it stands and answers: the capacity is paused"},
		{context.DeadlineExceeded, "Fabric did not say in time how it stands"},
	} {
		w.fabric.set(func() { w.fabric.getErr = c.err })
		out, said := w.glance()
		require.Contains(t, said, c.says)
		require.Contains(t, said, "; what is shown may be older.")
		require.NotContains(t, said, "lost contact")
		require.ErrorIs(t, out.FabricErr, c.err)
	}
	require.Equal(t, runs.Queued, w.run(run.ID).Status)
	w.exec("update pipeline_runs set fabric_job_id = 'none of ours'")
	_, said := w.glance()
	require.Contains(t, said, "needs a person: “examine "+run.ID.String()+"” says what can be decided")
}

func TestALookEndsWithItsContext(t *testing.T) {
	w := newWorld(t)
	w.submit(w.desktop("ana@PC-7"))
	r := w.alone()
	ctx, cancel := context.WithCancel(t.Context())
	r.Failpoint = func(name string) error {
		if name == "after_claim" {
			cancel()
			return errors.New("stopped")
		}
		return nil
	}
	_, _, err := r.Look(ctx)
	require.Error(t, err)
}
