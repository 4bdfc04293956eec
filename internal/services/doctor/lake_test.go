package doctor

import (
	"maps"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract/contracttest"
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

// TestWhatIsPublishedIsNamed: by its manifest, over HTTPS, also while the next run's files are put in place, or where that was interrupted.
func TestWhatIsPublishedIsNamed(t *testing.T) {
	w := newWorkspace(t)
	const name = "published results"
	require.Contains(t, w.examine()[name].Message, "Nothing has been published yet.")
	const old, next = "0192f0c1-2b3c-7d4e-8f50-6a7b8c9d0e1f", "0192f0c1-2b3c-7d4e-8f50-6a7b8c9d0e20"
	results := filepath.Join(filepath.Dir(w.folder), "results")
	put := func(folder string, files map[string]string) {
		require.NoError(t, os.MkdirAll(filepath.Join(results, folder), 0o700))
		for name, text := range files {
			require.NoError(t, os.WriteFile(filepath.Join(results, folder, name), []byte(text), 0o600))
		}
	}
	ofOld, ofNext := contracttest.Published(old, nil), contracttest.Published(next, nil)
	put("current", ofOld)
	require.Contains(t, w.examine()[name].Message, "Published 20", "without a manifest, when kpis.json was written")
	put("current", map[string]string{artifacts.ManifestFile: string(contracttest.Manifest(old, "", ofOld))})
	put("runs/"+old, maps.Clone(ofOld))
	require.Contains(t, w.examine()[name].Message, " by run "+old+".")
	put("current", ofNext)
	found := w.examine()[name]
	require.True(t, found.OK, "what is published is whole")
	require.Contains(t, found.Message, "by run "+old+". The files in Files/results/current are other ones")
	put("runs/"+old, map[string]string{artifacts.KPIsFile: "?"})
	found = w.examine()[name]
	require.False(t, found.OK)
	require.Contains(t, found.Message, "New results are being published at this moment: look again in a minute; if it stays so")
}
