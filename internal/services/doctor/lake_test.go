package doctor

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/services/fabric/artifacts"
)

func TestNothingStaysOfAProbeThatBreaksOff(t *testing.T) {
	for n := range 4 { // create, append, flush and rename
		w := newWorkspace(t)
		for range n {
			w.Faults.Next(faults.LakeWrite, 1, faults.Fault{})
		}
		w.Faults.Next(faults.LakeWrite, 1, faults.Fault{Status: http.StatusForbidden})
		require.Error(t, w.lake.Probe(t.Context()))
		left, err := os.ReadDir(w.folder)
		require.NoError(t, err)
		require.Empty(t, left)
	}
	w := newWorkspace(t)
	for range 4 {
		w.Faults.Next(faults.LakeWrite, 1, faults.Fault{})
	}
	w.Faults.Next(faults.LakeWrite, -1, faults.Fault{Status: http.StatusForbidden})
	var left *artifacts.LeftError
	require.ErrorAs(t, w.lake.Probe(t.Context()), &left, "it may write and not delete")
	require.FileExists(t, filepath.Join(w.folder, filepath.Base(left.Path)))
}

func TestAFileIsRemovedAsItWasSeen(t *testing.T) {
	w := newWorkspace(t)
	write := func(content string) artifacts.File {
		f, err := w.lake.Upload(t.Context(), "trial.csv", strings.NewReader(content), int64(len(content)), artifacts.UploadOptions{Overwrite: true})
		require.NoError(t, err)
		return f
	}
	seen := write("one")
	path := filepath.Join(w.folder, "trial.csv")
	changed := write("another")
	var left *artifacts.LeftError
	require.ErrorAs(t, w.lake.Remove(t.Context(), seen), &left)
	require.ErrorContains(t, left, "somebody has changed it meanwhile")
	require.FileExists(t, path, "what is newer stays")
	require.NoError(t, w.lake.Remove(t.Context(), changed))
	require.NoFileExists(t, path)
	require.NoError(t, w.lake.Remove(t.Context(), changed), "it is gone")
	require.NoError(t, artifacts.NewArtifactOnly(w.lake, nil).Remove(t.Context(), changed))
	require.NoError(t, artifacts.NewArtifactOnly(w.lake, nil).Probe(t.Context()))
	w.Faults.Next(faults.LakeWrite, 1, faults.Fault{Status: http.StatusForbidden})
	require.Error(t, artifacts.NewArtifactOnly(w.lake, nil).Probe(t.Context()))
	entries, err := os.ReadDir(w.folder)
	require.NoError(t, err)
	require.Empty(t, entries)
}
