package datatable

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"fabricportal/internal/gui/style"
)

// marks is what stands behind the cells that stand out, and around the current one.
func (r *surfaceRenderer) marks(from, to int, body fyne.Size) []fyne.CanvasObject {
	g := r.g
	if g.faces != nil {
		return nil
	}
	var out []fyne.CanvasObject
	x, n := -g.left, 0
	for i, c := range g.columns {
		if x+c.width > 0 && x < body.Width {
			for row := from; row < to; row++ {
				back := g.cell(row, i).mark.Back
				y := g.header + float32(row-g.top)*g.row
				height := min(g.row, g.header+body.Height-y)
				if g.current == (place{row, i}) {
					out = append(out, r.around(x, y, c.width, height, back))
					continue
				}
				if back == "" {
					continue
				}
				if n == len(r.backs) {
					r.backs = append(r.backs, canvas.NewRectangle(nil))
				}
				b := r.backs[n]
				n++
				b.FillColor = theme.Color(back)
				b.Resize(fyne.NewSize(c.width-1, height-1))
				b.Move(fyne.NewPos(x, y))
				out = append(out, b)
			}
		}
		x += c.width
	}
	return out
}

// around is the outline of the current cell.
func (r *surfaceRenderer) around(x, y, width, height float32, back fyne.ThemeColorName) *canvas.Rectangle {
	if back == "" {
		back = style.None
	}
	r.outline.FillColor, r.outline.StrokeColor, r.outline.StrokeWidth = theme.Color(back), theme.Color(style.Accent), 2
	r.outline.Resize(fyne.NewSize(width-1, height-1))
	r.outline.Move(fyne.NewPos(x, y))
	return r.outline
}
