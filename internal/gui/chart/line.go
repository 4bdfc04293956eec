package chart

import (
	"image"
	"image/color"
	"image/draw"
	"math"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/vector"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
)

// Series is the periods of a line. Their labels on the axis and what the read-out says of them are asked for where they are
// drawn: there may be more periods than can be worded in an instant.
type Series struct {
	Values []float64
	// Marks are the periods at which labels stand best, such as the first days of months; nil for any.
	Marks   []int
	Label   func(i int) string
	Readout func(i int) string
	// Open are the places of points that are of a part of their period only, such as a month that is not over: they are drawn hollow.
	Open []int
	// Pinned are the places of points that stand out, such as the run that is published.
	Pinned []int
	// Chosen are the places of the points of which all else is shown.
	Chosen []int
	// Odd are the places of points that are unlike those before: they are marked.
	Odd []int
}

// Line is a line over time with a read-out of the point nearest to the mouse.
type Line struct {
	widget.BaseWidget
	choosing
	// OnChosen is told which point was clicked, or had the cursor when Return was pressed; more says that it is wanted beside what is chosen. nil:
	// nothing can be chosen.
	OnChosen func(i int, more bool)

	series Series
	tick   func(float64) string
	r      *lineRenderer
}

// NewLine is an empty chart; tick writes the values at the axis.
func NewLine(tick func(float64) string) *Line {
	l := &Line{tick: tick}
	l.ExtendBaseWidget(l)
	return l
}

// Set replaces the periods.
func (l *Line) Set(s Series) {
	l.series = s
	l.Refresh()
}

// Readout is what the chart says about the point nearest to a place across it, from 0 to 1.
func (l *Line) Readout(place float64) string {
	i := Nearest(len(l.series.Values), place)
	if i < 0 {
		return ""
	}
	return l.series.Readout(i)
}

// MouseIn is part of desktop.Hoverable.
func (l *Line) MouseIn(e *desktop.MouseEvent) { l.MouseMoved(e) }

// MouseMoved is part of desktop.Hoverable.
func (l *Line) MouseMoved(e *desktop.MouseEvent) {
	if l.r != nil {
		l.r.point(e.Position)
	}
}

// MouseOut is part of desktop.Hoverable.
func (l *Line) MouseOut() {
	if l.r != nil {
		l.r.hover(-1)
	}
}

// MinSize is part of fyne.Widget.
func (l *Line) MinSize() fyne.Size { return fyne.NewSize(style.Roomy(160), style.Roomy(84)) }

// CreateRenderer is part of fyne.Widget.
func (l *Line) CreateRenderer() fyne.WidgetRenderer {
	r := &lineRenderer{l: l, at: -1}
	r.raster = canvas.NewRaster(r.paint)
	r.cross = canvas.NewLine(nil)
	r.dot = canvas.NewCircle(nil)
	r.box = canvas.NewRectangle(nil)
	r.box.CornerRadius = 4
	r.text = lettering.NewLetters()
	for _, o := range r.over() {
		o.Hide()
	}
	l.r = r
	r.build()
	return r
}

type lineRenderer struct {
	l       *Line
	raster  *canvas.Raster
	grid    []*canvas.Line
	labels  []*lettering.Letters
	cross   *canvas.Line
	dot     *canvas.Circle
	box     *canvas.Rectangle
	text    *lettering.Letters
	objects []fyne.CanvasObject

	ticks []float64
	plot  fyne.Position // where the drawing area begins
	area  fyne.Size
	built fyne.Size
	at    int // the point under the mouse
	image image.Image
}

// over are what the read-out consists of.
func (r *lineRenderer) over() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.cross, r.dot, r.box, r.text.Object()}
}

// bottom is the height of the labels under the axis.
func bottom() float32 { return style.Grown(20) }

// build makes the ticks, the labels and the order of drawing.
func (r *lineRenderer) build() {
	size := r.l.Size()
	r.built = size
	r.image = nil
	r.grid, r.labels = nil, nil
	low, high := 0.0, 0.0
	for _, v := range r.l.series.Values {
		low, high = math.Min(low, v), math.Max(high, v)
	}
	r.ticks = Ticks(low, high, max(2, int(size.Height/style.Grown(30))))
	left := float32(0)
	for _, v := range r.ticks {
		t := r.label(r.l.tick(v), fyne.TextAlignTrailing)
		left = max(left, t.MinSize().Width)
	}
	r.plot = fyne.NewPos(left+style.Small, 6)
	r.area = fyne.NewSize(max(1, size.Width-r.plot.X-style.Small), max(1, size.Height-r.plot.Y-bottom()))
	for i, v := range r.ticks {
		y := r.y(v)
		g := canvas.NewLine(theme.Color(theme.ColorNameSeparator))
		if v == 0 {
			g.StrokeColor = theme.Color(style.Border)
		}
		g.StrokeWidth = 1
		g.Position1, g.Position2 = fyne.NewPos(r.plot.X, y), fyne.NewPos(r.plot.X+r.area.Width, y)
		r.grid = append(r.grid, g)
		height := r.labels[i].MinSize().Height
		r.labels[i].Place(fyne.NewPos(0, y-height/2), fyne.NewSize(left, height))
	}
	r.under()
	r.raster.Move(r.plot)
	r.raster.Resize(r.area)
	r.objects = nil
	for _, g := range r.grid {
		r.objects = append(r.objects, g)
	}
	r.objects = append(r.objects, r.raster)
	for _, t := range r.labels {
		r.objects = append(r.objects, t.Object())
	}
	r.objects = append(r.objects, r.over()...)
	r.hover(-1)
	r.l.point()
}

// under places the labels of the periods.
func (r *lineRenderer) under() {
	n := len(r.l.series.Values)
	if n == 0 {
		return
	}
	widest := float32(0)
	for _, i := range []int{0, n / 2, n - 1} {
		widest = max(widest, caption.Width(lettering.Label(r.l.series.Label(i))))
	}
	last, at := r.lastLabel(widest)
	for _, i := range LabelAt(n, r.l.series.Marks, widest, r.area.Width) {
		x := r.x(float64(i)) // a label begins at its point, so that the first does not run into the axis
		if n > 1 && x+widest > r.plot.X+r.area.Width+style.Small || last >= 0 && x+widest+style.Small > at {
			break
		}
		t := r.label(r.l.series.Label(i), fyne.TextAlignLeading)
		t.Place(fyne.NewPos(x, r.plot.Y+r.area.Height+3), t.MinSize())
	}
	if last >= 0 {
		t := r.label(r.l.series.Label(last), fyne.TextAlignLeading)
		t.Place(fyne.NewPos(at, r.plot.Y+r.area.Height+3), t.MinSize())
	}
}

func (r *lineRenderer) label(text string, align fyne.TextAlign) *lettering.Letters {
	t := lettering.NewLetters()
	t.Write(lettering.Label(text), caption, theme.Color(style.Muted), align)
	r.labels = append(r.labels, t)
	return t
}

func (r *lineRenderer) x(i float64) float32 {
	s := Scale{Low: 0, High: float64(len(r.l.series.Values) - 1), From: float64(r.plot.X), To: float64(r.plot.X + r.area.Width)}
	return float32(s.Pixel(i))
}

func (r *lineRenderer) y(v float64) float32 {
	s := Scale{Low: r.ticks[0], High: r.ticks[len(r.ticks)-1], From: float64(r.plot.Y + r.area.Height), To: float64(r.plot.Y)}
	return float32(s.Pixel(v))
}

// paint draws the line and the area below it, once for each size.
func (r *lineRenderer) paint(w, h int) image.Image {
	if r.image != nil && r.image.Bounds().Dx() == w && r.image.Bounds().Dy() == h {
		return r.image
	}
	img := image.NewNRGBA(image.Rect(0, 0, w, h))
	r.image = img
	if len(r.l.series.Values) == 0 || w < 2 || h < 2 {
		return img
	}
	values := r.l.series.Values
	pixel := float32(w) / max(1, r.area.Width)
	edge := 1.2 * pixel // half the line's width
	xs := Scale{Low: 0, High: float64(len(values) - 1), From: float64(edge), To: float64(float32(w) - edge)}
	ys := Scale{Low: r.ticks[0], High: r.ticks[len(r.ticks)-1], From: float64(float32(h) - edge), To: float64(edge)}
	var path [][2]float32
	for _, v := range Downsample(values, w) {
		path = append(path, [2]float32{float32(xs.Pixel(v.X)), float32(ys.Pixel(v.Y))})
	}
	accent := color.NRGBAModel.Convert(theme.Color(style.Accent)).(color.NRGBA)
	faint := accent
	faint.A = 0x22
	fill(img, faint, func(z *vector.Rasterizer) {
		base := float32(ys.Pixel(math.Max(0, r.ticks[0])))
		z.MoveTo(path[0][0], base)
		for _, p := range path {
			z.LineTo(p[0], p[1])
		}
		z.LineTo(path[len(path)-1][0], base)
		z.ClosePath()
	})
	if len(path) == 1 { // one period has no line: it is a dot that can be seen
		edge *= 4
	}
	columns(img, faint, xs, r.l.series.Chosen)
	fill(img, accent, func(z *vector.Rasterizer) { stroke(z, path, edge) })
	for _, i := range r.l.series.Chosen {
		dot := [][2]float32{{float32(xs.Pixel(float64(i))), float32(ys.Pixel(values[i]))}}
		fill(img, accent, func(z *vector.Rasterizer) { stroke(z, dot, 4*pixel) })
	}
	inside := color.NRGBAModel.Convert(theme.Color(style.Surface)).(color.NRGBA)
	for _, i := range r.l.series.Open {
		ring := hollow * pixel // in the image, else it would be cut off at its edge
		x, y := float32(xs.Pixel(float64(i))), float32(ys.Pixel(values[i]))
		circle(img, accent, inside, min(max(x, ring), float32(w)-ring), min(max(y, ring), float32(h)-ring), ring, 2*edge)
	}
	r.pin(img, pixel, xs, ys)
	r.markOdd(img, xs, ys, pixel)
	return img
}

// hollow is the radius of an open point.
const hollow float32 = 4.5

// circle draws a ring of a width, filled with another colour.
func circle(img draw.Image, ring, inside color.Color, x, y, radius, width float32) {
	at := [][2]float32{{x, y}}
	fill(img, ring, func(z *vector.Rasterizer) { stroke(z, at, radius) })
	fill(img, inside, func(z *vector.Rasterizer) { stroke(z, at, radius-width*0.8) })
}

func fill(img draw.Image, c color.Color, path func(*vector.Rasterizer)) {
	b := img.Bounds()
	z := vector.NewRasterizer(b.Dx(), b.Dy())
	path(z)
	z.Draw(img, b, image.NewUniform(c), image.Point{})
}

// stroke adds a line of width 2·half with round joins: a quad for each piece, a polygon of sixteen corners at each corner of the path.
func stroke(z *vector.Rasterizer, path [][2]float32, half float32) {
	for i, p := range path {
		const corners = 16
		for k := range corners {
			a := -2 * math.Pi * float64(k) / corners
			x, y := p[0]+half*float32(math.Cos(a)), p[1]+half*float32(math.Sin(a))
			if k == 0 {
				z.MoveTo(x, y)
			} else {
				z.LineTo(x, y)
			}
		}
		z.ClosePath()
		if i == 0 {
			continue
		}
		q := path[i-1] // #nosec G602 -- the first point has been passed over
		dx, dy := float64(p[0]-q[0]), float64(p[1]-q[1])
		length := math.Hypot(dx, dy)
		if length == 0 {
			continue
		}
		nx, ny := float32(-dy/length)*half, float32(dx/length)*half
		// The same turn as the polygons, so that overlaps add up instead of cancelling out.
		z.MoveTo(q[0]+nx, q[1]+ny)
		z.LineTo(p[0]+nx, p[1]+ny)
		z.LineTo(p[0]-nx, p[1]-ny)
		z.LineTo(q[0]-nx, q[1]-ny)
		z.ClosePath()
	}
}

// point finds the point nearest to the mouse.
func (r *lineRenderer) point(at fyne.Position) {
	r.hover(Nearest(len(r.l.series.Values), float64((at.X-r.plot.X)/max(1, r.area.Width))))
}

// hover moves the read-out to a point; -1 takes it away.
func (r *lineRenderer) hover(i int) {
	if i == r.at && i >= 0 {
		return
	}
	was := r.at
	r.at = i
	over := r.over()
	if i < 0 {
		for _, o := range over {
			o.Hide()
		}
		if was >= 0 {
			canvas.Refresh(r.l)
		}
		return
	}
	x, y := r.x(float64(i)), r.y(r.l.series.Values[i])
	r.cross.StrokeColor, r.cross.StrokeWidth = theme.Color(style.Muted), 1
	r.cross.Position1, r.cross.Position2 = fyne.NewPos(x, r.plot.Y), fyne.NewPos(x, r.plot.Y+r.area.Height)
	r.dot.FillColor, r.dot.StrokeColor, r.dot.StrokeWidth = theme.Color(style.Accent), theme.Color(style.Surface), 2
	r.dot.Resize(fyne.NewSquareSize(10))
	r.dot.Move(fyne.NewPos(x-5, y-5))
	r.text.WriteIn(r.area.Width-16, r.l.series.Readout(i), caption, theme.Color(style.Text), fyne.TextAlignLeading)
	size := r.text.MinSize()
	boxX := x + 12
	if boxX+size.Width+16 > r.plot.X+r.area.Width {
		boxX = max(0, x-12-size.Width-16)
	}
	r.box.FillColor, r.box.StrokeColor, r.box.StrokeWidth = theme.Color(theme.ColorNameOverlayBackground), theme.Color(style.Border), 1
	r.box.Resize(size.AddWidthHeight(16, 8))
	r.box.Move(fyne.NewPos(boxX, r.plot.Y+2))
	r.text.Place(fyne.NewPos(boxX+8, r.plot.Y+6), size)
	for _, o := range over {
		o.Show()
		o.Refresh()
	}
}

// Layout builds the chart for its size. It is also called when the read-out's text changes, which must not take the
// read-out away.
func (r *lineRenderer) Layout(size fyne.Size) {
	if size != r.built {
		r.build()
	}
}
func (r *lineRenderer) MinSize() fyne.Size           { return r.l.MinSize() }
func (r *lineRenderer) Objects() []fyne.CanvasObject { return r.objects }
func (r *lineRenderer) Destroy()                     {}
func (r *lineRenderer) Refresh() {
	r.build()
	r.raster.Refresh()
	canvas.Refresh(r.l)
}

// ProbeTexts is what the axes and the read-out say.
func (l *Line) ProbeTexts() []string {
	if l.r == nil {
		return nil
	}
	var out []string
	for _, t := range l.r.labels {
		out = append(out, t.Text())
	}
	if l.r.at >= 0 {
		out = append(out, l.r.text.Text())
	}
	return out
}
