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
	s := &Scroll{name: name}
	s.Direction, s.Content = container.ScrollVerticalOnly, content
	s.ExtendBaseWidget(s)
	scrolls = append(scrolls, weak.Make(s))
	return s
}

// Overflows tells whether there is something to scroll.
func (s *Scroll) Overflows() bool { return s.Content.Size().Height > s.Size().Height+1 }

// Enable is part of fyne.Disableable, of which only Disabled is asked for.
func (s *Scroll) Enable() {}

// Disable is part of fyne.Disableable.
func (s *Scroll) Disable() {}

// Disabled is part of fyne.Disableable: no key stops at what need not be scrolled.
func (s *Scroll) Disabled() bool { return !s.Overflows() && !s.focused }

// BringIntoSight scrolls until an object within is seen, at least its beginning.
func (s *Scroll) BringIntoSight(o fyne.CanvasObject) {
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject
	top, room := place(o).Y-place(s.Content).Y, s.Size().Height
	low := top + o.Size().Height
	switch {
	case top < s.Offset.Y || low-top > room:
		s.to(top - style.Small)
	case low > s.Offset.Y+room:
		s.to(low - room + style.Small)
	}
}

func (s *Scroll) to(y float32) {
	s.ScrollToOffset(fyne.NewPos(0, max(0, min(y, s.Content.Size().Height-s.Size().Height))))
}

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
		s.to(s.Offset.Y - 40)
	case fyne.KeyDown:
		s.to(s.Offset.Y + 40)
	case fyne.KeyPageUp:
		s.to(s.Offset.Y - page)
	case fyne.KeyPageDown, fyne.KeySpace:
		s.to(s.Offset.Y + page)
	case fyne.KeyHome:
		s.to(0)
	case fyne.KeyEnd:
		s.to(s.Content.Size().Height)
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
