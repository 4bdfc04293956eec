package rules

import (
	"context"
	"fmt"
	"strings"

	"github.com/xuri/excelize/v2"

	"fabricportal/internal/services/cleaning"
)

// MaxExported is how many rows an export holds at most; the sheet says so where there are more.
const MaxExported = 100_000

const (
	rowsSheet  = "Rows"
	rulesSheet = "Rules"
)

// Export checks a file and writes the rows in which a rule does not hold into a workbook: the cells to look at in
// colour, and a sheet with what came of each rule. Every text stays a text: none becomes a formula.
func Export(ctx context.Context, path string, set Set, to string, opts Options) (Report, error) {
	book := excelize.NewFile()
	defer func() { _ = book.Close() }()
	e, err := newExporter(book)
	if err != nil {
		return Report{}, err
	}
	opts.Header, opts.Bad = e.begin, e.add
	report, err := Check(ctx, path, set, opts)
	if err == nil {
		err = e.failed
	}
	if err != nil {
		return report, err
	}
	if err := e.finish(report); err != nil {
		return report, fmt.Errorf("writing the offending rows: %w", err)
	}
	if err := book.SaveAs(to); err != nil {
		return report, fmt.Errorf("%s can't be written: close it in other programs and check the folder (%w)", to, err)
	}
	return report, nil
}

// exporter writes the rows as they come.
type exporter struct {
	book        *excelize.File
	rows        *excelize.StreamWriter
	bold, fault int
	names       int // columns of the file
	written     int
	more        int64
	failed      error
}

func newExporter(book *excelize.File) (*exporter, error) {
	e := &exporter{book: book}
	var err error
	if err = book.SetSheetName("Sheet1", rowsSheet); err != nil {
		return nil, err
	}
	if _, err = book.NewSheet(rulesSheet); err != nil {
		return nil, err
	}
	if e.bold, err = book.NewStyle(&excelize.Style{Font: &excelize.Font{Bold: true}}); err != nil {
		return nil, err
	}
	e.fault, err = book.NewStyle(&excelize.Style{Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"FFD9D0"}}, Font: &excelize.Font{Color: "8B1A00"}})
	if err != nil {
		return nil, err
	}
	e.rows, err = book.NewStreamWriter(rowsSheet)
	return e, err
}

func (e *exporter) begin(headers, _ []string) {
	e.names = len(headers)
	cells := []any{excelize.Cell{Value: "Row", StyleID: e.bold}, excelize.Cell{Value: "Rules that do not hold", StyleID: e.bold}}
	for _, h := range headers {
		cells = append(cells, excelize.Cell{Value: h, StyleID: e.bold})
	}
	e.failed = e.rows.SetPanes(&excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"})
	if e.failed == nil {
		e.failed = e.rows.SetColWidth(2, 2, 36)
	}
	if e.failed == nil {
		e.failed = e.rows.SetRow("A1", cells)
	}
}

func (e *exporter) add(b Bad) error {
	if e.failed != nil {
		return e.failed
	}
	if e.written == MaxExported {
		e.more++
		return nil
	}
	e.written++
	var ids []string
	faulty := map[int]bool{}
	for _, f := range b.Faults {
		ids = append(ids, f.Rule)
		faulty[f.Column] = true
	}
	cells := []any{b.Number, strings.Join(ids, ", ")}
	for i, v := range b.Values {
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

func (e *exporter) finish(report Report) error {
	if e.more > 0 {
		if err := e.rows.SetRow(fmt.Sprintf("A%d", e.written+2), []any{nil, fmt.Sprintf("%s more are not shown: a sheet of them would be hard to work with", rowsOf(e.more))}); err != nil {
			return err
		}
	}
	last, err := excelize.CoordinatesToCellName(e.names+2, e.written+1)
	if err != nil {
		return err
	}
	if err := e.rows.Flush(); err != nil {
		return err
	}
	if err := e.book.AutoFilter(rowsSheet, "A1:"+last, nil); err != nil {
		return err
	}
	w, err := e.book.NewStreamWriter(rulesSheet)
	if err != nil {
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
	return w.Flush()
}
