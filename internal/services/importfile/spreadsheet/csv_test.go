package spreadsheet

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
	"fabricportal/internal/services/importfile/spreadsheet/delimited"
)

func TestCSV(t *testing.T) {
	path := writeFile(t, "a.csv", []byte("\xEF\xBB\xBFa,\"b\r\nc\",,\"d \"\"e\"\"\"\r\n\r\n ,\n,,\n1\n\n\n2,3\n"))
	requireCells(t, path, `A1 "a"`, `B1 "b\nc"`, `D1 "d \"e\""`, `A3 " "`, `A5 "1"`, `A8 "2"`, `B8 "3"`)
	f, err := Open(t.Context(), path, Limits{})
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, CSV, f.Format())
	require.Empty(t, f.Sheets())
	_, ok := f.SheetName()
	require.False(t, ok)

	requireCells(t, writeFile(t, "x.xlsx", []byte("a,b")), `A1 "a"`, `B1 "b"`)
	requireCells(t, writeFile(t, "pk.csv", []byte("PK;Name\n1;a\n")), `A1 "PK"`, `B1 "Name"`, `A2 "1"`, `B2 "a"`)
	requireCells(t, writeFile(t, "tags.csv", []byte("<DATE>,<OPEN>\n1,2\n")), `A1 "<DATE>"`, `B1 "<OPEN>"`, `A2 "1"`, `B2 "2"`)
	requireCells(t, writeFile(t, "quote.csv", []byte("a,b\n5\" pipe,\"x\"\n")), `A1 "a"`, `B1 "b"`, `A2 "5\" pipe"`, `B2 "x"`)
	requireCells(t, writeFile(t, "a.csv", []byte("sep=;\r\nGr\xF6\xDFe;b\r1,5;\x80\r")), `A1 "Größe"`, `B1 "b"`, `A2 "1,5"`, `B2 "€"`)
	requireCells(t, writeFile(t, "a.txt", []byte("\xFF\xFEa\x00\t\x00\xAC\x20\n\x00")), `A1 "a"`, `B1 "€"`)
	for _, name := range []string{"empty.csv", "empty.TSV", "empty.txt"} {
		requireCells(t, writeFile(t, name, nil))
	}
}

func TestTextIsDescribed(t *testing.T) {
	text := "a;b;c\n1;2;3\n1;2\n\n1;2;3;\n1;2;3;4\n;;;5\n1\n2\n3\n4\n5\n"
	read := func(t *testing.T, text string, next func(*csvRows) bool) *csvRows {
		r := newCSVRows(t.Context(), "a.csv", strings.NewReader(text), int64(len(text)), Limits{}.withDefaults())
		require.InDelta(t, 0, r.Progress(), 0)
		for next(r) {
		}
		require.NoError(t, r.Err())
		require.InDelta(t, 1, r.Progress(), 0)
		return r
	}
	rows := func(r *csvRows) bool { return r.Next() }
	batches := func(r *csvRows) bool { return r.NextCells(&cells.Batch{}) }
	want := TextForm{Encoding: "utf-8", Delimiter: ";", Quoting: "double", Short: Ragged{6, []int{3, 8, 9, 10, 11}}, Long: Ragged{2, []int{6, 7}}}
	require.Equal(t, want, read(t, text, rows).Form())
	require.Equal(t, want, read(t, text, batches).Form())
	blanks := "\n ,,,,\na,b,,\n1\n ,\n1,2,3\n1,2, ,\n,,x\n"
	want = TextForm{Encoding: "utf-8", Delimiter: ",", Quoting: "double", Short: Ragged{1, []int{4}}, Long: Ragged{2, []int{6, 8}}}
	require.Equal(t, want, read(t, blanks, rows).Form())
	require.Equal(t, want, read(t, blanks, batches).Form())
	require.Equal(t, TextForm{Encoding: "utf-16be", Delimiter: ",", Quoting: "double"}, read(t, "\xFE\xFF\x00a", rows).Form())
	require.Equal(t, TextForm{Encoding: "windows-1252", Delimiter: ",", Quoting: "double"}, read(t, "a\n\xE4", batches).Form())
}

// TestBatchesHoldTheCellsOfTheRows compares the two ways of reading over many batches.
func TestBatchesHoldTheCellsOfTheRows(t *testing.T) {
	var text strings.Builder
	text.WriteString("a,b,c,d\n")
	for i := range 20_000 {
		switch i % 50 {
		case 7:
			text.WriteString(",,,\n\n")
		case 9:
			fmt.Fprintf(&text, "%d\n", i)
		case 11:
			fmt.Fprintf(&text, "%d,,,,,,%s\n", i, strings.Repeat("x", i%3000))
		default:
			fmt.Fprintf(&text, "%d,\"x,\"\"%d\",,Größe\r\n", i, i%7)
		}
	}
	text.WriteString(strings.Repeat("y,", 10_000) + "\n" + strings.Repeat("z\n", 5))
	data := text.String()
	open := func() *csvRows {
		return newCSVRows(t.Context(), "a.csv", strings.NewReader(data), int64(len(data)), Limits{}.withDefaults())
	}
	rows, batches := open(), open()
	var b cells.Batch
	seen := 0
	for batches.NextCells(&b) {
		require.NotEmpty(t, b.Rows)
		require.LessOrEqual(t, len(b.Rows), cells.MaxRows)
		for i := range b.Rows {
			require.True(t, rows.Next())
			require.Equal(t, rows.RowNumber(), int(b.Rows[i].Number))
			require.Len(t, rows.batch.Row(rows.next-1), int(b.Rows[i].Fields))
			var want, got []string
			for _, c := range rows.Row() {
				want = append(want, fmt.Sprintf("%d %q", c.Column, c.Text))
			}
			for _, c := range RowOf(nil, &b, nil, i, MaxColumns) {
				require.Equal(t, Text, c.Kind)
				got = append(got, fmt.Sprintf("%d %q", c.Column, c.Text))
			}
			require.Equal(t, want, got)
			seen++
		}
		b.Reset()
	}
	require.False(t, rows.Next())
	require.NoError(t, rows.Err())
	require.NoError(t, batches.Err())
	require.Equal(t, 1+20_000-400+1+5, seen, "of all rows those without a value are left out")
}

func TestDamagedCSV(t *testing.T) {
	long := strings.Repeat("a,b\n", delimited.HeadBytes/4)
	for name, c := range map[string]struct {
		content string
		row     int
		says    string
	}{
		"text behind a quotation mark": {"a,b\n\n\"1\n2\",3\n\"x\"y,4\n", 4, "line 5"},
		"one that is not closed":       {"a,b\n1,\"2\n3\n", 2, "opened in line 2 and never closed"},
		"not UTF-8 further down":       {"\xEF\xBB\xBF" + long + "\xFF\n", delimited.HeadBytes/4 + 1, "not written in UTF-8"},
		"not UTF-16 further down":      {"\xFF\xFEa\x00\n\x00\x00\xDC", 2, "not written in UTF-16"},
		"NUL further down":             {long + "\x00\n", delimited.HeadBytes/4 + 1, "NUL"},
		"a row that does not end":      {"a,b\n\"" + strings.Repeat("x", 300_000), 2, "does not end"},
		"more columns than a sheet":    {"a\n" + strings.Repeat(",", MaxColumns) + "x\n", 2, "more than 16,384 columns"},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := read(t, writeFile(t, "a.csv", []byte(c.content)), Limits{CellBytes: 100_000})
			var damaged *DamagedError
			require.ErrorAs(t, err, &damaged)
			require.NotEmpty(t, got)
			require.Equal(t, c.row, damaged.Row)
			require.Contains(t, damaged.Sentence, c.says)
			require.Contains(t, damaged.Sentence, "a.csv")
			require.Contains(t, damaged.Sentence, fmt.Sprintf("row %d", c.row))
		})
	}
}

func TestACancelledCSVEndsWithTheContext(t *testing.T) {
	for name, next := range map[string]func(*csvRows) bool{
		"rows":    func(r *csvRows) bool { return r.Next() },
		"batches": func(r *csvRows) bool { return r.NextCells(&cells.Batch{}) },
	} {
		t.Run(name, func(t *testing.T) {
			data := strings.Repeat("a,b\n", 1<<20)
			ctx, cancel := context.WithCancel(t.Context())
			r := newCSVRows(ctx, "a.csv", strings.NewReader(data), int64(len(data)), Limits{}.withDefaults())
			require.True(t, next(r))
			cancel()
			for next(r) {
			}
			require.ErrorIs(t, r.Err(), context.Canceled)
			require.Less(t, r.Progress(), 0.5)
		})
	}
}
