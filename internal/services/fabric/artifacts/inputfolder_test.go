package artifacts_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
)

// TestAFolderOfTablesIsOneInput: it is listed as one item, with what its files are together. What a run could not take is none.
func TestAFolderOfTablesIsOneInput(t *testing.T) {
	s, o, _, _, _ := overHTTPS(t)
	put := func(path, text string) {
		path = filepath.Join(s.dir, "Files", "import", filepath.FromSlash(path))
		require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	}
	put("orders/2026-01.CSV", "order_id\n1\n")
	put("orders/2026-02.csv", "order_id\n22\n")
	put("orders/_SUCCESS", "not counted")
	put("orders/.hidden.csv", "not counted")
	put("pictures/a.png", "no table")
	put(".work/a.csv", "hidden")
	put("one.csv", "order_id\n1\n")
	require.NoError(t, os.MkdirAll(filepath.Join(s.dir, "Files", "import", "empty"), 0o700))
	require.NoError(t, os.MkdirAll(filepath.Join(s.dir, "Files", "results", "current", "orders"), 0o700))

	files, err := o.ListImport(t.Context())
	require.NoError(t, err)
	require.Len(t, files, 2)
	folder := files[0]
	if !folder.Folder {
		folder = files[1]
	}
	require.Equal(t, []any{"orders", "Files/import/orders", int64(23), 2, true}, []any{folder.Name, folder.Path, folder.Size, folder.Files, folder.Folder})
	require.NotEmpty(t, folder.ETag)
	require.False(t, folder.Modified.IsZero())
	found, err := o.Stat(t.Context(), "Files/import/orders")
	require.NoError(t, err)
	require.Equal(t, []any{folder.Size, folder.Files, true}, []any{found.Size, found.Files, found.Folder})
	require.Equal(t, "“orders” is a folder with 2 files (23 B): it can be run, and is not looked at on this computer. The run reads all of them as one table, checks them and says what is wrong",
		(&artifacts.FolderError{Folder: folder}).Say(format.English))

	put("orders/2026-02.csv", "order_id\n23\n")
	files, err = o.ListImport(t.Context())
	require.NoError(t, err)
	for _, f := range files {
		require.False(t, f.Folder && f.ETag == folder.ETag, "another content is another version")
	}
	var missing *artifacts.NotFoundError
	for _, path := range []string{"Files/import/empty", "Files/import/pictures", "Files/results/current/orders", "Files/import/orders/none"} {
		_, err := o.Stat(t.Context(), path)
		require.ErrorAs(t, err, &missing, path)
	}
}
