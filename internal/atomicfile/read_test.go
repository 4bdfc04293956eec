package atomicfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestReadTakesNoMoreThanWasWritten(t *testing.T) {
	path := old(t)
	data, err := Read(path, 3)
	require.NoError(t, err)
	require.Equal(t, "old", string(data))
	_, err = Read(path, 2)
	var large *SizeError
	require.ErrorAs(t, err, &large)
	require.ErrorContains(t, err, "has more than 2 bytes")
	_, err = Read(path+"x", 2)
	require.ErrorIs(t, err, fs.ErrNotExist)
	_, err = Read(filepath.Dir(path), 2)
	require.ErrorContains(t, err, "it is no file")

	// A sparse file of 1 TB costs what is read of it.
	require.NoError(t, os.Truncate(path, 1<<40))
	_, err = Read(path, 1<<20)
	require.ErrorAs(t, err, &large)
}

func TestADamagedFileIsSetAsideAndNotLost(t *testing.T) {
	path := old(t)
	for i := range asides + 3 {
		require.NoError(t, os.WriteFile(path, []byte(fmt.Sprint(i)), 0o600))
		aside, err := SetAside(path)
		require.NoError(t, err)
		require.NoFileExists(t, path)
		data, err := os.ReadFile(aside)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(i), string(data))
	}
	require.Len(t, entries(t, filepath.Dir(path)), asides)
	_, err := SetAside(path)
	require.ErrorIs(t, err, fs.ErrNotExist)
}
