package profile_test

import (
	"archive/zip"
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// TestFormulasThatWereNeverCalculated are counted in the rows of the table: without a value, and as zeros where the workbook
// may never have been calculated and no formula of the column says otherwise.
func TestFormulasThatWereNeverCalculated(t *testing.T) {
	for _, onLoad := range []bool{false, true} {
		book := excelize.NewFile()
		defer book.Close()
		if onLoad {
			require.NoError(t, book.SetCalcProps(&excelize.CalcPropsOptions{FullCalcOnLoad: &onLoad}))
		}
		for i, row := range [][]any{{"zeros", "some", "none", "mixed"}, {0, 0, nil, 0}, {0, 5, nil, "x"}, {nil, nil, nil, nil}, {0, 0, nil, nil}} {
			require.NoError(t, book.SetSheetRow("Sheet1", spreadsheet.Address(0, i+1), &row))
		}
		for _, cell := range []string{"A2", "A3", "B2", "B3", "C2", "C3", "C4", "C5", "D2", "D5"} {
			require.NoError(t, book.SetCellFormula("Sheet1", cell, "1+1"))
		}
		p, err := profile.File(t.Context(), withNumbers(t, saved(t, book)), profile.Options{})
		require.NoError(t, err)
		require.EqualValues(t, 3, p.RowCount)
		got := map[string][2]int64{}
		for _, c := range p.Columns {
			got[c.Name] = [2]int64{c.Formulas, c.FormulasUncached}
		}
		want := map[string][2]int64{"zeros": {2, 0}, "some": {2, 0}, "none": {3, 3}, "mixed": {2, 1}}
		if onLoad {
			want["zeros"], want["mixed"] = [2]int64{2, 2}, [2]int64{2, 2}
		}
		require.Equal(t, want, got, "row 4 has no value and is no row; on load %v", onLoad)
	}
}

// withNumbers makes the values of a workbook's formulas numbers; the library writes them as texts.
func withNumbers(t *testing.T, path string) string {
	r, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer r.Close()
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for _, part := range r.File {
		src, err := part.Open()
		require.NoError(t, err)
		content, err := io.ReadAll(src)
		require.NoError(t, err)
		dst, err := w.Create(part.Name)
		require.NoError(t, err)
		_, err = io.WriteString(dst, strings.ReplaceAll(string(content), ` t="str"><f>`, `><f>`))
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return write(t, "numbers.xlsx", out.String())
}
