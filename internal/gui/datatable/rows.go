// Package datatable shows tables. One surface draws the rows in sight, scrolls, chooses and copies. On it stand Rows, for
// things to choose from; Grid, for the first rows of a file; and Panel, for the cleaned data, of any number of rows. A
// Panel reads what is seen off the window's goroutine; it sorts, filters and searches, and remembers its columns.
package datatable

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
)

// Cell is what stands in a row's column, ready to be drawn.
type Cell struct {
	Text  string
	Color fyne.ThemeColorName // "": the ordinary one
	Bold  bool
	Shape controls.Shape      // before the text; "": none
	Tint  fyne.ThemeColorName // of the shape; "": the text's
	Note  string              // below the text, in a column with notes
	Bars  []int64             // instead of a text, in a column of bars

	Indent float32 // room before the cell, of a row that belongs to the one above
}

// Column describes a column of Rows.
type Column struct {
	Title string
	Width float32 // at least, in Fyne's units
	Grow  float32 // its part of the width that is left
	Right bool    // numbers stand to the right
	Mark  bool    // cells have a shape before the text
	Note  bool    // cells have a note below the text; the rows are higher then
	Named bool    // cells are names of files: those that are too long are cut in their middle
	Bars  bool    // cells are small histograms
	Spare bool    // left out in a narrow window rather than that others are cut: what the row leads to says it, too
	want  float32 // what the rows need; 0 where it is not known
}

// rowPad is the room on both sides of a cell.
const rowPad float32 = 6

// tall is the height of rows with notes.
const tall float32 = 44

func rowHeight(columns []Column) float32 {
	for _, c := range columns {
		if c.Note {
			return max(tall, style.Scaled(tall))
		}
	}
	return max(style.Row, style.Scaled(style.Row))
}

// Rows is a table of which one row can be chosen. R is the row's view model: its texts are ready.
type Rows[R comparable] struct {
	*fyne.Container
	cells    func(R) []Cell
	key      func(R) string
	onChosen func(R)
	waits    bool         // the chosen row is one that is opened, and the keys have only come to it
	opened   func(R) bool // a row that is opened by a click or Return, and not as the keys come to it

	rows   []R
	chosen string // key of the chosen row
	grid   *surface
	empty  *controls.Empty
}

// NewRows makes a table. A row is name.0, name.1 … for the probe. key tells rows apart when they are replaced; onChosen may
// be nil. empty is shown when there are no rows; it may be nil.
func NewRows[R comparable](name string, columns []Column, cells func(R) []Cell, key func(R) string, onChosen func(R), empty *controls.Empty) *Rows[R] {
	t := &Rows[R]{cells: cells, key: key, onChosen: onChosen, grid: newSurface(name), empty: empty}
	columns = slices.Clone(columns) // each table measures its own
	t.grid.faces = &faces{columns: columns, fill: func(row int) []Cell { return t.cells(t.rows[row]) }}
	t.grid.row, t.grid.header, t.grid.pad = rowHeight(columns), 0, rowPad
	shown := make([]column, len(columns))
	for i, c := range columns {
		shown[i] = column{name: c.Title, right: c.Right}
		if c.Title != "" {
			t.grid.header = headerHeight()
		}
	}
	t.grid.set(shown, 0)
	t.grid.onChosen = t.choose
	t.grid.onCopy = func() { toClipboard(t.copyText()) }
	t.Container = container.NewStack(t.grid)
	if empty != nil {
		t.Add(empty.Container)
	}
	t.showEmpty()
	return t
}

// choose tells of a row that was chosen, once: a click arrives as a press and as a tap.
func (t *Rows[R]) choose() {
	r := t.rows[t.grid.chosen.end]
	key := t.key(r)
	if key == t.chosen && (!t.waits || t.grid.keyed) {
		return
	}
	t.chosen = key
	if t.waits = t.grid.keyed && t.opened != nil && t.opened(r); t.waits {
		return
	}
	if t.onChosen != nil {
		t.onChosen(r)
	}
}

// Opened says which rows are opened by a click or Return, and not as the keys come to them on the way to others.
func (t *Rows[R]) Opened(opened func(R) bool) {
	t.opened = opened
	t.grid.onOpen = func() {
		if r := t.rows[t.grid.chosen.end]; opened(r) && t.onChosen != nil {
			t.waits = false
			t.onChosen(r)
		}
	}
}

// Focus gives the keys to the table.
func (t *Rows[R]) Focus() {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t.grid); c != nil {
		c.Focus(t.grid)
	}
}

// Set replaces the rows. The chosen row stays chosen while it is there; nothing is drawn when all are the same.
func (t *Rows[R]) Set(rows []R) {
	if slices.Equal(rows, t.rows) {
		return
	}
	t.rows = rows
	t.showEmpty()
	if f := t.grid.faces; ask(f.columns, len(rows), f.fill) {
		f.asked++
	}
	t.grid.chosen = t.place()
	t.grid.set(t.grid.columns, len(rows))
}

// Rows is what is shown.
func (t *Rows[R]) Rows() []R { return t.rows }

// Chosen is the chosen row.
func (t *Rows[R]) Chosen() (R, bool) {
	for _, r := range t.rows {
		if t.key(r) == t.chosen {
			return r, true
		}
	}
	var zero R
	return zero, false
}

// Choose marks the row with the key without telling onChosen, and brings it into sight; "" marks none.
func (t *Rows[R]) Choose(key string) {
	t.chosen = key
	at := t.place()
	if at == t.grid.chosen {
		return
	}
	t.grid.chosen = at
	if at.none() {
		t.grid.redraw()
		return
	}
	t.grid.show(at.end)
}

// place is where the chosen row stands.
func (t *Rows[R]) place() span {
	if t.chosen == "" {
		return span{-1, -1}
	}
	at := slices.IndexFunc(t.rows, func(r R) bool { return t.key(r) == t.chosen })
	return span{at, at}
}

func (t *Rows[R]) showEmpty() {
	if t.empty != nil {
		t.empty.Shown(len(t.rows) == 0)
	}
}

// copyText is the chosen row as tab-separated text.
func (t *Rows[R]) copyText() string {
	r, ok := t.Chosen()
	if !ok {
		return ""
	}
	var texts []string
	for _, c := range t.cells(r) {
		texts = append(texts, c.Text)
	}
	return strings.Join(oneLined(texts), "\t")
}
