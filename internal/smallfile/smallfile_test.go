package smallfile

import (
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
)

func TestFilesOfTheLimitAreRead(t *testing.T) {
	path := filepath.Join(t.TempDir(), "rules.toml")
	require.NoError(t, os.WriteFile(path, []byte("0123456789"), 0o600))
	data, err := Read(format.Say("the rules"), path, 10)
	require.NoError(t, err)
	require.Equal(t, "0123456789", string(data))
}

func TestWhatIsNoSmallFileIsRefusedInOneSentence(t *testing.T) {
	dir := t.TempDir()
	large := filepath.Join(dir, "large.toml")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, 1<<40))
	refused := map[string]string{
		large:                       "the rules in " + large + " can't be read: the file has 1,099.5 GB, and 1.0 MB are the most that is read; check that it is the right one",
		dir:                         "the rules in " + dir + " can't be read: that is a folder; choose a file in it",
		filepath.Join(dir, "a.txt"): "the rules in " + filepath.Join(dir, "a.txt") + " can't be read: check the name and the folder",
	}
	if runtime.GOOS == "linux" {
		refused["/dev/zero"] = "the rules in /dev/zero can't be read: that is no ordinary file; choose one"
		refused["/proc/self/mem"] = "the rules in /proc/self/mem can't be read: check the name and the folder" // says that it is empty
	}
	for path, want := range refused {
		_, err := Read(format.Say("the rules"), path, 1_000_000)
		require.EqualError(t, err, want)
		require.ErrorAs(t, err, new(*Error))
	}
	_, err := Read(format.Say("the rules"), filepath.Join(dir, "a.txt"), 10)
	require.ErrorIs(t, err, fs.ErrNotExist)
}

// TestAFileThatGrowsIsNotReadOn: the size that it said first is no promise.
func TestAFileThatGrowsIsNotReadOn(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("no file of this system says less than it has")
	}
	_, err := Read(format.Say("the rules"), "/proc/self/status", 10) // says that it is empty
	require.ErrorContains(t, err, "are the most that is read")
}
