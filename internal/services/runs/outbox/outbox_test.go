package outbox

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
)

func entry() Entry {
	return Entry{RunID: uuid.New(), JobID: uuid.NewString(), JobURL: "https://fabric/x", SavedAt: time.Now().UTC()}
}

func TestEntriesSurviveReopening(t *testing.T) {
	dir := t.TempDir()
	b := Open(dir, "db-1")
	a, c := entry(), entry()
	require.NoError(t, b.Put(a))
	require.NoError(t, b.Put(c))
	require.NoError(t, b.Put(a), "writing an entry twice must leave one")

	b = Open(dir, "db-1")
	got, err := b.All()
	require.NoError(t, err)
	require.ElementsMatch(t, []Entry{a, c}, got)

	require.NoError(t, b.Remove(a.RunID))
	require.NoError(t, b.Remove(a.RunID), "removing twice is no error")
	got, err = b.All()
	require.NoError(t, err)
	require.Equal(t, []Entry{c}, got)
}

func TestScopesAreApart(t *testing.T) {
	dir := t.TempDir()
	one, two := Open(dir, "db-1"), Open(dir, "db-2")
	require.NoError(t, one.Put(entry()))
	got, err := two.All()
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestBadFilesDoNotHideGoodOnes(t *testing.T) {
	b := Open(t.TempDir(), "db")
	good := entry()
	require.NoError(t, b.Put(good))
	named := func(text string) string {
		name := uuid.NewString() + ".json"
		require.NoError(t, os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600))
		return name
	}
	damaged := []string{
		named(""), named("{}"), named("null"), named(`{"version":1}`), // names no run
		named(`{"version":1,"run_id":"00000000-0000-0000-0000-000000000000","job_id":"../../x"}`), named(strings.Repeat(" ", maxFile+1)), named(strings.Repeat("[", maxFile)),
	}
	later := named(`{"version":9,"run_id":"x"}`)
	folder := uuid.NewString() + ".json"
	require.NoError(t, os.Mkdir(filepath.Join(b.dir, folder), 0o700))
	for name, text := range map[string]string{".x.part": "half", "notes.txt": "left by someone", "55555555.json": `{"version":1,"job_id":"hostile`} {
		require.NoError(t, os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600))
	}
	got, err := b.All()
	require.Equal(t, []Entry{good}, got)
	for _, name := range damaged {
		require.ErrorContains(t, err, "the note "+name+" about unfinished work can't be used, and is now "+name+".damaged")
		require.NoFileExists(t, filepath.Join(b.dir, name))
		require.FileExists(t, filepath.Join(b.dir, name+".damaged"), "a person still has it")
	}
	require.ErrorContains(t, err, later+" about unfinished work can't be used: it is of version 9")
	require.FileExists(t, filepath.Join(b.dir, later), "for the program that has written it")
	require.ErrorContains(t, err, folder)
	again, err := b.All()
	require.Equal(t, []Entry{good}, again)
	require.NotContains(t, err.Error(), ".damaged", "said once")
}

// TestAFolderThatCanNotBeUsed: reading finds nothing there, and writing says what to do before anything is asked of Fabric.
func TestAFolderThatCanNotBeUsed(t *testing.T) {
	file := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	readOnly := t.TempDir()
	require.NoError(t, os.Chmod(readOnly, 0o500))
	t.Cleanup(func() { _ = os.Chmod(readOnly, 0o700) })
	for name, state := range map[string]string{"a file in its place": file, "no folder": "", "read-only": readOnly} {
		todo := "name another folder as state_dir in portal.toml, or in the environment as PORTAL_STATE_DIR"
		if state == "" {
			todo = "this user has no folder for this computer's notes, and a run needs one: name one as state_dir in portal.toml, or in the environment as PORTAL_STATE_DIR"
		}
		t.Run(name, func(t *testing.T) {
			if state == readOnly && (runtime.GOOS == "windows" || os.Getuid() == 0) {
				t.Skip("there a folder's permissions stop nobody")
			}
			b := Open(state, "db")
			got, err := b.All()
			if state != file {
				require.NoError(t, err)
			}
			require.Empty(t, got)
			for _, err := range []error{b.Ready(), b.Put(entry())} {
				var unusable *FolderError
				require.ErrorAs(t, err, &unusable)
				require.ErrorContains(t, err, state)
				require.ErrorContains(t, err, todo)
			}
		})
	}
	b := Open(filepath.Join(t.TempDir(), "new"), "db")
	require.NoError(t, b.Ready())
	left, err := os.ReadDir(b.dir)
	require.NoError(t, err)
	require.Empty(t, left)
}

func TestManyWritersShareTheFolder(t *testing.T) {
	b := Open(t.TempDir(), "db")
	e := entry()
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			for range 10 {
				_ = b.Put(e)
				if got, err := b.All(); err != nil || len(got) != 1 {
					t.Errorf("a reader saw %v, %v", got, err)
				}
			}
		})
	}
	wg.Wait()
	left, err := filepath.Glob(filepath.Join(b.dir, ".*"))
	require.NoError(t, err)
	require.Empty(t, left)
}
