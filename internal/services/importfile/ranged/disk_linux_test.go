package ranged_test

import (
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/scratch"
)

// TestADiskThatIsFullIsNamed: what of a file does not fit into memory goes to the disk.
func TestADiskThatIsFullIsNamed(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=1m"); err != nil {
		t.Skip("only root can make a disk here: ", err)
	}
	t.Cleanup(func() { _ = syscall.Unmount(dir, syscall.MNT_DETACH) })
	t.Setenv("TMPDIR", dir)
	e := newElsewhere(24 << 20)
	f := e.file(t)
	err := f.Fill(t.Context(), nil)
	var failed *scratch.Error
	require.ErrorAs(t, err, &failed)
	require.Contains(t, failed.Error(), dir)
	look := f.Look(t.Context())
	_, err = look.ReadAt(make([]byte, 24<<20), 0)
	require.ErrorAs(t, err, &failed, "not with other bytes in their place")
	require.ErrorAs(t, look.Failed(), &failed)
}
