package controls

import (
	"cmp"
	"image/color"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
)

// Touch makes any content a thing to click, or to reach by the Tab key and press with Space or Return.
type Touch struct {
	widget.BaseWidget
	name     string
	role     string // what kind of control it is; "" for a button
	content  fyne.CanvasObject
	tapped   func()
	radius   float32
	back     *canvas.Rectangle
	hovered  bool
	focused  bool
	text     func() string
	disabled bool
	chosen   func() bool                 // it is the chosen one of some; nil where there is no choice
	passed   func() bool                 // the Tab key goes past it; nil where it does not
	onKey    func(e *fyne.KeyEvent) bool // keys that it knows besides; nil for none
}

// NewTouch wraps content. text is what the probe says stands on it; nil for the texts within.
func NewTouch(name string, content fyne.CanvasObject, text func() string, tapped func()) *Touch {
	t := &Touch{name: name, content: content, tapped: tapped, radius: theme.InputRadiusSize(), text: text}
	t.ExtendBaseWidget(t)
	return t
}

// ProbeRole is what kind of control it is.
func (t *Touch) ProbeRole() string { return cmp.Or(t.role, "button") }

// ProbeName is the name by which the probe knows it.
func (t *Touch) ProbeName() string { return t.name }

// ProbeEnabled tells whether it can be pressed.
func (t *Touch) ProbeEnabled() bool { return !t.disabled }

// ProbeChosen tells whether it is the chosen one of some.
func (t *Touch) ProbeChosen() bool { return t.chosen != nil && t.chosen() }

// ProbeText is what stands on it.
func (t *Touch) ProbeText() string {
	if t.text == nil {
		return ""
	}
	return lettering.Line(t.text())
}

// ProbeChildren is what is within.
func (t *Touch) ProbeChildren() []fyne.CanvasObject { return []fyne.CanvasObject{t.content} }

// Tapped is part of fyne.Tappable.
func (t *Touch) Tapped(*fyne.PointEvent) {
	if t.tapped != nil && !t.disabled {
		t.tapped()
	}
}

// Enable is part of fyne.Disableable, of which only Disabled is asked for.
func (t *Touch) Enable() {}

// Disable is part of fyne.Disableable.
func (t *Touch) Disable() {}

// Disabled is part of fyne.Disableable: the Tab key goes past what can't be pressed, and past what other keys lead to.
func (t *Touch) Disabled() bool { return !t.focused && (t.disabled || t.passed != nil && t.passed()) }

// MouseIn is part of desktop.Hoverable.
func (t *Touch) MouseIn(*desktop.MouseEvent) { t.hovered = true; t.paint() }

// MouseMoved is part of desktop.Hoverable.
func (t *Touch) MouseMoved(*desktop.MouseEvent) {}

// MouseOut is part of desktop.Hoverable.
func (t *Touch) MouseOut() { t.hovered = false; t.paint() }

// Cursor is part of desktop.Cursorable.
func (t *Touch) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained is part of fyne.Focusable.
func (t *Touch) FocusGained() { t.focused = true; t.paint(); Reveal(t) }

// FocusLost is part of fyne.Focusable.
func (t *Touch) FocusLost() { t.focused = false; t.paint() }

// TypedRune is part of fyne.Focusable.
func (t *Touch) TypedRune(rune) {}

// TypedKey is part of fyne.Focusable.
func (t *Touch) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeySpace || e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter {
		t.Tapped(nil)
		return
	}
	if t.onKey == nil || !t.onKey(e) {
		PassKey(t, e)
	}
}

func (t *Touch) paint() {
	if t.back == nil {
		return
	}
	t.back.StrokeWidth = 0
	t.back.FillColor = color.Transparent
	t.back.CornerRadius = t.radius
	if t.hovered {
		t.back.FillColor = theme.Color(theme.ColorNameHover)
	}
	if t.focused {
		t.back.StrokeWidth, t.back.StrokeColor = 2, theme.Color(style.Accent)
	}
	t.back.Refresh()
}

// CreateRenderer is part of fyne.Widget.
func (t *Touch) CreateRenderer() fyne.WidgetRenderer {
	t.back = canvas.NewRectangle(color.Transparent)
	return &touchRenderer{t}
}

type touchRenderer struct{ t *Touch }

func (r *touchRenderer) Layout(size fyne.Size) {
	r.t.back.Resize(size)
	r.t.content.Resize(size)
}
func (r *touchRenderer) MinSize() fyne.Size { return r.t.content.MinSize() }
func (r *touchRenderer) Objects() []fyne.CanvasObject {
	return []fyne.CanvasObject{r.t.content, r.t.back}
}
func (r *touchRenderer) Destroy() {}
func (r *touchRenderer) Refresh() { r.t.paint(); r.t.content.Refresh() }

// Chip is a pill with a state's shape and a few words, to click.
type Chip struct {
	Touch
	mark  *Mark
	label *Text
	area  *Area
}

// NewChip is a chip.
func NewChip(name string, tapped func()) *Chip {
	c := &Chip{mark: NewMark(Ring, StateNeutral.Color), label: NewText("").Bold().Fitted(Cut), area: NewArea(StateNeutral.Back, fyne.Size{})}
	c.area.radius = 14
	body := newChipBody(c.area, c.mark, c.label)
	c.name, c.content, c.tapped, c.radius = name, body, tapped, 14
	c.text = func() string { return c.label.Text() }
	c.ExtendBaseWidget(c)
	return c
}

// Set changes state and words; true when another width suits it now.
func (c *Chip) Set(s State, words string) bool {
	was := c.label.Text()
	c.mark.Set(s.Shape, s.Color)
	c.area.Set(s.Back)
	c.label.Style(words, s.Color, true)
	return was != c.label.Text()
}

// WantedWidth is the width at which no word is cut.
func (c *Chip) WantedWidth() float32 { return c.label.wantedWidth() + style.Grown(12) + 8 + 24 }

// newChipBody lays a mark and a label over an area.
func newChipBody(area *Area, mark *Mark, label *Text) *fyne.Container {
	return &fyne.Container{Layout: chipLayout{}, Objects: []fyne.CanvasObject{area, mark, label}}
}

type chipLayout struct{}

func (chipLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(min(style.Roomy(120), o[2].(*Text).wantedWidth()+style.Grown(12)+32), style.Grown(28))
}

func (chipLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	o[0].Resize(size)
	mark := style.Grown(12)
	o[1].Resize(fyne.NewSize(mark, size.Height))
	o[1].Move(fyne.NewPos(12, 0))
	o[2].Resize(fyne.NewSize(max(0, size.Width-mark-32), size.Height))
	o[2].Move(fyne.NewPos(mark+20, 0))
}
