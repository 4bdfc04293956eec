package db_test

import (
	"encoding/json"
	"errors"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/runs"
)

func ending(id, source uuid.UUID) runs.Ending {
	size := int64(12)
	return runs.Ending{
		RunID: id, To: runs.Succeeded, KPIs: json.RawMessage(`{"orders": 3}`), NotebookVersion: "1.0.0",
		Artifacts: []runs.Artifact{
			{ID: uuid.New(), RunID: id, Type: "csv", Path: "p/sales.csv", Size: &size},
			{ID: uuid.New(), RunID: id, Type: "metadata", Path: "p/run_metadata.json"},
		},
		Restore: &runs.Restore{ID: uuid.New(), RestoredBy: "ana", SourceRun: source, TargetRun: &id},
		Events:  []runs.Event{{ID: uuid.New(), RunID: id, Type: runs.Warning, Message: "something else"}},
	}
}

func TestTheEndIsOneTransaction(t *testing.T) {
	d := fresh(t)
	source, _ := queued(t, d)
	_, err := d.End(t.Context(), runs.Ending{RunID: source, To: runs.Succeeded})
	require.NoError(t, err)
	id, _ := queued(t, d)
	before := count(t, plain, "select count(*) from run_events")

	crash := errors.New("crash")
	d.Failpoint = func(name string) error {
		if name == "in_finish_tx" {
			return crash
		}
		return nil
	}
	ended, err := d.End(t.Context(), ending(id, source))
	require.ErrorIs(t, err, crash)
	require.False(t, ended)
	require.Equal(t, id, held(t, d))
	require.Equal(t, before, count(t, plain, "select count(*) from run_events"))
	require.Zero(t, count(t, plain, "select count(*) from run_artifacts")+count(t, plain, "select count(*) from run_restores"))

	// A row that the schema refuses takes all the rest with it, too.
	d.Failpoint = nil
	bad := ending(id, source)
	bad.Artifacts[1].Type = "nonsense"
	_, err = d.End(t.Context(), bad)
	require.Error(t, err)
	require.Equal(t, id, held(t, d))

	ended, err = d.End(t.Context(), ending(id, source))
	require.NoError(t, err)
	require.True(t, ended)
	require.Equal(t, uuid.Nil, held(t, d))
	run, err := d.Run(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, runs.Succeeded, run.Status)
	require.JSONEq(t, `{"orders": 3}`, string(run.KPIs))
	require.Equal(t, "1.0.0", run.NotebookVersion)
	require.NotNil(t, run.FinishedAt)
	arts, err := d.Artifacts(t.Context(), id)
	require.NoError(t, err)
	require.Len(t, arts.Rows, 2)
	require.EqualValues(t, 12, *arts.Rows[1].Size)
	require.Nil(t, arts.Rows[0].Size)
	restore, err := d.LatestRestore(t.Context())
	require.NoError(t, err)
	require.Equal(t, source, restore.SourceRun)
	require.Equal(t, id, *restore.TargetRun)

	ended, err = d.End(t.Context(), ending(id, source))
	require.NoError(t, err)
	require.False(t, ended, "an end happens once")
	require.Equal(t, 2, count(t, plain, "select count(*) from run_artifacts"))
}

func TestGuards(t *testing.T) {
	d := fresh(t)
	end := func(id uuid.UUID, g runs.Guard, intent uuid.UUID) bool {
		ended, err := d.End(t.Context(), runs.Ending{RunID: id, To: runs.Failed, Guard: g, Intent: intent})
		require.NoError(t, err)
		return ended
	}
	id, intent := sent(t, d)
	require.False(t, end(id, runs.WithoutIntent, uuid.Nil))
	require.False(t, end(id, runs.OnIntentBefore, uuid.New()), "there was a newer intent")
	require.Equal(t, id, held(t, d))
	require.True(t, end(id, runs.OnIntentBefore, intent.ID))
	id, _ = queued(t, d)
	for _, g := range []runs.Guard{runs.WithoutIntent, runs.WithoutJob, runs.OnIntentBefore} {
		require.False(t, end(id, g, intent.ID), "guard %d", g)
	}
	require.True(t, end(id, runs.FromAny, uuid.Nil))
}

func TestAnOldRunCanNotReleaseANewersLock(t *testing.T) {
	d := fresh(t)
	old, _ := queued(t, d)
	event := runs.Event{ID: uuid.New(), RunID: old, Type: runs.Log, Message: "released"}
	released, err := d.ReleaseEnded(t.Context(), old, event)
	require.NoError(t, err)
	require.False(t, released, "it has not ended")
	_, err = d.End(t.Context(), runs.Ending{RunID: old, To: runs.Succeeded})
	require.NoError(t, err)
	newer := submitted(t, d)
	released, err = d.ReleaseEnded(t.Context(), old, event)
	require.NoError(t, err)
	require.False(t, released)
	require.Equal(t, newer, held(t, d))

	// An ended run that still holds the lock, as an administrator's change can leave it.
	_, err = admin(t, plain).Exec(t.Context(), "update run_lock set run_id = $1", old)
	require.NoError(t, err)
	released, err = d.ReleaseEnded(t.Context(), old, event)
	require.NoError(t, err)
	require.True(t, released)
	require.Equal(t, uuid.Nil, held(t, d))
}

func TestResultsAreFilledInWhatIsThereStays(t *testing.T) {
	d := fresh(t)
	id, _ := queued(t, d)
	_, err := d.End(t.Context(), runs.Ending{RunID: id, To: runs.Succeeded, NotebookVersion: "1"})
	require.NoError(t, err)
	without, err := d.WithoutResults(t.Context(), time.Hour, 5)
	require.NoError(t, err)
	require.Len(t, without, 1)
	e := ending(id, id)
	results := runs.Results{RunID: id, KPIs: e.KPIs, NotebookVersion: "2", Artifacts: e.Artifacts}
	filled, err := d.FillResults(t.Context(), results)
	require.NoError(t, err)
	require.True(t, filled)
	results.KPIs = json.RawMessage(`{"orders": 4}`)
	filled, err = d.FillResults(t.Context(), results)
	require.NoError(t, err)
	require.False(t, filled)
	run, err := d.Run(t.Context(), id)
	require.NoError(t, err)
	require.JSONEq(t, `{"orders": 3}`, string(run.KPIs))
	require.Equal(t, "1", run.NotebookVersion)
	without, err = d.WithoutResults(t.Context(), time.Hour, 5)
	require.NoError(t, err)
	require.Empty(t, without)
}
