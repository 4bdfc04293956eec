package foreign

import (
	"encoding/json"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/fabric/artifacts"
)

// TestAzureIdentity signs in as a program with azure-identity does, by the tenant's id and by its domain, and is refused.
func TestAzureIdentity(t *testing.T) {
	w := open(t)
	require.Contains(t, w.script(t, "identity.py"), "signed in 6 times, refused 2 times")
	require.Empty(t, w.door.Refused(), "it asked no other host")
}

// TestAzureStorageFileDatalake does with azure-storage-file-datalake all that the portal does in OneLake, and more.
func TestAzureStorageFileDatalake(t *testing.T) {
	w := open(t)
	require.Contains(t, w.script(t, "datalake.py"), "datalake: done")
	require.NoFileExists(t, w.lake("Files/import/from SDK/été 100%.csv"))
	require.FileExists(t, w.lake("Files/import/kept.bin"))
	require.Empty(t, w.door.Refused(), "it asked no other host")
}

// TestNamesAsTheyAre has azure-storage-file-datalake and the portal's own client exchange files whose names are easily made others.
func TestNamesAsTheyAre(t *testing.T) {
	w := open(t)
	names, err := json.Marshal(sampledata.Names)
	require.NoError(t, err)
	w.env = append(w.env, "NAMES="+string(names))
	lake := w.portal(t)
	for _, name := range sampledata.Names {
		_, err := lake.Upload(t.Context(), name, strings.NewReader(name), int64(len(name)), artifacts.UploadOptions{})
		require.NoError(t, err, name)
	}
	require.Contains(t, w.script(t, "names.py"), "names: 17 read, 17 replaced")
	files, err := lake.ListImport(t.Context())
	require.NoError(t, err)
	require.Len(t, files, len(sampledata.Names))
	for _, f := range files {
		require.Contains(t, sampledata.Names, f.Name)
		saved, err := artifacts.Save(t.Context(), lake, f.Path, t.TempDir(), nil)
		require.NoError(t, err)
		text, err := os.ReadFile(saved.Path)
		require.NoError(t, err)
		require.Equal(t, "sdk: "+f.Name, string(text))
	}
}

// TestMicrosoftFabricAPI finds the pipeline with microsoft-fabric-api, starts it, polls it, cancels it.
func TestMicrosoftFabricAPI(t *testing.T) {
	w := open(t)
	require.Contains(t, w.script(t, "fabricapi.py"), "fabric-api: done")
	all := w.Jobs.Jobs()
	require.NotEmpty(t, all)
	for _, job := range all {
		require.Contains(t, []string{jobs.Cancelled, jobs.Completed}, job.Status)
	}
	require.NotEmpty(t, w.Faults.Requests(faults.Cancel))
	require.Empty(t, w.door.Refused(), "it asked no other host")
}
