package outbox

import (
	"os"
	"path/filepath"
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
	b, err := Open(dir, "db-1")
	require.NoError(t, err)
	a, c := entry(), entry()
	require.NoError(t, b.Put(a))
	require.NoError(t, b.Put(c))
	require.NoError(t, b.Put(a), "writing an entry twice must leave one")

	b, err = Open(dir, "db-1")
	require.NoError(t, err)
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
	one, err := Open(dir, "db-1")
	require.NoError(t, err)
	two, err := Open(dir, "db-2")
	require.NoError(t, err)
	require.NoError(t, one.Put(entry()))
	got, err := two.All()
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestBadFilesDoNotHideGoodOnes(t *testing.T) {
	b, err := Open(t.TempDir(), "db")
	require.NoError(t, err)
	good := entry()
	require.NoError(t, b.Put(good))
	for name, text := range map[string]string{
		uuid.NewString() + ".json":  "",                               // cut off
		uuid.NewString() + ".json":  `{"version":1}`,                  // names no run
		uuid.NewString() + ".json":  `{"version":9,"run_id":"x"}`,     // later form
		".x.part":                   "half",                           // a crash before the rename
		"notes.txt":                 "left by someone",                //
		"55555555.json":             `{"version":1,"job_id":"hostile`, //
		uuid.Nil.String() + ".json": `{"version":1,"run_id":"00000000-0000-0000-0000-000000000000","job_id":"../../x"}`,
	} {
		require.NoError(t, os.WriteFile(filepath.Join(b.dir, name), []byte(text), 0o600))
	}
	got, err := b.All()
	require.Error(t, err)
	require.Equal(t, []Entry{good}, got)
}

func TestManyWritersShareTheFolder(t *testing.T) {
	b, err := Open(t.TempDir(), "db")
	require.NoError(t, err)
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
