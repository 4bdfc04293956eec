package foreign

import (
	"bytes"
	"crypto/rand"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/jobs"
)

// chance is content that no program can shrink.
func chance(t *testing.T, size int) []byte {
	t.Helper()
	data := make([]byte, size)
	_, err := rand.Read(data)
	require.NoError(t, err)
	return data
}

// TestFabricCLI works with Microsoft's command line: looks around, brings a file, renames it, fetches it, deletes it, and starts,
// polls and cancels a job.
func TestFabricCLI(t *testing.T) {
	w := open(t)
	fab := func(args ...string) string { return w.run(t, installed(t, "foreign", "bin/fab"), args...) }
	// There is no keyring on a server; the tokens of a sandbox may lie in a file.
	fab("config", "set", "encryption_fallback_enabled", "true")
	fab("config", "set", "check_cli_version_updates", "false")
	fab("auth", "login", "-u", w.App.ClientID, "-p", w.App.ClientSecret, "--tenant", w.App.TenantID)
	require.Contains(t, fab("ls"), "Sandbox.Workspace")
	items := fab("ls", "Sandbox.Workspace")
	for _, item := range []string{"SandboxLakehouse.Lakehouse", "sales_ingest.DataPipeline", "sales_ingest.Notebook"} {
		require.Contains(t, items, item)
	}
	require.Contains(t, fab("get", "Sandbox.Workspace/sales_ingest.DataPipeline", "-q", "id"), w.PipelineIDs["sales_ingest"])
	require.Contains(t, fab("api", "workspaces/"+w.WorkspaceID+"/items"), w.LakehouseID)

	const files = "Sandbox.Workspace/SandboxLakehouse.Lakehouse/Files"
	content := chance(t, 5<<20)
	require.NoError(t, os.WriteFile(filepath.Join(w.dir, "brought.bin"), content, 0o600))
	fab("mkdir", files+"/import/cli")
	fab("cp", "brought.bin", files+"/import/cli/brought.bin", "-f")
	got, err := os.ReadFile(w.lake("Files/import/cli/brought.bin"))
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, got))
	require.Contains(t, fab("ls", files+"/import/cli"), "brought.bin")
	require.Contains(t, strings.ToLower(fab("exists", files+"/import/cli/brought.bin")), "true")
	fab("mv", files+"/import/cli/brought.bin", files+"/import/cli/moved.bin", "-f")
	require.NoFileExists(t, w.lake("Files/import/cli/brought.bin"))
	fab("cp", files+"/import/cli/moved.bin", w.dir, "-f")
	got, err = os.ReadFile(filepath.Join(w.dir, "moved.bin"))
	require.NoError(t, err)
	require.True(t, bytes.Equal(content, got))
	fab("rm", files+"/import/cli", "-f")
	require.NoDirExists(t, w.lake("Files/import/cli"))

	const pipeline = "Sandbox.Workspace/sales_ingest.DataPipeline"
	started := fab("job", "start", pipeline, "-P", "input_file:string=hangs.xlsx")
	id := regexp.MustCompile(`[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}`).FindString(started)
	require.NotEmpty(t, id, started)
	require.Contains(t, fab("job", "run-status", pipeline, "--id", id), id)
	require.Contains(t, fab("job", "run-list", pipeline), id)
	fab("job", "run-cancel", pipeline, "--id", id, "--wait")
	job, err := w.Jobs.Job(id)
	require.NoError(t, err)
	require.Equal(t, jobs.Cancelled, job.Status)
	fab("job", "run", pipeline, "-P", "input_file:string=at-once.xlsx")
	all := w.Jobs.Jobs()
	require.Equal(t, jobs.Completed, all[len(all)-1].Status)
	require.Empty(t, w.door.Refused(), "it asked no other host")
}

// TestAzcopy copies a folder to the lakehouse and back, lists and deletes it.
func TestAzcopy(t *testing.T) {
	w := open(t)
	program := installed(t, "azcopy", "azcopy")
	w.env = append(w.env, "LD_LIBRARY_PATH="+filepath.Join(filepath.Dir(program), "lib"), "AZCOPY_AUTO_LOGIN_TYPE=SPN", "AZCOPY_SPA_APPLICATION_ID="+w.App.ClientID,
		"AZCOPY_SPA_CLIENT_SECRET="+w.App.ClientSecret, "AZCOPY_TENANT_ID="+w.App.TenantID, "AZCOPY_DISABLE_SYSLOG=true")
	azcopy := func(args ...string) string {
		return w.run(t, program, append(args, "--trusted-microsoft-suffixes=*.fabric.microsoft.com", "--skip-version-check")...)
	}
	const folder = "Files/import/from azcopy"
	local := filepath.Join(w.dir, "from azcopy")
	contents := map[string][]byte{"large.bin": chance(t, 9<<20), "small été.txt": []byte("small"), "deep/er.txt": []byte("er")}
	for name, content := range contents {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(local, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(local, name), content, 0o600))
	}
	lake := "https://" + blobHost + "/" + w.WorkspaceID + "/" + w.LakehouseID + "/"
	azcopy("copy", local, lake+"Files/import", "--recursive", "--block-size-mb=4", "--put-md5")
	for name, content := range contents {
		got, err := os.ReadFile(w.lake(folder + "/" + name))
		require.NoError(t, err)
		require.True(t, bytes.Equal(content, got), name)
	}
	listed := azcopy("list", lake+"Files/import/from%20azcopy", "--machine-readable")
	require.Contains(t, listed, "large.bin")
	require.Contains(t, listed, "deep/er.txt")
	back := filepath.Join(w.dir, "back")
	azcopy("copy", lake+"Files/import/from%20azcopy", back, "--recursive")
	for name, content := range contents {
		got, err := os.ReadFile(filepath.Join(back, "from azcopy", name))
		require.NoError(t, err)
		require.True(t, bytes.Equal(content, got), name)
	}
	azcopy("remove", lake+"Files/import/from%20azcopy/large.bin")
	require.NoFileExists(t, w.lake(folder+"/large.bin"))
	// Over the other endpoint it deletes folders as such, appends and flushes.
	dfs := "https://" + dfsHost + "/" + w.WorkspaceID + "/" + w.LakehouseID + "/"
	azcopy("remove", dfs+"Files/import/from%20azcopy", "--recursive")
	require.NoDirExists(t, w.lake(folder))
	azcopy("copy", filepath.Join(local, "large.bin"), dfs+"Files/import/over dfs.bin", "--block-size-mb=4", "--from-to=LocalBlobFS")
	got, err := os.ReadFile(w.lake("Files/import/over dfs.bin"))
	require.NoError(t, err)
	require.True(t, bytes.Equal(contents["large.bin"], got))
	require.Empty(t, w.door.Refused(), "it asked no other host")
}
