package artifacts

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAFolderIsNoFile though a listing says so: it is not opened as a file of nothing, no part of it is given, and nothing of it is written.
func TestAFolderIsNoFile(t *testing.T) {
	const input, output = ImportFolder + "/orders.csv", CurrentFolder + "/" + ParquetFile
	l, o := newLake(t)
	l.put(input, "order_id\n1\n")
	l.put(output, "PAR1")
	listed, err := o.ListImport(t.Context())
	require.NoError(t, err)
	require.Len(t, listed, 1)
	require.False(t, listed[0].Folder)
	l.mu.Lock()
	l.before = func(w http.ResponseWriter, r *http.Request, _ int) bool {
		if r.URL.Query().Has("resource") || r.Method != http.MethodGet && r.Method != http.MethodHead {
			return false
		}
		w.Header().Set("ETag", `"0x1"`)
		w.Header().Set("x-ms-resource-type", "Directory")
		w.Header().Set("Content-Length", "0")
		w.WriteHeader(http.StatusOK)
		return true
	}
	l.mu.Unlock()
	f, root := newFolder(t)
	for _, path := range []string{input, output} {
		require.NoError(t, os.MkdirAll(filepath.Join(root, filepath.FromSlash(path)), 0o700))
	}
	for name, store := range map[string]Store{"onelake": o, "folder": f} {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for path, is := range map[string]func(error){
				input: func(err error) {
					t.Helper()
					var folder *FolderError
					require.ErrorAs(t, err, &folder)
					require.True(t, strings.HasPrefix(err.Error(), "“orders.csv” is a folder of files"), err)
				},
				output: func(err error) {
					t.Helper()
					var missing *NotFoundError
					require.ErrorAs(t, err, &missing, "as Stat says it")
				},
			} {
				body, _, err := store.Open(t.Context(), path)
				is(err)
				require.Nil(t, body)
				_, err = Save(t.Context(), store, path, dir, nil)
				is(err)
				left, err := os.ReadDir(dir)
				require.NoError(t, err)
				require.Empty(t, left)
			}
		})
	}
	var folder *FolderError
	p := make([]byte, 4)
	require.ErrorAs(t, o.ReadRange(t.Context(), listed[0], 0, p), &folder)
}
