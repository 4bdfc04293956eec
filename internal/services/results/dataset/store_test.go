package dataset

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
)

// lake is a lakehouse in memory that counts what is fetched.
type lake struct {
	files map[string][]byte
	asked []string
	err   error
}

func (l *lake) Open(_ context.Context, path string) (io.ReadCloser, artifacts.File, error) {
	l.asked = append(l.asked, path)
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
		table, err := s.Open(t.Context(), &run, func(done, _ int64) { told = done })
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
	_, err = s.Open(t.Context(), &run, nil)
	require.ErrorIs(t, err, l.err)
	require.NoFileExists(t, local)
}

func TestRowsOfNoKnownRunAreNotFetched(t *testing.T) {
	l := &lake{}
	s := NewStore(t.TempDir(), l)
	_, err := s.Open(t.Context(), nil, nil)
	require.ErrorContains(t, err, "do not say which run they are of")
	bad := "../../x"
	_, err = s.Open(t.Context(), &bad, nil)
	require.ErrorContains(t, err, "no run's id")
	require.Empty(t, l.asked)
	file := filepath.Join(t.TempDir(), "file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	id := uuid.NewString()
	_, err = NewStore(filepath.Join(file, "rows"), l).Open(t.Context(), &id, nil)
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
		table, err := s.Open(t.Context(), &id, nil)
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
