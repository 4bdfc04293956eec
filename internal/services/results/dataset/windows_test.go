package dataset

import (
	"fmt"
	"math"
	"math/rand/v2"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"
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
	require.LessOrEqual(t, table.file.blocks.bytes, int64(blockBytes))

	// Columns that were read whole show the same.
	_, err := table.View(t.Context(), Query{Filters: []Filter{{Column: 0, Op: NotEmpty}, {Column: 1, Op: NotEmpty}, {Column: 6, Op: NotEmpty}}}, nil)
	require.NoError(t, err)
	require.True(t, table.cache.has([]int{0, 1, 6}))
	for i, row := range window(12_345, 50, []int{1, 6, 0}) {
		require.Equal(t, []Cell{want[12_345+i][1], want[12_345+i][6], want[12_345+i][0]}, row)
	}
	table.Release()
	require.Zero(t, table.file.blocks.bytes)
	require.Equal(t, want[:10], window(0, 10, nil))
}

func TestBlocksThatWereNotUsedForLongestGo(t *testing.T) {
	var b blocks
	block := func(column, from, kilobytes int) *block {
		v := &vector{kind: Integer, n: 1, wide: make([]int64, kilobytes<<7)}
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
