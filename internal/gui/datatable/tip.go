package datatable

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
)

// hover draws what lies under the mouse, when that is another place than before.
func (r *surfaceRenderer) hover() {
	col, row := -1, -1
	if r.g.inside && r.g.drag == nothing {
		col, row, _ = r.g.place(r.g.at)
	}
	if row == r.overRow && col == r.overColumn {
		return
	}
	rowChanged := row != r.overRow
	r.overRow, r.overColumn = row, col
	if rowChanged {
		r.draw()
		return
	}
	r.tip()
	canvas.Refresh(r.box)
	for _, l := range r.full {
		l.Refresh()
	}
}

// tip shows the full text of a cell that is cut, beside the mouse.
func (r *surfaceRenderer) tip() {
	text, ok := r.cut[[2]int{r.overRow, r.overColumn}]
	r.box.Hidden = !ok
	if !ok {
		for _, l := range r.full {
			l.Show(false)
		}
		return
	}
	size := r.g.Size()
	need := r.told(text, size.Width-2*style.Medium)
	x := max(0, min(r.g.at.X+12, size.Width-need.Width-2*style.Small))
	y := r.g.at.Y + 18
	if y+need.Height+8 > size.Height {
		y = r.g.at.Y - need.Height - 12
	}
	r.box.FillColor, r.box.StrokeColor, r.box.StrokeWidth = theme.Color(theme.ColorNameOverlayBackground), theme.Color(style.Border), 1
	r.box.Resize(need.AddWidthHeight(2*style.Small, 8))
	r.box.Move(fyne.NewPos(x, y))
	for i, l := range r.full {
		l.Place(fyne.NewPos(x+style.Small, y+4+float32(i)*tipFace.Height()), fyne.NewSize(need.Width, tipFace.Height()))
	}
}

// tipLines is how many lines a tip has at most: a name of 255 letters is whole in a narrow list, too.
const tipLines = 8

// told writes a tip, in as many lines as it needs, and says which room they take.
func (r *surfaceRenderer) told(text string, width float32) (need fyne.Size) {
	lines := tipFace.Wrap(lettering.Line(text), width)
	if len(lines) > tipLines {
		lines = append(lines[:tipLines-1:tipLines-1], tipFace.Cut(lines[tipLines-1]+lines[tipLines], width))
	}
	for i, l := range r.full {
		l.Show(i < len(lines))
		if i < len(lines) {
			l.Write(lines[i], tipFace, theme.Color(style.Text), fyne.TextAlignLeading)
			need.Width = max(need.Width, l.MinSize().Width)
			l.Refresh()
		}
	}
	need.Height = float32(len(lines)) * tipFace.Height()
	return need
}
