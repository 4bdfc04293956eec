package imports

import (
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
)

// begun is an uploader with an upload that has not come to its end.
func begun(t *testing.T) (u *Uploader, f *folder, path string) {
	t.Helper()
	u, f, _ = newUploader(t)
	path = filepath.Join(t.TempDir(), "sales.csv")
	require.NoError(t, os.WriteFile(path, []byte("order_id\n1\n"), 0o600))
	f.stops = errors.New("the network is away")
	_, err := u.Upload(t.Context(), path, How{}, nil)
	require.ErrorIs(t, err, f.stops)
	f.stops = nil
	return u, f, path
}

func TestAnUnfinishedUploadIsRemembered(t *testing.T) {
	u, f, path := begun(t)
	list, err := u.Unfinished()
	require.NoError(t, err)
	require.Len(t, list, 1)
	require.Equal(t, path, list[0].Path)
	require.Equal(t, "sales.csv", list[0].Name())
	require.EqualValues(t, 11, list[0].Size)
	require.EqualValues(t, 5, list[0].Arrived)
	require.WithinDuration(t, time.Now(), list[0].Begun, time.Minute)

	other := NewUploader(f, u.records, OpenPending(u.pending.dir, "another lake"), "ana", u.log)
	list, err = other.Unfinished()
	require.NoError(t, err)
	require.Empty(t, list, "it is none of this lakehouse")

	_, err = u.Upload(t.Context(), path, How{}, nil)
	require.NoError(t, err)
	require.EqualValues(t, 5, f.wentOn.Arrived)
	list, err = u.Unfinished()
	require.NoError(t, err)
	require.Empty(t, list)
	entries, err := os.ReadDir(u.pending.dir)
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestTwoDoNotGoOnWithOneUpload(t *testing.T) {
	u, _, path := begun(t)
	list, err := u.Unfinished()
	require.NoError(t, err)
	j, err := u.pending.take(path, u.log)
	require.NoError(t, err)
	_, err = u.Upload(t.Context(), path, How{}, nil)
	var busy *BusyError
	require.ErrorAs(t, err, &busy)
	require.ErrorContains(t, err, "sales.csv is being uploaded by another window")
	require.ErrorAs(t, u.Discard(t.Context(), list[0]), &busy)
	now, err := u.Unfinished()
	require.NoError(t, err)
	require.Empty(t, now, "somebody is at it")
	j.release()
	_, err = u.Upload(t.Context(), path, How{}, nil)
	require.NoError(t, err)
}

func TestAChangedFileIsNotUploadedUnasked(t *testing.T) {
	u, f, path := begun(t)
	require.NoError(t, os.WriteFile(path, []byte("order_id\n2\n"), 0o600))
	require.NoError(t, os.Chtimes(path, time.Now(), time.Now().Add(time.Second)))
	_, err := u.Upload(t.Context(), path, How{}, nil)
	var changed *artifacts.SourceChangedError
	require.ErrorAs(t, err, &changed)
	require.True(t, changed.Begun)
	require.Empty(t, f.texts)
	require.Empty(t, f.discarded)

	// It was looked at as it is now: there is nothing to ask.
	_, err = u.Upload(t.Context(), path, How{Seen: &Seen{Size: 11, SHA256: sum(1)}}, nil)
	require.ErrorAs(t, err, &changed)
	require.False(t, changed.Begun, "at the end other bytes were found")
	_, known := f.files["sales.csv"]
	require.False(t, known)
	require.Len(t, f.discarded, 1, "what was staged of the other one")
	_, err = u.Upload(t.Context(), path, How{Seen: &Seen{Size: 12, SHA256: sum(1)}}, nil)
	require.ErrorAs(t, err, &changed)

	u, f, path = begun(t)
	require.NoError(t, os.WriteFile(path, []byte("order_id\n22\n"), 0o600))
	_, err = u.Upload(t.Context(), path, How{Anew: true}, nil)
	require.NoError(t, err)
	require.Equal(t, "order_id\n22\n", f.texts["sales.csv"])
	require.Equal(t, []string{"Files/import/.sales.csv.part"}, f.discarded)
	require.Empty(t, f.wentOn.Staging)
}

func TestAnUploadIsGivenUp(t *testing.T) {
	u, f, _ := begun(t)
	list, err := u.Unfinished()
	require.NoError(t, err)
	f.err = errors.New("away")
	require.ErrorIs(t, u.Discard(t.Context(), list[0]), f.err)
	kept, err := u.Unfinished()
	require.NoError(t, err)
	require.Equal(t, list, kept, "it can be given up later")
	f.err = nil
	require.NoError(t, u.Discard(t.Context(), list[0]))
	kept, err = u.Unfinished()
	require.NoError(t, err)
	require.Empty(t, kept)
}

func TestADamagedNoteIsNoUpload(t *testing.T) {
	for what, text := range map[string]string{"damaged": "{broken", "of another version": `{"version": 2, "into": "a lake", "staging": "x"}`, "empty": ""} {
		u, f, path := begun(t)
		require.NoError(t, os.WriteFile(u.pending.at(path)+ending, []byte(text), 0o600))
		list, err := u.Unfinished()
		require.NoError(t, err, what)
		require.Empty(t, list, what)
		_, err = u.Upload(t.Context(), path, How{}, nil)
		require.NoError(t, err, what)
		require.Empty(t, f.wentOn.Staging, what)
	}
}

func TestAnUploadWithoutAFolderForNotes(t *testing.T) {
	u, f, _ := newUploader(t)
	u.pending = OpenPending("", "a lake")
	path := filepath.Join(t.TempDir(), "sales.csv")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	_, err := u.Upload(t.Context(), path, How{}, nil)
	require.NoError(t, err)
	require.Equal(t, "x", f.texts["sales.csv"])
	list, err := u.Unfinished()
	require.NoError(t, err)
	require.Empty(t, list)
}
