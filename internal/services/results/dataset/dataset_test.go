package dataset

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

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

var forms = []string{"notebook.parquet", "notebook_v2.parquet", "notebook.csv"}

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
			require.Equal(r, len(expected), v.Rows(), forms[i])
			rows, err := v.Window(context.Background(), 0, v.Rows(), nil)
			require.NoError(r, err)
			for j, row := range rows.Cells {
				require.Equal(r, expected[j], row, "row %d of %s", j, forms[i])
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
		sorted, err := sortRows(context.Background(), all, v, descending)
		require.NoError(r, err)
		for i, row := range n.view(Query{Sort: []Order{{0, descending}}}) {
			require.Equal(r, row[0].Text, v.cell(int(sorted[i])).Text)
		}
	})
}

func TestTSV(t *testing.T) {
	path := filepath.Join(t.TempDir(), "d.csv")
	require.NoError(t, os.WriteFile(path, []byte("a,\"b\tc\",d\n1,\"x\ty\r\nz \"\"q\"\"\",\n2,,=1+1\n"), 0o600))
	table := open(t, path)
	text, err := table.All().TSV(t.Context(), 0, 5, nil, true)
	require.NoError(t, err)
	assert.Equal(t, "a\tb c\td\n1\tx y z \"q\"\t\n2\t\t=1+1\n", text)
	text, err = table.All().TSV(t.Context(), 1, 1, []int{2, 0}, false)
	require.NoError(t, err)
	assert.Equal(t, "=1+1\t2\n", text)
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

func TestCSVThatDoesNotKeepToItsKinds(t *testing.T) {
	var b bytes.Buffer
	b.WriteString("\ufeffid,n,day,short\r\n")
	for i := range 5000 {
		fmt.Fprintf(&b, "%04d,%d,2025-01-%02d,x\r\n\r\n", i, i, i%28+1)
	}
	b.WriteString("5000,00012,2025-02-30\r\n5001,about 7,2025-02-03,y,more\r\n5002,-3.0,,\"a\nb\"")
	path := filepath.Join(t.TempDir(), "d.csv")
	require.NoError(t, os.WriteFile(path, b.Bytes(), 0o600))
	table := open(t, path)
	assert.Equal(t, []Column{{"id", Text}, {"n", Integer}, {"day", Date}, {"short", Text}}, table.Columns())
	require.Equal(t, 5003, table.Rows())
	check := func(v *View, from int, want ...[]Cell) {
		t.Helper()
		rows, err := v.Window(t.Context(), from, len(want), nil)
		require.NoError(t, err)
		assert.Equal(t, want, rows.Cells)
	}
	last := [][]Cell{
		{{Text: "5000"}, {Text: "00012"}, {Text: "2025-02-30"}, {Null: true}},
		{{Text: "5001"}, {Text: "about 7"}, {Text: "2025-02-03"}, {Text: "y"}},
		{{Text: "5002"}, {Text: "-3.0"}, {Null: true}, {Text: "a\nb"}},
	}
	check(table.All(), 5000, last...)
	byNumber, err := table.View(t.Context(), Query{Sort: []Order{{1, true}}}, nil)
	require.NoError(t, err)
	check(byNumber, 5000, last...) // what is no number comes last
	check(table.All(), 5000, last...)
	found, err := table.View(t.Context(), Query{Search: "ABOUT"}, nil)
	require.NoError(t, err)
	assert.Equal(t, 1, found.Rows())
	inRange, err := table.View(t.Context(), Query{Filters: []Filter{{Column: 1, Op: InRange, Max: new(float64)}}}, nil)
	require.NoError(t, err)
	assert.Equal(t, 1, inRange.Rows(), "only the 0")
}

func TestEndsOfContextAndTable(t *testing.T) {
	table := open(t, "testdata/notebook.parquet")
	ctx, cancel := context.WithCancel(t.Context())
	var steps []int
	_, err := table.View(ctx, Query{Filters: []Filter{{Column: 0, Op: NotEmpty}}, Sort: []Order{{0, true}, {1, false}}}, func(done, total int) {
		assert.Equal(t, 3, total)
		steps = append(steps, done)
		cancel()
	})
	require.ErrorIs(t, err, context.Canceled)
	assert.Equal(t, []int{1}, steps)
	_, err = table.All().Window(ctx, 0, 1, nil)
	require.ErrorIs(t, err, context.Canceled)

	_, err = table.View(t.Context(), Query{Sort: []Order{{99, false}}}, nil)
	var wrong *QueryError
	require.ErrorAs(t, err, &wrong)
	_, err = table.All().Window(t.Context(), 0, 1, []int{-1})
	require.ErrorAs(t, err, &wrong)

	view, err := table.View(t.Context(), Query{Search: "web"}, nil)
	require.NoError(t, err)
	table.Release()
	_, err = view.Window(t.Context(), 0, 1, nil)
	require.NoError(t, err, "what was released is read again")
	require.NoError(t, table.Close())
	_, err = view.Window(t.Context(), 0, 1, nil)
	var file *FileError
	require.ErrorAs(t, err, &file)
	assert.Contains(t, err.Error(), "open it again")
}

func TestFilesThatAreNoData(t *testing.T) {
	good, err := os.ReadFile("testdata/notebook.parquet")
	require.NoError(t, err)
	dir := t.TempDir()
	for name, content := range map[string][]byte{
		"empty.csv": nil, "cut.parquet": good[:len(good)/2], "magic.parquet": []byte("PAR1PAR1"), "open.csv": append([]byte("a,b\n\""), bytes.Repeat([]byte("x"), maxRecord+1)...),
	} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, content, 0o600))
		_, err := Open(t.Context(), path)
		var file *FileError
		require.ErrorAs(t, err, &file, name)
		assert.Contains(t, err.Error(), name)
	}
	_, err = Open(t.Context(), filepath.Join(dir, "gone.csv"))
	var file *FileError
	require.ErrorAs(t, err, &file)
	_, err = Open(t.Context(), dir)
	require.ErrorAs(t, err, &file)
}

// A damaged file may give wrong values or an error, but the program goes on.
func TestDamagedParquetEndsInAnError(t *testing.T) {
	good, err := os.ReadFile("testdata/notebook.parquet")
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "damaged.parquet")
	failed := 0
	for at := 4; at < len(good)-8; at += 61 {
		bad := bytes.Clone(good)
		for i := at; i < min(at+3, len(bad)-8); i++ {
			bad[i] ^= 0xa5
		}
		require.NoError(t, os.WriteFile(path, bad, 0o600))
		table, err := Open(t.Context(), path)
		if err == nil {
			_, err = table.All().Window(t.Context(), 0, 300, nil)
			_, err2 := table.View(t.Context(), Query{Search: "web", Sort: []Order{{0, false}}}, nil)
			err = errors.Join(err, err2)
			require.NoError(t, table.Close())
		}
		if err != nil {
			var file *FileError
			var query *QueryError
			require.True(t, errors.As(err, &file) || errors.As(err, &query), "%v", err)
			failed++
		}
	}
	assert.Greater(t, failed, 20)
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
