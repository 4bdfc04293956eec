package runs_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
)

// stoppedAfterPublishing is a run whose notebook was stopped between the manifest and its own “succeeded”; the job ended so.
func stoppedAfterPublishing(t *testing.T, ended pipelines.JobStatus) (*world, *desktop, runs.Run) {
	t.Helper()
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.leave(run.ID)
	w.leaveMetadata(run.ID, map[string]any{"status": "started"})
	w.publish(run.ID, uuid.Nil)
	w.job(func(j *fakeJob) { j.status = ended })
	return w, d, run
}

// TestAFailureAfterPublishingSaysSo: the state follows Fabric, and nobody is told that nothing came of the run.
func TestAFailureAfterPublishingSaysSo(t *testing.T) {
	for _, status := range []pipelines.JobStatus{pipelines.JobFailed, pipelines.Cancelled, pipelines.Deduped} {
		t.Run(string(status), func(t *testing.T) {
			w, d, run := stoppedAfterPublishing(t, status)
			out := w.until(d, 5*time.Minute, runs.Ended)
			got := w.run(run.ID)
			require.Equal(t, runs.Failed, got.Status, "no end that Fabric contradicts (I8)")
			require.Contains(t, got.ErrorMessage, "its results are published all the same, but its job did not end well: ")
			require.Contains(t, out.Sentence(), "its results are published all the same")
			require.Contains(t, w.said(run.ID, runs.Warning), "manifest.json names the run")
			require.Contains(t, w.said(run.ID, runs.StatusChange), ", but its results are published")
			require.NotNil(t, got.KPIs)
			require.True(t, got.Published())
			require.True(t, w.free())
			list, err := d.db.Artifacts(t.Context(), run.ID)
			require.NoError(t, err)
			require.Len(t, list.Rows, 5)
			// It can be restored, as can all that was published.
			restore, err := d.Restore(t.Context(), run.ID, "ben")
			require.NoError(t, err)
			require.Equal(t, run.ID.String(), w.fabric.jobs[1].params["source_run_id"])

			// And so it is with the restore.
			w.leaveMetadata(restore.ID, map[string]any{"kind": "restore", "status": "started", "source_run_id": run.ID.String()})
			w.publish(restore.ID, run.ID)
			w.fabric.set(func() { w.fabric.jobs[1].status = status })
			w.until(d, 5*time.Minute, runs.Ended)
			require.Contains(t, w.run(restore.ID).ErrorMessage, "its results are published all the same")
			latest, err := d.db.LatestRestore(t.Context())
			require.NoError(t, err)
			require.Equal(t, []uuid.UUID{run.ID, restore.ID}, []uuid.UUID{latest.SourceRun, *latest.TargetRun})
		})
	}
}

// TestAFailureOfARunThatTheManifestDoesNotNameIsOne: another run's results are published, or nothing can be seen.
func TestAFailureOfARunThatTheManifestDoesNotNameIsOne(t *testing.T) {
	w, d, run := stoppedAfterPublishing(t, pipelines.JobFailed)
	w.publish(uuid.New(), run.ID)
	w.until(d, 5*time.Minute, runs.Ended)
	got := w.run(run.ID)
	require.NotContains(t, got.ErrorMessage, "published")
	require.Nil(t, got.KPIs)
	require.False(t, got.Published())
	var refused *runs.RefusedError
	_, err := d.Restore(t.Context(), run.ID, "ben")
	require.ErrorAs(t, err, &refused)

	w, d, run = stoppedAfterPublishing(t, pipelines.JobFailed)
	w.files.fail(errors.New("away"))
	w.until(d, 5*time.Minute, runs.Ended)
	require.Equal(t, runs.Failed, w.run(run.ID).Status)
	require.Contains(t, w.said(run.ID, runs.Warning), "Whether the run's results are published all the same could not be seen at its end: away")
}

// TestACompletedJobThatPublishedHasSucceeded, and one whose notebook never came so far has not, though its files lie in its folder.
func TestACompletedJobThatPublishedHasSucceeded(t *testing.T) {
	w, d, run := stoppedAfterPublishing(t, pipelines.Completed)
	w.until(d, 5*time.Minute, runs.Ended)
	require.Equal(t, runs.Succeeded, w.run(run.ID).Status)
	require.NotNil(t, w.run(run.ID).KPIs)

	w, d, run = stoppedAfterPublishing(t, pipelines.Completed)
	w.publish(uuid.New(), uuid.Nil)
	w.until(d, time.Second, runs.Polled)
	require.NotEqual(t, runs.Succeeded, w.run(run.ID).Status)
	require.Contains(t, w.said(run.ID, runs.Warning), "run_metadata.json does not say that the notebook has ended, and no manifest.json names the run")
	w.until(d, 5*time.Minute, runs.Ended)
	require.Equal(t, runs.Failed, w.run(run.ID).Status)
	require.Contains(t, w.run(run.ID).ErrorMessage, "so that nothing of it was published")

	// A document that was cut off says as little.
	w, d, run = stoppedAfterPublishing(t, pipelines.Completed)
	w.files.put(artifacts.RunsFolder+"/"+run.ID.String()+"/"+artifacts.MetadataFile, `{"schema_version":2,`)
	w.until(d, 5*time.Minute, runs.Ended)
	require.Equal(t, runs.Succeeded, w.run(run.ID).Status)
	w, d, run = stoppedAfterPublishing(t, pipelines.Completed)
	w.files.put(artifacts.RunsFolder+"/"+run.ID.String()+"/"+artifacts.MetadataFile, `{"schema_version":2,`)
	w.publish(uuid.New(), uuid.Nil)
	w.until(d, 5*time.Minute, runs.Ended)
	require.Equal(t, runs.Failed, w.run(run.ID).Status)

	// The manifest is seen late.
	w, d, run = stoppedAfterPublishing(t, pipelines.Completed)
	manifest := artifacts.CurrentFolder + "/" + artifacts.ManifestFile
	w.files.mu.Lock()
	whole := w.files.files[manifest]
	delete(w.files.files, manifest)
	w.files.mu.Unlock()
	w.until(d, time.Second, runs.Polled)
	w.files.put(manifest, whole)
	w.until(d, 5*time.Minute, runs.Ended)
	require.Equal(t, runs.Succeeded, w.run(run.ID).Status)
}

// TestARunThatIsClosedByHandSaysWhatItPublished: the person could not know.
func TestARunThatIsClosedByHandSaysWhatItPublished(t *testing.T) {
	w, d, run := stoppedAfterPublishing(t, pipelines.JobStatus("Paused"))
	w.until(d, time.Minute, runs.Polled)
	require.NoError(t, d.Close(t.Context(), run.ID, runs.ShortID(run.ID), "ana", "nobody knows the word"))
	got := w.run(run.ID)
	require.Equal(t, runs.Failed, got.Status)
	require.Contains(t, got.ErrorMessage, "its results are published all the same, but its job did not end well: closed by hand by ana")
	require.NotNil(t, got.KPIs)
}
