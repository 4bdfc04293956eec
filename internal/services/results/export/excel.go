package export

import (
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/xuri/excelize/v2"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/services/results/dataset"
)

// Excel writes a workbook to path. Errors: *atomicfile.Error, those of Data, or the context's. progress may be nil.
func Excel(ctx context.Context, path string, book Book, progress Progress) (Report, error) {
	if book.Word == nil {
		book.Word = func(english string) string { return english }
	}
	// What does not fit into memory goes through a folder that is removed again.
	dir, err := os.MkdirTemp("", "portal-export-")
	if err != nil {
		return Report{}, fmt.Errorf("no temporary folder could be made in %s: check the free space there (%w)", os.TempDir(), err)
	}
	defer os.RemoveAll(dir)
	b := &bookWriter{Book: book, locale: format.In(book.Word), f: excelize.NewFile(excelize.Options{TmpDir: dir})}
	defer func() { _ = b.f.Close() }() // only its files in dir
	b.report.Path = path
	if err := b.write(ctx, progress); err != nil {
		return b.report, err
	}
	b.report.Sheets = b.f.GetSheetList()
	b.report.Bytes, err = atomicfile.Replace(ctx, path, atomicfile.Shared, func(w io.Writer) error { return b.f.Write(w) })
	return b.report, err
}

// bookWriter fills a workbook.
type bookWriter struct {
	Book
	f      *excelize.File
	locale format.Locale
	report Report
	styles map[string]int
	first  bool // the first sheet has been named
}

func (b *bookWriter) write(ctx context.Context, progress Progress) error {
	if err := b.makeStyles(); err != nil {
		return err
	}
	// The summary is the first sheet but is filled last: it tells how many rows of data are in the workbook.
	summary, err := b.sheet("KPIs")
	if err != nil {
		return err
	}
	if b.KPIs != nil {
		if err := b.writeCharts(); err != nil {
			return err
		}
	}
	if b.Data != nil {
		if err := b.writeData(ctx, progress); err != nil {
			return err
		}
	}
	if err := b.writeSummary(summary); err != nil {
		return err
	}
	written := b.Written.UTC().Format(time.RFC3339)
	return b.f.SetDocProps(&excelize.DocProperties{Title: b.Title, Creator: "Fabric Data Portal", Created: written, Modified: written})
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
	as := func(form string) *string { return &form }
	b.styles = map[string]int{}
	for name, style := range map[string]*excelize.Style{
		styleTitle: {Font: &excelize.Font{Bold: true, Size: 16}},
		styleHead: {
			Font: &excelize.Font{Bold: true}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E7EEF5"}},
			Border: []excelize.Border{{Type: "bottom", Color: "8096AB", Style: 1}},
		},
		styleName:  {Font: &excelize.Font{Color: "5A6572"}},
		styleNote:  {Font: &excelize.Font{Italic: true, Color: "5A6572"}},
		styleMoney: {CustomNumFmt: as("#,##0.00")},
		styleCount: {CustomNumFmt: as("#,##0")},
		styleRate:  {CustomNumFmt: as("0.00%")},
		styleDay:   {CustomNumFmt: as("yyyy-mm-dd")},
		styleTime:  {CustomNumFmt: as("yyyy-mm-dd hh:mm:ss")},
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

// writeData streams the rows, which may be many, into a sheet of their own.
func (b *bookWriter) writeData(ctx context.Context, progress Progress) error {
	sheet, err := b.sheet("Data")
	if err != nil {
		return err
	}
	w, err := b.f.NewStreamWriter(sheet)
	if err != nil {
		return err
	}
	columns, all := chosen(b.Data, b.Columns), b.Data.Columns()
	columns = columns[:min(len(columns), MaxColumns)]
	n := min(b.Data.Rows(), MaxRows-1)
	b.report.LeftOut = b.Data.Rows() - n
	if err := w.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	values := make([]any, len(columns))
	for i, c := range columns {
		values[i] = excelize.Cell{StyleID: b.styles[styleHead], Value: b.cut(all[c].Name)}
		width := 14.0
		if all[c].Kind == dataset.DateTime {
			width = 20
		}
		if err := w.SetColWidth(i+1, i+1, width); err != nil {
			return err
		}
	}
	if err := w.SetRow("A1", values); err != nil {
		return err
	}
	err = eachRow(ctx, b.Data, columns, n, progress, func(i int, row []dataset.Cell) error {
		for j, cell := range row {
			values[j] = b.value(all[columns[j]].Kind, cell)
		}
		b.report.Rows++
		return w.SetRow("A"+strconv.Itoa(i+2), values)
	})
	if err != nil {
		return err
	}
	if n > 0 && unique(all, columns) {
		last, err := excelize.CoordinatesToCellName(len(columns), n+1)
		if err != nil {
			return err
		}
		// A table gives the header its filter buttons.
		if err := w.AddTable(&excelize.Table{Range: "A1:" + last, Name: "CleanedData", StyleName: "TableStyleLight1"}); err != nil {
			return err
		}
	}
	return w.Flush()
}

// unique tells whether the columns' names can be those of a table: Excel repairs a file in which they are empty or repeated.
func unique(all []dataset.Column, columns []int) bool {
	seen := map[string]bool{}
	for _, c := range columns {
		name := strings.ToLower(all[c].Name)
		if name == "" || seen[name] {
			return false
		}
		seen[name] = true
	}
	return len(columns) > 0
}

// value is a cell as the workbook has it: texts as texts, numbers and days as such where Excel can hold them exactly.
func (b *bookWriter) value(kind dataset.Kind, cell dataset.Cell) any {
	if cell.Null {
		return nil
	}
	switch kind {
	case dataset.Integer:
		const exact = 999_999_999_999_999 // Excel keeps fifteen digits
		if x, err := strconv.ParseInt(cell.Text, 10, 64); err == nil && x <= exact && x >= -exact {
			return x
		}
	case dataset.Decimal:
		// ParseFloat takes infinities, which no cell can hold.
		if x, err := strconv.ParseFloat(cell.Text, 64); err == nil && x-x == 0 {
			return x
		}
	case dataset.Boolean:
		if x, err := strconv.ParseBool(cell.Text); err == nil {
			return x
		}
	case dataset.Date:
		if t, err := time.Parse(time.DateOnly, cell.Text); err == nil && inExcel(t) {
			return excelize.Cell{StyleID: b.styles[styleDay], Value: serial(t)}
		}
	case dataset.DateTime:
		if t, err := time.Parse(time.DateTime, cell.Text); err == nil && inExcel(t) {
			return excelize.Cell{StyleID: b.styles[styleTime], Value: serial(t)}
		}
	}
	return b.cut(cell.Text)
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
