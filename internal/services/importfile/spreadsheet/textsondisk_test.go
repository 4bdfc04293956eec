package spreadsheet

import (
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// manyTexts is a workbook whose cells refer to a long table of texts in their order, to a few of it again and again, and
// to any.
func manyTexts(t *testing.T, rows int) string {
	random := rand.New(rand.NewPCG(1, 2))
	book := bookOf("")
	var sheet, texts strings.Builder
	for row := range rows {
		fmt.Fprintf(&sheet, `<row r="%d"><c r="A%d" t="s"><v>%d</v></c><c r="B%d" t="s"><v>%d</v></c><c r="C%d" t="s"><v>%d</v></c></row>`,
			row+1, row+1, row, row+1, rows/2+random.IntN(5), row+1, random.IntN(rows))
		fmt.Fprintf(&texts, "<si><t>Kunde %d &amp; %s</t></si>", row, strings.Repeat("x", random.IntN(row%400+1)))
	}
	book["xl/worksheets/sheet1.xml"] = sheetOf(sheet.String())
	return book.with("xl/sharedStrings.xml", "<sst>"+texts.String()+"</sst>").write(t)
}

func TestWhereTextsAreKeptMakesNoDifference(t *testing.T) {
	path := manyTexts(t, 20_000)
	want, err := read(t, path, Limits{})
	require.NoError(t, err)
	require.Len(t, want, 60_000)
	for _, kept := range []int64{1, 1000, 100_000, 1_000_000} {
		got, err := read(t, path, Limits{SharedMemory: kept})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
}

func TestTheFirstRowsHaveTheirTextsFromDisk(t *testing.T) {
	path := manyTexts(t, 2_000)
	f, err := Open(t.Context(), path, onDisk)
	require.NoError(t, err)
	defer f.Close()
	head, err := f.Head(t.Context(), 10)
	require.NoError(t, err)
	defer head.Close()
	want, err := read(t, path, Limits{})
	require.NoError(t, err)
	var b cells.Batch
	require.True(t, head.Next(&b))
	var got grid
	for row := range b.Rows {
		for _, c := range RowOf(nil, &b, head.Texts(), row, MaxColumns) {
			got = append(got, Address(c.Column, row+1)+" "+show(c))
		}
	}
	require.Equal(t, want[:30], got)
}

// TestOneLongTextInManyCellsHasALimit refers to one text so often that all cells' texts together would be 60 GB.
func TestOneLongTextInManyCellsHasALimit(t *testing.T) {
	path := streamed(t, bookOf("").with("xl/sharedStrings.xml", "<sst><si><t>a</t></si><si><t>b</t></si><si><t>"+strings.Repeat("long ", 6000)+"</t></si></sst>"),
		"xl/worksheets/sheet1.xml", func(w io.Writer) {
			fmt.Fprint(w, `<worksheet><sheetData>`)
			for row := range 20_000 {
				fmt.Fprintf(w, `<row r="%d">%s</row>`, row+1, strings.Repeat(`<c t="s"><v>2</v></c>`, 100))
			}
			fmt.Fprint(w, `</sheetData></worksheet>`)
		})
	limits := onDisk
	limits.CellTexts = 100 << 20
	rows, bytes, err := allocated(t, path, limits)
	require.ErrorContains(t, err, "the same long texts stand in more cells than is safe to read")
	require.ErrorAs(t, err, new(*DamagedError))
	require.Greater(t, rows, 30)
	require.Less(t, rows, 40)
	require.Less(t, bytes, uint64(128<<20))

	limits = onDisk
	limits.RowBytes = 1 << 20
	rows, _, err = allocated(t, path, limits)
	require.ErrorContains(t, err, "in row 1 because the texts of its cells are longer than is safe to read")
	require.Zero(t, rows)
}

func TestWithoutAFolderForTemporaryFilesTheSentenceSaysWhatToDo(t *testing.T) {
	path := manyTexts(t, 100)
	missing := t.TempDir() + string(os.PathSeparator) + "gone"
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	_, err := read(t, path, onDisk)
	requireUnreadable(t, err, path, "has more texts than fit into memory, and the folder for temporary files, "+missing)
	_, err = read(t, path, Limits{})
	require.NoError(t, err, "a table that fits needs no such folder")
}
