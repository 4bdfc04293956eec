package spreadsheet

import (
	"fmt"
	"math/rand/v2"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
)

// randomValue is a value of each kind that a sheet holds; nil is no cell.
func randomValue(r *rand.Rand) any {
	texts := []string{"Online", " a ", "ä & <b> \"c\"", "line\nbreak", "日本", "😀", "1.5", "TRUE", "=1+1", "_x000D", "'", "x\ty"}
	switch r.IntN(9) {
	case 0:
		return r.IntN(100_000) - 50_000
	case 1:
		return r.NormFloat64() * 1e6
	case 2:
		return r.Float64() * 1e-9
	case 3:
		return r.IntN(2) == 0
	case 4:
		return time.Date(1901+r.IntN(200), time.Month(1+r.IntN(12)), 1+r.IntN(28), 0, 0, 0, 0, time.UTC)
	case 5:
		return time.Date(1990+r.IntN(50), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), 1+r.IntN(59), 0, time.UTC)
	case 6, 7:
		return texts[r.IntN(len(texts))] + strconv.Itoa(r.IntN(20))
	}
	return nil
}

// TestValuesEqualExcelize writes random workbooks in excelize's two ways and compares every cell with the value that was
// written and with what excelize itself reads.
func TestValuesEqualExcelize(t *testing.T) {
	for seed := range uint64(6) {
		t.Run(fmt.Sprint("seed ", seed), func(t *testing.T) {
			r := rand.New(rand.NewPCG(seed, 1))
			const rows, columns = 120, 30
			written := map[string]any{}
			book := excelize.NewFile()
			defer book.Close()
			style, err := book.NewStyle(&excelize.Style{NumFmt: 22})
			require.NoError(t, err)
			var stream *excelize.StreamWriter
			if seed%2 == 1 {
				stream, err = book.NewStreamWriter("Sheet1")
				require.NoError(t, err)
			}
			for row := 1; row <= rows; row++ {
				values := make([]any, columns)
				for column := range columns {
					value := randomValue(r)
					if value == nil {
						continue
					}
					cell, _ := excelize.CoordinatesToCellName(column+1, row)
					written[cell] = value
					values[column] = value
					if _, ok := value.(time.Time); ok {
						values[column] = excelize.Cell{StyleID: style, Value: value}
					}
					if seed%2 == 0 {
						require.NoError(t, book.SetCellValue("Sheet1", cell, value))
					}
				}
				if seed%2 == 1 {
					require.NoError(t, stream.SetRow(fmt.Sprintf("A%d", row), values))
				}
			}
			if seed%2 == 1 {
				require.NoError(t, stream.Flush())
			}
			path := filepath.Join(t.TempDir(), "random.xlsx")
			require.NoError(t, book.SaveAs(path))
			compareWithExcelize(t, path, written)
		})
	}
}

func compareWithExcelize(t *testing.T, path string, written map[string]any) {
	reference, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer reference.Close()
	f, err := Open(t.Context(), path, Limits{})
	require.NoError(t, err)
	defer f.Close()
	rows, err := f.Rows(t.Context())
	require.NoError(t, err)
	defer rows.Close()
	seen := 0
	for rows.Next() {
		for _, c := range rows.Row() {
			seen++
			cell := Address(c.Column, rows.RowNumber())
			raw, err := reference.GetCellValue("Sheet1", cell, excelize.Options{RawCellValue: true})
			require.NoError(t, err)
			switch want := written[cell].(type) {
			case int:
				require.Equal(t, Number, c.Kind, cell)
				require.Equal(t, float64(want), c.Num, cell)
			case float64:
				// Excelize writes 15 digits, as Excel shows them.
				require.Equal(t, Number, c.Kind, cell)
				require.InEpsilon(t, want, c.Num, 1e-13, cell)
			case bool:
				require.Equal(t, Bool, c.Kind, cell)
				require.Equal(t, want, c.Num == 1, cell)
			case time.Time:
				kind := DateTime
				if want.Truncate(24 * time.Hour).Equal(want) {
					kind = Date
				}
				require.Equal(t, kind, c.Kind, cell)
				require.Equal(t, want, c.Time(), cell)
			case string:
				require.Equal(t, Text, c.Kind, cell)
				require.Equal(t, want, string(c.Text), cell)
				require.Equal(t, raw, string(c.Text), cell)
			default:
				t.Fatalf("%s was not written", cell)
			}
			if c.Kind == Number {
				number, err := strconv.ParseFloat(raw, 64)
				require.NoError(t, err)
				require.Equal(t, number, c.Num, cell)
			}
		}
	}
	require.NoError(t, rows.Err())
	require.Equal(t, len(written), seen)
	require.InDelta(t, 1, rows.Progress(), 0)
}
