package services

import (
	"archive/zip"
	"io"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
	"fabricportal/internal/sandbox"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// TestTheArchiveKnowsWhatIsPublishedAndWhatColleaguesNoted: on the real tables with the real role, and with the notebooks' own manifest, for both
// sources of artifacts.
func TestTheArchiveKnowsWhatIsPublishedAndWhatColleaguesNoted(t *testing.T) {
	w := openWith(t, sandbox.Options{Log: t.Logf})
	ctx := t.Context()
	w.orders(t, "first.csv", 5)
	first, err := w.portal.Run(ctx, "first.csv", nil)
	require.NoError(t, err)
	ben := w.as(t, "ben")
	_, err = ben.Note(ctx, first.ID, uuid.New(), "Store 14 is missing")
	require.NoError(t, err, "while it goes on")
	first = w.follow(t, first)
	require.Equal(t, runs.Succeeded, first.Status, first.ErrorMessage)
	w.orders(t, "second.csv", 7)
	require.Equal(t, runs.Succeeded, w.publish(t, "second.csv").Status)
	restore, err := w.portal.Restore(ctx, first.ID)
	require.NoError(t, err)
	restore = w.follow(t, restore)
	require.Equal(t, runs.Succeeded, restore.Status, restore.ErrorMessage)
	_, err = w.portal.Note(ctx, first.ID, uuid.New(), "Published again until Monday")
	require.NoError(t, err, "and after its end")
	ended := value[string](t, w, "select r::text from pipeline_runs r where run_id = $1", first.ID)

	for _, source := range []string{"onelake", "artifacts"} {
		t.Setenv("PORTAL_ARTIFACTS_SOURCE", source)
		p := w.as(t, "ana")
		live := p.Live(func(waitingrun.Outcome) {})
		live.Start(ctx)
		a := shows(t, &live.Archive, "the archive", func(a feeds.Archive) bool { return a.Loaded && a.Published.Known })
		live.Stop()
		require.Equal(t, first.ID, a.Published.Run, "not the newest that succeeded")
		require.Equal(t, restore.ID, a.Published.By)
		require.False(t, a.Published.At.IsZero())
		require.Equal(t, map[uuid.UUID]uuid.UUID{restore.ID: first.ID}, a.Beside.Sources)
		notes := a.Beside.Notes[first.ID]
		require.Len(t, notes.Rows, 2)
		require.Equal(t, []string{"ben", "Store 14 is missing", "ana"}, []string{notes.Rows[0].By, notes.Rows[0].Text, notes.Rows[1].By})
	}
	found, _, err := w.portal.FindRuns(ctx, runs.Filter{Text: "until MONDAY"}, 5)
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.Equal(t, first.ID, found[0].ID)
	only, err := w.portal.Beside(ctx, found)
	require.NoError(t, err)
	require.Equal(t, restore.ID, only.Others[restore.ID].ID, "the restore of what a filter found")

	path, err := w.portal.Evidence(ctx, first.ID, t.TempDir(), format.English, nil)
	require.NoError(t, err)
	bundle, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer bundle.Close()
	all := ""
	for _, f := range bundle.File {
		body, err := f.Open()
		require.NoError(t, err)
		data, err := io.ReadAll(body)
		require.NoError(t, err)
		all += string(data)
	}
	require.Contains(t, all, "Store 14 is missing")
	require.Equal(t, ended, value[string](t, w, "select r::text from pipeline_runs r where run_id = $1", first.ID))
}
