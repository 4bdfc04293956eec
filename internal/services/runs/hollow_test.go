package runs_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
)

// completed is a run whose job Fabric completed, and which left what leave puts there.
func completed(t *testing.T, leave func(w *world, run runs.Run)) (*world, *desktop, runs.Run) {
	t.Helper()
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	leave(w, run)
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	return w, d, run
}

func TestAJobWithoutOutputsIsNoSuccess(t *testing.T) {
	for name, leave := range map[string]func(*world, runs.Run){
		"nothing": func(*world, runs.Run) {},
		"no figures": func(w *world, run runs.Run) {
			w.leaveMetadata(run.ID, map[string]any{"status": "started"})
			w.exec("update pipeline_runs set input_file = 'elsewhere.xlsx'") // its own document says that this is its lakehouse
		},
	} {
		t.Run(name, func(t *testing.T) {
			w, d, run := completed(t, leave)
			w.until(d, time.Second, runs.Polled)
			require.NotEqual(t, runs.Succeeded, w.run(run.ID).Status)
			require.Contains(t, w.said(run.ID, runs.Warning), "kpis.json in the lakehouse; it is looked for for")
			require.Contains(t, d.Phase(w.run(run.ID), w.events(run.ID), time.Now().UTC()).Sentence, "its outputs are not there")
			doubt, err := d.Examine(t.Context(), run.ID)
			require.NoError(t, err)
			require.False(t, doubt.CanClose)
			require.Contains(t, doubt.Sentence, "then the run counts as failed")

			out := w.until(w.desktop("ben@PC-9"), 5*time.Second, runs.Ended)
			require.Contains(t, out.Sentence(), "has failed; the lock is free: Fabric completed the job, but it left no outputs")
			got := w.run(run.ID)
			require.Equal(t, runs.Failed, got.Status)
			require.Contains(t, got.ErrorMessage, "there is no Files/results/runs/"+run.ID.String()+"/kpis.json in the lakehouse. Look in Fabric at what the job's notebook did")
			require.True(t, w.free())
			require.Equal(t, 1, w.count("select count(*) from run_events where event_type = 'WARNING'"))
		})
	}
}

func TestOutputsThatComeLateAreASuccess(t *testing.T) {
	w, d, run := completed(t, func(*world, runs.Run) {})
	w.until(d, time.Second, runs.Polled)
	w.leave(run.ID)
	w.until(d, 5*time.Second, runs.Ended)
	require.Equal(t, runs.Succeeded, w.run(run.ID).Status)
	require.NotNil(t, w.run(run.ID).KPIs)
}

// A desktop that is set up for another lakehouse sees none of a run's outputs: it claims nothing.
func TestAnotherLakehouseIsNoEvidence(t *testing.T) {
	w, d, run := completed(t, func(w *world, _ runs.Run) {
		w.files.mu.Lock()
		defer w.files.mu.Unlock()
		clear(w.files.files)
	})
	w.until(d, 5*time.Second, runs.Undecided)
	require.False(t, w.free())
	require.Contains(t, w.said(run.ID, runs.Warning), "so that it may be another one; a person decides")
	phase := d.Phase(w.run(run.ID), w.events(run.ID), time.Now().UTC())
	require.Equal(t, runs.PhaseNeedsYou, phase.Kind)
	doubt, err := d.Examine(t.Context(), run.ID)
	require.NoError(t, err)
	require.True(t, doubt.CanClose)
	require.Contains(t, doubt.Sentence, "not in this lakehouse")
	require.NoError(t, d.Close(t.Context(), run.ID, runs.ShortID(run.ID), "ana", "the notebook did nothing"))
	require.True(t, w.free())
}

// A pipeline may complete although its notebook failed.
func TestANotebookThatSaysItFailedHasFailed(t *testing.T) {
	w, d, run := completed(t, func(w *world, run runs.Run) {
		w.leave(run.ID)
		w.leaveMetadata(run.ID, map[string]any{"status": "failed", "error": map[string]any{"type": "RunFailed", "message": "the file has no orders"}})
	})
	w.until(d, 5*time.Second, runs.Ended)
	require.Equal(t, runs.Failed, w.run(run.ID).Status)
	require.Equal(t, "the file has no orders", w.run(run.ID).ErrorMessage)
	require.Contains(t, w.said(run.ID), "but its notebook says that it failed")
}

func TestARestoreWithoutADocumentIsNoSuccess(t *testing.T) {
	w, d, source := completed(t, func(w *world, run runs.Run) { w.leave(run.ID) })
	w.until(d, 5*time.Second, runs.Ended)
	restore, err := d.Restore(t.Context(), source.ID, "ana")
	require.NoError(t, err)
	w.fabric.set(func() { w.fabric.jobs[1].status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	got := w.run(restore.ID)
	require.Equal(t, runs.Failed, got.Status)
	require.Contains(t, got.ErrorMessage, artifacts.MetadataFile)
	require.Zero(t, w.count("select count(*) from run_restores"))
}
