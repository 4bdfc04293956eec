package datatable

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
)

// surfaceRenderer keeps the objects that draw a surface, and uses them again for other rows.
type surfaceRenderer struct {
	g     *surface
	clip  *container.Clip
	inner *fyne.Container

	header     *canvas.Rectangle
	line       *canvas.Rectangle
	stripes    []*canvas.Rectangle
	texts      []*lettering.Letters
	heads      []*lettering.Letters
	edges      []*canvas.Rectangle
	spots      []*spot
	backs      []*canvas.Rectangle // of cells that stand out
	marked     int                 // of backs, that are used
	over       []*canvas.Rectangle // stripes of the columns that stay
	under      *canvas.Rectangle   // below them
	side       *canvas.Rectangle   // the line beside them
	corner     *canvas.Rectangle   // below their names
	right      *canvas.Rectangle   // below the bar at the right
	bottom     *canvas.Rectangle   // below the lower one
	outline    *canvas.Rectangle   // of the current cell
	keys       *canvas.Rectangle   // around the cell that the keys are in
	thumb      *canvas.Rectangle   // of the bar at the right
	lower      *canvas.Rectangle   // of the bar below
	frame      *canvas.Rectangle   // while it has the focus
	box        *canvas.Rectangle   // the full text of a cell that is cut
	full       []*lettering.Letters
	used       int // of texts
	cut        map[[2]int]string
	overRow    int
	overColumn int
}

// CreateRenderer is part of fyne.Widget.
func (g *surface) CreateRenderer() fyne.WidgetRenderer {
	r := &surfaceRenderer{g: g, overRow: -1, overColumn: -1}
	r.header, r.line = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	r.thumb, r.lower, r.frame, r.box = canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	r.thumb.CornerRadius, r.lower.CornerRadius, r.box.CornerRadius = 3, 3, 4
	r.outline = canvas.NewRectangle(nil)
	for range tipLines {
		r.full = append(r.full, lettering.NewLetters())
	}
	r.outline.CornerRadius = 2
	r.keys = canvas.NewRectangle(nil)
	r.keys.CornerRadius = 2
	r.under, r.side, r.corner = canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	r.right, r.bottom = canvas.NewRectangle(nil), canvas.NewRectangle(nil)
	r.inner = container.NewWithoutLayout()
	r.clip = container.NewClip(r.inner)
	g.r = r
	r.draw()
	return r
}

func (r *surfaceRenderer) Layout(size fyne.Size) {
	r.clip.Resize(size)
	r.inner.Resize(size)
	r.draw()
}
func (r *surfaceRenderer) MinSize() fyne.Size           { return r.g.MinSize() }
func (r *surfaceRenderer) Objects() []fyne.CanvasObject { return []fyne.CanvasObject{r.clip} }
func (r *surfaceRenderer) Destroy()                     {}

// Refresh draws anew, also in other colours and with larger letters.
func (r *surfaceRenderer) Refresh() {
	r.g.rescale()
	r.draw()
	if r.g.faces != nil {
		for _, v := range r.g.faces.views {
			v.box.Refresh()
		}
	}
}

// draw places everything for the rows in sight.
func (r *surfaceRenderer) draw() {
	g := r.g
	size, body := g.Size(), g.body()
	r.used, r.cut = 0, map[[2]int]string{}
	objects := make([]fyne.CanvasObject, 0, 64+len(r.texts))
	from, to := g.inSight()
	objects = append(objects, r.rows(&r.stripes, from, to, body.Width)...)
	r.marked = 0
	if g.faces != nil {
		objects = append(objects, g.faces.draw(g, from, to, body.Width)...)
	}
	if g.faces == nil {
		objects = append(objects, r.cellsOf(g.fixed, len(g.columns), from, to)...)
		if g.fixed > 0 {
			objects = append(objects, r.cover()...)
			objects = append(objects, r.rows(&r.over, from, to, g.widths(g.fixed))...)
			objects = append(objects, r.cellsOf(0, g.fixed, from, to)...)
		}
	}
	r.header.FillColor = theme.Color(style.Surface)
	r.header.Resize(fyne.NewSize(size.Width, g.header))
	r.line.FillColor = theme.Color(style.Border)
	r.line.Resize(fyne.NewSize(size.Width, 1))
	r.line.Move(fyne.NewPos(0, g.header-1))
	if g.header > 0 {
		objects = append(objects, r.header, r.line)
		objects = append(objects, r.heading()...)
	}
	objects = append(objects, r.margins(size)...)
	objects = append(objects, r.bars(size, body)...)
	r.frame.Hidden = !g.focused
	r.frame.FillColor, r.frame.StrokeColor, r.frame.StrokeWidth = theme.Color(style.None), theme.Color(style.Accent), 2
	r.frame.Resize(size)
	objects = append(objects, r.frame, r.box)
	for _, l := range r.full {
		objects = append(objects, l.Object())
	}
	r.inner.Objects = objects
	r.tip()
	canvas.Refresh(r.inner)
}

// rows is the stripes behind the rows, in the colour of what they are.
func (r *surfaceRenderer) rows(stripes *[]*canvas.Rectangle, from, to int, width float32) []fyne.CanvasObject {
	g, body := r.g, r.g.body()
	out := make([]fyne.CanvasObject, 0, to-from)
	for i := range to - from {
		if i == len(*stripes) {
			*stripes = append(*stripes, canvas.NewRectangle(nil))
		}
		row, s := from+i, (*stripes)[i]
		name := style.None
		switch {
		case g.chosen.has(row):
			name = theme.ColorNameSelection
		case row == r.overRow:
			name = theme.ColorNameHover
		case row%2 == 1 && g.faces == nil:
			name = style.Stripe
		}
		s.FillColor = theme.Color(name)
		s.Resize(fyne.NewSize(width, min(g.row, body.Height-float32(i)*g.row)))
		s.Move(fyne.NewPos(0, g.header+float32(i)*g.row))
		out = append(out, s)
	}
	return out
}

// text is the object for a cell; what is too wide is cut, and noted for the mouse.
func (r *surfaceRenderer) text(col, row int, v cell, x float32, c column) *lettering.Letters {
	if r.used == len(r.texts) {
		r.texts = append(r.texts, lettering.NewLetters())
	}
	t := r.texts[r.used]
	r.used++
	shown, colour := lettering.Line(v.text), theme.Color(style.Text)
	switch {
	case !v.known:
		shown, colour = "…", theme.Color(style.Muted)
	case v.mark.Color != "":
		colour = theme.Color(v.mark.Color)
	}
	room := c.width - 2*style.Small
	if lacks := c.missing(shown); lacks > 0 && cellFace.Room(shown)+lacks <= room {
		room -= lacks
	}
	t.WriteIn(room, shown, cellFace, colour, aligned(c))
	if t.Text() != shown {
		r.cut[[2]int{row, col}] = shown
		if v.mark.Note != "" {
			r.cut[[2]int{row, col}] = v.mark.Note + " · " + shown
		}
	}
	height := cellFace.Height()
	t.Place(fyne.NewPos(x+style.Small, r.g.header+float32(row-r.g.top)*r.g.row+(r.g.row-height)/2), fyne.NewSize(room, height))
	return t
}

func aligned(c column) fyne.TextAlign {
	if c.right {
		return fyne.TextAlignTrailing
	}
	return fyne.TextAlignLeading
}

// The faces of cells, and of columns' names and full texts.
var (
	cellFace = lettering.Face{Size: style.Body}
	headFace = lettering.Face{Size: style.Caption, Bold: true}
	tipFace  = lettering.Face{Size: style.Caption}
)

// measured is how many rows a column's width is worked out from.
const measured = 60

// The widths that a column gets by itself, and by a double click on its edge.
const (
	usualMost float32 = 280
	fitMost           = mostWidth
)

// fitting is the width of a column in which its name and all of some texts can be read, up to most. It is of what is drawn: a text of
// fewer letters may be the wider one.
func fitting(name string, texts []string, most float32) float32 {
	need := cellFace.Room(lettering.Label(name)) + 24 // the name has room for how the column sorts
	for _, t := range texts {
		need = max(need, cellFace.Room(lettering.Label(t)))
	}
	return max(64, min(need+2*style.Small+4, most))
}

// heading is the columns' names, how they sort, and the lines between them.
func (r *surfaceRenderer) heading() []fyne.CanvasObject {
	g := r.g
	var out []fyne.CanvasObject
	n := 0
	head := func(i int, x float32) {
		c := g.columns[i]
		if c.width == 0 { // left out
			return
		}
		if n == len(r.heads) {
			r.heads = append(r.heads, lettering.NewLetters())
			r.edges = append(r.edges, canvas.NewRectangle(nil))
			r.spots = append(r.spots, newSpot())
		}
		t, e, s := r.heads[n], r.edges[n], r.spots[n]
		n++
		mark := ""
		switch {
		case c.sorted > 0:
			mark = " ▲"
		case c.sorted < 0:
			mark = " ▼"
		}
		if c.filtered {
			mark += " ●"
		}
		colour := theme.Color(style.Muted)
		if mark != "" {
			colour = theme.Color(style.Accent)
		}
		t.Write(headFace.Cut(lettering.Line(c.name), c.width-2*g.pad-headFace.Width(mark))+mark, headFace, colour, aligned(c))
		height := headFace.Height()
		t.Place(fyne.NewPos(x+g.pad, (g.header-height)/2), fyne.NewSize(c.width-2*g.pad, height))
		e.FillColor = theme.Color(style.Border)
		e.Resize(fyne.NewSize(1, g.header-16))
		e.Move(fyne.NewPos(x+c.width-1, 8))
		if s.name, s.text = "", t.Text(); g.name != "" {
			s.name = g.name + ".header." + lettering.Label(c.name)
		}
		s.Resize(fyne.NewSize(c.width-2*grip, g.header))
		s.Move(fyne.NewPos(x+grip, 0))
		if g.current == (place{-1, i}) {
			out = append(out, r.around(x, 0, c.width, g.header, style.WarnBack))
		}
		if g.keysIn(place{-1, i}) {
			out = append(out, r.keysAround(x, 0, c.width, g.header))
		}
		if out = append(out, t.Object(), s); g.faces == nil {
			out = append(out, e)
		}
	}
	g.each(g.fixed, len(g.columns), head)
	if g.fixed > 0 {
		r.corner.FillColor = theme.Color(style.Surface)
		r.corner.Resize(fyne.NewSize(g.widths(g.fixed), g.header-1))
		out = append(out, r.corner)
		g.each(0, g.fixed, head)
	}
	return out
}

// bars are the thumbs of the scroll bars, where there is something to scroll.
func (r *surfaceRenderer) bars(size, body fyne.Size) []fyne.CanvasObject {
	g := r.g
	var out []fyne.CanvasObject
	if g.rows > g.page() {
		height := max(28, body.Height*float32(g.page())/float32(g.rows))
		part := float32(float64(g.top) / float64(g.rows-g.page()))
		r.thumb.FillColor = theme.Color(theme.ColorNameScrollBar)
		r.thumb.Resize(fyne.NewSize(6, height))
		r.thumb.Move(fyne.NewPos(size.Width-9, g.header+part*(body.Height-height)))
		out = append(out, r.thumb)
	}
	if wide := g.wide(); g.lower() > 0 {
		width := max(28, body.Width*body.Width/wide)
		part := g.left / max(1, wide-body.Width)
		r.lower.FillColor = theme.Color(theme.ColorNameScrollBar)
		r.lower.Resize(fyne.NewSize(width, 6))
		r.lower.Move(fyne.NewPos(part*(body.Width-width), size.Height-9))
		out = append(out, r.lower)
	}
	return out
}

// ProbeChildren is the headers and the rows, for the probe.
func (g *surface) ProbeChildren() []fyne.CanvasObject {
	if g.r == nil {
		return nil
	}
	var out []fyne.CanvasObject
	heads := map[fyne.CanvasObject]bool{}
	for _, h := range g.r.heads {
		heads[h.Object()] = true
	}
	for _, o := range g.r.inner.Objects {
		switch v := o.(type) {
		case *spot, *rowView:
			out = append(out, v)
		case *canvas.Text:
			if v.Visible() && v.Text != "" && !heads[v] { // a heading's place says its text
				out = append(out, v)
			}
		}
	}
	return out
}

// spot is a place that the probe knows by name; it draws nothing and takes no clicks.
type spot struct {
	widget.BaseWidget
	name, text string
}

func newSpot() *spot {
	s := &spot{}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer is part of fyne.Widget.
func (s *spot) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(container.NewWithoutLayout())
}

// ProbeName is the name by which the probe knows the place.
func (s *spot) ProbeName() string { return s.name }

// ProbeText is what stands there.
func (s *spot) ProbeText() string { return s.text }
