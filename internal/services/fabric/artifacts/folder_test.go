package artifacts

import (
	"bytes"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func newFolder(t *testing.T) (*Folder, string) {
	t.Helper()
	dir := t.TempDir()
	require.NoError(t, os.MkdirAll(filepath.Join(dir, "Files", "import"), 0o755))
	return NewFolder(dir), dir
}

func put(t *testing.T, dir, path, text string) {
	t.Helper()
	at := filepath.Join(dir, filepath.FromSlash(path))
	require.NoError(t, os.MkdirAll(filepath.Dir(at), 0o755))
	require.NoError(t, os.WriteFile(at, []byte(text), 0o600))
}

func names(files []File) []string {
	var out []string
	for _, f := range files {
		out = append(out, f.Name)
	}
	return out
}

func TestAFolderIsAStore(t *testing.T) {
	f, dir := newFolder(t)
	ctx := t.Context()
	files, err := f.ListImport(ctx)
	require.NoError(t, err)
	assert.Empty(t, files)
	var told []int64
	made, err := f.Upload(ctx, "sales.csv", strings.NewReader("a,b\n1,2\n"), 8, UploadOptions{Progress: func(n int64) { told = append(told, n) }})
	require.NoError(t, err)
	assert.Equal(t, File{Name: "sales.csv", Path: "Files/import/sales.csv", Size: 8, Modified: made.Modified, ETag: made.ETag}, made)
	assert.Equal(t, []int64{8}, told)
	var exists *ExistsError
	_, err = f.Upload(ctx, "sales.csv", strings.NewReader("x"), 1, UploadOptions{})
	require.ErrorAs(t, err, &exists)
	body, info, err := f.Open(ctx, made.Path)
	require.NoError(t, err)
	assert.Equal(t, made, info)
	data, err := io.ReadAll(body)
	require.NoError(t, err)
	require.NoError(t, body.Close())
	assert.Equal(t, "a,b\n1,2\n", string(data))
	second, err := f.Upload(ctx, "sales.csv", strings.NewReader("other"), 5, UploadOptions{Overwrite: true})
	require.NoError(t, err)
	assert.NotEqual(t, made.ETag, second.ETag)

	put(t, dir, "Files/import/.hidden", "x")
	put(t, dir, "Files/import/sub/inner.csv", "x")
	put(t, dir, "Files/results/current/kpis.json", "{}")
	list, err := f.ListImport(ctx)
	require.NoError(t, err)
	assert.ElementsMatch(t, []string{"sales.csv", "sub"}, names(list), "a folder of tables is one input")
	saved, err := Save(ctx, f, "Files/results/current/kpis.json", filepath.Join(dir, "k.json"), nil)
	require.NoError(t, err)
	assert.Equal(t, int64(2), saved.Size)
	var missing *NotFoundError
	for _, path := range []string{"Files/results/current/none.json", "Files/results/runs"} {
		_, err = f.Stat(ctx, path)
		require.ErrorAs(t, err, &missing, path)
		_, _, err = f.Open(ctx, path)
		require.ErrorAs(t, err, &missing, path)
	}
	_, err = f.List(ctx, "Files/results/runs")
	require.ErrorAs(t, err, &missing)
}

func TestAFolderGivesNothingOutsideOfIt(t *testing.T) {
	f, dir := newFolder(t)
	secret := filepath.Join(t.TempDir(), "secret.csv")
	require.NoError(t, os.WriteFile(secret, []byte("canary"), 0o600))
	for _, path := range []string{"Files/import/../../secret.csv", "../secret.csv", "/etc/passwd", "Files/import/a\\b", "Files/other/x"} {
		_, _, err := f.Open(t.Context(), path)
		var bad *NameError
		require.ErrorAs(t, err, &bad, path)
	}
	if runtime.GOOS == "windows" {
		t.Skip("links need a right there")
	}
	require.NoError(t, os.Symlink(secret, filepath.Join(dir, "Files", "import", "link.csv")))
	_, _, err := f.Open(t.Context(), "Files/import/link.csv")
	var refused *LocalFolderError
	require.ErrorAs(t, err, &refused)
	assert.Equal(t, folderLeads, refused.Reason)
	list, err := f.ListImport(t.Context())
	require.NoError(t, err)
	assert.Empty(t, list)
	// A folder that leads elsewhere is not written into.
	require.NoError(t, os.RemoveAll(filepath.Join(dir, "Files", "import")))
	outside := t.TempDir()
	require.NoError(t, os.Symlink(outside, filepath.Join(dir, "Files", "import")))
	_, err = f.Upload(t.Context(), "a.csv", strings.NewReader("x"), 1, UploadOptions{})
	require.ErrorAs(t, err, &refused)
	left, err := os.ReadDir(outside)
	require.NoError(t, err)
	assert.Empty(t, left)
}

func TestAFolderThatIsNotThere(t *testing.T) {
	ctx := t.Context()
	f, dir := newFolder(t)
	var bad *LocalFolderError
	gone := NewFolder(filepath.Join(dir, "stick"))
	_, err := gone.ListImport(ctx)
	require.ErrorAs(t, err, &bad)
	assert.Equal(t, folderGone, bad.Reason)
	_, err = gone.Upload(ctx, "a.csv", strings.NewReader("x"), 1, UploadOptions{})
	require.ErrorAs(t, err, &bad)
	assert.NoDirExists(t, filepath.Join(dir, "stick"), "nothing is made where the stick should be")
	other := NewFolder(t.TempDir())
	_, err = other.Stat(ctx, "Files/import/a.csv")
	require.ErrorAs(t, err, &bad)
	assert.Equal(t, folderEmpty, bad.Reason)
	assert.NotContains(t, err.Error(), "\n")

	// A file that changes while it is read is no file.
	put(t, dir, "Files/import/a.csv", strings.Repeat("x", 100))
	body, _, err := f.Open(ctx, "Files/import/a.csv")
	require.NoError(t, err)
	defer body.Close()
	_, err = io.ReadFull(body, make([]byte, 10))
	require.NoError(t, err)
	put(t, dir, "Files/import/a.csv", "shorter")
	_, err = io.ReadAll(body)
	require.ErrorAs(t, err, &bad)
	assert.Equal(t, folderChanged, bad.Reason)
}

// changing is a source that fails, grows or ends early.
type changing struct {
	*bytes.Reader
	fail error
}

func (c changing) ReadAt(p []byte, at int64) (int, error) {
	if c.fail != nil && at > 0 {
		return 0, c.fail
	}
	return c.Reader.ReadAt(p, at)
}

func TestNothingHalfIsLeftInAFolder(t *testing.T) {
	f, dir := newFolder(t)
	data := bytes.Repeat([]byte("0123456789abcdef"), int(pieceSize/16)*2+5)
	size := int64(len(data))
	cancelled, cancel := context.WithCancel(t.Context())
	var source *SourceError
	for what, tc := range map[string]struct {
		ctx  context.Context
		r    io.ReaderAt
		size int64
		told func(int64)
	}{
		"the source fails":  {t.Context(), changing{bytes.NewReader(data), errors.New("gone")}, size, nil},
		"the source grew":   {t.Context(), bytes.NewReader(data), size - 3, nil},
		"the source shrank": {t.Context(), bytes.NewReader(data), size + 3, nil},
		"it was cancelled":  {cancelled, bytes.NewReader(data), size, func(int64) { cancel() }},
	} {
		put(t, dir, "Files/import/kept.csv", "before")
		for _, name := range []string{"new.csv", "kept.csv"} {
			_, err := f.Upload(tc.ctx, name, tc.r, tc.size, UploadOptions{Overwrite: true, Progress: tc.told})
			require.Error(t, err, what)
			if tc.ctx == cancelled {
				require.ErrorIs(t, err, context.Canceled)
			} else {
				require.ErrorAs(t, err, &source, what)
			}
		}
		entries, err := os.ReadDir(filepath.Join(dir, "Files", "import"))
		require.NoError(t, err)
		require.Len(t, entries, 1, what)
		kept, err := os.ReadFile(filepath.Join(dir, "Files", "import", "kept.csv"))
		require.NoError(t, err)
		require.Equal(t, "before", string(kept), what)
	}
}

// TestAShareThatStopsAnswering has calls hang in the system, as those to a dead share do.
func TestAShareThatStopsAnswering(t *testing.T) {
	f, _ := newFolder(t)
	f.wait = 20 * time.Millisecond
	let := make(chan struct{})
	var bad *LocalFolderError
	for range mostWaiting {
		_, err := asked(t.Context(), f, func(*os.Root) (int, error) { <-let; return 0, nil })
		require.ErrorIs(t, err, context.DeadlineExceeded)
	}
	begun := len(f.busy)
	assert.Equal(t, mostWaiting, begun)
	_, err := f.Stat(t.Context(), "Files/import/a.csv")
	require.ErrorAs(t, err, &bad, "no more calls are sent after those that hang")
	assert.Equal(t, folderSilent, bad.Reason)
	close(let)
	require.Eventually(t, func() bool { return len(f.busy) == 0 }, 5*time.Second, time.Millisecond)
	f.wait = askTime
	_, err = f.ListImport(t.Context())
	require.NoError(t, err)
}

func TestPartsThatWereLeftInAFolderAreNamed(t *testing.T) {
	f, dir := newFolder(t)
	put(t, dir, "Files/import/.OLD.part", "x")
	put(t, dir, "Files/import/.NEW.part", "x")
	put(t, dir, "Files/import/.other", "x")
	now := time.Now()
	require.NoError(t, os.Chtimes(filepath.Join(dir, "Files", "import", ".OLD.part"), now, now.Add(-8*24*time.Hour)))
	left, err := f.LeftStaging(t.Context(), now)
	require.NoError(t, err)
	assert.Equal(t, []string{".OLD.part"}, names(left))
}
