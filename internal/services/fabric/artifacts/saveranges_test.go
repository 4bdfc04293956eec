package artifacts

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/atomicfile"
)

// large is content of five ranges, of which no two are alike.
func large() string {
	data := make([]byte, 4*rangeSize+12345)
	source := rand.NewChaCha8([32]byte{18})
	_, _ = source.Read(data)
	return string(data)
}

// other is as long.
func other(text string) string { return text[1:] + text[:1] }

// fetched notes the ranges that are asked for, and refuses those from a place on.
type fetched struct {
	mu     sync.Mutex
	asked  []int // places
	refuse int
	status int
}

func (f *fetched) before(w http.ResponseWriter, r *http.Request, _ int) bool {
	first, _, ranged := strings.Cut(strings.TrimPrefix(r.Header.Get("Range"), "bytes="), "-")
	if !ranged {
		return false
	}
	from, _ := strconv.Atoi(first)
	f.mu.Lock()
	defer f.mu.Unlock()
	if f.status != 0 && from/int(rangeSize) >= f.refuse {
		oops(w, f.status, "x")
		return true
	}
	f.asked = append(f.asked, from/int(rangeSize))
	return false
}

// now has ranges be refused with a status from now on, 0 for none, and forgets what was asked for.
func (f *fetched) now(status int) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.status, f.asked = status, nil
}

// places are the ranges that were asked for. A request that its client gave up may arrive late, so that one may come twice.
func (f *fetched) places() []int {
	f.mu.Lock()
	defer f.mu.Unlock()
	return slices.Compact(slices.Sorted(slices.Values(f.asked)))
}

func sumOf(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// requireFile says that a folder holds one file with this content, and nothing else.
func requireFile(t *testing.T, path, text string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.True(t, bytes.Equal([]byte(text), data), "another content")
	requireEntries(t, filepath.Dir(path), filepath.Base(path))
}

func requireEntries(t *testing.T, dir string, want ...string) {
	t.Helper()
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, e := range entries {
		names = append(names, e.Name())
	}
	require.ElementsMatch(t, want, names)
}

func TestALargeFileComesInRanges(t *testing.T) {
	text := large()
	l, o := newLake(t)
	l.put(ranged, text)
	seen := &fetched{}
	l.before = seen.before
	local := filepath.Join(t.TempDir(), "rows.parquet")
	var told []int64
	saved, err := Save(t.Context(), o, ranged, local, func(done, total int64) {
		assert.EqualValues(t, len(text), total)
		told = append(told, done)
	})
	require.NoError(t, err)
	require.Equal(t, Saved{Path: local, Size: int64(len(text)), SHA256: sumOf(text)}, saved)
	requireFile(t, local, text)
	require.Equal(t, []int{0, 1, 2, 3, 4}, seen.places())
	require.IsIncreasing(t, told)
	require.EqualValues(t, len(text), told[len(told)-1])

	// Beside a name that is taken, and with the hash that a manifest tells.
	saved, err = save(t.Context(), &checkedOpener{NewArtifactOnly(o, nil), contract.Output{SizeBytes: int64(len(text)), SHA256: sumOf(text)}}, ranged, local, beside, nil)
	require.NoError(t, err)
	require.Equal(t, "rows (2).parquet", filepath.Base(saved.Path))
	require.NoError(t, os.Remove(saved.Path))
	_, err = save(t.Context(), &checkedOpener{o, contract.Output{SizeBytes: int64(len(text)), SHA256: sumOf("other")}}, ranged, local, replacing, nil)
	var altered *alteredError
	require.ErrorAs(t, err, &altered)
	requireFile(t, local, text)
}

// TestADownloadGoesOn after a network that was away, and after a process that is gone, with what is whole of it.
func TestADownloadGoesOn(t *testing.T) {
	text := large()
	l, o := newLake(t)
	l.put(ranged, text)
	seen := &fetched{refuse: 2, status: 503}
	l.before = seen.before
	local := filepath.Join(t.TempDir(), "rows.parquet")
	require.NoError(t, os.WriteFile(local, []byte("before"), 0o600))
	begin := func() string {
		t.Helper()
		_, err := Save(t.Context(), o, ranged, local, nil)
		var unfinished *UnfinishedError
		require.ErrorAs(t, err, &unfinished)
		require.EqualValues(t, 2*rangeSize, unfinished.Arrived)
		require.ErrorContains(t, err, "are kept for a week: the same download goes on from there")
		var unreachable *UnreachableError
		require.ErrorAs(t, err, &unreachable)
		data, err := os.ReadFile(local)
		require.NoError(t, err)
		require.Equal(t, "before", string(data))
		kept, err := filepath.Glob(filepath.Join(filepath.Dir(local), ".*.kept"))
		require.NoError(t, err)
		require.Len(t, kept, 1)
		return kept[0]
	}
	again := func(places ...int) {
		t.Helper()
		seen.now(0)
		var told []int64
		saved, err := Save(t.Context(), o, ranged, local, func(done, _ int64) { told = append(told, done) })
		require.NoError(t, err)
		require.Equal(t, places, seen.places())
		if len(places) < 5 {
			require.EqualValues(t, int64(5-len(places))*rangeSize, told[0], "what was there is told at once")
		}
		require.Equal(t, sumOf(string(mustRead(t, local))), saved.SHA256)
		seen.now(503)
		require.NoError(t, os.WriteFile(local+".new", []byte("before"), 0o600))
		requireFileBeside(t, local, local+".new")
		require.NoError(t, os.Rename(local+".new", local))
	}
	begin()
	again(2, 3, 4)

	// What the disk did not keep is fetched again, and so is what stands behind a note that was cut off.
	kept := begin()
	damage(t, kept, 17)
	again(0, 2, 3, 4)
	kept = begin()
	info, err := os.Stat(kept + "-notes")
	require.NoError(t, err)
	require.NoError(t, os.Truncate(kept+"-notes", info.Size()-3))
	_, err = Save(t.Context(), o, ranged, local, nil) // which adds a note behind it
	require.Error(t, err)
	again(2, 3, 4)
	kept = begin()
	require.NoError(t, os.WriteFile(kept+"-notes", []byte("nonsense"), 0o600))
	again(0, 1, 2, 3, 4)

	// Another state of the file is another download.
	begin()
	l.put(ranged, other(text))
	again(0, 1, 2, 3, 4)
}

func damage(t *testing.T, path string, at int64) {
	t.Helper()
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	b := make([]byte, 1)
	_, err = f.ReadAt(b, at)
	require.NoError(t, err)
	_, err = f.WriteAt([]byte{b[0] + 1}, at)
	require.NoError(t, err)
	require.NoError(t, f.Close())
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

func requireFileBeside(t *testing.T, paths ...string) {
	t.Helper()
	var names []string
	for _, p := range paths {
		names = append(names, filepath.Base(p))
	}
	requireEntries(t, filepath.Dir(paths[0]), names...)
}

func TestADownloadThatCanNotGoOnLeavesNothing(t *testing.T) {
	text := large()
	l, o := newLake(t)
	l.put(ranged, text)
	seen := &fetched{}
	dir := t.TempDir()
	l.before = func(w http.ResponseWriter, r *http.Request, n int) bool {
		if strings.HasPrefix(r.Header.Get("Range"), "bytes="+strconv.Itoa(3*int(rangeSize))) {
			l.put(ranged, other(text))
		}
		return seen.before(w, r, n)
	}
	_, err := Save(t.Context(), o, ranged, dir, nil)
	var changed *ChangedError
	require.ErrorAs(t, err, &changed)
	requireEntries(t, dir)

	// Whoever calls it off finds what has arrived the next time.
	l.mu.Lock()
	l.before = nil
	l.mu.Unlock()
	ctx, cancel := context.WithCancel(t.Context())
	_, err = Save(ctx, o, ranged, dir, func(done, _ int64) {
		if done >= 2*rangeSize {
			cancel()
		}
	})
	require.ErrorIs(t, err, context.Canceled)
	var told []int64
	saved, err := Save(t.Context(), o, ranged, dir, func(done, _ int64) { told = append(told, done) })
	require.NoError(t, err)
	require.GreaterOrEqual(t, told[0], 2*rangeSize)
	requireFile(t, saved.Path, other(text))
}

// TestTwoDownloadsOfOneFile do not write into one another.
// TestADownloadWaitsForItsName: somebody has the file open that it is to replace.
func TestADownloadWaitsForItsName(t *testing.T) {
	text := large()
	l, o := newLake(t)
	l.put(ranged, text)
	seen := &fetched{}
	l.before = seen.before
	local := filepath.Join(t.TempDir(), "rows.parquet")
	var unfinished *UnfinishedError
	_, err := Save(t.Context(), o, ranged, local, func(done, total int64) {
		if done == total { // a folder can't be replaced by a file, as one that is open can't on Windows
			assert.NoError(t, os.MkdirAll(filepath.Join(local, "in"), 0o700))
		}
	})
	require.ErrorAs(t, err, &unfinished)
	require.Equal(t, int64(len(text)), unfinished.Arrived)
	require.NoError(t, os.RemoveAll(local))
	seen.now(0)
	_, err = Save(t.Context(), o, ranged, local, nil)
	require.NoError(t, err)
	require.Empty(t, seen.places(), "all of it was there")
	requireFile(t, local, text)
}

func TestTwoDownloadsOfOneFile(t *testing.T) {
	text := large()
	l, o := newLake(t)
	l.put(ranged, text)
	local := filepath.Join(t.TempDir(), "rows.parquet")
	other, err := atomicfile.Keep(t.Context(), local, ranged, atomicfile.Shared)
	require.NoError(t, err)
	saved, err := Save(t.Context(), o, ranged, local, nil)
	require.NoError(t, err)
	require.Equal(t, sumOf(text), saved.SHA256)
	other.Discard()
	requireFile(t, local, text)
}
