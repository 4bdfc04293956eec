package artifacts

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/atomicfile"
	"fabricportal/internal/services/setup/config"
)

func profileOf(t *testing.T, name string, size int64, made time.Time) string {
	t.Helper()
	modified := contract.NewTime(made.Add(-time.Hour))
	return string(contracttest.Profile(func(p *contract.ImportProfile) {
		p.GeneratedAt, p.File = contract.NewTime(made), contract.File{Name: name, SizeBytes: size, LastModified: &modified}
	}))
}

const (
	run1 = "0198c5a2-7c3e-7bb2-a111-000000000001"
	run2 = "0198c5a2-7c3e-7bb2-a111-000000000002"
	run3 = "0198c5a2-7c3e-7bb2-a111-000000000003"
)

func TestArtifactOnly(t *testing.T) {
	l, o := newLake(t)
	ids := []string{run1, run2, run3, "../../x", "no-profile"}
	a := NewArtifactOnly(o, func(context.Context) ([]string, error) { return ids, nil })
	files, err := a.ListImport(t.Context())
	require.NoError(t, err)
	assert.Empty(t, files, "nothing has run yet")

	day := time.Date(2026, 1, 2, 0, 0, 0, 0, time.UTC)
	l.put(CurrentFolder+"/"+ProfileFile, profileOf(t, "feb.xlsx", 200, day.Add(48*time.Hour)))
	l.put(RunsFolder+"/"+run1+"/"+ProfileFile, profileOf(t, "jan.xlsx", 100, day))
	l.put(RunsFolder+"/"+run2+"/"+ProfileFile, profileOf(t, "feb.xlsx", 150, day.Add(24*time.Hour)))
	l.put(RunsFolder+"/"+run3+"/"+ProfileFile, `{"schema_version":99}`)
	l.put(RunsFolder+"/"+run1+"/"+KPIsFile, "{}")
	l.put(ImportFolder+"/unknown.xlsx", "x")
	for range 2 {
		files, err = a.ListImport(t.Context())
		require.NoError(t, err)
		assert.Equal(t, []string{"feb.xlsx", "jan.xlsx"}, filesOf(files))
		assert.Equal(t, File{Name: "feb.xlsx", Path: "Files/import/feb.xlsx", Size: 200, Modified: day.Add(47 * time.Hour)}, files[0])
	}
	assert.Equal(t, 2, l.requests("GET /"+ws+"/"+lh+"/Files/results/runs/"+run1), "once before it had a profile, once after: then it is known")

	// A profile can't smuggle a name in.
	l.put(CurrentFolder+"/"+ProfileFile, profileOf(t, "../../evil", 1, day))
	files, err = a.ListImport(t.Context())
	require.NoError(t, err)
	assert.Equal(t, []string{"feb.xlsx", "jan.xlsx"}, filesOf(files))

	files, err = a.List(t.Context(), RunsFolder+"/"+run1)
	require.NoError(t, err)
	assert.Equal(t, []string{ProfileFile, KPIsFile}, filesOf(files))
	_, err = a.List(t.Context(), RunsFolder+"/"+"none")
	var missing *NotFoundError
	require.ErrorAs(t, err, &missing)
	files, err = a.List(t.Context(), ImportFolder)
	require.NoError(t, err)
	assert.Len(t, files, 2)

	_, err = a.Upload(t.Context(), "mar.xlsx", strings.NewReader("abc"), 3, UploadOptions{})
	require.NoError(t, err)
	f, err := a.Stat(t.Context(), ImportFolder+"/mar.xlsx")
	require.NoError(t, err)
	assert.Equal(t, int64(3), f.Size)
	assert.Zero(t, l.requests("GET /"+ws+"?"), "no folder was ever listed")

	boom := errors.New("the database is away")
	_, err = NewArtifactOnly(o, func(context.Context) ([]string, error) { return nil, boom }).ListImport(t.Context())
	require.ErrorIs(t, err, boom)
	l.before = func(w http.ResponseWriter, _ *http.Request, _ int) bool { oops(w, 403, "x"); return true }
	_, err = a.ListImport(t.Context())
	var access *AccessError
	require.ErrorAs(t, err, &access)
}

func TestNewStoreChoosesByConfiguration(t *testing.T) {
	l, o := newLake(t)
	cfg := config.Config{Fabric: o.cfg}
	cfg.Artifacts.Source = "onelake"
	s, err := NewStore(cfg, l.cred, l.network(t), "1", nil)
	require.NoError(t, err)
	assert.IsType(t, &OneLake{}, s)
	cfg.Artifacts.Source = "artifacts"
	s, err = NewStore(cfg, l.cred, l.network(t), "1", nil)
	require.NoError(t, err)
	assert.IsType(t, &ArtifactOnly{}, s)
	cfg.Artifacts.Source = "x"
	_, err = NewStore(cfg, l.cred, l.network(t), "1", nil)
	require.Error(t, err)
}

func TestSave(t *testing.T) {
	l, o := newLake(t)
	text := strings.Repeat("x", 100_000)
	l.put(CurrentFolder+"/"+CSVFile, text)
	dir := t.TempDir()
	var last, total int64
	saved, err := Save(t.Context(), o, CurrentFolder+"/"+CSVFile, dir, func(d, n int64) { last, total = d, n })
	require.NoError(t, err)
	assert.Equal(t, filepath.Join(dir, CSVFile), saved.Path)
	assert.Equal(t, int64(100_000), saved.Size)
	assert.Equal(t, int64(100_000), last)
	assert.Equal(t, int64(100_000), total)
	assert.Len(t, saved.SHA256, 64)
	data, err := os.ReadFile(saved.Path)
	require.NoError(t, err)
	assert.Equal(t, text, string(data))

	// Under another name, over an older file.
	target := filepath.Join(dir, "mine.csv")
	require.NoError(t, os.WriteFile(target, []byte("old"), 0o600))
	_, err = Save(t.Context(), o, CurrentFolder+"/"+CSVFile, target, nil)
	require.NoError(t, err)
	data, _ = os.ReadFile(target)
	assert.Equal(t, text, string(data))

	// What fails leaves what was there, and no rests.
	l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		w.Header().Set("Content-Length", "10")
		_, _ = w.Write([]byte("12345"))
		w.(http.Flusher).Flush()
		panic(http.ErrAbortHandler)
	}
	_, err = Save(t.Context(), o, CurrentFolder+"/"+CSVFile, target, nil)
	var unreachable *UnreachableError
	require.ErrorAs(t, err, &unreachable)
	l.before = nil
	_, err = Save(t.Context(), o, CurrentFolder+"/none.csv", target, nil)
	var missing *NotFoundError
	require.ErrorAs(t, err, &missing)
	data, _ = os.ReadFile(target)
	assert.Equal(t, text, string(data))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 2)

	var local *atomicfile.Error
	_, err = Save(t.Context(), o, CurrentFolder+"/"+CSVFile, filepath.Join(dir, "gone", "x.csv"), nil)
	require.ErrorAs(t, err, &local)
	assert.Contains(t, err.Error(), "does not exist")
	// The lakehouse's names mean nothing to this system's folders.
	for _, name := range []string{"a.", "..", "~$x"} {
		_, err = Save(t.Context(), o, "Files/import/"+name, dir, nil)
		var bad *NameError
		require.ErrorAs(t, err, &bad, name)
	}
}
