package scan_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// file is a text file of so many rows and columns, with a header in row 1.
func file(t *testing.T, rows, columns int) string {
	t.Helper()
	var b strings.Builder
	for r := range rows + 1 {
		for c := range columns {
			fmt.Fprintf(&b, "%d.%d;", r, c)
		}
		b.WriteString("\n")
	}
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
	return path
}

// watcher checks what a consumer is promised.
type watcher struct {
	t      *testing.T
	most   int // rows that it wants; all where 0
	failed error
	begun  int
	last   int // number of the last row

	mu     sync.Mutex
	slots  map[int]bool
	rows   map[int]int // columns that were looked at, by the batch's first row
	column map[int]int // by column: the number of the first row of the batch it saw last
}

func newWatcher(t *testing.T) *watcher {
	return &watcher{t: t, slots: map[int]bool{}, rows: map[int]int{}, column: map[int]int{}}
}

func (w *watcher) Begin(_ context.Context, of *scan.Table) error {
	w.begun++
	w.last = of.Header.Row
	return nil
}

func (w *watcher) Rows(b *scan.Batch) error {
	if w.failed != nil {
		return w.failed
	}
	for i := b.First; i < len(b.Rows); i++ {
		require.Equal(w.t, w.last+1, int(b.Rows[i].Number), "rows come in their order")
		w.last++
		if w.most > 0 && w.last > w.most {
			return scan.ErrEnough
		}
	}
	return nil
}

// columnWatcher looks at columns too.
type columnWatcher struct{ *watcher }

func (w columnWatcher) Put(b *scan.Batch) {
	w.mu.Lock()
	defer w.mu.Unlock()
	require.Less(w.t, b.Slot, scan.MostUnderWay)
	require.False(w.t, w.slots[b.Slot], "no two batches under way have one slot")
	w.slots[b.Slot] = true
}

func (w columnWatcher) Columns(b *scan.Batch, worker, from, to int, _ bool) {
	require.Less(w.t, worker, scan.MostWorkers)
	w.mu.Lock()
	defer w.mu.Unlock()
	number := int(b.Rows[b.First].Number)
	for column := from; column < to; column++ {
		require.Less(w.t, w.column[column], number, "each column sees its batches in their order, each once")
		w.column[column] = number
		w.rows[number]++
	}
}

func (w columnWatcher) Rows(b *scan.Batch) error {
	w.mu.Lock()
	require.Equal(w.t, 40, w.rows[int(b.Rows[b.First].Number)], "all columns were looked at before")
	w.slots[b.Slot] = false
	w.mu.Unlock()
	return w.watcher.Rows(b)
}

func open(t *testing.T, path string, o scan.Options) *scan.File {
	t.Helper()
	f, err := scan.Open(t.Context(), spreadsheet.Disk(path), o)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, f.Close()) })
	return f
}

func TestAllConsumersSeeAllRowsInTheirOrder(t *testing.T) {
	path := file(t, 30_000, 40)
	before := runtime.GOMAXPROCS(0)
	defer runtime.GOMAXPROCS(before)
	for _, processors := range []int{1, 3, 12} {
		runtime.GOMAXPROCS(processors)
		rows, columns, few := newWatcher(t), columnWatcher{newWatcher(t)}, newWatcher(t)
		few.most = 10
		f := open(t, path, scan.Options{})
		require.NoError(t, f.Read(t.Context(), rows, columns, few))
		require.Equal(t, 30_001, rows.last)
		require.Equal(t, 30_001, columns.last)
		require.Equal(t, 11, few.last, "it had enough")
		require.True(t, f.Whole())
		require.NoError(t, f.Incomplete())
	}
}

func TestReadingEndsWhenNobodyWantsMore(t *testing.T) {
	var progress []scan.Progress
	f := open(t, file(t, 30_000, 40), scan.Options{Progress: func(p scan.Progress) { progress = append(progress, p) }})
	w := newWatcher(t)
	w.most = 1500
	require.NoError(t, f.Read(t.Context(), w))
	require.Equal(t, 1501, w.last)
	require.Less(t, progress[len(progress)-1].Rows, int64(10_000))
	require.False(t, f.Whole())
	require.NoError(t, f.Incomplete(), "it was not to be read to its end")
}

func TestAConsumersErrorEndsTheReading(t *testing.T) {
	bad, other := newWatcher(t), newWatcher(t)
	bad.failed = errors.New("enough of this")
	f := open(t, file(t, 30_000, 40), scan.Options{})
	require.ErrorIs(t, f.Read(t.Context(), other, bad), bad.failed)
	require.Less(t, other.last, 5000)
	require.False(t, f.Whole())
}

func TestTheHeaderIsTheFirstRowWithAValueOrTheOneThatWasAskedFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte("\n , \nTitle\na,b\n1,2\n"), 0o600))
	for asked, want := range map[int]int{0: 3, 3: 3, 4: 4} {
		w := newWatcher(t)
		require.NoError(t, open(t, path, scan.Options{HeaderRow: asked}).Read(t.Context(), w))
		require.Equal(t, 1, w.begun)
		require.Equal(t, 5, w.last, "rows begin below row %d", want)
	}
	for _, asked := range []int{2, 6} {
		w := newWatcher(t)
		err := open(t, path, scan.Options{HeaderRow: asked}).Read(t.Context(), w)
		require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
		require.ErrorContains(t, err, fmt.Sprintf("Row %d of a.csv holds no value", asked))
		require.Zero(t, w.begun)
	}
	empty := newWatcher(t)
	require.NoError(t, os.WriteFile(path, []byte("\n \n"), 0o600))
	require.NoError(t, open(t, path, scan.Options{}).Read(t.Context(), empty))
	require.Zero(t, empty.begun)
}
