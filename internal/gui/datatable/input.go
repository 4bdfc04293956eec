package datatable

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"fabricportal/internal/gui/controls"
)

// Scrolled is part of fyne.Scrollable.
func (g *surface) Scrolled(e *fyne.ScrollEvent) {
	g.wheel -= e.Scrolled.DY * 3
	rows := int(g.wheel / g.row)
	g.wheel -= float32(rows) * g.row
	g.scrollTo(g.top+rows, g.left-e.Scrolled.DX*3)
}

// MouseDown is part of desktop.Mouseable: it begins what is dragged, and chooses.
func (g *surface) MouseDown(e *desktop.MouseEvent) {
	g.shift = e.Modifier&fyne.KeyModifierShift != 0
	if e.Button != desktop.MouseButtonPrimary {
		return
	}
	if c := fyne.CurrentApp().Driver().CanvasForObject(g); c != nil {
		c.Focus(g)
	}
	g.begin(e.Position)
	if g.drag == picking {
		_, row, _ := g.place(e.Position)
		g.choose(row, g.shift)
	}
}

// begin notes what a press at a position takes hold of.
func (g *surface) begin(p fyne.Position) {
	size := g.Size()
	col, row, atEdge := g.place(p)
	switch {
	case p.X >= size.Width-bar && p.Y >= g.header:
		g.drag = vertical
		g.jump(p)
	case g.lower() > 0 && p.Y >= size.Height-bar:
		g.drag = horizontal
		g.jump(p)
	case atEdge:
		g.drag, g.dragged, g.from = edge, col, p.X-g.columns[col].width
	case row >= 0:
		g.drag = picking
	default:
		g.drag = nothing
	}
}

// jump scrolls to where a bar was pressed.
func (g *surface) jump(p fyne.Position) {
	switch g.drag {
	case vertical:
		part := (p.Y - g.header) / max(1, g.body().Height)
		g.scrollTo(int(float64(part)*float64(g.rows))-g.page()/2, g.left)
	case horizontal:
		part := p.X / max(1, g.body().Width)
		g.scrollTo(g.top, part*g.wide()-g.body().Width/2)
	}
}

// MouseUp is part of desktop.Mouseable.
func (g *surface) MouseUp(*desktop.MouseEvent) {}

// Dragged is part of fyne.Draggable.
func (g *surface) Dragged(e *fyne.DragEvent) {
	if g.drag == nothing {
		return
	}
	switch g.drag {
	case edge:
		g.moving = true
		g.columns[g.dragged].width = max(leastWidth, min(mostWidth, e.Position.X-g.from))
		g.clamp()
		g.redraw()
	case picking:
		if g.faces != nil { // one row is chosen, where the mouse was pressed
			return
		}
		row := g.top + int((e.Position.Y-g.header)/g.row)
		if e.Position.Y < g.header {
			row = g.top - 1
		}
		g.choose(row, true)
	default:
		g.jump(e.Position)
	}
}

// DragEnd is part of fyne.Draggable.
func (g *surface) DragEnd() {
	if g.drag == edge && g.moving && g.onWidths != nil {
		g.onWidths(g.dragged)
	}
	g.drag, g.moving = nothing, false
}

// twice is the time within which two clicks are a double click.
const twice = 500 * time.Millisecond

// Tapped is part of fyne.Tappable: a header sorts, a row is chosen.
func (g *surface) Tapped(e *fyne.PointEvent) {
	col, row, atEdge := g.place(e.Position)
	switch {
	case atEdge:
		// A widget that asks Fyne for double clicks gets each click late: two of them are noticed here.
		now := time.Now()
		if now.Sub(g.pressed) < twice && col == g.dragged && g.onFit != nil {
			g.onFit(col)
			now = time.Time{}
		}
		g.pressed = now
	case e.Position.X >= g.Size().Width-bar:
	case row >= 0:
		g.choose(row, g.shift)
	case e.Position.Y < g.header && col >= 0 && g.onSort != nil:
		g.onSort(col)
	}
}

// TappedSecondary is part of fyne.SecondaryTappable.
func (g *surface) TappedSecondary(e *fyne.PointEvent) {
	col, row, _ := g.place(e.Position)
	if g.onMenu == nil {
		return
	}
	if row >= 0 && !g.chosen.has(row) {
		g.choose(row, false)
	}
	if col >= 0 {
		g.onMenu(col, row, e.AbsolutePosition)
	}
}

// Cursor is part of desktop.Cursorable.
func (g *surface) Cursor() desktop.Cursor {
	if _, _, atEdge := g.place(g.at); g.inside && atEdge || g.drag == edge {
		return desktop.HResizeCursor
	}
	return desktop.DefaultCursor
}

// MouseIn is part of desktop.Hoverable.
func (g *surface) MouseIn(e *desktop.MouseEvent) { g.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (g *surface) MouseMoved(e *desktop.MouseEvent) {
	g.at, g.inside = e.Position, true
	if g.r != nil {
		g.r.hover()
	}
}

// MouseOut is part of desktop.Hoverable.
func (g *surface) MouseOut() {
	g.inside = false
	if g.r != nil {
		g.r.hover()
	}
}

// FocusGained is part of fyne.Focusable.
func (g *surface) FocusGained() {
	g.focused = true
	controls.Reveal(g)
	g.redraw()
}

// ProbeRole is what kind of control it is.
func (g *surface) ProbeRole() string { return "table" }

// ProbeName is the name by which the probe knows the table.
func (g *surface) ProbeName() string { return g.name }

// FocusLost is part of fyne.Focusable.
func (g *surface) FocusLost() { g.focused, g.shift = false, false; g.redraw() }

// TypedRune is part of fyne.Focusable.
func (g *surface) TypedRune(rune) {}

// KeyDown is part of desktop.Keyable: it notes the shift key.
func (g *surface) KeyDown(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		g.shift = true
	}
}

// KeyUp is part of desktop.Keyable.
func (g *surface) KeyUp(e *fyne.KeyEvent) {
	if e.Name == desktop.KeyShiftLeft || e.Name == desktop.KeyShiftRight {
		g.shift = false
	}
}

// TypedKey is part of fyne.Focusable.
func (g *surface) TypedKey(e *fyne.KeyEvent) {
	row := g.chosen.end
	switch e.Name {
	case fyne.KeyUp:
		row--
	case fyne.KeyDown:
		row++
	case fyne.KeyPageUp:
		row -= g.page()
	case fyne.KeyPageDown:
		row += g.page()
	case fyne.KeyHome:
		row = 0
	case fyne.KeyEnd:
		row = g.rows - 1
	case fyne.KeyLeft:
		g.stepColumn(-1)
		return
	case fyne.KeyRight:
		g.stepColumn(1)
		return
	case fyne.KeyReturn, fyne.KeyEnter, fyne.KeySpace:
		if g.onOpen != nil && !g.chosen.none() {
			g.onOpen()
		}
		return
	default:
		if !g.menuByKey(e) {
			controls.PassKey(g, e)
		}
		return
	}
	g.keyed = true
	g.choose(row, g.shift)
	g.keyed = false
}

// stepColumn goes to the column beside the one that the keys are in.
func (g *surface) stepColumn(by int) {
	if g.faces != nil || len(g.columns) == 0 {
		return
	}
	g.column = max(0, min(g.column+by, len(g.columns)-1))
	g.showColumn(g.column)
	g.redraw()
}

// atKeys is the cell that the keys are in: of the row chosen last, else of the names of the columns.
func (g *surface) atKeys() place {
	return place{g.chosen.end, min(g.column, len(g.columns)-1)}
}

// menuByKey opens the menu of the cell that the keys are in.
func (g *surface) menuByKey(e *fyne.KeyEvent) bool {
	if g.onMenu == nil || len(g.columns) == 0 || !controls.Menu(e) {
		return false
	}
	at := g.atKeys()
	x := g.widths(at.column)
	if at.column >= g.fixed {
		x -= g.left
	}
	y := g.header
	if at.row >= g.top {
		y += float32(at.row-g.top+1) * g.row
	}
	y = min(y, g.Size().Height)
	g.onMenu(at.column, at.row, fyne.CurrentApp().Driver().AbsolutePositionForObject(g).AddXY(max(0, x)+g.pad, y))
	return true
}

// TypedShortcut is part of fyne.Shortcutable.
func (g *surface) TypedShortcut(s fyne.Shortcut) {
	controls.PassShortcut(g, s)
	switch s.(type) {
	case *fyne.ShortcutCopy:
		if g.onCopy != nil {
			g.onCopy()
		}
	case *fyne.ShortcutSelectAll:
		if g.rows > 0 && g.faces == nil {
			g.chosen = span{0, g.rows - 1}
			g.redraw()
			if g.onChosen != nil {
				g.onChosen()
			}
		}
	}
}

// AccessibilityLabel is part of fyne.Accessible.
func (g *surface) AccessibilityLabel() string { return controls.Told(g) }

// AccessibilityRole is part of fyne.Accessible.
func (g *surface) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
