package atomicfile

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAnUnfinishedFileIsFoundAgain(t *testing.T) {
	path := old(t)
	dir := filepath.Dir(path)
	k, err := Keep(t.Context(), path, "there", Private)
	require.NoError(t, err)
	require.Empty(t, k.Notes())
	_, err = k.WriteAt([]byte("tent"), 3)
	require.NoError(t, err)
	require.NoError(t, k.Note([]byte("from 3 on")))
	_, err = Keep(t.Context(), path, "there", Private)
	require.ErrorIs(t, err, ErrBusy)
	other, err := Keep(t.Context(), path, "elsewhere", Private)
	require.NoError(t, err, "of another source it is another one")
	other.Discard()
	k.Close()

	k, err = Keep(t.Context(), path, "there", Private)
	require.NoError(t, err)
	require.Equal(t, "from 3 on", string(k.Notes()))
	_, err = k.Finish(t.Context(), 8, true)
	var failed *Error
	require.ErrorAs(t, err, &failed, "it is not as long")
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = k.Finish(gone, 7, true)
	require.ErrorIs(t, err, context.Canceled)
	_, err = k.WriteAt([]byte("con"), 0)
	require.NoError(t, err)
	named, err := k.Finish(t.Context(), 7, false)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "notes (2).json"), named)
	require.NoError(t, os.Rename(named, path))
	requireAlone(t, path, "content")

	k, err = Keep(t.Context(), path, "there", Private)
	require.NoError(t, err)
	require.Empty(t, k.Notes())
	_, err = k.WriteAt([]byte("new"), 0)
	require.NoError(t, err)
	require.NoError(t, k.Note([]byte("x")))
	require.NoError(t, k.Clear())
	_, err = k.WriteAt([]byte("x"), 0)
	require.NoError(t, err)
	named, err = k.Finish(t.Context(), 1, true)
	require.NoError(t, err)
	require.Equal(t, path, named)
	requireAlone(t, path, "x")
}

func TestSweepLeavesUnfinishedFilesForAWeek(t *testing.T) {
	path := old(t)
	dir := filepath.Dir(path)
	k, err := Keep(t.Context(), path, "there", Private)
	require.NoError(t, err)
	require.NoError(t, k.Note([]byte("x")))
	names := []string{k.data.Name(), k.notes.Name()}
	for _, name := range names {
		age(t, name, 30*24*time.Hour)
	}
	require.Empty(t, Sweep(dir), "somebody is at it")
	k.Close()
	for _, name := range names {
		age(t, name, 6*24*time.Hour)
	}
	require.Empty(t, Sweep(dir))
	for _, name := range names {
		age(t, name, 8*24*time.Hour)
	}
	require.Len(t, Sweep(dir), 2)
	requireAlone(t, path, "old")
}

func TestAnUnfinishedFileThatIsAnothersIsLeftAlone(t *testing.T) {
	path := old(t)
	k, err := Keep(t.Context(), path, "there", Private)
	require.NoError(t, err)
	at := k.data.Name()
	k.Discard()
	requireAlone(t, path, "old")
	if err := os.Symlink(path, at); err != nil {
		t.Skip("no links here")
	}
	_, err = Keep(t.Context(), path, "there", Private)
	require.ErrorIs(t, err, ErrBusy)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(data))

	_, err = Keep(t.Context(), filepath.Join(filepath.Dir(path), "gone", "x"), "there", Private)
	var failed *Error
	require.ErrorAs(t, err, &failed)
	require.ErrorContains(t, err, "does not exist")
	require.False(t, errors.Is(err, ErrBusy))
}

// TestAFileThatHasItsNameIsNotWrittenTo: whoever gave it the name was killed before the other one was gone.
func TestAFileThatHasItsNameIsNotWrittenTo(t *testing.T) {
	path := old(t)
	k, err := Keep(t.Context(), path, "there", Private)
	require.NoError(t, err)
	_, err = k.WriteAt([]byte("content"), 0)
	require.NoError(t, err)
	require.NoError(t, k.Note([]byte("all of it")))
	k.Close()
	named := filepath.Join(filepath.Dir(path), "notes (2).json")
	if err := os.Link(k.data.Name(), named); err != nil {
		t.Skip("no links here")
	}
	k, err = Keep(t.Context(), path, "there", Private)
	require.NoError(t, err)
	require.NoError(t, k.Clear())
	_, err = k.WriteAt([]byte("x"), 0)
	require.NoError(t, err)
	_, err = k.Finish(t.Context(), 1, true)
	require.NoError(t, err)
	data, err := os.ReadFile(named)
	require.NoError(t, err)
	require.Equal(t, "content", string(data))
	require.NoError(t, os.Remove(named))
	requireAlone(t, path, "x")
}
