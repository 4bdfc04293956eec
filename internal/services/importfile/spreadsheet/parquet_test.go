package spreadsheet

import (
	"bytes"
	"os"
	"strings"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

type sale struct {
	OrderID string  `parquet:"order_id"`
	Day     int32   `parquet:"order_date,date"`
	Channel *string `parquet:"channel,optional"`
	Revenue float64 `parquet:"revenue"`
}

func parquetOf[T any](t *testing.T, rows ...T) []byte {
	var out bytes.Buffer
	require.NoError(t, parquet.Write(&out, rows))
	return out.Bytes()
}

func sales(n int) []sale {
	online := "Online"
	rows := make([]sale, n)
	for i := range rows {
		rows[i] = sale{OrderID: "A" + strings.Repeat("0", i%5), Day: int32(20_000 + i), Revenue: float64(i) / 2}
		if i%2 == 0 {
			rows[i].Channel = &online
		}
	}
	return rows
}

func TestParquet(t *testing.T) {
	path := writeFile(t, "sales.csv", parquetOf(t, sales(3)...))
	f, err := Open(t.Context(), path, Limits{})
	require.NoError(t, err)
	defer f.Close()
	require.Equal(t, Parquet, f.Format())
	require.Empty(t, f.Sheets())
	require.EqualValues(t, 3, f.Parquet().Rows())
	requireCells(t, path, `A0 "order_id"`, `B0 "order_date"`, `C0 "channel"`, `D0 "revenue"`,
		`A1 "A"`, `B1 2024-10-04`, `C1 "Online"`, `D1 0`, `A2 "A0"`, `B2 2024-10-05`, `D2 0.5`, `A3 "A00"`, `B3 2024-10-06`, `C3 "Online"`, `D3 1`)
}

func TestParquetFilesThatAreNotRead(t *testing.T) {
	type nested struct {
		Tags []string `parquet:"tags,list"`
	}
	whole := parquetOf(t, sales(3)...)
	for name, c := range map[string]struct {
		data []byte
		says string
	}{
		"lists":       {parquetOf(t, nested{[]string{"a"}}), `holds lists or records in its column “tags”, and no others`},
		"cut":         {whole[:len(whole)/2], "not copied to its end"},
		"head only":   {[]byte("PAR1xxxx"), "not copied to its end"},
		"long footer": {append([]byte("PAR1"), "\xFF\xFF\xFF\x7FPAR1"...), "damaged"},
	} {
		path := writeFile(t, "a.parquet", c.data)
		_, err := read(t, path, Limits{})
		t.Run(name, func(t *testing.T) { requireUnreadable(t, err, path, c.says) })
	}
}

func TestADamagedParquetFileSaysWhere(t *testing.T) {
	data := parquetOf(t, sales(3)...)
	at := bytes.Index(data, []byte("A0"))
	require.Positive(t, at)
	copy(data[at-10:], strings.Repeat("\xFF", 12))
	_, err := read(t, writeFile(t, "a.parquet", data), Limits{})
	var damaged *DamagedError
	require.ErrorAs(t, err, &damaged)
	require.Equal(t, 1, damaged.Row)
	require.Contains(t, damaged.Sentence, `Reading of a.parquet stopped at row 1 in its column “order_id”: it is damaged`)
}

// TestCleanedFilesOfTheNotebook reads a file as the notebook's pyarrow writes it.
func TestCleanedFilesOfTheNotebook(t *testing.T) {
	data, err := os.ReadFile("testdata/sales_cleaned.parquet")
	require.NoError(t, err)
	f, err := Open(t.Context(), writeFile(t, "sales_cleaned.parquet", data), Limits{})
	require.NoError(t, err)
	defer f.Close()
	kinds := map[string]cells.Kind{}
	for _, c := range f.Parquet().Columns() {
		kinds[c.Name] = c.Kind
	}
	require.Equal(t, map[string]cells.Kind{"order_id": Text, "order_date": Date, "shipped_at": DateTime, "quantity": Number, "revenue": Number, "is_returned": Bool}, kinds)
	requireCells(t, f.path, `A0 "order_id"`, `B0 "order_date"`, `C0 "shipped_at"`, `D0 "quantity"`, `E0 "revenue"`, `F0 "is_returned"`,
		`A1 "A1"`, `B1 2025-03-01`, `C1 2025-03-01T12:30:00`, `D1 3`, `E1 10.5`, `F1 true`, `A2 "Größe"`, `C2 2025-03-02`, `E2 -0.01`, `F2 false`)
}

// TestOneLongTextInManyCellsEnds: a small file may say that it holds more text than is ever read.
func TestOneLongTextInManyCellsEnds(t *testing.T) {
	type noted struct {
		Note string `parquet:"note,dict"`
	}
	rows := make([]noted, 5000)
	for i := range rows {
		rows[i].Note = strings.Repeat("long ", 1000)
	}
	path := writeFile(t, "notes.parquet", parquetOf(t, rows...))
	read, _, err := allocated(t, path, Limits{CellTexts: 5 << 20, Ratio: 1})
	require.ErrorAs(t, err, new(*DamagedError))
	require.ErrorContains(t, err, "the same long texts stand in more cells than is safe to read")
	require.Less(t, read, 2000)
	read, _, err = allocated(t, path, Limits{})
	require.NoError(t, err)
	require.Equal(t, len(rows)+1, read, "with the names of the columns")
}
