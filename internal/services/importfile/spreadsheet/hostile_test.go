package spreadsheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// streamed is a zip file whose parts are written piece by piece, so that a test need not hold what the reader must not hold.
func streamed(t *testing.T, book parts, name string, write func(w io.Writer)) string {
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for part, content := range book {
		f, err := w.Create(part)
		require.NoError(t, err)
		if part == name {
			write(f)
			continue
		}
		_, err = io.WriteString(f, content)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return writeFile(t, "hostile.xlsx", out.Bytes())
}

// allocated reads a file to its end and gives the rows with a cell, how it ended, and all the memory that it took, which
// is no less than the most that it held at a time.
func allocated(t *testing.T, path string, limits Limits) (rows int, bytes uint64, err error) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	f, err := Open(t.Context(), path, limits)
	if err == nil {
		defer f.Close()
		var batches Batches
		if batches, err = f.Batches(t.Context()); err == nil {
			var b cells.Batch
			for batches.Next(&b) {
				rows += len(b.Rows)
			}
			err = batches.Err()
			require.NoError(t, batches.Close())
		}
	}
	runtime.ReadMemStats(&after)
	return rows, after.TotalAlloc - before.TotalAlloc, err
}

func TestAMillionEmptyCellsCostNothing(t *testing.T) {
	path := streamed(t, bookOf("").styles(), "xl/worksheets/sheet1.xml", func(w io.Writer) {
		fmt.Fprint(w, `<worksheet><dimension ref="A1:XFD1048576"/><sheetData>`)
		for row := range 10_000 {
			fmt.Fprintf(w, `<row r="%d">%s</row>`, row+1, strings.Repeat(`<c s="1"/>`, 100))
		}
		fmt.Fprint(w, `<row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData></worksheet>`)
	})
	rows, bytes, err := allocated(t, path, Limits{})
	require.NoError(t, err)
	require.Equal(t, 1, rows)
	require.Less(t, bytes, uint64(16<<20))
}

// TestCellsAllOverTheGridCostTheirNumber puts one cell into each column, far apart.
func TestCellsAllOverTheGridCostTheirNumber(t *testing.T) {
	path := streamed(t, bookOf(""), "xl/worksheets/sheet1.xml", func(w io.Writer) {
		fmt.Fprint(w, `<worksheet><sheetData>`)
		for row := range 200_000 {
			fmt.Fprintf(w, `<row r="%d"><c r="%s"><v>1</v></c></row>`, row+1, Address(row%MaxColumns, row+1))
		}
		fmt.Fprint(w, `</sheetData></worksheet>`)
	})
	rows, bytes, err := allocated(t, path, Limits{})
	require.NoError(t, err)
	require.Equal(t, 200_000, rows)
	require.Less(t, bytes, uint64(64<<20))
}

func TestManyLongTextsEndAtTheirLimit(t *testing.T) {
	long := strings.Repeat("0123456789abcdef", 2<<10) // 32 kB
	path := streamed(t, bookOf(`<row><c t="s"><v>0</v></c></row>`).with("xl/sharedStrings.xml", ""), "xl/sharedStrings.xml", func(w io.Writer) {
		fmt.Fprint(w, `<sst uniqueCount="1000000">`)
		for i := range 2_000 {
			fmt.Fprintf(w, "<si><t>%d %s</t></si>", i, long)
		}
		fmt.Fprint(w, "</sst>")
	})
	rows, bytes, err := allocated(t, path, Limits{SharedBytes: 8 << 20, Ratio: 10_000})
	require.Equal(t, 1, rows)
	require.ErrorContains(t, err, "longer than the limit")
	require.Less(t, bytes, uint64(32<<20))
}

func TestEmptyTextsHaveALimitToo(t *testing.T) {
	path := streamed(t, bookOf("").with("xl/sharedStrings.xml", ""), "xl/sharedStrings.xml", func(w io.Writer) {
		fmt.Fprint(w, "<sst>")
		for range 1_000 {
			fmt.Fprint(w, strings.Repeat("<si/>", 1000))
		}
		fmt.Fprint(w, "</sst>")
	})
	_, bytes, err := allocated(t, path, Limits{SharedBytes: 1 << 20})
	require.ErrorContains(t, err, "longer than the limit")
	require.Less(t, bytes, uint64(8<<20))
}

// TestFilesCutAnywhere cuts the file itself, and the packed sheet within a file that is whole.
func TestFilesCutAnywhere(t *testing.T) {
	var rows strings.Builder
	for i := range 20_000 {
		fmt.Fprintf(&rows, `<row r="%d"><c r="A%d"><v>%d</v></c><c r="B%d" t="s"><v>0</v></c></row>`, i+1, i+1, i*7919, i+1)
	}
	book := bookOf(rows.String()).with("xl/sharedStrings.xml", "<sst><si><t>a</t></si></sst>")
	whole := book.zip(t)
	for part := range 16 {
		_, _, err := allocated(t, writeFile(t, "cut.xlsx", whole[:len(whole)*part/16]), Limits{})
		require.ErrorAs(t, err, new(*UnreadableError), "%d/16", part)
	}
	r, err := zip.NewReader(bytes.NewReader(whole), int64(len(whole)))
	require.NoError(t, err)
	last := -1
	for part := range 16 {
		var out bytes.Buffer
		w := zip.NewWriter(&out)
		for _, f := range r.File {
			raw, err := f.OpenRaw()
			require.NoError(t, err)
			packed, err := io.ReadAll(raw)
			require.NoError(t, err)
			header := f.FileHeader
			if f.Name == "xl/worksheets/sheet1.xml" {
				packed = packed[:len(packed)*part/16]
				header.CompressedSize64 = uint64(len(packed))
			}
			dst, err := w.CreateRaw(&header)
			require.NoError(t, err)
			_, err = dst.Write(packed)
			require.NoError(t, err)
		}
		require.NoError(t, w.Close())
		rows, _, err := allocated(t, writeFile(t, "cut.xlsx", out.Bytes()), Limits{})
		var damaged *DamagedError
		require.ErrorAs(t, err, &damaged, "%d/16", part)
		require.GreaterOrEqual(t, rows, last)
		require.Less(t, rows, 20_000)
		if rows > 0 {
			require.Contains(t, []int{rows, rows + 1}, damaged.Row)
		}
		last = rows
	}
	require.Greater(t, last, 15_000)
}

func TestPackagesInPackages(t *testing.T) {
	inner := string(bookOf(`<row><c><v>1</v></c></row>`).zip(t))
	path := bookOf(`<row><c><v>2</v></c></row>`).with("xl/embeddings/book.xlsx", inner).with("../../evil.txt", "x").with("/etc/passwd", "x").write(t)
	requireCells(t, path, "A1 2")
	_, err := read(t, bookOf("").with("xl/worksheets/sheet1.xml", inner).write(t), Limits{})
	require.ErrorAs(t, err, new(*DamagedError))
}

// TestReadingEndsWithItsContext stops the reading of a part that is unpacked in a goroutine of its own.
func TestReadingEndsWithItsContext(t *testing.T) {
	path := streamed(t, bookOf(""), "xl/worksheets/sheet1.xml", func(w io.Writer) {
		fmt.Fprint(w, `<worksheet><sheetData>`)
		for row := range 300_000 {
			fmt.Fprintf(w, `<row r="%d"><c><v>%d</v></c></row>`, row+1, row)
		}
		fmt.Fprint(w, `</sheetData></worksheet>`)
	})
	ctx, cancel := context.WithCancel(t.Context())
	f, err := Open(ctx, path, Limits{})
	require.NoError(t, err)
	defer f.Close()
	batches, err := f.Batches(ctx)
	require.NoError(t, err)
	var b cells.Batch
	require.True(t, batches.Next(&b))
	cancel()
	rows := len(b.Rows)
	for batches.Next(&b) {
		rows += len(b.Rows)
	}
	require.True(t, errors.Is(batches.Err(), context.Canceled))
	require.Less(t, rows, 100_000)
	require.NoError(t, batches.Close())
	require.NoError(t, batches.Close(), "a second time")
}

// TestRelationshipsAreBounded: those that lead nowhere cost nothing, as a sheet has one for each of its links, and of the others
// there are no more than parts.
func TestRelationshipsAreBounded(t *testing.T) {
	const name = "xl/_rels/workbook.xml.rels"
	with := func(one string) string {
		rels := bookOf("")[name]
		return streamed(t, bookOf(`<row><c><v>1</v></c></row>`), name, func(w io.Writer) {
			fmt.Fprint(w, strings.TrimSuffix(rels, "</Relationships>"))
			for i := range 200_000 {
				fmt.Fprintf(w, one, i, i)
			}
			fmt.Fprint(w, "</Relationships>")
		})
	}
	rows, _, err := allocated(t, with(`<Relationship Id="x%d" Type="hyperlink" Target="https://example.com/%d" TargetMode="External"/>`), Limits{})
	require.NoError(t, err)
	require.Equal(t, 1, rows)
	_, bytes, err := allocated(t, with(`<Relationship Id="x%d" Type="`+relURL+`worksheet" Target="worksheets/%d.xml"/>`), Limits{})
	require.ErrorContains(t, err, "would unpack to more data than is safe to read")
	require.Less(t, bytes, uint64(16<<20))
}
