package rules

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/workbook"
)

// MaxExported is how many rows an export holds at most; the workbook says so where there are more.
const MaxExported = 100_000

const ownColumns = 2 // before those of the file

// CheckTarget refuses, with a *FileError, a place for the workbook of offending rows that is the file that is checked, or
// whose name Excel would not open.
func CheckTarget(path, to string) error {
	if !strings.EqualFold(filepath.Ext(to), ".xlsx") {
		return &FileError{format.Say("the offending rows can't be written to {{.To}}: give a name that ends in .xlsx", "To", to)}
	}
	source, err := os.Stat(path)
	if err != nil {
		return nil //nolint:nilerr // opening it says what is wrong
	}
	if target, err := os.Stat(to); err == nil && os.SameFile(source, target) {
		return &FileError{format.Say("the offending rows can't be written to {{.To}}, which is the file that is checked: give another name", "To", to)}
	}
	return nil
}

// exporter writes the rows as they come: into the file itself, and nowhere else.
type exporter struct {
	to          io.Writer
	words       format.Writer
	sheet       struct{ rows, rules string }
	book        *excelize.File
	rows        *workbook.Writer // once there is a header
	bold, fault int
	names       int // columns of the file that are shown
	limit       int // rows at most
	written     int
	more        int64
	cells       []workbook.Cell
}

// newExporter prepares a workbook of so many rows at most, MaxExported where limit is 0. Close it.
func newExporter(to io.Writer, limit int, words format.Writer) (*exporter, error) {
	if limit == 0 {
		limit = MaxExported
	}
	e := &exporter{to: to, words: words, book: excelize.NewFile(), limit: limit}
	e.sheet.rows, e.sheet.rules = words.T("Rows"), words.T("Rules")
	if err := e.prepare(); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// close frees what excelize keeps.
func (e *exporter) close() { _ = e.book.Close() }

func (e *exporter) prepare() error {
	book := e.book
	var err error
	if err = book.SetSheetName("Sheet1", e.sheet.rows); err != nil {
		return err
	}
	if _, err = book.NewSheet(e.sheet.rules); err != nil {
		return err
	}
	if err = book.SetPanes(e.sheet.rows, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err = book.SetColWidth(e.sheet.rows, "B", "B", 36); err != nil {
		return err
	}
	if e.bold, err = book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return err
	}
	e.fault, err = book.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFD9D0"}}, Font: &excelize.Font{Color: "8B1A00"}})
	return err
}

func (e *exporter) begin(headers []string) (err error) {
	if e.rows, err = workbook.Begin(e.to, e.book, e.sheet.rows); err != nil {
		return err
	}
	e.names = min(len(headers), spreadsheet.MaxColumns-ownColumns)
	cells := []workbook.Cell{{Value: e.words.T("Row"), Style: e.bold}, {Value: e.words.T("Rules that do not hold"), Style: e.bold}}
	for _, h := range headers[:e.names] {
		cells = append(cells, workbook.Cell{Value: short(h), Style: e.bold})
	}
	return e.rows.Row(cells)
}

func (e *exporter) add(b Bad) error {
	if e.written == e.limit {
		e.more++
		return nil
	}
	e.written++
	var ids []string
	faulty := map[int]bool{}
	for _, f := range b.Faults {
		ids = append(ids, f.Rule)
		for _, column := range f.Columns {
			faulty[column] = true
		}
	}
	e.cells = append(e.cells[:0], workbook.Cell{Value: b.Number}, workbook.Cell{Value: short(strings.Join(ids, ", "))})
	for i, v := range b.Values[:e.names] {
		cell := workbook.Cell{Value: plain(v)}
		if faulty[i] {
			cell.Style = e.fault
		}
		e.cells = append(e.cells, cell)
	}
	return e.rows.Row(e.cells)
}

// short is a text as far as a cell can hold it.
func short(text string) string {
	if len(text) <= excelize.TotalCellChars {
		return text
	}
	units := 0
	for i, r := range text {
		if units += utf16.RuneLen(r); units > excelize.TotalCellChars {
			return text[:i]
		}
	}
	return text
}

// plain is a value for a cell: numbers as numbers, all else as text, which is never taken for a formula.
func plain(v cleaning.Value) any {
	switch {
	case v.Kind == cleaning.Null:
		return nil
	case (v.Kind == cleaning.Integer || v.Kind == cleaning.Decimal) && v.Text == nil:
		return v.Num
	case v.Kind == cleaning.Boolean && v.Text == nil:
		return v.Num != 0
	}
	return short(string(v.AppendText(nil)))
}

// finish writes the rest of the workbook.
func (e *exporter) finish(report Report) error {
	if e.rows == nil { // a file without a header
		if err := e.begin(nil); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(e.names+ownColumns, e.written+1)
	if err != nil {
		return err
	}
	if e.more > 0 {
		if err := e.rows.Row([]workbook.Cell{{}, {Value: e.cut()}}); err != nil {
			return err
		}
	}
	if err := e.book.AutoFilter(e.sheet.rows, "A1:"+last, nil); err != nil {
		return err
	}
	if err := e.outcomes(report); err != nil {
		return err
	}
	return e.rows.Finish()
}

// outcomes writes the sheet with what came of each rule.
func (e *exporter) outcomes(report Report) error {
	book := e.book
	if err := book.SetColWidth(e.sheet.rules, "A", "C", 18); err != nil {
		return err
	}
	if err := book.SetColWidth(e.sheet.rules, "E", "E", 90); err != nil {
		return err
	}
	if err := book.SetSheetRow(e.sheet.rules, "A1", &[]any{e.words.T("Rule"), e.words.T("Severity"), e.words.T("Outcome"), e.words.T("Rows"), e.words.T("What it found")}); err != nil {
		return err
	}
	if err := book.SetCellStyle(e.sheet.rules, "A1", "E1", e.bold); err != nil {
		return err
	}
	for i, o := range report.Outcomes {
		outcome := e.words.T("holds")
		switch {
		case !o.Checked:
			outcome = e.words.T("not checked")
		case !o.Passed:
			outcome = e.words.T("does not hold")
		}
		if err := book.SetSheetRow(e.sheet.rules, fmt.Sprintf("A%d", i+2), &[]any{o.Rule.ID, severityWord(e.words, o.Rule.Severity), outcome, o.Count, o.Said.Say(e.words)}); err != nil {
			return err
		}
	}
	notes := []string{e.words.N(report.Rows, "{{.Bad}} of {{.N}} row in which a rule does not hold.", "{{.Bad}} of {{.N}} rows in which a rule does not hold.", "Bad", e.words.Count(int64(e.written)+e.more))}
	if e.more > 0 {
		notes = append(notes, e.cut())
	}
	if report.Incomplete != "" {
		notes = append(notes, e.words.T("The check is incomplete: {{.Why}}", "Why", report.Incomplete))
	}
	for i, note := range notes {
		if err := book.SetSheetRow(e.sheet.rules, fmt.Sprintf("A%d", len(report.Outcomes)+3+i), &[]any{note}); err != nil {
			return err
		}
	}
	return nil
}

// cut says that not all rows are shown.
func (e *exporter) cut() string {
	return e.words.N(int64(e.written), "The sheet {{.Sheet}} holds the first row; {{.More}} more are left out.", "The sheet {{.Sheet}} holds the first {{.N}} rows; {{.More}} more are left out.",
		"Sheet", e.sheet.rows, "More", e.words.Count(e.more))
}

func severityWord(w format.Writer, s Severity) string {
	if s == Error {
		return w.T("error")
	}
	return w.T("warning")
}
