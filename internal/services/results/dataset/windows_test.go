package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sort"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sample is a row with a value of each kind.
type sample struct {
	ID    string    `parquet:"id,dict"`
	Name  *string   `parquet:"name,optional"`
	N     int64     `parquet:"n,delta"`
	Price *float64  `parquet:"price,optional"`
	Paid  bool      `parquet:"paid"`
	Day   int32     `parquet:"day,date"`
	At    time.Time `parquet:"at,timestamp(microsecond)"`
}

// samples are so many rows, and what their cells show.
func samples(n int) (rows []sample, cells [][]Cell) {
	r := rand.New(rand.NewPCG(7, 7))
	for range n {
		s := sample{ID: fmt.Sprint("id ", r.IntN(n)), N: r.Int64() - math.MaxInt64/2, Paid: r.IntN(2) == 0, Day: r.Int32N(30_000), At: time.UnixMicro(r.Int64N(2e15)).UTC()}
		day := time.Unix(int64(s.Day)*86400, 0).UTC().Format(time.DateOnly)
		row := []Cell{{Text: s.ID}, {Null: true}, {Text: fmt.Sprint(s.N)}, {Null: true}, {Text: fmt.Sprint(s.Paid)}, {Text: day}, {Text: s.At.Format("2006-01-02 15:04:05.999999")}}
		if r.IntN(3) > 0 {
			name, price := strings.Repeat("ß", r.IntN(5)), float64(r.IntN(1e6))/100
			s.Name, s.Price = &name, &price
			row[1], row[3] = Cell{Text: name}, Cell{Text: strconv.FormatFloat(price, 'f', -1, 64)}
		}
		rows, cells = append(rows, s), append(cells, row)
	}
	return rows, cells
}

// Windows anywhere in a file of many pages and row groups show its rows, and so does a walk through all of them.
func TestWindowsAnywhere(t *testing.T) {
	const n = 30_000
	rows, want := samples(n)
	table := open(t, file(t, rows, parquet.MaxRowsPerRowGroup(7_000), parquet.PageBufferSize(5_000), parquet.Compression(&parquet.Snappy)))
	require.Equal(t, n, table.Rows())
	require.Equal(t, []Column{{"id", Text}, {"name", Text}, {"n", Integer}, {"price", Decimal}, {"paid", Boolean}, {"day", Date}, {"at", DateTime}}, table.Columns())
	window := func(from, count int, columns []int) [][]Cell {
		got, err := table.All().Window(t.Context(), from, count, columns)
		require.NoError(t, err)
		return got.Cells
	}
	r := rand.New(rand.NewPCG(8, 8))
	for range 200 {
		from, count := r.IntN(n), 1+r.IntN(200)
		require.Equal(t, want[from:min(from+count, n)], window(from, count, nil), "%d rows from %d on", count, from)
	}
	for from := 0; from < n; from += batch {
		for i, row := range window(from, batch, []int{6, 0}) {
			require.Equal(t, []Cell{want[from+i][6], want[from+i][0]}, row)
		}
	}
	require.Equal(t, want, window(0, n, nil))
	require.LessOrEqual(t, table.file.(*parquetFile).blocks.bytes, int64(blockBytes))

	// Columns that were read whole show the same.
	_, err := table.View(t.Context(), Query{Filters: []Filter{{Column: 0, Op: NotEmpty}, {Column: 1, Op: NotEmpty}, {Column: 6, Op: NotEmpty}}}, nil)
	require.NoError(t, err)
	require.True(t, table.cache.has([]int{0, 1, 6}))
	for i, row := range window(12_345, 50, []int{1, 6, 0}) {
		require.Equal(t, []Cell{want[12_345+i][1], want[12_345+i][6], want[12_345+i][0]}, row)
	}
	table.Release()
	require.Zero(t, table.file.(*parquetFile).blocks.bytes)
	require.Equal(t, want[:10], window(0, 10, nil))
}

func TestBlocksThatWereNotUsedForLongestGo(t *testing.T) {
	var b blocks
	block := func(column, from, kilobytes int) *block {
		v := &vector{kind: Integer, n: 1, wholes: numbers{eight: make([]uint64, kilobytes<<7)}}
		return b.keep(&block{column: column, from: from, v: v})
	}
	for i := range 6 {
		b.turn++
		block(0, i, blockBytes>>10/4)
		require.LessOrEqual(t, b.bytes, int64(blockBytes))
	}
	require.Equal(t, 5, b.find(0, 100).from)
	require.Nil(t, b.find(0, 1), "the first two have gone")
	require.Nil(t, b.find(1, 5))
	b.turn++
	for i := range 6 { // also of one window
		block(1, i, blockBytes>>10/4)
		require.LessOrEqual(t, b.bytes, int64(blockBytes))
	}
	require.Empty(t, b.kept[0])
	require.Len(t, b.kept[1], 4)
	block(1, 5, 1)
	require.Len(t, b.kept[1], 4, "a page is kept once")
	require.EqualValues(t, 3*blockBytes/4+1<<10, b.bytes)
	block(2, 0, 2*blockBytes>>10)
	require.Empty(t, b.kept[1])
	require.EqualValues(t, 2*blockBytes, b.bytes, "the one that is being read stays, whatever it takes")
}

// A column that has no room beside others is looked at piece by piece, and the others stay.
func TestColumnsThatHaveNoRoom(t *testing.T) {
	const n = 30_000
	rows, want := samples(n)
	table := open(t, file(t, rows, parquet.MaxRowsPerRowGroup(7_000), parquet.PageBufferSize(5_000)))
	table.cache.most = 1 << 20 // a few columns
	v, err := table.View(t.Context(), Query{Sort: []Order{{2, false}}}, nil)
	require.NoError(t, err)
	sort.SliceStable(want, func(i, j int) bool {
		a, _ := strconv.ParseInt(want[i][2].Text, 10, 64)
		b, _ := strconv.ParseInt(want[j][2].Text, 10, 64)
		return a < b
	})
	for _, count := range []int{300, 1, 300} { // many are read from the columns' beginning on, few by themselves
		got, err := v.Window(t.Context(), 12_000, count, nil)
		require.NoError(t, err)
		require.Equal(t, want[12_000:12_000+count], got.Cells)
		total := int64(0)
		for _, k := range table.cache.columns {
			total += k.v.size()
		}
		require.LessOrEqual(t, total, table.cache.most)
		require.NotEmpty(t, table.cache.columns)
	}
}

func TestAWindowIsShorterWhereItsTextsAreLong(t *testing.T) {
	type row struct {
		Text string `parquet:"text,dict"`
		N    int64  `parquet:"n"`
	}
	long := strings.Repeat("ä", 100_000)
	rows := make([]row, 300)
	for i := range rows {
		rows[i] = row{long, int64(i)}
	}
	path := file(t, rows)
	table := open(t, path)
	v := table.All()
	for from, turns := 0, 0; from < v.Rows(); turns++ {
		got, err := v.Window(t.Context(), from, 300, nil)
		require.NoError(t, err)
		require.NotEmpty(t, got.Cells)
		require.LessOrEqual(t, len(got.Cells)*len(long), windowBytes)
		for i, row := range got.Cells {
			require.Equal(t, []Cell{{Text: long}, {Text: strconv.Itoa(from + i)}}, row)
		}
		from += len(got.Cells)
		require.Less(t, turns, 10)
	}
	shown, err := v.Shown(t.Context(), 0, 256, nil)
	require.NoError(t, err)
	require.Len(t, shown.Cells, 256, "on a screen they are cut")
	require.True(t, shown.Cells[0][0].Part)
	require.Equal(t, shownChars, len([]rune(shown.Cells[0][0].Text)))
	require.False(t, shown.Cells[0][1].Part)
	_, err = v.TSV(t.Context(), 0, 300, nil, true)
	var query *QueryError
	require.ErrorAs(t, err, &query)
	require.ErrorContains(t, err, "too much to copy")
}

func TestShownTextsArePlain(t *testing.T) {
	type row struct {
		Text string `parquet:"text"`
	}
	table := open(t, file(t, []row{{"a\u202eb\x1b[31mc\nd"}, {"plain"}}))
	got, err := table.All().Shown(t.Context(), 0, 2, nil)
	require.NoError(t, err)
	require.Equal(t, [][]Cell{{{Text: "a�b�c d", Part: true}}, {{Text: "plain"}}}, got.Cells)
	got, err = table.All().Window(t.Context(), 0, 1, nil)
	require.NoError(t, err)
	require.Equal(t, "a\u202eb\x1b[31mc\nd", got.Cells[0][0].Text, "as it stands in the file")
}

func TestAChoiceOfRowsIsFoundQuickly(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		chosen := rapid.SliceOfNDistinct(rapid.IntRange(0, 3000), 0, 200, func(i int) int { return i }).Draw(r, "rows")
		s := newSelection(3001, false)
		for _, row := range chosen {
			s.add(row)
		}
		sort.Ints(chosen)
		c := s.count()
		require.Equal(r, len(chosen), c.len())
		rows := c.rows()
		for place, row := range chosen {
			require.Equal(r, row, c.at(place))
			require.Equal(r, place, c.place(row))
			require.EqualValues(r, row, rows[place])
		}
	})
}

// More rows than can be sorted are filtered first; what is left of them is sorted by columns that can't be kept.
func TestTooManyRowsToSortAtOnce(t *testing.T) {
	path := filepath.Join(t.TempDir(), "many.parquet")
	body := steps(3_000_000, 0, 1)
	require.NoError(t, os.WriteFile(path, craft(3_000_000, made{"n", typeInt64, packNone, []part{{false, 3_000_000, encDelta, int64(len(body)), body}}}), 0o600))
	table := open(t, path)
	_, err := table.View(t.Context(), Query{Sort: []Order{{0, true}}}, nil)
	var query *QueryError
	require.ErrorAs(t, err, &query)
	require.ErrorContains(t, err, "3,000,000 rows are too many to sort here (at most 2,726,297 by this column): filter or search first")
	table.cache.most = 0
	low := 2_500_000.0
	v, err := table.View(t.Context(), Query{Filters: []Filter{{Column: 0, Op: InRange, Min: &low}}, Sort: []Order{{0, true}}}, nil)
	require.NoError(t, err)
	require.Equal(t, 500_000, v.Rows())
	got, err := v.Window(t.Context(), 499_999, 1, nil)
	require.NoError(t, err)
	require.Equal(t, "2500000", got.Cells[0][0].Text)
}
