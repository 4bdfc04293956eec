package imports

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

func sum(n int) string { return fmt.Sprintf("%064x", n) }

func TestWhatWasImportedIsFound(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "imports")
	s := Open(dir)
	found, err := s.Find(sum(1))
	require.NoError(t, err)
	require.Empty(t, found)
	_, ok, err := s.Last()
	require.NoError(t, err)
	require.False(t, ok)

	at := time.Date(2026, 3, 4, 5, 6, 7, 0, time.UTC)
	profile := &contract.ImportProfile{RowCount: 5}
	first := Record{Kind: Uploaded, SHA256: strings.ToUpper(sum(1)), File: "a.xlsx", Size: 5, By: "ana", At: at, Profile: profile}
	run := uuid.NewString()
	second := Record{Kind: Imported, SHA256: sum(1), File: "a.xlsx", By: "ana", At: at.Add(time.Hour), Run: run, Profile: profile}
	require.NoError(t, s.Remember(t.Context(), first))
	_, ok, err = s.Last()
	require.NoError(t, err)
	require.False(t, ok, "uploaded is not imported")
	require.NoError(t, s.Remember(t.Context(), second))
	require.NoError(t, s.Remember(t.Context(), second))
	require.NoError(t, s.Remember(t.Context(), Record{Kind: Imported, SHA256: sum(2), At: at.Add(2 * time.Hour), Run: "../../x"}))
	found, err = Open(dir).Find(sum(1))
	require.NoError(t, err)
	first.SHA256 = sum(1)
	require.Equal(t, []Record{second, first}, found)
	last, ok, err := s.Last()
	require.NoError(t, err)
	require.True(t, ok)
	require.Equal(t, second, last, "the newer one has no profile")

	require.Error(t, s.Remember(t.Context(), Record{SHA256: "../../../etc/passwd"}))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Len(t, entries, 3)
	for _, e := range entries {
		require.NoError(t, os.WriteFile(filepath.Join(dir, e.Name()), []byte("{broken"), 0o600))
	}
	found, err = s.Find(sum(1))
	require.ErrorContains(t, err, "about an import is damaged, and is now ")
	require.Empty(t, found)
	found, err = s.Find(sum(1))
	require.NoError(t, err, "said once")
	require.Empty(t, found)
	require.NoError(t, s.Remember(t.Context(), first))
	_, ok, err = s.Last()
	require.ErrorContains(t, err, ".damaged")
	require.False(t, ok)
	left, err := filepath.Glob(filepath.Join(dir, "*.damaged"))
	require.NoError(t, err)
	require.Len(t, left, 3, "a person still has them")
}

func TestARecordIsNoLargerThanOnesOwn(t *testing.T) {
	s := Open(t.TempDir())
	require.NoError(t, s.Remember(t.Context(), Record{Kind: Imported, SHA256: sum(1), At: time.Now()}))
	files, err := s.list("")
	require.NoError(t, err)
	require.NoError(t, os.Truncate(files[0].path, 1<<40)) // sparse: it takes no room
	found, err := s.Find(sum(1))
	require.ErrorContains(t, err, "has more than 16777216 bytes")
	require.Empty(t, found)
}

func TestWithoutAFolderNothingIsRemembered(t *testing.T) {
	t.Chdir(t.TempDir())
	s := Open("")
	require.ErrorContains(t, s.Remember(t.Context(), Record{Kind: Uploaded, SHA256: sum(1)}), "this user has no folder for this computer's notes")
	found, err := s.Find(sum(1))
	require.NoError(t, err)
	require.Empty(t, found)
	entries, err := os.ReadDir(".")
	require.NoError(t, err)
	require.Empty(t, entries)
}

func TestTheOldestGoFirstAndTwoWindowsMayWriteAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for part := range 2 {
		all.Go(func() {
			s := Open(dir)
			for i := range keepMost {
				if err := s.Remember(t.Context(), Record{Kind: Uploaded, SHA256: sum(part*1000 + i), At: time.Now()}); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.LessOrEqual(t, len(entries), keepMost)
	found, err := Open(dir).Find(sum(keepMost - 1))
	require.NoError(t, err)
	require.Len(t, found, 1)
}
