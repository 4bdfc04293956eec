package artifacts

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
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
	require.Equal(t, "the run's", read(l.Download(t.Context(), run, "kpis.json", filepath.Join(dir, "run.json"), false, nil)))
	require.Equal(t, "current", read(l.Download(t.Context(), uuid.Nil, "kpis.json", dir, false, nil)))
	t.Chdir(t.TempDir())
	saved, err := l.Download(t.Context(), run, "kpis.json", "", false, nil)
	require.NoError(t, err)
	require.FileExists(t, "kpis.json")
	require.Equal(t, "kpis.json", filepath.Base(saved.Path))
	for _, name := range []string{"", "../x", `a\b`, "..", "a/b"} {
		_, err := l.Download(t.Context(), run, name, dir, false, nil)
		require.ErrorContains(t, err, "is no file name", name)
	}
}

func TestADownloadReplacesNothingUnasked(t *testing.T) {
	l := NewLakehouse(&shelf{files: map[string]string{"Files/results/current/kpis.json": "new"}})
	dir := t.TempDir()
	old := filepath.Join(dir, "kpis.json")
	require.NoError(t, os.WriteFile(old, []byte("mine"), 0o600))
	holds := func(path, text string) {
		t.Helper()
		data, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Equal(t, text, string(data))
	}
	saved, err := l.Download(t.Context(), uuid.Nil, "kpis.json", dir, false, nil)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "kpis (2).json"), saved.Path)
	saved, err = l.Save(t.Context(), "Files/results/current/kpis.json", dir, nil)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "kpis (3).json"), saved.Path)
	saved, err = l.Download(t.Context(), uuid.Nil, "kpis.json", old+".txt", false, nil)
	require.NoError(t, err)
	require.Equal(t, old+".txt", saved.Path)
	holds(saved.Path, "new")
	holds(old, "mine")
	saved, err = l.Download(t.Context(), uuid.Nil, "kpis.json", old, true, nil)
	require.NoError(t, err)
	require.Equal(t, old, saved.Path)
	holds(old, "new")
}

// hostilePaths are what a row of run_artifacts or a document may name.
func hostilePaths(run string) []string {
	return []string{
		"", "x.json", "/", "Files/results/kpis.json", "Files/results/other/kpis.json", "Files/results/runs/kpis.json", "Files/results/runs/" + run, "Files/results/runs//kpis.json", "Files/results/runs/not-a-run/kpis.json",
		"Files/results/runs/" + strings.ToUpper(run) + "/kpis.json", "Files/results/runs/{" + run + "}/kpis.json", "Files/results/current/deeper/kpis.json", "Files/import/kpis.json", "Tables/kpis.json", "files/results/current/kpis.json",
		"Files/results/current/../../import/kpis.json", "Files/results/current/..", "Files/results/current/.kpis.json", "Files/results/current/a\\b.json", "/Files/results/current/kpis.json", "https://evil.example/Files/results/current/kpis.json",
		"Files/results/current/run.exe", "Files/results/current/kpis.json.lnk", "Files/results/current/kpis.JSON", "Files/results/current/kpis", "Files/results/current/sales.xlsm", "Files/results/current/a.html",
		"Files/results/current/sales\u202ecsv.exe", "Files/results/current/sales\u202eexe.csv", "Files/results/current/a\nb.csv", "Files/results/current/NUL.csv", "Files/results/current/a:b.csv", "Files/results/current/" + strings.Repeat("x", 300) + ".csv", "Files/results/current/\xff.csv",
	}
}

func TestOnlyOutputsOfRunsAreFetched(t *testing.T) {
	run := uuid.NewString()
	for _, path := range []string{"Files/results/current/kpis.json", "Files/results/runs/" + run + "/sales_cleaned.parquet", "Files/results/current/sample.csv"} {
		require.NoError(t, CheckOutput(path))
	}
	s := &shelf{files: map[string]string{}}
	l := NewLakehouse(s)
	for _, path := range hostilePaths(run) {
		s.files[path] = "hostile"
		dir := t.TempDir()
		_, err := l.Save(t.Context(), path, dir, nil)
		var out *ScopeError
		require.ErrorAs(t, err, &out, "%q", path)
		require.Contains(t, err.Error(), "is not fetched: ")
		require.NotContains(t, err.Error(), "\u202e")
		require.NotContains(t, err.Error(), "\n")
		require.Less(t, len(err.Error()), 400)
		entries, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, entries)
	}
	_, err := l.Download(t.Context(), uuid.Nil, "run.exe", t.TempDir(), false, nil)
	require.ErrorContains(t, err, "it does not end in .json, .csv or .parquet")
}

func TestAFetchedFileSaysWhereItIsFrom(t *testing.T) {
	dir := t.TempDir()
	path := filepath.Join(dir, "kpis.json")
	var names, texts []string
	mark(path, func(name, text string) error {
		names, texts = append(names, name), append(texts, text)
		return os.ErrPermission // a file system without streams
	})
	require.Equal(t, []string{path + ":Zone.Identifier"}, names)
	require.Equal(t, []string{"[ZoneTransfer]\r\nZoneId=3\r\n"}, texts)

	l := NewLakehouse(&shelf{files: map[string]string{"Files/results/current/kpis.json": "new"}})
	saved, err := l.Save(t.Context(), "Files/results/current/kpis.json", dir, nil)
	require.NoError(t, err)
	if runtime.GOOS == "windows" {
		data, err := os.ReadFile(saved.Path + ":Zone.Identifier")
		require.NoError(t, err)
		require.Equal(t, texts[0], string(data))
	}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 1, "no file of its own")
}
