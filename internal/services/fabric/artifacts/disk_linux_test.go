package artifacts

import (
	"bytes"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/atomicfile"
)

// stick is a file system of its own, with little room.
func stick(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=160k"); err != nil {
		t.Skip("only root can put in a stick here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	return dir
}

// TestADiskThatFails: a sentence, and nothing half written; what was there before stays.
func TestADiskThatFails(t *testing.T) {
	text := large()
	l, o := newLake(t)
	l.put(ranged, text)
	var failed *atomicfile.Error
	t.Run("full", func(t *testing.T) {
		dir := stick(t)
		local := filepath.Join(dir, "rows.parquet")
		require.NoError(t, os.WriteFile(local, []byte("before"), 0o600))
		_, err := Save(t.Context(), o, ranged, local, nil)
		require.ErrorAs(t, err, &failed)
		require.ErrorContains(t, err, "rows.parquet can't be written: check the free space")
		requireFile(t, local, "before")
	})
	t.Run("read-only", func(t *testing.T) {
		dir := stick(t)
		require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
		_, err := Save(t.Context(), o, ranged, dir, nil)
		require.ErrorAs(t, err, &failed)
		require.ErrorContains(t, err, "can't be written")
		requireEntries(t, dir)
	})
	t.Run("pulled out", func(t *testing.T) {
		dir := filepath.Join(t.TempDir(), "stick")
		require.NoError(t, os.Mkdir(dir, 0o700))
		_, err := Save(t.Context(), o, ranged, filepath.Join(dir, "rows.parquet"), func(done, _ int64) {
			if done >= 2*rangeSize {
				require.NoError(t, os.RemoveAll(dir))
			}
		})
		require.ErrorAs(t, err, &failed)
		require.ErrorContains(t, err, "the folder "+dir+" does not exist")
		require.NoDirExists(t, dir)
	})
}

// TestAFolderOnADiskThatFails: the same where a folder stands in for the lakehouse, in both directions.
func TestAFolderOnADiskThatFails(t *testing.T) {
	data := bytes.Repeat([]byte("0123456789abcdef"), int(4*pieceSize)/16)
	upload := func(dir string, told func(int64)) error {
		_, err := NewFolder(dir).Upload(t.Context(), "sales.csv", bytes.NewReader(data), int64(len(data)), UploadOptions{Overwrite: true, Progress: told})
		return err
	}
	var bad *LocalFolderError
	t.Run("full", func(t *testing.T) {
		dir := stick(t)
		put(t, dir, "Files/import/sales.csv", "before")
		err := upload(dir, nil)
		require.ErrorAs(t, err, &bad)
		require.Equal(t, folderFull, bad.Reason)
		requireFile(t, filepath.Join(dir, "Files", "import", "sales.csv"), "before")
	})
	t.Run("read-only", func(t *testing.T) {
		dir := stick(t)
		put(t, dir, "Files/import/sales.csv", "before")
		require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT|syscall.MS_RDONLY, ""))
		err := upload(dir, nil)
		require.ErrorAs(t, err, &bad)
		require.Equal(t, folderReadOnly, bad.Reason)
		requireFile(t, filepath.Join(dir, "Files", "import", "sales.csv"), "before")
	})
	t.Run("pulled out", func(t *testing.T) {
		dir := stick(t)
		put(t, dir, "Files/import/other.csv", "before")
		require.NoError(t, syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=1m"))
		out := false
		err := upload(dir, func(int64) {
			if !out {
				out = true
				require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH))
			}
		})
		require.ErrorAs(t, err, &bad)
		require.Equal(t, folderEmpty, bad.Reason, "where it was put in there is still a folder")
		requireEntries(t, dir)
		_, err = NewFolder(dir).ListImport(t.Context())
		require.ErrorAs(t, err, &bad, "nor is it an empty one")
	})
	t.Run("pulled out while it is read", func(t *testing.T) {
		dir := stick(t)
		put(t, dir, "Files/import/sales.csv", "before")
		f := NewFolder(dir)
		seen, err := f.Stat(t.Context(), "Files/import/sales.csv")
		require.NoError(t, err)
		require.NoError(t, syscall.Unmount(dir, syscall.MNT_DETACH))
		require.ErrorAs(t, f.ReadRange(t.Context(), seen, 0, make([]byte, 3)), &bad)
	})
}
