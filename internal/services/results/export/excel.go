package export

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/services/importfile/workbook"
	"fabricportal/internal/services/results/anomalies"
	"fabricportal/internal/services/results/dataset"
)

// Excel writes a workbook to path. Errors: *atomicfile.Error, those of Data, or the context's. progress may be nil.
func Excel(ctx context.Context, path string, book Book, progress Progress) (Report, error) {
	if book.Word == nil {
		book.Word = func(english string) string { return english }
	}
	b := &bookWriter{Book: book, f: excelize.NewFile()}
	defer func() { _ = b.f.Close() }() // it has no files
	b.report.Path = path
	var err error
	b.report.Bytes, err = atomicfile.Replace(ctx, path, atomicfile.Shared, func(w io.Writer) error { return b.write(ctx, w, progress) })
	b.report.Sheets = b.f.GetSheetList()
	return b.report, err
}

// bookWriter fills a workbook.
type bookWriter struct {
	Book
	f      *excelize.File
	report Report
	styles map[string]int
	first  bool // the first sheet has been named
	// unusual is what is marked of the series: as it is kept, then by month where that is another.
	unusual []anomalies.Series
}

func (b *bookWriter) write(ctx context.Context, to io.Writer, progress Progress) error {
	if err := b.makeStyles(); err != nil {
		return err
	}
	// The summary is the first sheet but is filled last: it tells how many rows of data are in the workbook.
	first := "KPIs"
	if len(b.Filter) > 0 {
		first = "Filtered"
	}
	summary, err := b.sheet(first)
	if err != nil {
		return err
	}
	if b.KPIs != nil && len(b.Filter) == 0 {
		if err := b.writeCharts(); err != nil {
			return err
		}
	}
	written := b.Written.UTC().Format(time.RFC3339)
	if err := b.f.SetDocProps(&excelize.DocProperties{Title: b.Title, Creator: "Fabric Data Portal", Created: written, Modified: written}); err != nil {
		return err
	}
	if b.Data == nil {
		if err := b.writeSummary(summary); err != nil {
			return err
		}
		return b.f.Write(to)
	}
	rows, err := b.writeData(ctx, to, progress)
	if err != nil {
		return err
	}
	if err := b.writeSummary(summary); err != nil {
		return err
	}
	return rows.Finish()
}

// styles of cells, by what stands in them.
const (
	styleTitle = "title"
	styleHead  = "head"
	styleName  = "name"
	styleNote  = "note"
	styleMoney = "money"
	styleCount = "count"
	styleRate  = "rate"
	styleDay   = "day"
	styleTime  = "time"
)

func (b *bookWriter) makeStyles() error {
	format := func(s string) *string { return &s }
	b.styles = map[string]int{}
	for name, style := range map[string]*excelize.Style{
		styleTitle: {Font: &excelize.Font{Bold: true, Size: 16}},
		styleHead: {
			Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EEF5"}},
			Border: []excelize.Border{{Type: "bottom", Color: "8096AB", Style: 1}},
		},
		styleName:  {Font: &excelize.Font{Color: "5A6572"}},
		styleNote:  {Font: &excelize.Font{Italic: true, Color: "5A6572"}},
		styleMoney: {CustomNumFmt: format("#,##0.00")},
		styleCount: {CustomNumFmt: format("#,##0")},
		styleRate:  {CustomNumFmt: format("0.00%")},
		styleDay:   {CustomNumFmt: format("yyyy-mm-dd")},
		styleTime:  {CustomNumFmt: format("yyyy-mm-dd hh:mm:ss")},
	} {
		id, err := b.f.NewStyle(style)
		if err != nil {
			return fmt.Errorf("making a cell style: %w", err)
		}
		b.styles[name] = id
	}
	return nil
}

// sheet adds a worksheet under a translated name that Excel takes.
func (b *bookWriter) sheet(english string) (string, error) {
	name := strings.Trim(strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\`, r) {
			return ' '
		}
		return r
	}, b.Word(english)), "' ")
	if r := []rune(name); len(r) > excelize.MaxSheetNameLength {
		name = string(r[:excelize.MaxSheetNameLength])
	}
	if name == "" || slices.ContainsFunc(b.report.Sheets, func(s string) bool { return strings.EqualFold(s, name) }) {
		name = english
	}
	b.report.Sheets = append(b.report.Sheets, name)
	if !b.first {
		b.first = true
		return name, b.f.SetSheetName("Sheet1", name)
	}
	_, err := b.f.NewSheet(name)
	return name, err
}

// writeData writes the rows, which may be many, into a sheet of their own, and so begins the file.
func (b *bookWriter) writeData(ctx context.Context, to io.Writer, progress Progress) (*workbook.Writer, error) {
	sheet, err := b.sheet("Data")
	if err != nil {
		return nil, err
	}
	columns, all := chosen(b.Data, b.Columns), b.Data.Columns()
	columns = columns[:min(len(columns), MaxColumns)]
	n := min(b.Data.Rows(), MaxRows-1)
	b.report.LeftOut = b.Data.Rows() - n
	if err := b.prepareData(sheet, columns, n); err != nil {
		return nil, err
	}
	w, err := workbook.Begin(to, b.f, sheet)
	if err != nil {
		return nil, err
	}
	values := make([]workbook.Cell, len(columns))
	for i, c := range columns {
		values[i] = workbook.Cell{Style: b.styles[styleHead], Value: b.cut(all[c].Name)}
	}
	if err := w.Row(values); err != nil {
		return nil, err
	}
	return w, eachRow(ctx, b.Data, columns, n, progress, func(_ int, row []dataset.Cell) error {
		for j, cell := range row {
			values[j] = b.value(all[columns[j]].Kind, cell)
		}
		b.report.Rows++
		return w.Row(values)
	})
}

// prepareData makes all of the sheet of n rows but these.
func (b *bookWriter) prepareData(sheet string, columns []int, n int) error {
	if err := b.f.SetPanes(sheet, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	all, last := b.Data.Columns(), ""
	for i, c := range columns {
		var err error
		if last, err = excelize.ColumnNumberToName(i + 1); err != nil {
			return err
		}
		width := 14.0
		if all[c].Kind == dataset.DateTime {
			width = 20
		}
		if err := b.f.SetColWidth(sheet, last, last, width); err != nil {
			return err
		}
	}
	if n == 0 || !unique(all, columns) {
		return nil
	}
	// A table gives the header its filter buttons; it takes its columns' names from the cells.
	for i, c := range columns {
		cell, err := excelize.CoordinatesToCellName(i+1, 1)
		if err != nil {
			return err
		}
		if err := b.f.SetCellStr(sheet, cell, all[c].Name); err != nil {
			return err
		}
	}
	return b.f.AddTable(sheet, &excelize.Table{Range: "A1:" + last + strconv.Itoa(n+1), Name: "CleanedData", StyleName: "TableStyleLight1"})
}

// maxName is how long the name of a table's column may be.
const maxName = 255

// unique tells whether the columns' names can be those of a table: Excel repairs a file in which they are empty, repeated or
// too long.
func unique(all []dataset.Column, columns []int) bool {
	seen := map[string]bool{}
	for _, c := range columns {
		name := strings.ToLower(all[c].Name)
		if name == "" || len(name) > maxName || seen[name] {
			return false
		}
		seen[name] = true
	}
	return len(columns) > 0
}

// value is a cell as the workbook has it: texts as texts, numbers and days as such where Excel can hold them exactly.
func (b *bookWriter) value(kind dataset.Kind, cell dataset.Cell) workbook.Cell {
	if cell.Null {
		return workbook.Cell{}
	}
	switch kind {
	case dataset.Integer:
		const exact = 999_999_999_999_999 // Excel keeps fifteen digits
		if x, err := strconv.ParseInt(cell.Text, 10, 64); err == nil && x <= exact && x >= -exact {
			return workbook.Cell{Value: x}
		}
	case dataset.Decimal:
		// ParseFloat takes infinities, which no cell can hold.
		if x, err := strconv.ParseFloat(cell.Text, 64); err == nil && x-x == 0 {
			return workbook.Cell{Value: x}
		}
	case dataset.Boolean:
		if x, err := strconv.ParseBool(cell.Text); err == nil {
			return workbook.Cell{Value: x}
		}
	case dataset.Date:
		if t, err := time.Parse(time.DateOnly, cell.Text); err == nil && inExcel(t) {
			return workbook.Cell{Style: b.styles[styleDay], Value: serial(t)}
		}
	case dataset.DateTime:
		if t, err := time.Parse(time.DateTime, cell.Text); err == nil && inExcel(t) {
			return workbook.Cell{Style: b.styles[styleTime], Value: serial(t)}
		}
	}
	return workbook.Cell{Value: b.cut(cell.Text)}
}

// inExcel tells whether Excel counts a day as others do: it takes 1900 for a leap year.
func inExcel(t time.Time) bool {
	return !t.Before(time.Date(1900, 3, 1, 0, 0, 0, 0, time.UTC)) && t.Year() <= 9999
}

func serial(t time.Time) float64 {
	return float64(t.Unix()-time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Unix()) / 86400
}

// cut shortens a text to what a cell can hold.
func (b *bookWriter) cut(text string) string {
	if len(text) <= MaxCellChars {
		return text
	}
	units := 0
	for i, r := range text {
		if units += 1; r >= 0x10000 {
			units++
		}
		if units > MaxCellChars {
			b.report.Cut++
			return text[:i]
		}
	}
	return text
}
