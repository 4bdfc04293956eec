package dataset

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
)

// nearby is a lakehouse in memory that can be looked at by ranges, and counts what is read so.
type nearby struct {
	*lake
	etags map[string]string
	bytes atomic.Int64
	fault func(path string, offset int64) error // nil for none
}

func (n *nearby) Stat(_ context.Context, path string) (artifacts.File, error) {
	data, ok := n.files[path]
	if !ok {
		return artifacts.File{}, &artifacts.NotFoundError{Path: path}
	}
	return artifacts.File{Path: path, Size: int64(len(data)), ETag: "1" + n.etags[path]}, nil
}

func (n *nearby) ReadRange(ctx context.Context, file artifacts.File, offset int64, p []byte) error {
	if n.fault != nil {
		if err := n.fault(file.Path, offset); err != nil {
			return err
		}
	}
	if file.ETag != "1"+n.etags[file.Path] {
		return &artifacts.ChangedError{Path: file.Path}
	}
	n.bytes.Add(int64(len(p)))
	copy(p, n.files[file.Path][offset:])
	return ctx.Err()
}

type soldRow struct {
	ID      string    `parquet:"order_id"`
	Day     int32     `parquet:"order_date,date"`
	Revenue *float64  `parquet:"revenue,optional"`
	Channel string    `parquet:"channel,dict"`
	Comment *string   `parquet:"comment,optional"`
	At      time.Time `parquet:"at,timestamp(microsecond)"`
	N       int64     `parquet:"n,delta"`
	Yes     bool      `parquet:"yes"`
}

// sold is a file with groups and pages of all sizes.
func sold(t testing.TB, rows int, options ...parquet.WriterOption) []byte {
	t.Helper()
	random := rand.New(rand.NewPCG(1, uint64(rows)))
	all := make([]soldRow, rows)
	for i := range all {
		all[i] = soldRow{ID: fmt.Sprintf("O-%07d", random.IntN(10_000_000)), Day: 20_000 + int32(i%700), Channel: fmt.Sprintf("channel %d", random.IntN(300)),
			At: time.UnixMicro(int64(i) * 1_000_003).UTC(), N: int64(i), Yes: i%3 == 0}
		if i%7 > 0 {
			v := float64(random.IntN(100_000)) / 100
			all[i].Revenue = &v
		}
		if i%5 > 1 {
			v := fmt.Sprintf("%x", random.Uint64())
			all[i].Comment = &v
		}
	}
	data, err := os.ReadFile(file(t, all, append(options, parquet.Compression(&parquet.Snappy))...))
	require.NoError(t, err)
	return data
}

// away opens a file as one that stands elsewhere, beside itself on this computer.
func away(t *testing.T, data ...[]byte) (n *nearby, far *Table, here *Table) {
	t.Helper()
	n = &nearby{lake: &lake{files: map[string][]byte{}}, etags: map[string]string{}}
	var files []artifacts.File
	dir := t.TempDir()
	for i, d := range data {
		path := fmt.Sprintf("Files/part-%05d.parquet", i)
		n.files[path] = d
		f, err := n.Stat(t.Context(), path)
		require.NoError(t, err)
		files = append(files, f)
		require.NoError(t, os.WriteFile(filepath.Join(dir, keptPart(i, len(data))), d, 0o600))
	}
	far, err := openAway(t.Context(), artifacts.ParquetFile, near(n, files))
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, far.Close()) })
	return n, far, open(t, dir)
}

// TestRowsElsewhereAreThoseOfTheFile: whatever is in sight, whoever else looks, and however the file is cut into parts, groups and pages.
func TestRowsElsewhereAreThoseOfTheFile(t *testing.T) {
	for name, data := range map[string][][]byte{
		"small pages":   {sold(t, 20_000, parquet.PageBufferSize(4000), parquet.MaxRowsPerRowGroup(6000))},
		"version 1":     {sold(t, 9_000, parquet.DataPageVersion(1), parquet.MaxRowsPerRowGroup(2500))},
		"large pages":   {sold(t, 60_000, parquet.PageBufferSize(8<<20))},
		"several parts": {sold(t, 3000), sold(t, 10), sold(t, 7000, parquet.PageBufferSize(1000))},
	} {
		t.Run(name, func(t *testing.T) {
			_, far, here := away(t, data...)
			require.Equal(t, here.Columns(), far.Columns())
			require.Equal(t, here.Rows(), far.Rows())
			require.Positive(t, far.Away())
			require.Zero(t, here.Away())
			var all sync.WaitGroup
			for seed := range uint64(3) {
				all.Go(func() {
					random := rand.New(rand.NewPCG(seed, 3))
					for range 25 {
						from, columns := random.IntN(far.Rows()), []int(nil)
						if random.IntN(2) == 0 {
							columns = []int{random.IntN(8), random.IntN(8)}
						}
						want, err := here.All().Window(t.Context(), from, 256, columns)
						if !assert.NoError(t, err) {
							return
						}
						got, err := far.All().Window(t.Context(), from, 256, columns)
						assert.NoError(t, err)
						assert.Equal(t, want, got, from)
					}
				})
			}
			all.Wait()
			want, err := here.All().TSV(t.Context(), far.Rows()-700, 700, nil, true)
			require.NoError(t, err)
			got, err := far.All().TSV(t.Context(), far.Rows()-700, 700, nil, true)
			require.NoError(t, err)
			require.Equal(t, want, got)
			require.LessOrEqual(t, far.Fetched(), far.Away(), "nothing is fetched twice")
		})
	}
}

// TestWhatIsInSightReadsLittle of a file, and what was in sight once is not read again.
func TestWhatIsInSightReadsLittle(t *testing.T) {
	n, far, _ := away(t, sold(t, 300_000, parquet.MaxRowsPerRowGroup(50_000), parquet.PageBufferSize(64<<10)))
	opened := n.bytes.Load()
	require.Less(t, opened, int64(100_000), "what the file says of itself")
	_, err := far.All().Shown(t.Context(), 0, 256, nil)
	require.NoError(t, err)
	first := n.bytes.Load()
	require.Less(t, first, int64(1<<20), "of %d", far.Away())
	_, err = far.All().Shown(t.Context(), 220_000, 256, nil)
	require.NoError(t, err)
	after := n.bytes.Load()
	require.Less(t, after-first, int64(2<<20), "somewhere in a group, to which the way leads past its pages")
	far.Release()
	for _, from := range []int{0, 220_000} {
		_, err = far.All().Shown(t.Context(), from, 256, nil)
		require.NoError(t, err)
	}
	require.Equal(t, after, n.bytes.Load())
	require.Equal(t, after, far.Fetched())
	require.Greater(t, far.Away(), 5*after)
}

// TestWhatNeedsAllRowsIsRefusedElsewhere, before a byte is read for it.
func TestWhatNeedsAllRowsIsRefusedElsewhere(t *testing.T) {
	n, far, _ := away(t, sold(t, 1000))
	before := n.bytes.Load()
	refused := func(err error) {
		t.Helper()
		var needs *AwayError
		require.ErrorAs(t, err, &needs)
		require.Equal(t, far.Away(), needs.Bytes)
		require.ErrorContains(t, err, "this needs all of them")
	}
	for _, q := range []Query{{Sort: []Order{{Column: 2}}}, {Search: "x"}, {Filters: []Filter{{Column: 3, Op: IsEmpty}}}} {
		_, err := far.View(t.Context(), q, nil)
		refused(err)
	}
	_, _, err := far.Distinct(t.Context(), 3, 10)
	refused(err)
	refused(far.Scan(t.Context(), []int{1}, nil, func(int, int, []Piece) error { return nil }))
	require.Equal(t, before, n.bytes.Load())
	view, err := far.View(t.Context(), Query{}, nil)
	require.NoError(t, err)
	require.Equal(t, 1000, view.Rows())
}

// TestNoRowsOfTwoStates: a file that changes while it is looked at, ranges that are ignored or not given, a damaged file and an end of the
// waiting are a sentence each, and no rows; what was refused once may be had later.
func TestNoRowsOfTwoStates(t *testing.T) {
	data := sold(t, 60_000, parquet.MaxRowsPerRowGroup(10_000), parquet.PageBufferSize(16<<10))
	for name, refusal := range map[string]error{
		"changed": &artifacts.ChangedError{Path: "Files/part-00000.parquet"},
		"ignored": &artifacts.RangeError{Path: "Files/part-00000.parquet", Err: errors.New("all of the file was given")},
		"away":    &artifacts.UnreachableError{Doing: "reading", Err: errors.New("no network")},
	} {
		t.Run(name, func(t *testing.T) {
			n, far, here := away(t, data)
			_, err := far.All().Window(t.Context(), 0, 256, nil)
			require.NoError(t, err)
			n.fault = func(string, int64) error { return refusal }
			rows, err := far.All().Window(t.Context(), 35_000, 256, nil)
			require.Equal(t, refusal, err, "as it is, without words about this computer's files")
			require.Empty(t, rows.Cells)
			n.fault = nil
			rows, err = far.All().Window(t.Context(), 35_000, 256, nil)
			require.NoError(t, err)
			want, err := here.All().Window(t.Context(), 35_000, 256, nil)
			require.NoError(t, err)
			require.Equal(t, want, rows)
		})
	}
	t.Run("another state", func(t *testing.T) {
		n, far, _ := away(t, data)
		n.etags["Files/part-00000.parquet"] = "2"
		_, err := far.All().Window(t.Context(), 35_000, 256, nil)
		var changed *artifacts.ChangedError
		require.ErrorAs(t, err, &changed)
	})
	t.Run("ended", func(t *testing.T) {
		n, far, _ := away(t, data)
		ctx, cancel := context.WithCancel(t.Context())
		n.fault = func(string, int64) error {
			cancel()
			return &artifacts.UnreachableError{Doing: "reading", Err: ctx.Err()}
		}
		_, err := far.All().Window(ctx, 35_000, 256, nil)
		require.ErrorIs(t, err, context.Canceled)
		n.fault = nil
		require.NoError(t, far.Close())
		_, err = far.All().Window(t.Context(), 35_000, 256, nil)
		require.ErrorContains(t, err, "was closed")
	})
	t.Run("damaged", func(t *testing.T) {
		broken := append([]byte(nil), data...)
		for i := len(broken) / 3; i < len(broken)/2; i++ {
			broken[i] ^= 0x55
		}
		_, far, _ := away(t, broken)
		_, err := far.All().Window(t.Context(), 25_000, 256, nil)
		var bad *FileError
		require.ErrorAs(t, err, &bad)
	})
	t.Run("no table at all", func(t *testing.T) {
		n := &nearby{lake: &lake{files: map[string][]byte{"Files/a.parquet": make([]byte, 100_000)}}}
		f, err := n.Stat(t.Context(), "Files/a.parquet")
		require.NoError(t, err)
		files := near(n, []artifacts.File{f})
		_, err = openAway(t.Context(), artifacts.ParquetFile, files)
		var bad *FileError
		require.ErrorAs(t, err, &bad)
		_, err = files[0].Look(t.Context()).ReadAt(make([]byte, 1), 0)
		require.Error(t, err, "it is closed")
	})
}

// TestALargePageElsewhere takes more memory than the columns have that are read together; it is read alone.
func TestALargePageElsewhere(t *testing.T) {
	_, far, here := away(t, sold(t, 20_000, parquet.PageBufferSize(8<<20)))
	far.away.memory = 20_000
	require.ErrorContains(t, far.away.fetchColumn(t.Context(), far.away.parts[0], far.away.lanesOf(far.away.parts[0])[0], 0, 19_000, 100), "larger than is safe")
	for _, from := range []int{19_000, 3} {
		want, err := here.All().Window(t.Context(), from, 100, nil)
		require.NoError(t, err)
		got, err := far.All().Window(t.Context(), from, 100, nil)
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

// TestRowsAreLookedAtWhereTheyAre: those of a small file are fetched, and so are those of a source that gives no parts; what is kept here is
// opened here, and a large file is read in the lakehouse without anything being kept.
func TestRowsAreLookedAtWhereTheyAre(t *testing.T) {
	data := sold(t, 50_000)
	run := "11111111-1111-4111-8111-111111111111"
	n := &nearby{lake: &lake{files: map[string][]byte{runFile: data}}, etags: map[string]string{}}
	dir := filepath.Join(t.TempDir(), "rows")
	s := NewStore(dir, n)
	table, err := s.InPlace(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.Zero(t, table.Away())
	require.NoError(t, table.Close())
	require.Equal(t, []string{runFile}, n.asked)
	require.NoError(t, os.RemoveAll(dir))

	s.small = 100_000
	table, err = s.InPlace(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.EqualValues(t, len(data), table.Away())
	require.Equal(t, 50_000, table.Rows())
	require.NoError(t, table.Close())
	require.Equal(t, []string{runFile}, n.asked, "nothing was fetched whole")
	require.NoDirExists(t, dir)
	require.False(t, s.Has(&run))

	n.files[currentFile] = data
	delete(n.files, runFile)
	table, err = s.InPlace(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.Positive(t, table.Away(), "where the run's folder is gone")
	require.NoError(t, table.Close())
	delete(n.files, currentFile)
	_, err = s.InPlace(t.Context(), &run, Ask, nil)
	var missing *artifacts.NotFoundError
	require.ErrorAs(t, err, &missing)

	n.files[runFile] = data
	n.fault = func(string, int64) error { return &artifacts.RangeError{Path: runFile, Err: errors.ErrUnsupported} }
	table, err = s.InPlace(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.Zero(t, table.Away())
	require.NoError(t, table.Close())
	require.True(t, s.Has(&run))
	n.fault = func(string, int64) error { return errors.New("asked though it is here") }
	table, err = s.InPlace(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.NoError(t, table.Close())
}

// TestPartsElsewhereAreOneTable, and one that is not as the manifest says is no part of it.
func TestPartsElsewhereAreOneTable(t *testing.T) {
	n := &nearby{lake: parted(t), etags: map[string]string{}}
	run := partedRun
	s := NewStore(t.TempDir(), n)
	s.small = 0
	table, err := s.InPlace(t.Context(), &run, Ask, nil)
	require.NoError(t, err)
	require.Equal(t, 900, table.Rows())
	require.Positive(t, table.Away())
	want := readNaive(t, "testdata/notebook.csv", notebookColumns).rows
	rows, err := table.All().Window(t.Context(), 290, 20, nil)
	require.NoError(t, err)
	require.Equal(t, append(append([][]Cell(nil), want[290:]...), want[:10]...), rows.Cells)
	require.NoError(t, table.Close())
	require.Empty(t, n.asked)
	path := "Files/results/runs/" + partedRun + "/sales_cleaned.parquet/part-00002.parquet"
	n.files[path] = append(n.files[path], 'x')
	_, err = s.InPlace(t.Context(), &run, Ask, nil)
	var under *artifacts.PublishingError
	require.ErrorAs(t, err, &under)
}
