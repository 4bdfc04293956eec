package parts

import (
	"fmt"
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"
)

// Column is a column of a Table.
type Column struct {
	Title string
	Width float32 // at least
	Grow  bool    // takes a share of the room that is left
	Right bool    // numbers stand at the right
}

// Table shows rows of texts under fixed headers; it reads only the rows in sight. Selecting any cell selects its row.
type Table struct {
	widget.Table
	columns  []Column
	rows     [][]string
	selected int
	onSelect func(row int)
}

// NewTable makes a table; onSelect may be nil.
func NewTable(columns []Column, onSelect func(row int)) *Table {
	t := &Table{columns: columns, selected: -1, onSelect: onSelect}
	t.Length = func() (int, int) { return len(t.rows), len(t.columns) }
	// A label's own padding would make the rows too high.
	cell := func(l *widget.Label) fyne.CanvasObject {
		return container.New(layout.NewCustomPaddedLayout(-4, -4, 0, 0), l)
	}
	t.CreateCell = func() fyne.CanvasObject { return cell(Label("")) }
	t.UpdateCell = t.update
	t.ShowHeaderRow = true
	t.HideSeparators = true
	t.CreateHeader = func() fyne.CanvasObject { return cell(Bold("")) }
	t.UpdateHeader = func(id widget.TableCellID, o fyne.CanvasObject) {
		if id.Col >= 0 && id.Col < len(t.columns) {
			l := labelIn(o)
			l.Alignment = alignment(t.columns[id.Col])
			SetText(l, t.columns[id.Col].Title)
		}
	}
	t.OnSelected = func(id widget.TableCellID) {
		if id.Row < 0 || id.Row >= len(t.rows) {
			return
		}
		t.UnselectAll() // the row is marked, not the cell
		if id.Row == t.selected {
			return
		}
		t.selected = id.Row
		t.Refresh()
		if t.onSelect != nil {
			t.onSelect(id.Row)
		}
	}
	t.ExtendBaseWidget(t)
	t.widths(t.Size())
	return t
}

func labelIn(cell fyne.CanvasObject) *widget.Label {
	return cell.(*fyne.Container).Objects[0].(*widget.Label)
}

func alignment(c Column) fyne.TextAlign {
	if c.Right {
		return fyne.TextAlignTrailing
	}
	return fyne.TextAlignLeading
}

// Resize shares out the room among the columns.
func (t *Table) Resize(size fyne.Size) {
	if size != t.Size() {
		t.widths(size)
	}
	t.Table.Resize(size)
}

func (t *Table) widths(size fyne.Size) {
	const gap, edge = 4, 8
	left, growing := size.Width-edge, float32(0)
	for _, c := range t.columns {
		left -= c.Width + gap
		if c.Grow {
			growing++
		}
	}
	for i, c := range t.columns {
		width := c.Width
		if c.Grow && left > 0 {
			width += left / growing
		}
		t.SetColumnWidth(i, width)
	}
}

// update fills one cell. The table may ask for a cell that the rows no longer have.
func (t *Table) update(id widget.TableCellID, o fyne.CanvasObject) {
	l := labelIn(o)
	text := ""
	if id.Row < len(t.rows) && id.Col < len(t.rows[id.Row]) {
		text = t.rows[id.Row][id.Col]
	}
	if id.Col < len(t.columns) {
		l.Alignment = alignment(t.columns[id.Col])
	}
	chosen := id.Row == t.selected && t.onSelect != nil
	l.TextStyle.Bold = chosen
	l.Importance = widget.MediumImportance
	if chosen {
		l.Importance = widget.HighImportance
	}
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
	t.Refresh()
}

// SetColumns changes the columns and the rows.
func (t *Table) SetColumns(columns []Column, rows [][]string) {
	t.columns, t.rows, t.selected = columns, rows, -1
	t.widths(t.Size())
	t.ScrollToTop()
	t.Refresh()
}

// Select marks a row, as a click would but without telling; -1 for none.
func (t *Table) Select(row int) {
	if t.selected != row {
		t.selected = row
		t.Refresh()
	}
}

// Rows are the texts as they are shown.
func (t *Table) Rows() [][]string { return t.rows }

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
	return slices.EqualFunc(a, b, func(x, y []string) bool { return slices.Equal(x, y) })
}
