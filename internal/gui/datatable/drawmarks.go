package datatable

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"fabricportal/internal/gui/style"
)

// cellsOf is the cells of some columns in the rows in sight, and what stands behind those that stand out.
func (r *surfaceRenderer) cellsOf(first, last, from, to int) []fyne.CanvasObject {
	g := r.g
	var behind, texts []fyne.CanvasObject
	g.each(first, last, func(i int, x float32) {
		g.align(i, from, to)
		c := g.columns[i]
		for row := from; row < to; row++ {
			v := g.cell(row, i)
			if back := r.behind(place{row, i}, v.mark.Back, x); back != nil {
				behind = append(behind, back)
			}
			if v.mark.Note != "" {
				r.cut[[2]int{row, i}] = v.mark.Note
			}
			if g.keysIn(place{row, i}) {
				behind = append(behind, r.keysAround(x, g.header+float32(row-g.top)*g.row, c.width, g.row))
			}
			if v.text != "" || !v.known {
				texts = append(texts, r.text(i, row, v, x, c).Object())
			}
		}
	})
	return append(behind, texts...)
}

// behind is what stands behind a cell, or around the current one; nil for nothing.
func (r *surfaceRenderer) behind(at place, back fyne.ThemeColorName, x float32) fyne.CanvasObject {
	g := r.g
	y, width := g.header+float32(at.row-g.top)*g.row, g.columns[at.column].width
	height := min(g.row, g.header+g.body().Height-y)
	if g.current == at {
		return r.around(x, y, width, height, back)
	}
	if back == "" {
		return nil
	}
	if r.marked == len(r.backs) {
		r.backs = append(r.backs, canvas.NewRectangle(nil))
	}
	b := r.backs[r.marked]
	r.marked++
	b.FillColor = theme.Color(back)
	b.Resize(fyne.NewSize(width-1, height-1))
	b.Move(fyne.NewPos(x, y))
	return b
}

// around is the outline of the current cell.
func (r *surfaceRenderer) around(x, y, width, height float32, back fyne.ThemeColorName) *canvas.Rectangle {
	if back == "" {
		back = style.None
	}
	r.outline.FillColor, r.outline.StrokeColor, r.outline.StrokeWidth = theme.Color(back), theme.Color(style.Accent), 2
	r.outline.Resize(fyne.NewSize(width-2, height-1))
	r.outline.Move(fyne.NewPos(x, y))
	return r.outline
}

// keysIn tells whether the keys are in a cell.
func (g *surface) keysIn(at place) bool { return g.focused && g.faces == nil && at == g.atKeys() }

// keysAround is the ring around the cell that the keys are in.
func (r *surfaceRenderer) keysAround(x, y, width, height float32) *canvas.Rectangle {
	r.keys.FillColor, r.keys.StrokeColor, r.keys.StrokeWidth = theme.Color(style.None), theme.Color(style.Accent), 2
	r.keys.Resize(fyne.NewSize(width-2, min(height, r.g.header+r.g.body().Height-y)-1))
	r.keys.Move(fyne.NewPos(x, y))
	return r.keys
}

// cover lies between the columns that are scrolled and those that stay.
func (r *surfaceRenderer) cover() []fyne.CanvasObject {
	g := r.g
	width, height := g.widths(g.fixed), max(0, g.Size().Height-g.header) // the last row is cut by the bar below
	r.under.FillColor = theme.Color(style.Surface)
	r.under.Resize(fyne.NewSize(width, height))
	r.under.Move(fyne.NewPos(0, g.header))
	if r.side.FillColor = theme.Color(style.Border); g.left <= 0 {
		r.side.FillColor = theme.Color(style.None)
	}
	r.side.Resize(fyne.NewSize(1, height))
	r.side.Move(fyne.NewPos(width, g.header))
	return []fyne.CanvasObject{r.under, r.side}
}

// margins keep what is cut at the edges away from the bars.
func (r *surfaceRenderer) margins(size fyne.Size) []fyne.CanvasObject {
	g := r.g
	if g.faces != nil {
		return nil
	}
	height := max(0, size.Height-g.header)
	r.right.FillColor, r.bottom.FillColor = theme.Color(style.Surface), theme.Color(style.Surface)
	r.right.Resize(fyne.NewSize(bar, height))
	r.right.Move(fyne.NewPos(size.Width-bar, g.header))
	out := []fyne.CanvasObject{r.right}
	if g.lower() > 0 {
		r.bottom.Resize(fyne.NewSize(size.Width, bar))
		r.bottom.Move(fyne.NewPos(0, size.Height-bar))
		out = append(out, r.bottom)
	}
	return out
}
