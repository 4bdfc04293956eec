package dataset

import (
	"context"
	"errors"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func open(t testing.TB, path string) *Table {
	t.Helper()
	table, err := Open(context.Background(), path)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, table.Close()) })
	return table
}

var forms = []string{"notebook.parquet", "notebook_v2.parquet"}

func TestEachFormHoldsTheSameRows(t *testing.T) {
	want := readNaive(t, "testdata/notebook.csv", notebookColumns)
	for _, name := range forms {
		t.Run(name, func(t *testing.T) {
			table := open(t, filepath.Join("testdata", name))
			assert.Equal(t, notebookColumns, table.Columns())
			require.Equal(t, 300, table.Rows())
			rows, err := table.All().Window(t.Context(), 0, 1000, nil)
			require.NoError(t, err)
			require.Equal(t, want.rows, rows.Cells)
			// Parts, whichever way the window moves and the columns stand.
			for _, from := range []int{250, 96, 97, 3, 200, 299, 0} {
				rows, err := table.All().Window(t.Context(), from, 20, []int{7, 0, 7})
				require.NoError(t, err)
				for i, row := range rows.Cells {
					w := want.rows[from+i]
					require.Equal(t, []Cell{w[7], w[0], w[7]}, row)
				}
				require.Len(t, rows.Cells, min(20, 300-from))
			}
		})
	}
}

func TestQueriesAgainstANaiveTable(t *testing.T) {
	want := readNaive(t, "testdata/notebook.csv", notebookColumns)
	var tables []*Table
	for _, name := range forms {
		tables = append(tables, open(t, filepath.Join("testdata", name)))
		// The same where nothing can be kept: piece by piece, and only what was chosen is sorted.
		tables = append(tables, open(t, filepath.Join("testdata", name)))
		tables[len(tables)-1].cache.most = 0
	}
	column := rapid.IntRange(0, len(notebookColumns)-1)
	text := rapid.Custom(func(t *rapid.T) string {
		// Mostly a piece of a cell, so that something is found.
		cell := rapid.SampledFrom(want.rows).Draw(t, "row")[column.Draw(t, "of")].Text
		runes := []rune(cell)
		from := rapid.IntRange(0, len(runes)).Draw(t, "from")
		piece := string(runes[from:rapid.IntRange(from, len(runes)).Draw(t, "to")])
		return rapid.OneOf(rapid.Just(piece), rapid.Just(cell), rapid.SampledFrom([]string{"", "A", "STRASSE", "arzte", "0", "-", "true", "1.5", "zzz"})).Draw(t, "text")
	})
	number := rapid.Custom(func(t *rapid.T) *float64 {
		x := float64(rapid.IntRange(-1000, 1_000_000).Draw(t, "cents")) / 100
		if rapid.Bool().Draw(t, "open") {
			return nil
		}
		return &x
	})
	day := rapid.Custom(func(t *rapid.T) time.Time {
		if rapid.Bool().Draw(t, "open") {
			return time.Time{}
		}
		return time.Date(2025, 1, rapid.IntRange(-3, 370).Draw(t, "day"), 23, 0, 0, 0, time.FixedZone("", 5*3600))
	})
	filter := rapid.Custom(func(t *rapid.T) Filter {
		return Filter{
			Column: column.Draw(t, "column"), Op: Operation(rapid.IntRange(0, int(NotContain)).Draw(t, "op")), Text: text.Draw(t, "text"),
			Texts: rapid.SliceOfN(text, 0, 4).Draw(t, "texts"), Min: number.Draw(t, "min"), Max: number.Draw(t, "max"), From: day.Draw(t, "first"), To: day.Draw(t, "last"),
		}
	})
	order := rapid.Custom(func(t *rapid.T) Order { return Order{column.Draw(t, "by"), rapid.Bool().Draw(t, "descending")} })
	rapid.Check(t, func(r *rapid.T) {
		q := Query{Filters: rapid.SliceOfN(filter, 0, 2).Draw(r, "filters"), Sort: rapid.SliceOfN(order, 0, 3).Draw(r, "sort")}
		if rapid.Bool().Draw(r, "searching") {
			q.Search = text.Draw(r, "search")
			q.SearchIn = rapid.OneOf(rapid.Just([]int(nil)), rapid.SliceOfN(column, 1, 3)).Draw(r, "in")
		}
		expected := want.view(q)
		for i, table := range tables {
			v, err := table.View(context.Background(), q, nil)
			require.NoError(r, err)
			require.Equal(r, len(expected), v.Rows(), "table %d", i)
			rows, err := v.Window(context.Background(), 0, v.Rows(), nil)
			require.NoError(r, err)
			for j, row := range rows.Cells {
				require.Equal(r, expected[j], row, "row %d of table %d", j, i)
			}
		}
	})
}

func TestTextsOfAllSortsAreRanked(t *testing.T) {
	alphabet := rapid.SampledFrom([]string{"a", "A", "b", "ä", "Z", "ß", "\x00", "aaaaaaaa", "order 00", "ﬁ", "é", "日"})
	rapid.Check(t, func(r *rapid.T) {
		words := rapid.SliceOfN(rapid.Custom(func(r *rapid.T) string {
			return strings.Join(rapid.SliceOfN(alphabet, 0, 5).Draw(r, "parts"), "")
		}), 1, 400).Draw(r, "words")
		b := newBuilder(Text, len(words))
		if rapid.Bool().Draw(r, "each anew") {
			b.known = nil // as in columns of ids
		}
		n := &naive{columns: []Column{{"w", Text}}}
		all := make([]uint32, len(words))
		for i, w := range words {
			require.True(r, b.text([]byte(w)))
			n.rows = append(n.rows, []Cell{{Text: w}})
			all[i] = uint32(i)
		}
		v := b.finish()
		descending := rapid.Bool().Draw(r, "descending")
		sorted, err := sortRows(context.Background(), all, v, func(row uint32) int { return int(row) }, descending)
		require.NoError(r, err)
		for i, row := range n.view(Query{Sort: []Order{{0, descending}}}) {
			require.Equal(r, row[0].Text, v.cell(int(sorted[i])).Text)
		}
	})
}

// file writes rows into a Parquet file.
func file[T any](t testing.TB, rows []T, options ...parquet.WriterOption) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "d.parquet")
	f, err := os.Create(path)
	require.NoError(t, err)
	w := parquet.NewGenericWriter[T](f, options...)
	_, err = w.Write(rows)
	require.NoError(t, err)
	require.NoError(t, errors.Join(w.Close(), f.Close()))
	return path
}

func TestTSV(t *testing.T) {
	type row struct {
		A int64   `parquet:"a"`
		B *string `parquet:"b\tc,optional"`
		D *string `parquet:"d,optional"`
	}
	odd, formula := "x\ty\r\nz \"q\"", "=1+1"
	table := open(t, file(t, []row{{1, &odd, nil}, {2, nil, &formula}}))
	text, err := table.All().TSV(t.Context(), 0, 5, nil, true)
	require.NoError(t, err)
	assert.Equal(t, "a\tb c\td\n1\tx y z \"q\"\t\n2\t\t'=1+1\n", text, "a text that would act has an apostrophe")
	text, err = table.All().TSV(t.Context(), 1, 1, []int{2, 0}, false)
	require.NoError(t, err)
	assert.Equal(t, "'=1+1\t2\n", text)
}

func TestDistinct(t *testing.T) {
	for _, name := range forms {
		table := open(t, filepath.Join("testdata", name))
		values, different, err := table.Distinct(t.Context(), 3, 2)
		require.NoError(t, err)
		assert.Equal(t, 4, different)
		require.Len(t, values, 2)
		assert.GreaterOrEqual(t, values[0].Rows, values[1].Rows)
		total := 0
		all, _, err := table.Distinct(t.Context(), 8, 10)
		require.NoError(t, err)
		for _, c := range all {
			total += c.Rows
		}
		assert.Len(t, all, 3, "true, false and null")
		assert.Equal(t, 300, total)
	}
}

// A file of no rows can be asked anything.
func TestNoRows(t *testing.T) {
	table := open(t, file(t, []sample{}))
	for column := range table.Columns() {
		for op := Contains; op <= NotContain; op++ {
			v, err := table.View(t.Context(), Query{Filters: []Filter{{Column: column, Op: op, Text: "1"}}, Search: "1", Sort: []Order{{column, false}}}, nil)
			require.NoError(t, err)
			require.Zero(t, v.Rows())
		}
		values, different, err := table.Distinct(t.Context(), column, 5)
		require.NoError(t, err)
		require.Empty(t, values)
		require.Zero(t, different)
	}
	rows, err := table.All().Window(t.Context(), 0, 50, nil)
	require.NoError(t, err)
	require.Empty(t, rows.Cells)
}

// A table of more rows than columns can be held of is shown, but neither sorted nor filtered.
func TestTooManyRowsToSort(t *testing.T) {
	rows, want := samples(10)
	table := open(t, file(t, rows))
	table.rows = countable + 1 // as a file could promise
	var query *QueryError
	_, err := table.View(t.Context(), Query{Sort: []Order{{0, false}}}, nil)
	require.ErrorAs(t, err, &query)
	require.ErrorContains(t, err, "67,108,865 rows, and at most 67,108,864 can be sorted")
	_, _, err = table.Distinct(t.Context(), 0, 1)
	require.ErrorAs(t, err, &query)
	got, err := table.All().Window(t.Context(), 3, 2, nil)
	require.NoError(t, err)
	require.Equal(t, want[3:5], got.Cells)
}

// What a file promises and does not hold takes no memory.
func TestPromisedRowsAreNotAllocated(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for _, kind := range []Kind{Text, Integer, Decimal} {
		b := newBuilder(kind, math.MaxInt32)
		b.null()
		require.Equal(t, 1, b.finish().n)
	}
	runtime.ReadMemStats(&after)
	require.Less(t, after.TotalAlloc-before.TotalAlloc, uint64(64<<20))

	b := newBuilder(Integer, promised)
	for range promised + 100 { // more than room was made for
		b.whole(1 << 40)
	}
	b.null()
	b.whole(-1)
	v := b.finish()
	require.True(t, v.isNull(promised+100))
	require.False(t, v.isNull(promised+101))
	require.EqualValues(t, -1, v.whole(promised+101))
}

// What one goroutine asks does not disturb the others, and Close waits for all of them.
func TestManyAtOnce(t *testing.T) {
	for _, name := range forms {
		table, err := Open(t.Context(), filepath.Join("testdata", name))
		require.NoError(t, err)
		results := make(chan error, 6)
		for g := range 6 {
			go func() {
				for i := range 40 {
					view, err := table.View(context.Background(), Query{Search: "e", Sort: []Order{{(g + i) % 11, i%2 == 0}}}, nil)
					if err == nil {
						_, err = view.Window(context.Background(), i, 20, nil)
					}
					if err == nil {
						_, err = table.All().Window(context.Background(), (i*37+g)%300, 10, []int{g})
					}
					if i%7 == 0 {
						table.Release()
					}
					if err != nil {
						results <- err
						return
					}
				}
				results <- nil
			}()
		}
		for range 3 {
			require.NoError(t, <-results)
		}
		require.NoError(t, table.Close())
		for range 3 {
			if err := <-results; err != nil {
				var file *FileError
				require.ErrorAs(t, err, &file)
				require.Contains(t, err.Error(), "was closed")
			}
		}
	}
}
