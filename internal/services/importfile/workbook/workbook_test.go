package workbook

import (
	"bytes"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// written is a workbook of some rows, read again.
func written(t testing.TB, rows [][]Cell, before, after func(book *excelize.File)) *excelize.File {
	book := excelize.NewFile()
	defer book.Close()
	_, err := book.NewSheet("Rows")
	require.NoError(t, err)
	if before != nil {
		before(book)
	}
	var out bytes.Buffer
	w, err := Begin(&out, book, "Rows")
	require.NoError(t, err)
	for _, row := range rows {
		require.NoError(t, w.Row(row))
	}
	if after != nil {
		after(book)
	}
	require.NoError(t, w.Finish())
	read, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	return read
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	text := rapid.OneOf(rapid.String(), rapid.SampledFrom([]string{"=1+1", "+cmd|' /C calc'!A0", "_x0041_", "a_x000D_", "\r\n", "\r", " x ", "<&>\"'", "\x00\x1f", "\xff", "\ufffe", "-5", "1e3", "TRUE"}))
	number := rapid.OneOf(rapid.Float64(), rapid.SampledFrom([]float64{0, -0.1, 1e300, 5e-324, 45717.25})).Filter(func(x float64) bool { return !math.IsInf(x, 0) })
	const n = 300
	words, numbers := make([]string, n), make([]float64, n)
	rows := make([][]Cell, n)
	for i := range rows {
		words[i], numbers[i] = text.Example(i), number.Example(i)
		rows[i] = []Cell{{}, {Value: words[i]}, {Value: numbers[i]}, {Value: i%2 == 0}, {Value: i}, {Value: int64(math.MaxInt64)}}
	}
	book := written(t, rows, nil, nil)
	defer book.Close()
	raw := func(column string, row int) string {
		v, err := book.GetCellValue("Rows", column+strconv.Itoa(row), excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		return v
	}
	for i, w := range words {
		want := strings.Map(func(c rune) rune {
			if c < ' ' && c != '\t' && c != '\n' && c != '\r' || c == 0xfffe || c == 0xffff {
				return '�'
			}
			return c
		}, w) // also of bytes that are no text
		require.Equal(t, want, raw("B", i+1))
		kind, err := book.GetCellType("Rows", "B"+strconv.Itoa(i+1))
		require.NoError(t, err)
		require.Equal(t, excelize.CellTypeInlineString, kind, "a text stays one")
		formula, err := book.GetCellFormula("Rows", "B"+strconv.Itoa(i+1))
		require.NoError(t, err)
		require.Empty(t, formula)
		got, err := strconv.ParseFloat(raw("C", i+1), 64)
		require.NoError(t, err)
		require.Equal(t, numbers[i], got)
		require.Equal(t, strconv.Itoa(1-i%2), raw("D", i+1))
		require.Equal(t, strconv.Itoa(i), raw("E", i+1))
		require.Equal(t, "9223372036854775807", raw("F", i+1))
	}
}

func TestTheRestOfTheBookIsThere(t *testing.T) {
	book := written(t, [][]Cell{{{Value: "id"}, {Value: "n"}}, {{Value: "a"}, {Value: 1.5}}}, func(book *excelize.File) {
		require.NoError(t, book.SetPanes("Rows", &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}))
		require.NoError(t, book.SetColWidth("Rows", "B", "B", 33))
	}, func(book *excelize.File) {
		require.NoError(t, book.AutoFilter("Rows", "A1:B2", nil))
		require.NoError(t, book.SetCellStr("Sheet1", "A1", "known only at the end"))
	})
	defer book.Close()
	require.Equal(t, []string{"Sheet1", "Rows"}, book.GetSheetList())
	panes, err := book.GetPanes("Rows")
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	width, err := book.GetColWidth("Rows", "B")
	require.NoError(t, err)
	require.EqualValues(t, 33, width)
	rows, err := book.GetRows("Rows")
	require.NoError(t, err)
	require.Equal(t, [][]string{{"id", "n"}, {"a", "1.5"}}, rows)
	said, err := book.GetCellValue("Sheet1", "A1")
	require.NoError(t, err)
	require.Equal(t, "known only at the end", said)
	require.NotEmpty(t, book.GetDefinedName(), "the filter")
}

func TestAPartThatComesTooLateIsAnError(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	w, err := Begin(&bytes.Buffer{}, book, "Sheet1")
	require.NoError(t, err)
	_, err = book.NewSheet("Late")
	require.NoError(t, err)
	require.ErrorContains(t, w.Finish(), "another part")
	require.ErrorContains(t, w.Row([]Cell{{Value: struct{}{}}}), "can't hold")
}

// What is written goes into the file that was asked for, and nowhere else.
func TestNoRowIsLeftInAFolder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"TMPDIR", "TMP", "TEMP"} {
		t.Setenv(name, dir)
	}
	out, err := os.Create(filepath.Join(t.TempDir(), "out.xlsx"))
	require.NoError(t, err)
	defer out.Close()
	book := excelize.NewFile()
	defer book.Close()
	w, err := Begin(out, book, "Sheet1")
	require.NoError(t, err)
	row := []Cell{{Value: strings.Repeat("Müller, Kundennummer 4711; ", 1000)}}
	for range 2 * excelize.StreamChunkSize / len(row[0].Value.(string)) { // more than excelize keeps in memory
		require.NoError(t, w.Row(row))
	}
	require.NoError(t, w.Finish())
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.Empty(t, left)
	info, err := out.Stat()
	require.NoError(t, err)
	require.Positive(t, info.Size())
}

func TestSeveralSheetsOfRows(t *testing.T) {
	book := excelize.NewFile()
	defer book.Close()
	for _, name := range []string{"Rows", "More", "Filled"} {
		_, err := book.NewSheet(name)
		require.NoError(t, err)
	}
	require.NoError(t, book.SetColWidth("More", "A", "A", 33))
	var out bytes.Buffer
	w, err := Begin(&out, book, "Rows")
	require.NoError(t, err)
	require.NoError(t, w.Row([]Cell{{Value: "=1"}}))
	require.NoError(t, w.Next("More"))
	require.NoError(t, w.Row([]Cell{{Value: 1}, {Value: 2.5}}))
	require.NoError(t, w.Row([]Cell{{Value: "two"}}))
	require.NoError(t, book.SetCellStr("Filled", "A1", "filled"))
	require.NoError(t, w.Finish())
	read, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	defer read.Close()
	for sheet, want := range map[string][][]string{"Rows": {{"=1"}}, "More": {{"1", "2.5"}, {"two"}}, "Filled": {{"filled"}}, "Sheet1": {}} {
		rows, err := read.GetRows(sheet)
		require.NoError(t, err)
		require.Equal(t, want, rows, sheet)
	}
	width, err := read.GetColWidth("More", "A")
	require.NoError(t, err)
	require.Equal(t, 33.0, width)
}
