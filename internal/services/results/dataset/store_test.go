package dataset

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/fabric/artifacts"
)

// lake is a lakehouse in memory that counts what is fetched, but for documents.
type lake struct {
	files map[string][]byte
	asked []string
	err   error
}

func (l *lake) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	if name := filepath.Base(path); name != artifacts.ManifestFile && name != artifacts.MetadataFile {
		l.asked = append(l.asked, path)
	}
	data, ok := l.files[path]
	switch {
	case l.err != nil:
		return nil, artifacts.File{}, l.err
	case !ok:
		return nil, artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	return io.NopCloser(bytes.NewReader(data)), artifacts.File{Path: path, Size: int64(len(data))}, nil
}

const (
	runFile     = "Files/results/runs/11111111-1111-4111-8111-111111111111/sales_cleaned.parquet"
	currentFile = "Files/results/current/sales_cleaned.parquet"
)

func TestRowsAreFetchedOnce(t *testing.T) {
	rows, err := os.ReadFile("testdata/notebook.parquet")
	require.NoError(t, err)
	run := "11111111-1111-4111-8111-111111111111"
	l := &lake{files: map[string][]byte{runFile: rows}}
	dir := filepath.Join(t.TempDir(), "state", "rows")
	s := NewStore(dir, l)
	opened := func() {
		t.Helper()
		var told int64
		table, err := s.Open(t.Context(), &run, Ask, func(done, _ int64) { told = done })
		require.NoError(t, err)
		require.Equal(t, 300, table.Rows())
		require.NoError(t, table.Close())
		require.Contains(t, []int64{0, int64(len(rows))}, told)
	}
	opened()
	opened()
	require.Equal(t, []string{runFile}, l.asked)

	local := filepath.Join(dir, run+".parquet")
	require.NoError(t, os.WriteFile(local, rows[:len(rows)/2], 0o600))
	opened()
	require.Len(t, l.asked, 2, "a file that was cut off is fetched anew")

	require.NoError(t, os.Remove(local))
	l.files = map[string][]byte{currentFile: rows}
	opened()
	require.Equal(t, []string{runFile, currentFile}, l.asked[2:], "a run's folder may be gone")

	require.NoError(t, os.Remove(local))
	l.err = errors.New("away")
	_, err = s.Open(t.Context(), &run, Ask, nil)
	require.ErrorIs(t, err, l.err)
	require.NoFileExists(t, local)
}

// TestRowsArePublishedOnes: while the next run replaces them in current/, and where its folder is gone or was altered.
func TestRowsArePublishedOnes(t *testing.T) {
	rows, err := os.ReadFile("testdata/notebook.parquet")
	require.NoError(t, err)
	run := "11111111-1111-4111-8111-111111111111"
	other := bytes.Replace(rows, []byte("PAR1"), []byte("PAR0"), 1) // of the same size
	manifest := contracttest.Manifest(run, "", map[string]string{artifacts.ParquetFile: string(rows)})
	for name, c := range map[string]struct {
		current, folder []byte
		fails           string
	}{
		"as published":          {rows, rows, ""},
		"another in current":    {other, rows, ""},
		"half in current":       {rows[:100], rows, ""},
		"the folder is gone":    {rows, nil, ""},
		"the folder is altered": {rows, other, ""},
		"neither is":            {other, rows[:100], "new results are being published"},
	} {
		t.Run(name, func(t *testing.T) {
			l := &lake{files: map[string][]byte{currentFile: c.current, "Files/results/current/" + artifacts.ManifestFile: manifest}}
			if c.folder != nil {
				l.files[runFile] = c.folder
			}
			dir := t.TempDir()
			table, err := NewStore(dir, l).Open(t.Context(), &run, Ask, nil)
			if c.fails != "" {
				require.ErrorContains(t, err, c.fails)
				entries, err := os.ReadDir(dir)
				require.NoError(t, err)
				require.Empty(t, entries)
				return
			}
			require.NoError(t, err)
			require.Equal(t, 300, table.Rows())
			require.NoError(t, table.Close())

			// Rows of a run that is not published any more are never taken from current/.
			id := uuid.NewString()
			_, err = NewStore(t.TempDir(), l).Open(t.Context(), &id, Ask, nil)
			var missing *artifacts.NotFoundError
			require.ErrorAs(t, err, &missing)
		})
	}
}

func TestRowsOfNoKnownRunAreNotFetched(t *testing.T) {
	l := &lake{}
	s := NewStore(t.TempDir(), l)
	_, err := s.Open(t.Context(), nil, Ask, nil)
	require.ErrorContains(t, err, "do not say which run they are of")
	bad := "../../x"
	_, err = s.Open(t.Context(), &bad, Ask, nil)
	require.ErrorContains(t, err, "no run's id")
	require.Empty(t, l.asked)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	id := uuid.NewString()
	_, err = NewStore(filepath.Join(file, "rows"), l).Open(t.Context(), &id, Ask, nil)
	require.ErrorContains(t, err, "can't be kept in")
}

func TestTheRowsThatWereUsedLongestAgoGoFirst(t *testing.T) {
	rows, err := os.ReadFile("testdata/notebook.parquet")
	require.NoError(t, err)
	dir := t.TempDir()
	s := NewStore(dir, &lake{files: map[string][]byte{currentFile: rows}})
	require.NoError(t, os.WriteFile(filepath.Join(dir, "note.txt"), nil, 0o600))
	var ids []string
	open := func(id string) {
		table, err := s.Open(t.Context(), &id, Ask, nil)
		require.NoError(t, err)
		require.NoError(t, table.Close())
	}
	for i := range keepRuns {
		ids = append(ids, uuid.NewString())
		open(ids[i])
		old := time.Now().Add(time.Duration(i-10) * time.Hour)
		require.NoError(t, os.Chtimes(filepath.Join(dir, ids[i]+".parquet"), old, old))
	}
	open(ids[0])
	open(uuid.NewString())
	require.FileExists(t, filepath.Join(dir, ids[0]+".parquet"), "it was used again")
	require.NoFileExists(t, filepath.Join(dir, ids[1]+".parquet"))
	require.FileExists(t, filepath.Join(dir, ids[2]+".parquet"))
	require.FileExists(t, filepath.Join(dir, "note.txt"))
}

// Rows that were open when a process was killed are not opened again without asking.
func TestRowsThatWereOpenWhenTheProgramDied(t *testing.T) {
	rows, err := os.ReadFile("testdata/notebook.parquet")
	require.NoError(t, err)
	run := "11111111-1111-4111-8111-111111111111"
	l := &lake{files: map[string][]byte{runFile: rows}}
	dir := os.Getenv("PORTAL_TEST_DIES")
	if dir != "" { // the process that is killed
		_, err := NewStore(dir, l).Open(t.Context(), &run, Ask, nil)
		require.NoError(t, err)
		self, err := os.FindProcess(os.Getpid())
		require.NoError(t, err)
		require.NoError(t, self.Kill())
		<-t.Context().Done() // the kill arrives at its own time
	}
	dir = t.TempDir()
	dies := func() {
		t.Helper()
		self, err := os.Executable()
		require.NoError(t, err)
		cmd := exec.CommandContext(t.Context(), self, "-test.run=^TestRowsThatWereOpenWhenTheProgramDied$", "-test.timeout=30s")
		cmd.Env = append(os.Environ(), "PORTAL_TEST_DIES="+dir)
		out, err := cmd.CombinedOutput()
		require.Error(t, err)
		require.NotContains(t, string(out), "FAIL")
	}
	s := NewStore(dir, l)
	marked := filepath.Join(dir, run+parquetEnding+markEnding)
	opens := func(how How) {
		t.Helper()
		table, err := s.Open(t.Context(), &run, how, nil)
		require.NoError(t, err)
		require.FileExists(t, marked)
		another, err := s.Open(t.Context(), &run, Ask, nil)
		require.NoError(t, err, "that somebody has it open now is no reason to ask")
		require.NoError(t, table.Close())
		require.FileExists(t, marked)
		require.NoError(t, another.Close())
		require.NoFileExists(t, marked)
	}
	opens(Ask)
	require.Len(t, l.asked, 1)

	dies()
	require.FileExists(t, marked)
	var died *DiedError
	for range 2 { // until it is answered
		_, err := s.Open(t.Context(), &run, Ask, nil)
		require.ErrorAs(t, err, &died)
		require.Equal(t, run, died.Run.String())
		require.ErrorContains(t, err, "open when the program ended unexpectedly last time")
	}
	opens(Anyway)
	require.Len(t, l.asked, 1, "it was kept")

	dies()
	opens(Anew)
	require.Len(t, l.asked, 2)
	opens(Ask)
}

func TestRowsOfThisComputerAreKnown(t *testing.T) {
	dir, run := t.TempDir(), "11111111-1111-4111-8111-111111111111"
	s := NewStore(dir, &lake{})
	require.False(t, s.Has(&run))
	require.NoError(t, os.WriteFile(filepath.Join(dir, run+".parquet"), nil, 0o600))
	require.True(t, s.Has(&run))
	other := "../" + run
	require.False(t, s.Has(&other))
	require.False(t, s.Has(nil))
}
