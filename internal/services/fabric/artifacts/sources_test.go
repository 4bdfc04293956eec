package artifacts_test

import (
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/fabric/artifacts"
)

// source is one of the places where the lakehouse's files are, with the folder of this machine in which they lie.
type source struct {
	artifacts.Store
	dir string
}

func (s source) put(t *testing.T, path, text string) {
	t.Helper()
	path = filepath.Join(s.dir, filepath.FromSlash(path))
	require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
}

// onBoth runs a test on OneLake, over HTTPS, and on a folder of this computer: to a person they are the same.
func onBoth(t *testing.T, test func(t *testing.T, s source)) {
	t.Run("OneLake", func(t *testing.T) {
		s, o, _, _, _ := overHTTPS(t)
		test(t, source{o, s.dir})
	})
	t.Run("folder", func(t *testing.T) {
		dir := t.TempDir()
		require.NoError(t, os.MkdirAll(filepath.Join(dir, "Files", "import"), 0o700))
		test(t, source{artifacts.NewFolder(dir), dir})
	})
}

func namesOf(files []artifacts.File) (out []string) {
	for _, f := range files {
		out = append(out, f.Name)
	}
	return out
}

// TestNamesAsTheyAre takes names through uploading, listing, opening and downloading without their becoming others. Each file holds its name.
func TestNamesAsTheyAre(t *testing.T) {
	onBoth(t, func(t *testing.T, s source) {
		var wanted []string
		for _, name := range sampledata.Names {
			if artifacts.CheckLocalName(name) != nil {
				t.Logf("this system can't have %q", name)
				continue
			}
			wanted = append(wanted, name)
			made, err := s.Upload(t.Context(), name, strings.NewReader(name), int64(len(name)), artifacts.UploadOptions{})
			require.NoError(t, err, name)
			require.Equal(t, name, made.Name)
			var exists *artifacts.ExistsError
			_, err = s.Upload(t.Context(), name, strings.NewReader("x"), 1, artifacts.UploadOptions{})
			require.ErrorAs(t, err, &exists, name)
		}
		files, err := s.ListImport(t.Context())
		require.NoError(t, err)
		require.ElementsMatch(t, wanted, namesOf(files))
		here := t.TempDir()
		for _, name := range wanted {
			path := artifacts.ImportFolder + "/" + name
			found, err := s.Stat(t.Context(), path)
			require.NoError(t, err, name)
			require.Equal(t, []any{name, path, int64(len(name))}, []any{found.Name, found.Path, found.Size})
			body, _, err := s.Open(t.Context(), path)
			require.NoError(t, err, name)
			text, err := io.ReadAll(body)
			require.NoError(t, err)
			require.NoError(t, body.Close())
			require.Equal(t, name, string(text))
			saved, err := artifacts.Save(t.Context(), s, path, here, nil)
			require.NoError(t, err, name)
			require.Equal(t, name, filepath.Base(saved.Path))
		}
		for _, dir := range []string{here, filepath.Join(s.dir, "Files", "import")} {
			entries, err := os.ReadDir(dir)
			require.NoError(t, err)
			require.Len(t, entries, len(wanted), "each is a file of its own, and nothing else is left")
			for _, e := range entries {
				text, err := os.ReadFile(filepath.Join(dir, e.Name()))
				require.NoError(t, err)
				require.Equal(t, e.Name(), string(text))
			}
		}
		// What is only like a name is none.
		var missing *artifacts.NotFoundError
		for _, like := range []string{"PLAIN.csv", "two blanks.csv", "a blank first.csv", "A/.csv", "a b c.csv", "100 %25.csv", "%2541%252F%2523.csv"} {
			if !strings.Contains(like, "/") {
				_, err := s.Stat(t.Context(), artifacts.ImportFolder+"/"+like)
				require.ErrorAs(t, err, &missing, like)
			}
		}
	})
}

// TestAFolderOfTablesIsOneInput: it is listed as one item, with what its files are together. What a run could not take is none.
func TestAFolderOfTablesIsOneInput(t *testing.T) {
	onBoth(t, func(t *testing.T, s source) {
		put := func(path, text string) { s.put(t, "Files/import/"+path, text) }
		put("orders/2026-01.CSV", "order_id\n1\n")
		put("orders/2026-02.csv", "order_id\n22\n")
		put("orders/_SUCCESS", "not counted")
		put("orders/.hidden.csv", "not counted")
		put("pictures/a.png", "no table")
		put(".work/a.csv", "hidden")
		put("one.csv", "order_id\n1\n")
		require.NoError(t, os.MkdirAll(filepath.Join(s.dir, "Files", "import", "empty"), 0o700))
		require.NoError(t, os.MkdirAll(filepath.Join(s.dir, "Files", "results", "current", "orders"), 0o700))

		files, err := s.ListImport(t.Context())
		require.NoError(t, err)
		require.Len(t, files, 2)
		folder := files[0]
		if !folder.Folder {
			folder = files[1]
		}
		require.Equal(t, []any{"orders", "Files/import/orders", int64(23), 2, true}, []any{folder.Name, folder.Path, folder.Size, folder.Files, folder.Folder})
		require.NotEmpty(t, folder.ETag)
		require.False(t, folder.Modified.IsZero())
		found, err := s.Stat(t.Context(), "Files/import/orders")
		require.NoError(t, err)
		require.Equal(t, folder, found)
		require.Equal(t, "“orders” is a folder with 2 files (23 B): it can be run, and is not looked at on this computer. The run reads all of them as one table, checks them and says what is wrong",
			(&artifacts.FolderError{Folder: folder}).Say(format.English))
		var missing *artifacts.NotFoundError
		_, _, err = s.Open(t.Context(), "Files/import/orders")
		require.Error(t, err, "a folder is not read as a file")

		put("orders/2026-02.csv", "order_id\n23\n")
		later := time.Now().Add(3 * time.Second)
		require.NoError(t, os.Chtimes(filepath.Join(s.dir, "Files/import/orders/2026-02.csv"), later, later))
		files, err = s.ListImport(t.Context())
		require.NoError(t, err)
		for _, f := range files {
			require.False(t, f.Folder && f.ETag == folder.ETag, "another content is another version")
		}
		for _, path := range []string{"Files/import/empty", "Files/import/pictures", "Files/results/current/orders", "Files/import/orders/none"} {
			_, err := s.Stat(t.Context(), path)
			require.ErrorAs(t, err, &missing, path)
		}
	})
}

// TestEntriesThatCanBeNoFilesAreCounted: they are neither shown nor passed over in silence.
func TestEntriesThatCanBeNoFilesAreCounted(t *testing.T) {
	onBoth(t, func(t *testing.T, s source) {
		s.put(t, "Files/import/good.csv", "x")
		s.put(t, "Files/import/a\x1b[2Jb.csv", "x")
		s.put(t, "Files/import/line\nbreak.csv", "x")
		s.put(t, "Files/import/turned\u202evsc.exe", "x")
		files, err := s.ListImport(t.Context())
		var out *artifacts.LeftOutError
		require.ErrorAs(t, err, &out)
		require.Equal(t, 2, out.Count)
		got := namesOf(files)
		slices.Sort(got)
		require.Equal(t, []string{"good.csv", "turned\u202evsc.exe"}, got, "what turns the writing is a name of a file, and is shown with a mark in its place")
		assert.Contains(t, err.Error(), "2 entries of Files/import are left out")
		assert.NotContains(t, err.Error(), "\x1b")
	})
}

// TestAFolderOfTenThousand: all of them are listed, and one beyond the limit is a sentence.
func TestAFolderOfTenThousand(t *testing.T) {
	s, lake, _, _, _ := overHTTPS(t)
	dir := filepath.Join(s.dir, "Files", "import")
	require.NoError(t, os.MkdirAll(dir, 0o700))
	// Names of one file, for both sources: ten thousand of their own would take most of the test's time.
	first := ""
	for i := range 10_000 {
		name := filepath.Join(dir, "f"+format.Count(int64(i))+".csv")
		if first == "" {
			first = name
			require.NoError(t, os.WriteFile(name, []byte("x"), 0o600))
			continue
		}
		require.NoError(t, os.Link(first, name))
	}
	for source, store := range map[string]artifacts.Store{"OneLake": lake, "folder": artifacts.NewFolder(s.dir)} {
		files, err := store.ListImport(t.Context())
		require.NoError(t, err, source)
		require.Len(t, files, 10_000, source)
		names := map[string]bool{}
		for _, f := range files {
			names[f.Name] = true
		}
		require.Len(t, names, 10_000, "%s: each once", source)
	}
}
