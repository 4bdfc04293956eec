package artifacts

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

// shelf is a store in memory, and what was asked of it.
type shelf struct {
	Store
	files map[string]string
	timed bool // the last question had a deadline
}

func (s *shelf) ListImport(ctx context.Context) ([]File, error) {
	_, s.timed = ctx.Deadline()
	return []File{{Name: "a.xlsx"}}, nil
}

func (s *shelf) Stat(ctx context.Context, path string) (File, error) {
	_, s.timed = ctx.Deadline()
	if _, ok := s.files[path]; !ok {
		return File{}, &NotFoundError{Path: path}
	}
	return File{Path: path, ETag: "1"}, nil
}

func (s *shelf) Open(_ context.Context, path string) (io.ReadCloser, File, error) {
	text, ok := s.files[path]
	if !ok {
		return nil, File{}, &NotFoundError{Path: path}
	}
	return io.NopCloser(strings.NewReader(text)), File{Path: path, Size: int64(len(text))}, nil
}

func TestTheLakehouseIsAskedByPlainNames(t *testing.T) {
	run := uuid.New()
	s := &shelf{files: map[string]string{
		"Files/import/a.xlsx": "A", "Files/results/current/kpis.json": "current", "Files/results/runs/" + run.String() + "/kpis.json": "the run's",
	}}
	l := NewLakehouse(s)
	files, err := l.Files(t.Context())
	require.NoError(t, err)
	require.Len(t, files, 1)
	require.True(t, s.timed)
	s.timed = false
	f, err := l.InputFile(t.Context(), "a.xlsx")
	require.NoError(t, err)
	require.Equal(t, "1", f.ETag)
	require.True(t, s.timed)
	var missing *NotFoundError
	_, err = l.InputFile(t.Context(), "b.xlsx")
	require.ErrorAs(t, err, &missing)

	dir := t.TempDir()
	read := func(saved Saved, err error) string {
		t.Helper()
		require.NoError(t, err)
		data, err := os.ReadFile(saved.Path)
		require.NoError(t, err)
		return string(data)
	}
	require.Equal(t, "the run's", read(l.Download(t.Context(), run, "kpis.json", filepath.Join(dir, "run.json"), nil)))
	require.Equal(t, "current", read(l.Download(t.Context(), uuid.Nil, "kpis.json", dir, nil)))
	require.Equal(t, "A", read(l.Save(t.Context(), "Files/import/a.xlsx", dir, nil)))
	t.Chdir(t.TempDir())
	saved, err := l.Download(t.Context(), run, "kpis.json", "", nil)
	require.NoError(t, err)
	require.FileExists(t, "kpis.json")
	require.Equal(t, "kpis.json", filepath.Base(saved.Path))
	for _, name := range []string{"", "../x", `a\b`, "..", "a/b"} {
		_, err := l.Download(t.Context(), run, name, dir, nil)
		require.ErrorContains(t, err, "is no file name", name)
	}
}
