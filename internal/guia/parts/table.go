package parts

import (
	"fmt"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Column is a column of a Table.
type Column struct {
	Title string
	Width float32
	Right bool // numbers stand at the right
}

// Table shows rows of texts under fixed headers; it reads only the rows in sight. Selecting any cell selects its row.
type Table struct {
	*widget.Table
	columns  []Column
	rows     [][]string
	selected int
	onSelect func(row int)
}

// NewTable makes a table; onSelect may be nil.
func NewTable(columns []Column, onSelect func(row int)) *Table {
	t := &Table{columns: columns, selected: -1, onSelect: onSelect}
	t.Table = widget.NewTableWithHeaders(
		func() (int, int) { return len(t.rows), len(t.columns) },
		func() fyne.CanvasObject { return Label("") },
		t.update,
	)
	t.Table.ShowHeaderColumn = false
	t.Table.CreateHeader = func() fyne.CanvasObject { return Bold("") }
	t.Table.UpdateHeader = func(id widget.TableCellID, o fyne.CanvasObject) {
		l := o.(*widget.Label)
		if id.Col >= 0 && id.Col < len(t.columns) {
			l.Alignment = alignment(t.columns[id.Col])
			SetText(l, t.columns[id.Col].Title)
		}
	}
	t.Table.OnSelected = func(id widget.TableCellID) {
		if id.Row < 0 || id.Row >= len(t.rows) || id.Row == t.selected {
			return
		}
		t.selected = id.Row
		t.Table.Refresh()
		if t.onSelect != nil {
			t.onSelect(id.Row)
		}
	}
	t.widths()
	return t
}

func alignment(c Column) fyne.TextAlign {
	if c.Right {
		return fyne.TextAlignTrailing
	}
	return fyne.TextAlignLeading
}

func (t *Table) widths() {
	for i, c := range t.columns {
		t.Table.SetColumnWidth(i, c.Width)
	}
}

// update fills one cell. The table may ask for a cell that the rows no longer have.
func (t *Table) update(id widget.TableCellID, o fyne.CanvasObject) {
	l := o.(*widget.Label)
	text := ""
	if id.Row < len(t.rows) && id.Col < len(t.rows[id.Row]) {
		text = t.rows[id.Row][id.Col]
	}
	l.Alignment = alignment(t.columns[id.Col])
	l.TextStyle.Bold = id.Row == t.selected && t.onSelect != nil
	l.SetText(text)
}

// SetRows shows other rows; the selection stays on its row number unless there is none such.
func (t *Table) SetRows(rows [][]string) {
	if equal(t.rows, rows) {
		return
	}
	t.rows = rows
	if t.selected >= len(rows) {
		t.selected = -1
	}
	t.Table.Refresh()
}

// SetColumns changes the columns and the rows.
func (t *Table) SetColumns(columns []Column, rows [][]string) {
	t.columns, t.rows, t.selected = columns, rows, -1
	t.widths()
	t.Table.Refresh()
}

// Select selects a row, as a click would but without telling; -1 for none.
func (t *Table) Select(row int) {
	if t.selected != row {
		t.selected = row
		t.Table.Refresh()
	}
}

// Texts are the first rows, for the probe.
func (t *Table) Texts() []string {
	var out []string
	for i, r := range t.rows {
		if i == 100 {
			out = append(out, fmt.Sprintf("… %d rows", len(t.rows)))
			break
		}
		out = append(out, strings.Join(r, " · "))
	}
	return out
}

func equal(a, b [][]string) bool {
	if len(a) != len(b) {
		return false
	}
	for i := range a {
		if len(a[i]) != len(b[i]) {
			return false
		}
		for j := range a[i] {
			if a[i][j] != b[i][j] {
				return false
			}
		}
	}
	return true
}
