package rules

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/xuri/excelize/v2"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// MaxExported is how many rows an export holds at most; the workbook says so where there are more.
const MaxExported = 100_000

const (
	rowsSheet  = "Rows"
	rulesSheet = "Rules"
	ownColumns = 2 // before those of the file
)

// CheckTarget refuses, with a *FileError, a place for the workbook of offending rows that is the file that is checked, or
// whose name Excel would not open.
func CheckTarget(path, to string) error {
	if !strings.EqualFold(filepath.Ext(to), ".xlsx") {
		return &FileError{fmt.Sprintf("the offending rows can't be written to %s: give a name that ends in .xlsx", to)}
	}
	source, err := os.Stat(path)
	if err != nil {
		return nil //nolint:nilerr // opening it says what is wrong
	}
	if target, err := os.Stat(to); err == nil && os.SameFile(source, target) {
		return &FileError{fmt.Sprintf("the offending rows can't be written to %s, which is the file that is checked: give another name", to)}
	}
	return nil
}

// exporter writes the rows as they come.
type exporter struct {
	to          io.Writer
	book        *excelize.File
	rows        *excelize.StreamWriter
	bold, fault int
	names       int // columns of the file that are shown
	limit       int // rows at most
	written     int
	more        int64
}

// newExporter prepares a workbook of so many rows at most, MaxExported where limit is 0. Close it.
func newExporter(to io.Writer, limit int) (*exporter, error) {
	if limit == 0 {
		limit = MaxExported
	}
	e := &exporter{to: to, book: excelize.NewFile(), limit: limit}
	if err := e.prepare(); err != nil {
		e.close()
		return nil, err
	}
	return e, nil
}

// close removes what excelize keeps on disk.
func (e *exporter) close() { _ = e.book.Close() }

func (e *exporter) prepare() error {
	book := e.book
	var err error
	if err = book.SetSheetName("Sheet1", rowsSheet); err != nil {
		return err
	}
	if _, err = book.NewSheet(rulesSheet); err != nil {
		return err
	}
	if e.bold, err = book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return err
	}
	e.fault, err = book.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFD9D0"}}, Font: &excelize.Font{Color: "8B1A00"}})
	if err != nil {
		return err
	}
	e.rows, err = book.NewStreamWriter(rowsSheet)
	return err
}

func (e *exporter) begin(headers []string) error {
	e.names = min(len(headers), spreadsheet.MaxColumns-ownColumns)
	cells := []any{excelize.Cell{Value: "Row", StyleID: e.bold}, excelize.Cell{Value: "Rules that do not hold", StyleID: e.bold}}
	for _, h := range headers[:e.names] {
		cells = append(cells, excelize.Cell{Value: h, StyleID: e.bold})
	}
	if err := e.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
		return err
	}
	if err := e.rows.SetColWidth(2, 2, 36); err != nil {
		return err
	}
	return e.rows.SetRow("A1", cells)
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
	cells := []any{b.Number, strings.Join(ids, ", ")}
	for i, v := range b.Values[:e.names] {
		cell := excelize.Cell{Value: plain(v)}
		if faulty[i] {
			cell.StyleID = e.fault
		}
		cells = append(cells, cell)
	}
	return e.rows.SetRow(fmt.Sprintf("A%d", e.written+1), cells)
}

// plain is a value for excelize: numbers as numbers, all else as text, which excelize never takes for a formula.
func plain(v cleaning.Value) any {
	switch {
	case v.Kind == cleaning.Null:
		return nil
	case (v.Kind == cleaning.Integer || v.Kind == cleaning.Decimal) && v.Text == nil:
		return v.Num
	case v.Kind == cleaning.Boolean && v.Text == nil:
		return v.Num != 0
	}
	return string(v.AppendText(nil))
}

// finish writes the workbook.
func (e *exporter) finish(report Report) error {
	if err := e.fill(report); err != nil {
		return err
	}
	return e.book.Write(e.to)
}

func (e *exporter) fill(report Report) error {
	last, err := excelize.CoordinatesToCellName(e.names+ownColumns, e.written+1)
	if err != nil {
		return err
	}
	if e.more > 0 {
		if err := e.rows.SetRow(fmt.Sprintf("A%d", e.written+2), []any{nil, e.cut()}); err != nil {
			return err
		}
	}
	// Before the rows leave the memory: afterwards excelize would read them all in again.
	if err := e.book.AutoFilter(rowsSheet, "A1:"+last, nil); err != nil {
		return err
	}
	if err := e.rows.Flush(); err != nil {
		return err
	}
	return e.outcomes(report)
}

// outcomes writes the sheet with what came of each rule.
func (e *exporter) outcomes(report Report) error {
	w, err := e.book.NewStreamWriter(rulesSheet)
	if err != nil {
		return err
	}
	if err := w.SetColWidth(1, 3, 18); err != nil {
		return err
	}
	if err := w.SetColWidth(5, 5, 90); err != nil {
		return err
	}
	var head []any
	for _, h := range []string{"Rule", "Severity", "Outcome", "Rows", "What it found"} {
		head = append(head, excelize.Cell{Value: h, StyleID: e.bold})
	}
	if err := w.SetRow("A1", head); err != nil {
		return err
	}
	for i, o := range report.Outcomes {
		outcome := "holds"
		switch {
		case !o.Checked:
			outcome = "not checked"
		case !o.Passed:
			outcome = "does not hold"
		}
		if err := w.SetRow(fmt.Sprintf("A%d", i+2), []any{o.Rule.ID, string(o.Rule.Severity), outcome, o.Count, o.Message}); err != nil {
			return err
		}
	}
	notes := []string{fmt.Sprintf("%s in which a rule does not hold, of %s.", rowsOf(int64(e.written)+e.more), rowsOf(report.Rows))}
	if e.more > 0 {
		notes = append(notes, e.cut())
	}
	if report.Incomplete != "" {
		notes = append(notes, "The check is incomplete: "+report.Incomplete)
	}
	for i, note := range notes {
		if err := w.SetRow(fmt.Sprintf("A%d", len(report.Outcomes)+3+i), []any{note}); err != nil {
			return err
		}
	}
	return w.Flush()
}

// cut says that not all rows are shown.
func (e *exporter) cut() string {
	return fmt.Sprintf("The sheet %s holds the first %s; %s more are left out.", rowsSheet, rowsOf(int64(e.written)), rowsOf(e.more))
}
