package controls

import (
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/style"
)

// Column stacks objects with a gap between them.
func Column(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedVBoxLayout(gap), objects...)
}

// Line puts objects beside each other with a gap between them, each in the middle of the line's height.
func Line(gap float32, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(lineLayout{gap}, objects...)
}

// Pad keeps a distance around an object: above, below, left, right.
func Pad(top, bottom, left, right float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(layout.NewCustomPaddedLayout(top, bottom, left, right), o)
}

// Fill makes a space between objects of a line.
func Fill() fyne.CanvasObject { return layout.NewSpacer() }

// lineLayout is a horizontal box that centres vertically; spacers share what is left, and texts that may be cut give
// way when it is not enough.
type lineLayout struct{ gap float32 }

func (l lineLayout) MinSize(objects []fyne.CanvasObject) fyne.Size {
	var size fyne.Size
	n := 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		min := o.MinSize()
		size.Width += min.Width
		size.Height = max(size.Height, min.Height)
		n++
	}
	size.Width += l.gap * float32(max(0, n-1))
	return size
}

// Wanted is the width at which a line of objects has no text cut.
func Wanted(line *fyne.Container) float32 {
	l, ok := line.Layout.(lineLayout)
	if !ok {
		return line.MinSize().Width
	}
	width, n := float32(0), 0
	for _, o := range line.Objects {
		if o.Visible() && !isSpacer(o) {
			width += wanted(o)
			n++
		}
	}
	return width + l.gap*float32(max(0, n-1))
}

// wanted is the width an object would like to have.
func wanted(o fyne.CanvasObject) float32 {
	if t, ok := o.(interface{ wantedWidth() float32 }); ok {
		return t.wantedWidth()
	}
	return o.MinSize().Width
}

func (t *Text) wantedWidth() float32 {
	if t.fit == Whole {
		return t.MinSize().Width
	}
	return t.face().Width(t.text) + 1
}

// follow has a layout done again, in the size that it had, when one of its texts wants another width.
func follow(objects []fyne.CanvasObject, size fyne.Size, lay func([]fyne.CanvasObject, fyne.Size)) {
	for _, o := range objects {
		if t, ok := o.(*Text); ok && t.fit == Cut {
			t.again = func() { lay(objects, size) }
		}
	}
}

func (l lineLayout) Layout(objects []fyne.CanvasObject, size fyne.Size) {
	follow(objects, size, l.Layout)
	var want, least float32
	spacers, n := 0, 0
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		n++
		if isSpacer(o) {
			spacers++
			continue
		}
		want += wanted(o)
		least += o.MinSize().Width
	}
	room := size.Width - l.gap*float32(max(0, n-1))
	spare := max(0, room-want)
	missing := max(0, want-room)
	x := float32(0)
	for _, o := range objects {
		if !o.Visible() {
			continue
		}
		width, height := wanted(o), o.MinSize().Height
		if isSpacer(o) {
			width = spare / float32(spacers)
		} else if give := want - least; give > 0 && missing > 0 {
			width -= min(1, missing/give) * (width - o.MinSize().Width)
		}
		o.Resize(fyne.NewSize(width, height))
		o.Move(fyne.NewPos(x, (size.Height-height)/2))
		x += width + l.gap
	}
}

func isSpacer(o fyne.CanvasObject) bool {
	s, ok := o.(layout.SpacerObject)
	return ok && s.ExpandHorizontal()
}

// Area is a rectangle in a colour of the theme, for backgrounds.
type Area struct {
	widget.BaseWidget
	color, border fyne.ThemeColorName
	radius        float32
	least         fyne.Size
	rect          *canvas.Rectangle
}

// NewArea is a plain area that is at least of the given size.
func NewArea(c fyne.ThemeColorName, least fyne.Size) *Area {
	a := &Area{color: c, least: least}
	a.ExtendBaseWidget(a)
	return a
}

// Set changes the colour.
func (a *Area) Set(c fyne.ThemeColorName) {
	if c != a.color {
		a.color = c
		a.Refresh()
	}
}

// MinSize is part of fyne.Widget.
func (a *Area) MinSize() fyne.Size { return a.least }

// CreateRenderer is part of fyne.Widget.
func (a *Area) CreateRenderer() fyne.WidgetRenderer {
	a.rect = canvas.NewRectangle(nil)
	r := &areaRenderer{a: a, outer: newEnds(), inner: newEnds()}
	r.apply()
	return r
}

// areaRenderer draws a large rounded area in parts, of which only those at its ends are rounded: without a graphics card a rounded
// rectangle takes ten times as long for each of its pixels.
type areaRenderer struct {
	a            *Area
	outer, inner ends // in the border's colour, and what lies within it
}

// apart says whether the area is drawn in parts.
func (r *areaRenderer) apart() bool {
	return r.a.radius > 0 && r.a.color != style.None && r.a.Size().Height > 6*r.a.radius
}

func (r *areaRenderer) place(size fyne.Size) {
	edge := float32(0)
	if r.a.border != "" {
		edge = 1
	}
	r.outer.place(size, 0, r.a.radius)
	r.inner.place(size, edge, r.a.radius)
}

// ends are an area's three parts, of which the first and the last are rounded.
type ends struct{ head, middle, foot *canvas.Rectangle }

func newEnds() ends {
	return ends{canvas.NewRectangle(nil), canvas.NewRectangle(nil), canvas.NewRectangle(nil)}
}

func (e ends) objects() []fyne.CanvasObject { return []fyne.CanvasObject{e.head, e.middle, e.foot} }

func (e ends) fill(c color.Color) {
	e.head.FillColor, e.middle.FillColor, e.foot.FillColor = c, c, c
}

// place lays the parts out within an area of a size whose corners have a radius, and leaves inset free at each of its edges.
func (e ends) place(size fyne.Size, inset, radius float32) {
	round, width := radius-inset, size.Width-2*inset
	e.head.TopLeftCornerRadius, e.head.TopRightCornerRadius = round, round
	e.foot.BottomLeftCornerRadius, e.foot.BottomRightCornerRadius = round, round
	at := inset
	for _, part := range []struct {
		r      *canvas.Rectangle
		height float32
	}{{e.head, round}, {e.middle, size.Height - 2*radius}, {e.foot, round}} {
		part.r.Move(fyne.NewPos(inset, at))
		part.r.Resize(fyne.NewSize(width, part.height))
		at += part.height
	}
}

func (r *areaRenderer) apply() {
	r.a.rect.FillColor = theme.Color(r.a.color)
	r.a.rect.CornerRadius = r.a.radius
	if r.a.border != "" {
		r.a.rect.StrokeColor, r.a.rect.StrokeWidth = theme.Color(r.a.border), 1
	}
	r.outer.fill(theme.Color(r.a.color))
	r.inner.fill(theme.Color(r.a.color))
	if r.a.border != "" {
		r.outer.fill(theme.Color(r.a.border))
	}
}

func (r *areaRenderer) Layout(size fyne.Size) {
	r.a.rect.Resize(size)
	r.place(size)
}
func (r *areaRenderer) MinSize() fyne.Size { return r.a.least }
func (r *areaRenderer) Destroy()           {}

func (r *areaRenderer) Objects() []fyne.CanvasObject {
	if !r.apart() {
		return []fyne.CanvasObject{r.a.rect}
	}
	if r.a.border == "" {
		return r.outer.objects()
	}
	return append(r.outer.objects(), r.inner.objects()...)
}

func (r *areaRenderer) Refresh() {
	r.apply()
	r.place(r.a.Size())
	canvas.Refresh(r.a)
}

// Panel is a surface with a border and its content.
func Panel(pad float32, content fyne.CanvasObject) *fyne.Container {
	a := NewArea(style.Surface, fyne.Size{})
	a.border, a.radius = style.Border, style.Radius
	return container.NewStack(a, Pad(pad, pad, pad, pad, content))
}

// Rounded is a coloured surface without a border.
func Rounded(c fyne.ThemeColorName, pad float32, content fyne.CanvasObject) (*fyne.Container, *Area) {
	a := NewArea(c, fyne.Size{})
	a.radius = style.Radius
	return container.NewStack(a, Pad(pad, pad, pad+4, pad+4, content)), a
}

// Rule is a thin horizontal line.
func Rule() fyne.CanvasObject { return NewArea(style.Border, fyne.NewSize(1, 1)) }

// Within gives an object its height, up to a bound: what is higher is scrolled.
func Within(most func() float32, o fyne.CanvasObject) *fyne.Container {
	return container.New(withinLayout{most}, NewVScroll("import.questions.scroll", o))
}

type withinLayout struct{ most func() float32 }

func (l withinLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	need := o[0].(*Scroll).Content.MinSize()
	return fyne.NewSize(need.Width, min(need.Height, l.most()))
}

func (withinLayout) Layout(o []fyne.CanvasObject, size fyne.Size) { o[0].Resize(size) }
