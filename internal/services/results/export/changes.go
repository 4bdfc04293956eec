package export

import (
	"context"
	"fmt"
	"io"
	"slices"
	"time"

	"github.com/xuri/excelize/v2"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/workbook"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// ChangesBook is what changed between two runs.
type ChangesBook struct {
	Title   string // first line of the first sheet, such as the connection's name
	Pair    changes.Pair
	Result  *changes.Result // nil: the rows were not compared
	Written time.Time       // now, in the zone in which times are to be shown
	Word    func(english string) string

	room int // rows of a sheet; MaxRows where 0
}

// ChangesReport says what was written.
type ChangesReport struct {
	Path    string
	Bytes   int64
	Sheets  []string
	Orders  [3]int64 // by changes.Kind, in its sheet
	LeftOut [3]int64 // orders that no sheet has room for: those with the least money
	Cut     int
}

// Changes writes a workbook of what changed between two runs into a folder, and returns its path. progress is in orders and may be nil.
// Errors as of the function Changes.
func (e Exporter) Changes(ctx context.Context, dir string, pair changes.Pair, result *changes.Result, word func(string) string, progress func(done, total int64)) (string, error) {
	path := FreeName(dir, "changes "+runs.ShortID(pair.Runs[changes.Before].ID)+" to "+runs.ShortID(pair.Runs[changes.After].ID), ".xlsx")
	_, err := Changes(ctx, path, ChangesBook{Title: e.Connection, Pair: pair, Result: result, Written: time.Now(), Word: word}, inRows(progress))
	return path, err
}

// Changes writes a workbook of what changed between two runs to path: a summary, the groups, and the added, removed and changed orders.
// Errors: *atomicfile.Error, *scratch.Error, or the context's. progress may be nil.
func Changes(ctx context.Context, path string, book ChangesBook, progress Progress) (ChangesReport, error) {
	if book.Word == nil {
		book.Word = func(english string) string { return english }
	}
	if book.room == 0 {
		book.room = MaxRows
	}
	w := &changesWriter{bookWriter: bookWriter{Book: Book{Title: book.Title, Written: book.Written, Word: book.Word}, f: excelize.NewFile()}, book: book, progress: progress}
	defer func() { _ = w.f.Close() }() // it has no files
	w.told.Path = path
	var err error
	w.told.Bytes, err = atomicfile.Replace(ctx, path, atomicfile.Shared, func(to io.Writer) error { return w.write(ctx, to) })
	w.told.Sheets, w.told.Cut = w.f.GetSheetList(), w.report.Cut
	return w.told, err
}

type changesWriter struct {
	bookWriter
	book     ChangesBook
	told     ChangesReport
	progress Progress
	done     int
}

// kindSheets are the sheets of the orders, by their kind.
var kindSheets = [3]string{"Added", "Removed", "Changed"}

func (w *changesWriter) write(ctx context.Context, to io.Writer) error {
	if err := w.makeStyles(); err != nil {
		return err
	}
	summary, err := w.sheet("Summary")
	if err != nil {
		return err
	}
	if err := w.writeGroups(); err != nil {
		return fmt.Errorf("writing the sheet by group: %w", err)
	}
	written := w.Written.UTC().Format(time.RFC3339)
	if err := w.f.SetDocProps(&excelize.DocProperties{Title: w.Title, Creator: "Fabric Data Portal", Created: written, Modified: written}); err != nil {
		return err
	}
	if w.book.Result == nil {
		if err := w.writeChangesSummary(summary); err != nil {
			return err
		}
		return w.f.Write(to)
	}
	var sheets [3]string
	for k := range sheets {
		if sheets[k], err = w.sheet(kindSheets[k]); err != nil {
			return err
		}
		if err := w.f.SetPanes(sheets[k], &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft"}); err != nil {
			return err
		}
		if err := w.f.SetColWidth(sheets[k], "A", "Z", 18); err != nil {
			return err
		}
	}
	out, err := workbook.Begin(to, w.f, sheets[0])
	if err != nil {
		return err
	}
	for k := range sheets {
		if k > 0 {
			if err := out.Next(sheets[k]); err != nil {
				return err
			}
		}
		rows, columns, err := w.writeOrders(ctx, out, changes.Kind(k))
		if err == nil {
			err = w.filter(sheets[k], rows, columns)
		}
		if err != nil {
			return fmt.Errorf("writing the sheet %s: %w", kindSheets[k], err)
		}
	}
	if err := w.writeChangesSummary(summary); err != nil {
		return err
	}
	return out.Finish()
}

// filter gives a header its filter buttons.
func (w *changesWriter) filter(sheet string, rows, columns int) error {
	last, err := excelize.CoordinatesToCellName(columns, rows)
	if err != nil {
		return err
	}
	return w.f.AutoFilter(sheet, "A1:"+last, nil)
}

// writeOrders writes the orders of a kind, those with the most money first, and returns the size of the sheet.
func (w *changesWriter) writeOrders(ctx context.Context, out *workbook.Writer, k changes.Kind) (rowsWritten, columns int, err error) {
	r := w.book.Result
	rows, wide := w.changedRows, r.Columns(k)
	head := []string{"Order", "Revenue before", "Revenue after", "Change of revenue", "Rows before", "Rows after", "Column", "Value before", "Value after"}
	if k != changes.Changed {
		rows, head = w.wholeRows, []string{"Order", "Revenue of the order", "Rows"}
	}
	var cells []workbook.Cell
	for _, name := range head {
		cells = append(cells, workbook.Cell{Style: w.styles[styleHead], Value: w.Word(name)})
	}
	if k != changes.Changed {
		wide = wide[:min(len(wide), MaxColumns-len(head))]
		for _, c := range wide {
			cells = append(cells, workbook.Cell{Style: w.styles[styleHead], Value: w.cut(c.Name)})
		}
	}
	if err := out.Row(cells); err != nil {
		return 0, 0, err
	}
	const batch = 512
	total := 0
	for k := range kindSheets {
		total += r.Listed(changes.Kind(k))
	}
	left := w.book.room - 1
	for from := 0; from < r.Listed(k); from += batch {
		if err := ctx.Err(); err != nil {
			return 0, 0, err
		}
		list, err := r.List(k, from, batch)
		if err != nil {
			return 0, 0, err
		}
		for _, o := range list {
			lines := rows(k, o, wide)
			if len(lines) > left {
				w.told.LeftOut[k] = r.Parts[k].Orders - w.told.Orders[k]
				return w.book.room - left, len(cells), nil
			}
			for _, line := range lines {
				if err := out.Row(line); err != nil {
					return 0, 0, err
				}
			}
			left -= len(lines)
			w.told.Orders[k]++
		}
		if w.done += len(list); w.progress != nil {
			w.progress(w.done, total)
		}
	}
	w.told.LeftOut[k] = r.Parts[k].Orders - w.told.Orders[k]
	return w.book.room - left, len(cells), nil
}

// wholeRows is an added or a removed order: its sums, and the cells of its first row.
func (w *changesWriter) wholeRows(k changes.Kind, o changes.Order, columns []dataset.Column) [][]workbook.Cell {
	side := changes.After
	if k == changes.Removed {
		side = changes.Before
	}
	line := []workbook.Cell{{Value: w.cut(o.ID)}, {Style: w.styles[styleMoney], Value: o.Revenue[side]}, {Value: o.Rows[side]}}
	for i, c := range columns {
		line = append(line, w.value(c.Kind, o.Cells[i]))
	}
	return [][]workbook.Cell{line}
}

// changedRows is a changed order: a row for each cell. Its money stands in the first one only, so that a column adds up.
func (w *changesWriter) changedRows(_ changes.Kind, o changes.Order, columns []dataset.Column) [][]workbook.Cell {
	money := func(v float64) workbook.Cell { return workbook.Cell{Style: w.styles[styleMoney], Value: v} }
	head := []workbook.Cell{{Value: w.cut(o.ID)}, money(o.Revenue[changes.Before]), money(o.Revenue[changes.After]), money(o.Change()), {Value: o.Rows[changes.Before]}, {Value: o.Rows[changes.After]}}
	if len(o.Changes) == 0 {
		text := w.Word("Several rows are not the same. Rows in one run only:")
		return [][]workbook.Cell{append(head, workbook.Cell{Value: text}, workbook.Cell{Value: o.Unpaired[changes.Before]}, workbook.Cell{Value: o.Unpaired[changes.After]})}
	}
	kinds := map[string]dataset.Kind{}
	for _, c := range columns {
		kinds[c.Name] = c.Kind
	}
	var out [][]workbook.Cell
	for i, c := range o.Changes {
		line := head
		if i > 0 {
			line = []workbook.Cell{head[0], {}, {}, {}, {}, {}}
		}
		line = append(slices.Clip(line), workbook.Cell{Value: w.cut(c.Column)})
		for side := range 2 {
			line = append(line, w.value(kinds[c.Column], c.Cells[side]))
		}
		out = append(out, line)
	}
	return out
}

// So many groups are listed, of all columns together, but of each so many at least; the others are one row.
const (
	mostGroupRows  = 10_000
	leastGroupRows = 100
)

// writeGroups writes the change by group: the rows of a column add up to the change of the revenue.
func (w *changesWriter) writeGroups() error {
	sheet, err := w.sheet("By group")
	if err != nil {
		return err
	}
	parts := w.book.Pair.Parts
	if w.book.Result != nil {
		parts = w.book.Result.Breakdowns
	}
	var rows [][]any
	for _, b := range parts {
		line := func(name string, g changes.Group, orders bool) {
			row := []any{w.columnWord(b.Column), name, g.Revenue[changes.Before].Money(), g.Revenue[changes.After].Money(), g.Change().Money(), nil, nil, nil}
			if share, ok := b.Share(g.Change()); ok {
				row[5] = share
			}
			if orders {
				row[6], row[7] = g.Orders[changes.Before], g.Orders[changes.After]
			}
			rows = append(rows, row)
		}
		top, others, rest := b.Top(max(leastGroupRows, mostGroupRows/len(parts)))
		for _, g := range top {
			name := g.Key
			if name == "" {
				name = w.Word("(no value)")
			}
			line(name, g, true)
		}
		if others > 0 {
			line(format.Fill(w.Word("Other groups: {{.N}}"), "N", others), rest, true)
		}
		if b.Rounding != 0 {
			line(w.Word("Rounding"), changes.Group{Revenue: [2]changes.Cents{0, b.Rounding}}, false)
		}
	}
	return w.table(sheet, []string{"Broken down by", "Group", "Revenue before", "Revenue after", "Change of revenue", "Share of the change", "Orders before", "Orders after"},
		[]string{"", "", styleMoney, styleMoney, styleMoney, styleRate, styleCount, styleCount}, rows)
}

// columnWord names what a breakdown is by.
func (w *changesWriter) columnWord(column string) string {
	if word, ok := columnWords[column]; ok {
		return w.Word(word)
	}
	return column
}

var columnWords = map[string]string{"region": "Region", "channel": "Channel", "product_category": "Category", changes.ByMonth: "Month", changes.ByDay: "Day"}
