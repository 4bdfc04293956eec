package choosefile

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// TestAFileIsChosenByKeys goes up from a folder, into another one and to a file, with arrows and Return.
func TestAFileIsChosenByKeys(t *testing.T) {
	require.NoError(t, words.Load(assets.Translations, "en"))
	root := t.TempDir()
	for _, name := range []string{"a/one.csv", "a/note.md", "b/two.CSV", "b/.hidden.csv", "b/~$two.csv"} {
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(root, name)), 0o700))
		require.NoError(t, os.WriteFile(filepath.Join(root, name), []byte("x"), 0o600))
	}
	w := test.NewTempWindow(t, nil)
	w.Resize(fyne.NewSize(900, 700))
	q := make(chan func(), 10)
	runner := tasks.NewRunner(t.Context(), func(f func()) { q <- f })
	defer runner.Stop()
	host, chosen := dialogs.NewHost(w), ""
	Open(w, host, runner, time.Now, Request{Title: "Open", Folder: filepath.Join(root, "a"), Endings: []string{".csv"}, Chosen: func(path string) { chosen = path }})
	keys := func(names ...fyne.KeyName) {
		for _, n := range names {
			w.Canvas().Focused().TypedKey(&fyne.KeyEvent{Name: n})
		}
	}
	(<-q)() // the folder is listed
	keys(fyne.KeyDown, fyne.KeyDown)
	require.Empty(t, chosen, "the keys only come past")
	keys(fyne.KeyHome, fyne.KeyReturn) // the folder above
	(<-q)()
	keys(fyne.KeyEnd, fyne.KeyReturn) // b, the last one
	(<-q)()
	keys(fyne.KeyEnd)
	require.True(t, host.Open())
	keys(fyne.KeyReturn)
	require.Equal(t, filepath.Join(root, "b", "two.CSV"), chosen)
	require.False(t, host.Open())

	Open(w, host, runner, time.Now, Request{Title: "Open", Folder: root, Chosen: func(path string) { chosen = path }})
	(<-q)()
	keys(fyne.KeyDown)
	w.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		if e.Name == fyne.KeyEscape {
			host.CloseTop()
		}
	})
	keys(fyne.KeyEscape)
	require.False(t, host.Open(), "Escape closes it from within its list")
}

// TestNamesThatLookAlikeAreToldApart, where the system can have both.
func TestNamesThatLookAlikeAreToldApart(t *testing.T) {
	require.NoError(t, words.Load(assets.Translations, "en"))
	dir := t.TempDir()
	for _, name := range []string{"März.csv", "Ma\u0308rz.csv", "April.csv"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	entries, err := List(t.Context(), dir, time.Now(), func(string) bool { return true })
	require.NoError(t, err)
	notes := map[string]string{}
	for _, e := range entries {
		notes[e.Name] = e.Note
	}
	if len(notes) < 4 { // and the folder above
		t.Skip("to this system both are one file")
	}
	require.Contains(t, notes["März.csv"], "spelled März.csv · ")
	require.Contains(t, notes["Ma\u0308rz.csv"], "spelled Ma‹U+0308›rz.csv · ")
	require.NotContains(t, notes["April.csv"], "spelled")
}
