package datatable

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/style"
)

// column is a column in sight.
type column struct {
	name     string
	right    bool
	width    float32
	sorted   int // 1 upwards, -1 downwards, 0 not
	filtered bool
	decimals int // of its numbers, as far as they were seen
}

// cell is what stands in a place of the grid.
type cell struct {
	text  string
	known bool // false while it is being read
	mark  Mark
}

// Mark says what stands out of a cell; the zero value is nothing.
type Mark struct {
	Back  fyne.ThemeColorName // behind the text; "" for the row's own
	Color fyne.ThemeColorName // of the text; "" for the usual one
	Note  string              // what is said of it under the mouse
}

// surface draws the rows in sight and no others, over any number of rows. It scrolls by whole rows, so that no place in a
// long table is too far for Fyne's single-precision positions. It knows nothing of where the rows come from.
type surface struct {
	widget.BaseWidget
	name    string // for the probe: a header is name.header.COLUMN
	columns []column
	fixed   int // columns that stay where they are while the others are scrolled sideways
	rows    int
	cell    func(row, column int) cell
	faces   *faces // draw whole rows; nil: rows are cells of text

	header float32 // its height; 0: there is none
	row    float32 // a row's height
	pad    float32 // on both sides of a cell

	dispatch func(func())     // runs a function on the window's goroutine, soon
	onMoved  func()           // other rows are in sight
	onSort   func(column int) // a header was clicked
	onMenu   func(column, row int, at fyne.Position)
	onWidths func(column int) // its edge was moved
	onFit    func(column int) // its edge was pressed twice
	onChosen func()
	onCopy   func()
	onOpen   func() // Return was pressed on the chosen row

	top     int     // the first row in sight
	left    float32 // how far it is scrolled sideways
	wheel   float32 // what the mouse wheel turned beyond whole rows
	chosen  span
	current place // the cell that is outlined
	column  int   // that the keys are in
	focused bool
	shift   bool
	keyed   bool          // it is the keys that choose
	at      fyne.Position // of the mouse
	inside  bool
	waiting bool // a drawing is on its way
	moved   bool // and other rows are in sight since the last one
	drag    dragging
	dragged int // the column whose edge is being moved
	moving  bool
	pressed time.Time // an edge, last
	from    float32

	scale float32 // of the letters that it was made for

	r *surfaceRenderer
}

// place is a cell of the grid, or with row -1 a header; column -1 is none.
type place struct{ row, column int }

// span is the chosen rows, from the one chosen first to the one chosen last; -1 for none.
type span struct{ anchor, end int }

func (s span) none() bool         { return s.anchor < 0 }
func (s span) bounds() (a, b int) { return min(s.anchor, s.end), max(s.anchor, s.end) }
func (s span) has(row int) bool {
	a, b := s.bounds()
	return !s.none() && row >= a && row <= b
}

type dragging int

const (
	nothing dragging = iota
	edge
	vertical
	horizontal
	picking
)

// Sizes in Fyne's units.
const (
	bar        float32 = 12
	leastWidth float32 = 40
	mostWidth  float32 = 600
	grip       float32 = 5 // how near to a column's edge the mouse must be to move it
)

// headerHeight is that of the header, where there is one.
func headerHeight() float32 { return style.Grown(30) }

func newSurface(name string) *surface {
	g := &surface{
		name: name, dispatch: func(f func()) { f() }, chosen: span{-1, -1}, current: place{-1, -1}, cell: func(int, int) cell { return cell{} },
		header: headerHeight(), row: rowHeight(nil), scale: style.Scaled(1), pad: style.Small,
	}
	g.ExtendBaseWidget(g)
	return g
}

// MinSize is part of fyne.Widget.
func (g *surface) MinSize() fyne.Size {
	if g.faces != nil {
		return fyne.NewSize(40, g.header+g.row)
	}
	return fyne.NewSize(120, g.header+1.5*g.row) // half a row says that there are more
}

// body is the size of the place for the rows.
func (g *surface) body() fyne.Size {
	s := g.Size()
	return fyne.NewSize(max(0, s.Width-bar), max(0, s.Height-g.header-g.lower()))
}

// lower is the height of the bar for scrolling sideways, where there is one.
func (g *surface) lower() float32 {
	if g.faces == nil && g.wide() > g.Size().Width-bar {
		return bar
	}
	return 0
}

// wide is the width of all columns.
func (g *surface) wide() float32 {
	var w float32
	for _, c := range g.columns {
		w += c.width
	}
	return w
}

// page is the number of rows that are whole in sight.
func (g *surface) page() int { return max(1, int(g.body().Height/g.row)) }

// inSight are the rows from and to (excluded) that can be seen.
func (g *surface) inSight() (from, to int) {
	return g.top, min(g.rows, g.top+int(g.body().Height/g.row)+1)
}

// set replaces columns and number of rows.
func (g *surface) set(columns []column, rows int) {
	g.columns, g.rows = columns, rows
	if g.chosen.end >= rows || g.chosen.anchor >= rows {
		g.chosen = span{-1, -1}
	}
	g.fit()
	g.clamp()
	g.redraw() // what has changed; Refresh draws each cell anew
}

// rescale gives rows and columns the sizes that the letters need now.
func (g *surface) rescale() {
	if g.scale == style.Scaled(1) {
		return
	}
	g.scale = style.Scaled(1)
	if g.header > 0 {
		g.header = headerHeight()
	}
	if g.faces == nil {
		g.row = rowHeight(nil)
	} else {
		g.row = rowHeight(g.faces.columns)
		ask(g.faces.columns, g.rows, g.faces.fill)
		g.faces.asked++
	}
	g.fit()
	g.clamp()
}

// fit gives the columns of whole rows the grid's width.
func (g *surface) fit() {
	if g.faces == nil {
		return
	}
	for i, w := range share(g.faces.columns, g.body().Width) {
		g.columns[i].width = w
	}
}

// clamp keeps what is in sight within what there is.
func (g *surface) clamp() {
	g.top = max(0, min(g.top, g.rows-g.page()))
	g.left = max(0, min(g.left, g.wide()-g.body().Width))
}

// scrollTo brings another first row into sight.
func (g *surface) scrollTo(top int, left float32) {
	wasTop, wasLeft := g.top, g.left
	g.top, g.left = top, left
	g.clamp()
	if wasTop == g.top && wasLeft == g.left {
		return
	}
	g.moved = g.moved || wasTop != g.top
	g.redrawSoon()
}

// redrawSoon draws once for all that is asked for before the window's goroutine comes to it: a wheel turns faster than
// texts can be drawn.
func (g *surface) redrawSoon() {
	if g.waiting {
		return
	}
	g.waiting = true
	g.dispatch(func() {
		g.waiting = false
		if g.moved && g.onMoved != nil {
			g.onMoved()
		}
		g.moved = false
		g.redraw()
	})
}

// show brings a row into sight.
func (g *surface) show(row int) {
	switch {
	case row < g.top:
		g.scrollTo(row, g.left)
	case row >= g.top+g.page():
		g.scrollTo(row-g.page()+1, g.left)
	default:
		g.redraw()
	}
}

// showColumn brings a column into sight.
func (g *surface) showColumn(col int) {
	if col < g.fixed || col >= len(g.columns) {
		return
	}
	from := g.widths(col)
	to, first, wide := from+g.columns[col].width, g.widths(g.fixed), g.body().Width
	switch {
	case from < g.left+first:
		g.scrollTo(g.top, from-first)
	case to > g.left+wide:
		g.scrollTo(g.top, min(from-first, to-wide))
	}
}

// widths is the width of so many columns.
func (g *surface) widths(n int) (width float32) {
	for _, c := range g.columns[:min(n, len(g.columns))] {
		width += c.width
	}
	return width
}

// each calls do for the columns from one to another (excluded) that can be seen, with where they begin.
func (g *surface) each(from, to int, do func(i int, x float32)) {
	least, x := float32(0), g.widths(from)
	if from >= g.fixed {
		least, x = g.widths(g.fixed), x-g.left
	}
	for i := from; i < min(to, len(g.columns)); i++ {
		if width := g.columns[i].width; x+width > least && x < g.body().Width {
			do(i, x)
		}
		x += g.columns[i].width
	}
}

// choose marks a row, or with extend all from the one marked first to it.
func (g *surface) choose(row int, extend bool) {
	if g.rows == 0 {
		return
	}
	row = max(0, min(row, g.rows-1))
	if extend && !g.chosen.none() && g.faces == nil {
		g.chosen.end = row
	} else {
		g.chosen = span{row, row}
	}
	g.show(row)
	if g.onChosen != nil {
		g.onChosen()
	}
}

func (g *surface) redraw() {
	if g.r != nil {
		g.r.draw()
	}
}

// Resize is part of fyne.Widget.
func (g *surface) Resize(size fyne.Size) {
	g.BaseWidget.Resize(size)
	g.fit()
	g.clamp()
	if g.onMoved != nil {
		g.onMoved()
	}
}

// place says what lies at a position: a column (-1 for none), a row (-1 for the header or none), and whether the
// column's right edge is there.
func (g *surface) place(p fyne.Position) (col, row int, edge bool) {
	col, row = -1, -1
	x := p.X
	if x >= g.widths(g.fixed) {
		x += g.left
	}
	var right float32
	for i, c := range g.columns {
		if right += c.width; i >= g.fixed && p.X < g.widths(g.fixed)-grip {
			break // it lies below those that stay
		}
		if g.faces == nil && p.Y < g.header && x > right-grip && x <= right+grip {
			return i, -1, true
		}
		if x < right && col < 0 {
			col = i
		}
	}
	if p.Y >= g.header && p.Y < g.header+g.body().Height && p.X < g.body().Width {
		if row = g.top + int((p.Y-g.header)/g.row); row >= g.rows {
			row = -1
		}
	}
	return col, row, false
}
