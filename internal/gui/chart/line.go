package chart

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	fynetheme "fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/theme"
)

// Point is one value over time.
type Point struct {
	Label   string  // on the axis and in the read-out, such as 2025-03-01
	Value   float64 // drawn
	ReadOut string  // the text under the pointer
}

// Line is a line chart over time from zero; the pointer reads the nearest point.
type Line struct {
	widget.BaseWidget
	points []Point
	axis   func(float64) string
	hover  int // index under the pointer, -1 for none
}

var _ desktop.Hoverable = (*Line)(nil)

// NewLine makes an empty chart; axis words the values at the grid lines.
func NewLine(axis func(float64) string) *Line {
	l := &Line{axis: axis, hover: -1}
	l.ExtendBaseWidget(l)
	return l
}

// Set shows the points, in order of time.
func (l *Line) Set(points []Point) {
	l.points, l.hover = points, -1
	l.Refresh()
}

// Margins around the plot, in Fyne's units.
const (
	left, right, top, bottom = 56, 12, 22, 22
)

// MouseIn reads the point under the pointer.
func (l *Line) MouseIn(e *desktop.MouseEvent) { l.point(e.Position.X) }

// MouseMoved reads the point under the pointer.
func (l *Line) MouseMoved(e *desktop.MouseEvent) { l.point(e.Position.X) }

// MouseOut ends the read-out.
func (l *Line) MouseOut() { l.setHover(-1) }

func (l *Line) point(x float32) {
	if len(l.points) == 0 {
		return
	}
	l.setHover(nearest(x-left, l.Size().Width-left-right, len(l.points)))
}

func (l *Line) setHover(i int) {
	if i != l.hover {
		l.hover = i
		l.Refresh()
	}
}

// CreateRenderer implements fyne.Widget.
func (l *Line) CreateRenderer() fyne.WidgetRenderer {
	r := &lineRenderer{l: l}
	r.mark = canvas.NewLine(color.Transparent)
	r.dot = canvas.NewCircle(color.Transparent)
	r.read = canvas.NewText("", color.Black)
	r.read.TextStyle.Bold = true
	r.draw()
	return r
}

type lineRenderer struct {
	l       *Line
	objects []fyne.CanvasObject
	drawn   []Point
	size    fyne.Size
	text    color.Color
	max     float64
	mark    *canvas.Line
	dot     *canvas.Circle
	read    *canvas.Text
}

func (r *lineRenderer) MinSize() fyne.Size           { return fyne.NewSize(240, 140) }
func (r *lineRenderer) Destroy()                     {}
func (r *lineRenderer) Objects() []fyne.CanvasObject { return r.objects }

func (r *lineRenderer) Layout(s fyne.Size) {
	if s != r.size {
		r.size = s
		r.draw()
	}
}

func (r *lineRenderer) Refresh() {
	// Moving the pointer redraws the read-out only.
	if !sameSlice(r.drawn, r.l.points) || r.text != theme.Of(fynetheme.ColorNameForeground) {
		r.draw()
	}
	r.showHover()
	canvas.Refresh(r.l)
}

func sameSlice(a, b []Point) bool {
	return len(a) == len(b) && (len(a) == 0 || &a[0] == &b[0])
}

func (r *lineRenderer) draw() {
	r.drawn, r.text = r.l.points, theme.Of(fynetheme.ColorNameForeground)
	r.objects = nil
	w, h := r.size.Width-left-right, r.size.Height-top-bottom
	if w > 0 && h > 0 && len(r.drawn) > 0 {
		r.grid(w, h)
		stroke := theme.Of(theme.Chart)
		for i := 1; i < len(r.drawn); i++ {
			seg := canvas.NewLine(stroke)
			seg.StrokeWidth = 1.5
			seg.Position1, seg.Position2 = r.at(i-1), r.at(i)
			r.objects = append(r.objects, seg)
		}
		if len(r.drawn) == 1 {
			only := canvas.NewCircle(stroke)
			only.Resize(fyne.NewSquareSize(6))
			only.Move(r.at(0).SubtractXY(3, 3))
			r.objects = append(r.objects, only)
		}
	}
	r.objects = append(r.objects, r.mark, r.dot, r.read)
	r.showHover()
}

func (r *lineRenderer) grid(w, h float32) {
	highest := 0.0
	for _, p := range r.drawn {
		highest = max(highest, p.Value)
	}
	values := ticks(highest, 4)
	r.max = values[len(values)-1]
	muted, line := theme.Of(theme.Muted), theme.Of(theme.Line)
	for _, v := range values {
		y := top + h - float32(v/r.max)*h
		g := canvas.NewLine(line)
		g.Position1, g.Position2 = fyne.NewPos(left, y), fyne.NewPos(left+w, y)
		t := canvas.NewText(r.l.axis(v), muted)
		t.TextSize = 11
		size := t.MinSize()
		t.Move(fyne.NewPos(left-8-size.Width, y-size.Height/2))
		t.Resize(size)
		r.objects = append(r.objects, g, t)
	}
	labels := min(len(r.drawn), max(2, int(w/110)))
	for k := range labels {
		i := 0
		if labels > 1 {
			i = k * (len(r.drawn) - 1) / (labels - 1)
		}
		t := canvas.NewText(r.drawn[i].Label, muted)
		t.TextSize = 11
		size := t.MinSize()
		x := min(max(r.at(i).X-size.Width/2, left), left+w-size.Width)
		t.Move(fyne.NewPos(x, top+h+4))
		t.Resize(size)
		r.objects = append(r.objects, t)
	}
}

// at is where the i-th point stands.
func (r *lineRenderer) at(i int) fyne.Position {
	w, h := r.size.Width-left-right, r.size.Height-top-bottom
	x := w / 2
	if n := len(r.drawn); n > 1 {
		x = w * float32(i) / float32(n-1)
	}
	return fyne.NewPos(left+x, top+h-float32(max(r.drawn[i].Value, 0)/r.max)*h)
}

func (r *lineRenderer) showHover() {
	i := r.l.hover
	if i < 0 || i >= len(r.drawn) || r.size.Width <= left+right {
		r.mark.Hide()
		r.dot.Hide()
		r.read.Hide()
		return
	}
	p := r.at(i)
	r.mark.StrokeColor = theme.Of(theme.Muted)
	r.mark.Position1, r.mark.Position2 = fyne.NewPos(p.X, top), fyne.NewPos(p.X, r.size.Height-bottom)
	r.dot.FillColor = theme.Of(theme.Chart)
	r.dot.Resize(fyne.NewSquareSize(8))
	r.dot.Move(p.SubtractXY(4, 4))
	r.read.Text, r.read.Color, r.read.TextSize = r.drawn[i].ReadOut, r.text, 12
	size := r.read.MinSize()
	x := min(max(p.X-size.Width/2, left), r.size.Width-right-size.Width)
	r.read.Move(fyne.NewPos(x, 0))
	r.read.Resize(size)
	r.mark.Show()
	r.dot.Show()
	r.read.Show()
}
