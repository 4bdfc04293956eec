package foreign

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
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
