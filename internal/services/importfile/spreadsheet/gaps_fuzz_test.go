package spreadsheet

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

const (
	mostGap = 10_000
	aGap    = 3 // columns of the table with the gaps
)

// textGaps are the lines that hold no value, as text files have them between two rows with some.
var textGaps = []string{"\n", "\r\n", ",,\n", ",\n", "\"\"\n", ",\"\",,,,\n", ",,\r\n"}

// sheetGaps write n rows without a value from a row of a sheet on; those behind may be counted on, or say their number.
var sheetGaps = []func(b *strings.Builder, row, n int){
	func(*strings.Builder, int, int) {}, // the rows are missing, and the number jumps
	func(b *strings.Builder, row, n int) {
		for i := range n {
			fmt.Fprintf(b, `<row r="%d"/>`, row+i)
		}
	},
	func(b *strings.Builder, _, n int) { b.WriteString(strings.Repeat("<row/>", n)) },
	func(b *strings.Builder, row, n int) {
		for i := range n {
			fmt.Fprintf(b, `<row r="%d"><c r="B%d" s="1"/></row>`, row+i, row+i)
		}
	},
	func(b *strings.Builder, _, n int) {
		b.WriteString(strings.Repeat(`<row spans="1:3"><c s="1"/></row>`, n))
	},
	func(b *strings.Builder, row, n int) { // the last of them alone is there
		if n > 0 {
			fmt.Fprintf(b, `<row r="%d" ht="15"></row>`, row+n-1)
		}
	},
}

// gappedRows is a table with gaps between its rows, in the way of kind, and what is in it: "row column text".
func gappedRows(kind uint8, gaps []int, perBlock int) (text, sheet string, want []string) {
	var lines, xml strings.Builder
	row := 0
	add := func(numbered bool) {
		row++
		address := ""
		if numbered {
			address = fmt.Sprintf(` r="%d"`, row)
		}
		fmt.Fprintf(&xml, `<row%s>`, address)
		for column := range aGap {
			value := fmt.Sprintf("%c%d", 'a'+column, row)
			want = append(want, fmt.Sprintf("%d %d %q", row, column, value))
			lines.WriteString(value)
			if column < aGap-1 {
				lines.WriteByte(',')
			}
			fmt.Fprintf(&xml, `<c t="str"><v>%s</v></c>`, value)
		}
		lines.WriteByte('\n')
		xml.WriteString(`</row>`)
	}
	for _, gap := range gaps {
		add(true)
		for range perBlock {
			add(row%2 == 0)
		}
		lines.WriteString(strings.Repeat(textGaps[int(kind)%len(textGaps)], gap))
		sheetGaps[int(kind)%len(sheetGaps)](&xml, row+1, gap)
		row += gap
	}
	add(true)
	return lines.String(), xml.String(), want
}

// byRows and byBatches are the fields of a file as its two ways of reading give them.
func byRows(t *testing.T, f *File) (out []string) {
	rows, err := f.Rows(context.Background())
	require.NoError(t, err)
	defer rows.Close()
	for rows.Next() {
		for _, c := range rows.Row() {
			out = append(out, fmt.Sprintf("%d %d %q", rows.RowNumber(), c.Column, c.Text))
		}
	}
	require.NoError(t, rows.Err())
	return out
}

func byBatches(t *testing.T, src Batches, err error) (out []string) {
	require.NoError(t, err)
	var b cells.Batch
	var reader RowReader
	var row []Cell
	for src.Next(&b) {
		require.NotEmpty(t, b.Rows)
		reader.Start()
		for i := range b.Rows {
			row = reader.Row(row[:0], &b, src.Texts(), i)
			for _, c := range row {
				out = append(out, fmt.Sprintf("%d %d %q", b.Rows[i].Number, c.Column, c.Text))
			}
		}
	}
	require.NoError(t, src.Err())
	require.NoError(t, src.Close())
	return out
}

// gapOf is a number of blank rows, from 0 to 10,000: seldom a long one, which takes long, and often one about the size of a
// batch.
func gapOf(v uint16) int {
	n, kinds := int(v&0x1FFF), []int{8, 40, 40, 200, 200, cells.MaxRows + 40, 2*cells.MaxRows + 40}
	if kind := int(v >> 13); kind < len(kinds) {
		return n % kinds[kind]
	}
	return mostGap - n
}

// gapSeed is what gapOf makes that gap of.
func gapSeed(gap int) uint16 {
	for v := range 1 << 16 {
		if gapOf(uint16(v)) == gap {
			return uint16(v)
		}
	}
	panic(gap)
}

// FuzzGaps reads tables with gaps of 0 to 10,000 blank rows, as text and as sheet, row by row and in batches, ahead and as
// a preview: all ways give what was written, with the rows' numbers.
func FuzzGaps(f *testing.F) {
	for i, gap := range []int{0, 1, cells.MaxRows - 1, cells.MaxRows, cells.MaxRows + 1, 2*cells.MaxRows + 1, 3000, 5000, mostGap} {
		f.Add(uint8(i), i%2 == 0, gapSeed(gap), uint16(i), uint8(i*i))
		f.Add(uint8(i), i%2 == 1, gapSeed(gap), uint16(i), uint8(i*i))
	}
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, kind uint8, asText bool, first, second uint16, perBlock uint8) {
		text, sheet, want := gappedRows(kind, []int{gapOf(first), gapOf(second)}, int(perBlock)%40)
		same := func(way string, got []string) {
			if !slices.Equal(want, got) {
				require.Equal(t, want, got, way)
			}
		}
		path, data := filepath.Join(dir, "gaps.csv"), []byte(text)
		if !asText {
			path, data = filepath.Join(dir, "gaps.xlsx"), bookOf(sheet).styles().stored(t)
		}
		require.NoError(t, os.WriteFile(path, data, 0o600))
		file, err := Open(context.Background(), path, Limits{})
		require.NoError(t, err)
		defer file.Close()
		same("by rows", byRows(t, file))
		batches, err := file.Batches(context.Background())
		same("by batches", byBatches(t, batches, err))
		if asText {
			rows := newCSVRows(context.Background(), "gaps.csv", file.file, file.Size(), file.limits)
			var got []string
			for rows.Next() {
				for _, c := range rows.Row() {
					got = append(got, fmt.Sprintf("%d %d %q", rows.RowNumber(), c.Column, c.Text))
				}
			}
			require.NoError(t, rows.Err())
			same("line by line", got)
		} else {
			file.tokens = true
			batches, err = file.Batches(context.Background())
			same("by tokens", byBatches(t, batches, err))
		}
		// A preview may stop behind the rows that it was asked for.
		rows := 1 + int(perBlock)%7
		head, err := file.Head(context.Background(), rows)
		got := byBatches(t, head, err)
		require.GreaterOrEqual(t, len(got), min(len(want), aGap*rows))
		want = want[:min(len(want), len(got))]
		same("as a preview", got)
	})
}
