package artifacts_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/services/fabric/artifacts"
)

const piece = 64 << 10 // tests make do with that

// notes is a journal in memory.
type notes struct {
	staged artifacts.Staged
	all    []artifacts.Staged
	lasts  atomic.Bool // something
}

func (n *notes) Staged() (artifacts.Staged, bool) { return n.staged, n.staged.Staging != "" }
func (n *notes) Drop()                            { n.staged = artifacts.Staged{} }

func (n *notes) Note(s artifacts.Staged) {
	n.staged, n.all = s, append(n.all, s)
	n.lasts.Store(s.Arrived > 0)
}

// sender uploads one file again and again.
type sender struct {
	served
	lake *artifacts.OneLake
	data []byte
	notes
}

func newSender(t *testing.T, pieces int) *sender {
	t.Helper()
	s, lake, _, _, _ := overHTTPS(t)
	data := make([]byte, pieces*piece+77)
	_, _ = rand.NewChaCha8([32]byte{2}).Read(data)
	return &sender{served: s, lake: lake, data: data}
}

const sentName = "März 100%.csv"

// send uploads the file, and ends with a cause once so much has arrived.
func (s *sender) send(t *testing.T, end int, cause error) error {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	defer cancel(nil)
	_, err := s.lake.Upload(ctx, sentName, bytes.NewReader(s.data), int64(len(s.data)), artifacts.UploadOptions{Journal: &s.notes, Progress: func(sent int64) {
		if cause != nil && sent >= int64(end) && s.lasts.Load() {
			cancel(cause)
		}
	}})
	return err
}

// onTheWay is how many pieces an upload that ended may have had on their way; they can arrive after it.
const onTheWay = 8

// sent is how many pieces were sent, and how many were read back.
func (s *sender) sent(t *testing.T) (appends, reads int) {
	t.Helper()
	for _, r := range s.Faults.Requests(faults.LakeWrite) {
		if strings.Contains(r.Path, "action=append") {
			appends++
		}
	}
	for _, r := range s.Faults.Requests(faults.LakeRead) {
		if r.Method == http.MethodGet {
			reads++
		}
	}
	return appends, reads
}

// there is what is in Files/import.
func (s *sender) there(t *testing.T) (names []string) {
	t.Helper()
	entries, err := os.ReadDir(filepath.Join(s.dir, "Files", "import"))
	require.NoError(t, err)
	for _, e := range entries {
		names = append(names, e.Name())
	}
	return names
}

func (s *sender) whole(t *testing.T) {
	t.Helper()
	require.Equal(t, []string{sentName}, s.there(t), "nothing stays beside it")
	got, err := os.ReadFile(filepath.Join(s.dir, "Files", "import", sentName))
	require.NoError(t, err)
	require.True(t, bytes.Equal(s.data, got))
	_, kept := s.Staged()
	require.False(t, kept)
}

// paused leaves an upload in the middle.
func (s *sender) paused(t *testing.T) artifacts.Staged {
	t.Helper()
	err := s.send(t, 20*piece, artifacts.ErrPaused)
	require.ErrorIs(t, err, artifacts.ErrPaused)
	var staged *artifacts.StagedError
	require.ErrorAs(t, err, &staged)
	require.GreaterOrEqual(t, staged.Arrived, int64(16*piece))
	require.Equal(t, staged.Arrived, s.staged.Arrived)
	require.EqualValues(t, len(s.data), staged.Size)
	require.Len(t, s.there(t), 1)
	require.NotEqual(t, sentName, s.there(t)[0])
	sum := sha256.Sum256(s.data[:staged.Arrived])
	require.Equal(t, hex.EncodeToString(sum[:]), s.staged.SHA256)
	return s.staged
}

func TestAnUploadGoesOnWithWhatIsMissing(t *testing.T) {
	s := newSender(t, 120)
	kept := s.paused(t)
	before, _ := s.sent(t)
	require.NoError(t, s.send(t, 0, nil))
	s.whole(t)
	appends, reads := s.sent(t)
	missing := 121 - int(kept.Arrived/piece)
	assert.GreaterOrEqual(t, appends-before, missing)
	assert.LessOrEqual(t, appends-before, missing+onTheWay, "what is there is not sent again")
	assert.Zero(t, reads, "the service has compared all of it")
}

// TestAnUploadWithoutItsLastNote: a killed program may not have noted what the service has made to last.
func TestAnUploadWithoutItsLastNote(t *testing.T) {
	s := newSender(t, 120)
	kept := s.paused(t)
	require.Positive(t, s.all[0].Piece)
	s.staged = s.all[0] // before anything had arrived
	before, _ := s.sent(t)
	require.NoError(t, s.send(t, 0, nil))
	s.whole(t)
	appends, reads := s.sent(t)
	assert.LessOrEqual(t, appends-before, 121-int(kept.Arrived/piece)+onTheWay)
	assert.EqualValues(t, kept.Arrived/piece, reads, "it is read back and compared")
}

func TestAnUploadTrustsNoStranger(t *testing.T) {
	for what, spoil := range map[string]func(t *testing.T, path string){
		"other bytes": func(t *testing.T, path string) {
			f, err := os.OpenFile(path, os.O_WRONLY, 0)
			require.NoError(t, err)
			_, err = f.WriteAt([]byte("stranger"), 3*piece)
			require.NoError(t, err)
			require.NoError(t, f.Close())
			require.NoError(t, os.Chtimes(path, time.Now(), time.Now().Add(time.Second)))
		},
		"a piece of a piece": func(t *testing.T, path string) { require.NoError(t, os.Truncate(path, 2*piece+5)) },
		"nothing":            func(t *testing.T, path string) { require.NoError(t, os.Remove(path)) },
	} {
		t.Run(what, func(t *testing.T) {
			s := newSender(t, 120)
			s.paused(t)
			spoil(t, filepath.Join(s.dir, "Files", "import", s.there(t)[0]))
			before, _ := s.sent(t)
			require.NoError(t, s.send(t, 0, nil))
			s.whole(t)
			appends, _ := s.sent(t)
			assert.GreaterOrEqual(t, appends-before, 121, "it is begun anew")
		})
	}
}

func TestAFileThatChangedIsNotPatchedTogether(t *testing.T) {
	s := newSender(t, 120)
	s.paused(t)
	s.data[5*piece] ^= 1
	err := s.send(t, 0, nil)
	var changed *artifacts.SourceChangedError
	require.ErrorAs(t, err, &changed)
	require.True(t, changed.Begun)
	require.Len(t, s.there(t), 1)
	require.NotEqual(t, sentName, s.there(t)[0])
	s.data[5*piece] ^= 1
	require.NoError(t, s.send(t, 0, nil), "it is as it was again")
	s.whole(t)
}

func TestACancelledUploadLeavesNothing(t *testing.T) {
	s := newSender(t, 120)
	s.paused(t)
	require.ErrorIs(t, s.send(t, 30*piece, artifacts.ErrAbandoned), artifacts.ErrAbandoned)
	require.Empty(t, s.there(t))
	_, kept := s.Staged()
	require.False(t, kept)
}

// TestAnUploadThatHasItsName was killed between its name and hearing of it.
func TestAnUploadThatHasItsName(t *testing.T) {
	s := newSender(t, 20)
	require.NoError(t, s.send(t, 0, nil))
	last := s.all[len(s.all)-1]
	require.EqualValues(t, len(s.data), last.Arrived)
	before, _ := s.sent(t)
	s.staged = last
	require.NoError(t, s.send(t, 0, nil))
	s.whole(t)
	appends, reads := s.sent(t)
	assert.Equal(t, before, appends)
	assert.Equal(t, 21, reads)

	s.staged = last
	s.data[0] ^= 1 // the one under this name is another
	var exists *artifacts.ExistsError
	require.ErrorAs(t, s.send(t, 0, nil), &exists)
}

func TestAnUploadGoesOnOnceTheNetworkIsBack(t *testing.T) {
	s := newSender(t, 120)
	s.Faults.Pick(faults.LakeWrite, func() faults.Fault { return faults.Fault{Drop: s.lasts.Load()} })
	err := s.send(t, 0, nil)
	var away *artifacts.UnreachableError
	require.ErrorAs(t, err, &away)
	var staged *artifacts.StagedError
	require.ErrorAs(t, err, &staged)
	require.ErrorContains(t, err, "are in the lakehouse and are kept")
	require.Positive(t, staged.Arrived)
	s.Faults.Pick(faults.LakeWrite, func() faults.Fault { return faults.Fault{} })
	require.NoError(t, s.send(t, 0, nil))
	s.whole(t)
}

func TestWhatWasLeftIsRemovedOnlyWhenNobodyIsAtIt(t *testing.T) {
	s := newSender(t, 120)
	s.paused(t)
	path := filepath.Join(s.dir, "Files", "import", s.there(t)[0])
	left, err := s.lake.LeftStaging(t.Context(), time.Now())
	require.NoError(t, err)
	require.Empty(t, left)
	week := time.Now().Add(-7*24*time.Hour - time.Minute)
	require.NoError(t, os.Chtimes(path, week, week))
	left, err = s.lake.LeftStaging(t.Context(), time.Now())
	require.NoError(t, err)
	require.Len(t, left, 1)
	require.NoError(t, os.Chtimes(path, time.Now(), time.Now())) // somebody has come back to it
	var young *artifacts.YoungError
	require.ErrorAs(t, s.lake.RemoveStaging(t.Context(), left[0], time.Now()), &young)
	require.ErrorContains(t, young, sentName+" is not deleted")
	require.FileExists(t, path)
	var missing *artifacts.NotFoundError
	require.ErrorAs(t, s.lake.RemoveStaging(t.Context(), artifacts.File{Name: "sales.csv", Path: "Files/import/sales.csv"}, time.Now()), &missing, "no staging file")
	require.ErrorAs(t, s.lake.DiscardStaged(t.Context(), "Files/import/sales.csv"), &missing)
	require.NoError(t, os.Chtimes(path, week, week))
	require.NoError(t, s.lake.RemoveStaging(t.Context(), left[0], time.Now()))
	require.NoFileExists(t, path)
	require.NoError(t, s.lake.RemoveStaging(t.Context(), left[0], time.Now()), "it is gone already")
}
