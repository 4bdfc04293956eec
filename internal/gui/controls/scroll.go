package controls

import (
	"image/color"
	"weak"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"

	"fabricportal/internal/gui/style"
)

// Scroll is Fyne's scroll that keys can use, too: it gets the focus where there is something to scroll, and brings what gets the focus
// within it into sight.
type Scroll struct {
	container.Scroll
	name    string
	focused bool
	frame   *canvas.Rectangle // while it has the focus
}

// NewVScroll is content that is scrolled up and down where it is higher than its place; name is for the probe.
func NewVScroll(name string, content fyne.CanvasObject) *Scroll {
	return newScroll(name, container.ScrollVerticalOnly, content)
}

func newScroll(name string, direction container.ScrollDirection, content fyne.CanvasObject) *Scroll {
	s := &Scroll{name: name}
	s.Direction, s.Content = direction, content
	s.ExtendBaseWidget(s)
	scrolls = append(scrolls, weak.Make(s))
	return s
}

// Overflows tells whether there is something to scroll.
func (s *Scroll) Overflows() bool {
	return s.Content.Size().Height > s.Size().Height+1 || s.Direction == container.ScrollBoth && s.Content.Size().Width > s.Size().Width+1
}

// Enable is part of fyne.Disableable, of which only Disabled is asked for.
func (s *Scroll) Enable() {}

// Disable is part of fyne.Disableable.
func (s *Scroll) Disable() {}

// Disabled is part of fyne.Disableable: no key stops at what need not be scrolled.
func (s *Scroll) Disabled() bool { return !s.Overflows() && !s.focused }

// BringIntoSight scrolls until an object within is seen, at least its beginning.
func (s *Scroll) BringIntoSight(o fyne.CanvasObject) {
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject
	at := place(o).Subtract(place(s.Content))
	s.to(fyne.NewPos(seen(at.X, o.Size().Width, s.Offset.X, s.Size().Width), seen(at.Y, o.Size().Height, s.Offset.Y, s.Size().Height)))
}

// seen is the offset at which what begins at a place and has a length is in sight, at least its beginning; the offset that there is, where
// it is so already.
func seen(at, length, offset, room float32) float32 {
	switch {
	case at < offset || length > room:
		return at - style.Small
	case at+length > offset+room:
		return at + length - room + style.Small
	}
	return offset
}

func (s *Scroll) to(p fyne.Position) {
	within := func(v, content, room float32) float32 { return max(0, min(v, content-room)) }
	s.ScrollToOffset(fyne.NewPos(within(p.X, s.Content.Size().Width, s.Size().Width), within(p.Y, s.Content.Size().Height, s.Size().Height)))
}

func (s *Scroll) by(x, y float32) { s.to(s.Offset.AddXY(x, y)) }

// FocusGained is part of fyne.Focusable.
func (s *Scroll) FocusGained() { s.focused = true; s.paint(); Reveal(s) }

// FocusLost is part of fyne.Focusable.
func (s *Scroll) FocusLost() { s.focused = false; s.paint() }

// TypedRune is part of fyne.Focusable.
func (s *Scroll) TypedRune(rune) {}

// TypedKey is part of fyne.Focusable.
func (s *Scroll) TypedKey(e *fyne.KeyEvent) {
	page := s.Size().Height * 0.9
	switch e.Name {
	case fyne.KeyUp:
		s.by(0, -40)
	case fyne.KeyDown:
		s.by(0, 40)
	case fyne.KeyLeft:
		s.by(-40, 0)
	case fyne.KeyRight:
		s.by(40, 0)
	case fyne.KeyPageUp:
		s.by(0, -page)
	case fyne.KeyPageDown, fyne.KeySpace:
		s.by(0, page)
	case fyne.KeyHome:
		s.to(fyne.NewPos(s.Offset.X, 0))
	case fyne.KeyEnd:
		s.to(fyne.NewPos(s.Offset.X, s.Content.Size().Height))
	default:
		PassKey(s, e)
	}
}

func (s *Scroll) paint() {
	if s.frame != nil {
		s.frame.StrokeColor, s.frame.StrokeWidth = theme.Color(style.Accent), 2
		s.frame.Hidden = !s.focused
		s.frame.Refresh()
	}
}

// ProbeRole is what kind of control it is.
func (s *Scroll) ProbeRole() string { return "scroll" }

// ProbeName is the name by which the probe knows it, where it can be used.
func (s *Scroll) ProbeName() string {
	if s.Disabled() {
		return ""
	}
	return s.name
}

// ProbeChildren is what is within.
func (s *Scroll) ProbeChildren() []fyne.CanvasObject { return []fyne.CanvasObject{s.Content} }

// CreateRenderer is part of fyne.Widget.
func (s *Scroll) CreateRenderer() fyne.WidgetRenderer {
	s.frame = canvas.NewRectangle(color.Transparent)
	s.frame.CornerRadius = 4
	s.paint()
	return &scrollRenderer{WidgetRenderer: s.Scroll.CreateRenderer(), s: s}
}

// scrollRenderer adds the frame to what Fyne draws.
type scrollRenderer struct {
	fyne.WidgetRenderer
	s       *Scroll
	objects []fyne.CanvasObject
}

func (r *scrollRenderer) Layout(size fyne.Size) {
	r.WidgetRenderer.Layout(size)
	r.s.frame.Resize(size)
}

func (r *scrollRenderer) Objects() []fyne.CanvasObject {
	r.objects = append(append(r.objects[:0], r.WidgetRenderer.Objects()...), r.s.frame)
	return r.objects
}
