package portal

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs/outbox"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// withState opens a portal with a folder for notes, as offline does. The folder of its log is returned, too.
func withState(t *testing.T, state string) (p *Portal, log string) {
	t.Helper()
	_, _ = offline(t)
	log = t.TempDir()
	redactor := secrets.NewRedactor()
	t.Setenv("PORTAL_STATE_DIR", state)
	path := filepath.Join(t.TempDir(), "portal.toml")
	require.NoError(t, os.WriteFile(path, []byte(config.Example()), 0o600))
	p, err := Open(t.Context(), Options{ConfigPath: path, Version: "1", Journal: logfile.Open(log, redactor), Redactor: redactor})
	require.NoError(t, err, "reading commands need no notes")
	t.Cleanup(p.Close)
	return p, log
}

// TestWithoutAFolderForNotesOneCanRead: what reads works, and what has to note something says where and what to do.
func TestWithoutAFolderForNotesOneCanRead(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.WriteFile(file, []byte("a file in its place"), 0o600))
	readOnly := t.TempDir()
	require.NoError(t, os.Chmod(readOnly, 0o500))
	t.Cleanup(func() { _ = os.Chmod(readOnly, 0o700) })
	for name, state := range map[string]string{"a file in its place": file, "read-only": readOnly, "no home": ""} {
		t.Run(name, func(t *testing.T) {
			switch {
			case state == readOnly && (runtime.GOOS == "windows" || os.Getuid() == 0):
				t.Skip("there a folder's permissions stop nobody")
			case state == "" && runtime.GOOS == "windows":
				t.Setenv("LocalAppData", "")
			case state == "":
				t.Setenv("HOME", "")
				t.Setenv("XDG_CACHE_HOME", "")
			}
			t.Chdir(t.TempDir())
			p, _ := withState(t, state)
			csv := filepath.Join(t.TempDir(), "a.csv")
			require.NoError(t, os.WriteFile(csv, []byte("order_id,order_date,revenue\nA1,2025-01-01,5\n"), 0o600))
			found, err := p.AnalyzeLocal(t.Context(), csv, analysis.Options{}, true)
			require.NoError(t, err)
			require.EqualValues(t, 1, found.Profile.RowCount)
			require.Empty(t, found.Imported)

			var unusable *outbox.FolderError
			require.ErrorAs(t, p.box.Ready(), &unusable)
			require.ErrorContains(t, unusable, state)
			require.ErrorContains(t, unusable, "PORTAL_STATE_DIR")
			_, err = p.Rows.Open(t.Context(), new(uuid.NewString()), dataset.Ask, nil)
			require.ErrorContains(t, err, "PORTAL_STATE_DIR")
			here, err := os.ReadDir(".")
			require.NoError(t, err)
			require.Empty(t, here, "nothing is written where the program was started")
		})
	}
}

// TestWhatAKilledProgramLeftIsTakenAway at the next start; what may still be somebody's stays.
func TestWhatAKilledProgramLeftIsTakenAway(t *testing.T) {
	temp, state := t.TempDir(), t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, temp)
	}
	old := time.Now().Add(-48 * time.Hour)
	left := func(path string, dir bool) string {
		t.Helper()
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		if dir {
			require.NoError(t, os.Mkdir(path, 0o700))
			require.NoError(t, os.WriteFile(filepath.Join(path, "rows.csv"), []byte("in the clear"), 0o600))
		} else {
			require.NoError(t, os.WriteFile(path, []byte("in the clear"), 0o600))
		}
		require.NoError(t, os.Chtimes(path, old, old))
		return path
	}
	const part = ".ABCDEFGHIJKLMNOPQRSTUVWXYZ.part"
	gone := []string{
		left(filepath.Join(state, part), false), left(filepath.Join(state, "rows", part), false), left(filepath.Join(state, "outbox", "0123", part), false),
		left(filepath.Join(temp, "portal-profile-1"), true), left(filepath.Join(temp, "portal-export-1"), true),
	}
	kept := []string{left(filepath.Join(temp, "other-1"), true), left(filepath.Join(state, "imports", "x.json"), false)}
	_, log := withState(t, state)
	for _, path := range gone {
		_, err := os.Lstat(path)
		require.ErrorIs(t, err, fs.ErrNotExist, path)
	}
	for _, path := range kept {
		_, err := os.Stat(path)
		require.NoError(t, err)
	}
	require.Contains(t, logged(t, log), "taken away")
}
