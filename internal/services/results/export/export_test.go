package export

import (
	"archive/zip"
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/atomicfile"
	"fabricportal/internal/services/results/dataset"
)

// grid is rows in memory; n may be more than there are, the last one is then repeated.
type grid struct {
	columns []dataset.Column
	cells   [][]dataset.Cell
	n       int
	fail    error
}

func (g *grid) Columns() []dataset.Column { return g.columns }
func (g *grid) Rows() int                 { return max(g.n, len(g.cells)) }

func (g *grid) Window(ctx context.Context, from, n int, columns []int) (dataset.Rows, error) {
	if g.fail != nil && from > 0 {
		return dataset.Rows{}, g.fail
	}
	out := dataset.Rows{From: from, Columns: columns}
	for i := from; i < min(from+n, g.Rows()); i++ {
		row := make([]dataset.Cell, len(columns))
		for j, c := range columns {
			row[j] = g.cells[min(i, len(g.cells)-1)][c]
		}
		out.Cells = append(out.Cells, row)
	}
	return out, ctx.Err()
}

func texts(values ...string) []dataset.Cell {
	row := make([]dataset.Cell, len(values))
	for i, v := range values {
		row[i] = dataset.Cell{Text: v, Null: v == ""}
	}
	return row
}

var attacks = []string{"=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", " =1", "＝1+1", "=HYPERLINK(\"http://x\",\"y\")", "|cmd", "%0A=1"}

func TestWorkbook(t *testing.T) {
	data := &grid{columns: []dataset.Column{
		{Name: "order_id", Kind: dataset.Text}, {Name: "=day", Kind: dataset.Date}, {Name: "revenue", Kind: dataset.Decimal},
		{Name: "n", Kind: dataset.Integer}, {Name: "ok", Kind: dataset.Boolean}, {Name: "at", Kind: dataset.DateTime},
	}}
	for _, a := range attacks {
		data.cells = append(data.cells, texts(a, "2025-03-01", "-12.5", "7", "true", "2025-03-01 06:00:00"))
	}
	data.cells = append(data.cells, texts("0012", "1899-01-01", "about", "9007199254740993", "false", ""), texts("", "", "", "", "", ""), texts(strings.Repeat("😀", 20_000), "", "", "", "", ""), texts("a_x0041_\nb", "", "", "", "", ""))
	rate := 0.034356
	k := &contract.KPIs{
		TotalRevenue: 1234.5, Orders: 3, Conversion: &contract.Conversion{Definition: contract.ConvertingPerTotal, RateConvertingVisitorsPerTotalVisitors: &rate},
		RevenueByChannel: []contract.Share{{Key: "=cmd|' /C calc'!A0", Revenue: 1000, Orders: 2}, {Key: "Web", Revenue: 234.5, Orders: 1}},
		RevenueByRegion:  []contract.Share{{Key: "North", Revenue: 1234.5, Orders: 3}},
		TimeSeries:       contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-01-01", Revenue: 1000, Orders: 2}, {Period: "2025-01-03", Revenue: 234.5, Orders: 1}}},
	}
	path := filepath.Join(t.TempDir(), "out.xlsx")
	var steps []int
	report, err := Excel(t.Context(), path, Book{
		Title: "=Production", Source: "Files/results/current", By: "@ana", InputFile: "-sales.xlsx", KPIs: k, Data: data, Written: time.Date(2025, 5, 6, 7, 8, 9, 0, time.UTC),
		Word: func(s string) string {
			if s == "Data" {
				return "Daten: [alle]"
			}
			return s
		},
	}, func(done, _ int) { steps = append(steps, done) })
	require.NoError(t, err)
	assert.Equal(t, []string{"KPIs", "By channel", "By region", "Over time", "Daten   alle"}, report.Sheets)
	assert.Equal(t, len(data.cells), report.Rows)
	assert.Equal(t, []int{len(data.cells)}, steps)
	assert.Equal(t, 1, report.Cut)
	info, err := os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, info.Size(), report.Bytes)

	f, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer f.Close()
	for _, sheet := range f.GetSheetList() {
		rows, err := f.GetRows(sheet)
		require.NoError(t, err)
		for r, row := range rows {
			for c := range row {
				cell, _ := excelize.CoordinatesToCellName(c+1, r+1)
				formula, err := f.GetCellFormula(sheet, cell)
				require.NoError(t, err)
				require.Empty(t, formula, "%s %s", sheet, cell)
			}
		}
	}
	raw := func(sheet, cell string) string {
		v, err := f.GetCellValue(sheet, cell, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		return v
	}
	sheet := "Daten   alle"
	for i, a := range attacks {
		cell := fmt.Sprint("A", i+2)
		kind, err := f.GetCellType(sheet, cell)
		require.NoError(t, err)
		assert.Equal(t, excelize.CellTypeInlineString, kind)
		assert.Equal(t, strings.ReplaceAll(a, "\r", "\r"), raw(sheet, cell), "the text is unchanged")
	}
	assert.Equal(t, "45717", raw(sheet, "B2"))
	assert.Equal(t, "-12.5", raw(sheet, "C2"))
	assert.Equal(t, "45717.25", raw(sheet, "F2"))
	shown, err := f.GetCellValue(sheet, "B2")
	require.NoError(t, err)
	assert.Equal(t, "2025-03-01", shown)
	odd := len(attacks) + 2
	assert.Equal(t, []string{"0012", "1899-01-01", "about", "9007199254740993"}, []string{raw(sheet, fmt.Sprint("A", odd)), raw(sheet, fmt.Sprint("B", odd)), raw(sheet, fmt.Sprint("C", odd)), raw(sheet, fmt.Sprint("D", odd))})
	assert.Equal(t, 16_383, len([]rune(raw(sheet, fmt.Sprint("A", odd+2)))))
	assert.Equal(t, "a_x0041_\nb", raw(sheet, fmt.Sprint("A", odd+3)))
	assert.Equal(t, "=Production", raw("KPIs", "A1"))
	tables, err := f.GetTables(sheet)
	require.NoError(t, err)
	require.Len(t, tables, 1)

	// The charts are in the package, each over the cells of its sheet.
	charts := parts(t, path, "xl/charts/chart")
	require.Len(t, charts, 4)
	all := strings.Join(charts, "")
	assert.Equal(t, 2, strings.Count(all, "<c:barChart>")+strings.Count(all, "<barChart>"))
	assert.Equal(t, 2, strings.Count(all, "<c:lineChart>")+strings.Count(all, "<lineChart>"))
	for _, ref := range []string{"By channel'!$B$2:$B$3", "By region'!$B$2:$B$2", "Over time'!$B$2:$B$3", "Over time'!$C$2:$C$3"} {
		assert.Contains(t, strings.ReplaceAll(all, "&#39;", "'"), ref)
	}
}

func parts(t *testing.T, path, prefix string) []string {
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	var out []string
	for _, f := range z.File {
		if strings.HasPrefix(f.Name, prefix) {
			r, err := f.Open()
			require.NoError(t, err)
			b, err := io.ReadAll(r)
			require.NoError(t, err)
			out = append(out, string(b))
		}
	}
	return out
}

func TestBookWithoutFiguresOrWithNamesTwice(t *testing.T) {
	path := filepath.Join(t.TempDir(), "out.xlsx")
	data := &grid{columns: []dataset.Column{{Name: "a"}, {Name: "A"}}, cells: [][]dataset.Cell{texts("1", "2")}}
	report, err := Excel(t.Context(), path, Book{Data: data}, nil)
	require.NoError(t, err)
	assert.Equal(t, []string{"KPIs", "Data"}, report.Sheets)
	assert.Empty(t, parts(t, path, "xl/tables/"), "Excel repairs a table whose headers are alike")
	assert.Empty(t, parts(t, path, "xl/charts/"))
}

func TestEveryTextIsListedForTranslation(t *testing.T) {
	asked := map[string]bool{}
	rows := contract.MissingRows{Rows: 1}
	k := &contract.KPIs{AOV: new(float64), Conversion: &contract.Conversion{RateOrdersPerTotalVisitors: new(float64), Period: &contract.Period{}},
		Missing: &contract.Missing{UnreadAmounts: rows, NoAmount: rows, NoOrderID: rows, RepeatedOrderID: rows, ShiftedRows: rows, Undated: rows},
		Beside: contract.Beside{OrdersWithoutAmount: 1, AOVWithAmount: new(float64), OrderIDsByCase: 1, Currencies: []contract.CurrencySum{{Currency: new("EUR"), Rows: 1}, {Rows: 1}},
			ReturnedOrCancelled: &contract.StatusSums{Rows: 1}},
		RevenueByChannel: []contract.Share{{}}, RevenueByRegion: []contract.Share{{}},
		RevenueByProductCategory: []contract.Share{{}}, TimeSeries: contract.TimeSeries{Points: []contract.Point{{Period: "2025-01-01"}}}}
	for _, kind := range []string{"header", "rule", "note", "total", "suspect", "end"} {
		k.LeftOut = append(k.LeftOut, contract.LeftOut{Kind: kind, Rows: 1})
	}
	data := &grid{columns: []dataset.Column{{Name: "a"}}, cells: [][]dataset.Cell{texts(strings.Repeat("x", MaxCellChars+1))}}
	for _, granularity := range []string{"daily", "monthly"} {
		k.TimeSeries.Granularity = granularity
		_, err := Excel(t.Context(), filepath.Join(t.TempDir(), "o.xlsx"), Book{KPIs: k, Data: data, Source: "s", RunID: "r", InputFile: "f", By: "b", Finished: time.Now(), Written: time.Now(),
			Word: func(s string) string { asked[s] = true; return s }}, nil)
		require.NoError(t, err)
	}
	months := contract.TimeSeries{Granularity: "monthly", Points: []contract.Point{{Period: "2025-01"}}}
	for _, days := range []contract.DateRange{{Min: "2025-01-02", Max: "2025-01-30"}, {Min: "2025-01-02", Max: "2025-01-31"}, {Min: "2025-01-01", Max: "2025-01-30"}} {
		_, err := Excel(t.Context(), filepath.Join(t.TempDir(), "o.xlsx"), Book{KPIs: &contract.KPIs{TimeSeries: months}, Profile: &contract.ImportProfile{DateRange: &days},
			Word: func(s string) string { asked[s] = true; return s }}, nil)
		require.NoError(t, err)
	}
	_, err := Excel(t.Context(), filepath.Join(t.TempDir(), "o.xlsx"), Book{KPIs: k, Data: data, Filter: []string{"region: North"}, Word: func(s string) string { asked[s] = true; return s }}, nil)
	require.NoError(t, err)
	_, err = Excel(t.Context(), filepath.Join(t.TempDir(), "o.xlsx"), Book{KPIs: k, Part: []string{"Region: North"}, Word: func(s string) string { asked[s] = true; return s }}, nil)
	require.NoError(t, err)
	maps.Copy(asked, unusualTexts(t))
	asked["Excel holds at most 1,048,576 rows a sheet. Rows left out:"] = true // of a file too large for this test
	var got []string
	for s := range asked {
		got = append(got, s)
	}
	assert.ElementsMatch(t, Texts, got)
}

// Figures of all rows beside some of the rows would be two truths in one file.
func TestAWorkbookOfSomeRowsNamesTheFilterAndHasNoFiguresOfAll(t *testing.T) {
	k := &contract.KPIs{TotalRevenue: 987654.25, Orders: 50000, RunID: new("01a2086b-0218-7102-aa93-7edc672e8494"), RevenueByChannel: []contract.Share{{Key: "Web", Revenue: 987654.25}},
		TimeSeries: contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-01-01", Revenue: 987654.25}}}}
	data := &grid{columns: []dataset.Column{{Name: "region"}}, cells: [][]dataset.Cell{texts("North")}}
	dir := t.TempDir()
	path, err := Exporter{Connection: "Production"}.Excel(t.Context(), dir, Published{KPIs: k, Filter: []string{"region: North", "search “shoe”"}}, data, nil, nil, nil)
	require.NoError(t, err)
	assert.Equal(t, "filtered rows 01a2086b-0218.xlsx", filepath.Base(path))
	f, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer f.Close()
	assert.Equal(t, []string{"Filtered", "Data"}, f.GetSheetList())
	rows, err := f.GetRows("Filtered")
	require.NoError(t, err)
	var all []string
	for _, r := range rows {
		all = append(all, strings.Join(r, "|"))
	}
	said := strings.Join(all, "\n")
	assert.Contains(t, said, "Only rows with|region: North\n|search “shoe”")
	assert.Contains(t, said, "Rows of data in this workbook|1")
	assert.Contains(t, said, "Orders in the whole table|50,000")
	assert.NotContains(t, said, "987")
	assert.Empty(t, parts(t, path, "xl/charts/"))
}

func TestAFileIsReplacedOnlyWhenWhole(t *testing.T) {
	dir := t.TempDir()
	data := &grid{columns: []dataset.Column{{Name: "a"}}, cells: [][]dataset.Cell{texts("x")}, n: batch + 1, fail: errors.New("gone")}
	for _, name := range []string{"o.csv", "o.xlsx"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("before"), 0o600))
		write := func(ctx context.Context, path string) (err error) {
			if name == "o.csv" {
				_, err = CSV(ctx, path, data, CSVOptions{}, nil)
			} else {
				_, err = Excel(ctx, path, Book{Data: data}, nil)
			}
			return err
		}
		require.ErrorIs(t, write(t.Context(), path), data.fail)
		cancelled, cancel := context.WithCancel(t.Context())
		cancel()
		require.ErrorIs(t, write(cancelled, path), context.Canceled)
		content, err := os.ReadFile(path)
		require.NoError(t, err)
		assert.Equal(t, "before", string(content))
	}
	left, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, left, 2, "nothing half-written stays")
	_, err = CSV(t.Context(), filepath.Join(dir, "none", "o.csv"), &grid{columns: data.columns}, CSVOptions{}, nil)
	var file *atomicfile.Error
	require.ErrorAs(t, err, &file)
	assert.Contains(t, err.Error(), "does not exist")
}

func BenchmarkExcel100000Rows(b *testing.B) {
	data := &grid{n: 100_000, cells: [][]dataset.Cell{texts("O-0000001", "2025-03-01", "12.5", "Web")},
		columns: []dataset.Column{{Name: "order_id"}, {Name: "day", Kind: dataset.Date}, {Name: "revenue", Kind: dataset.Decimal}, {Name: "channel"}}}
	for b.Loop() {
		_, err := Excel(context.Background(), filepath.Join(b.TempDir(), "o.xlsx"), Book{Data: data}, nil)
		require.NoError(b, err)
	}
}

// BenchmarkExcelMillionRows also says how much memory the program had of the system at most.
func BenchmarkExcelMillionRows(b *testing.B) {
	data := &grid{n: 1_000_000, cells: [][]dataset.Cell{texts("O-0000001", "2025-03-01", "12.5", "Web")},
		columns: []dataset.Column{{Name: "order_id"}, {Name: "day", Kind: dataset.Date}, {Name: "revenue", Kind: dataset.Decimal}, {Name: "channel"}}}
	for b.Loop() {
		_, err := Excel(context.Background(), filepath.Join(b.TempDir(), "o.xlsx"), Book{Data: data}, nil)
		require.NoError(b, err)
	}
	var m runtime.MemStats
	runtime.ReadMemStats(&m)
	b.ReportMetric(float64(m.Sys)/1e6, "peakMB")
}

// A workbook of a part has the part's figures, and says of which part they are and what is not in them.
func TestExcelOfAPart(t *testing.T) {
	path := filepath.Join(t.TempDir(), "part.xlsx")
	k := &contract.KPIs{TotalRevenue: 12.5, Orders: 2}
	_, err := Excel(t.Context(), path, Book{Title: "Production", KPIs: k, Part: []string{"Region: North", "=Channel: Web"}, Notes: []string{"Missing from all: 12 rows"}}, nil)
	require.NoError(t, err)
	book, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer book.Close()
	rows, err := book.GetRows(book.GetSheetName(0))
	require.NoError(t, err)
	var all []string
	for _, row := range rows {
		all = append(all, strings.Join(row, "|"))
	}
	require.Contains(t, all, "Only the part with|Region: North")
	require.Contains(t, all, "|=Channel: Web")
	require.Contains(t, all, "Revenue|12.50")
	require.Contains(t, all, "Missing from all: 12 rows")
	kind, err := book.GetCellType(book.GetSheetName(0), "B4")
	require.NoError(t, err)
	require.NotEqual(t, excelize.CellTypeFormula, kind)
}
