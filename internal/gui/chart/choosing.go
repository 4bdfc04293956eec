package chart

import (
	"image/color"
	"image/draw"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"golang.org/x/image/vector"

	"fabricportal/internal/gui/controls"
)

// choosing is what a chart has of which a part can be chosen: by a click or, with the chart in focus, by the arrows and Return. Without OnChosen
// the chart is to look at only, and no key stops at it.
type choosing struct {
	// Name is that by which the probe knows the chart; "" for none.
	Name string
	// OnMenu gets the clicks with the right button, with their place in the window; it may be nil.
	OnMenu func(at fyne.Position)

	focused bool
	cursor  int // the part that Return chooses
}

// TappedSecondary is part of fyne.SecondaryTappable: a thing that takes clicks takes those of both buttons.
func (c *choosing) TappedSecondary(e *fyne.PointEvent) {
	if c.OnMenu != nil {
		c.OnMenu(e.AbsolutePosition)
	}
}

// menu tells whether a key asked for the menu of a chart, which is opened in its middle.
func (c *choosing) menu(chart fyne.CanvasObject, e *fyne.KeyEvent) bool {
	if c.OnMenu == nil || !controls.Menu(e) {
		return false
	}
	c.OnMenu(fyne.CurrentApp().Driver().AbsolutePositionForObject(chart).AddXY(chart.Size().Width/2, chart.Size().Height/2))
	return true
}

// ProbeRole is what kind of control it is.
func (c *choosing) ProbeRole() string { return "chart" }

// ProbeName is the name by which the probe knows it.
func (c *choosing) ProbeName() string { return c.Name }

// Enable is part of fyne.Disableable, of which only Disabled is asked for.
func (c *choosing) Enable() {}

// Disable is part of fyne.Disableable.
func (c *choosing) Disable() {}

// TypedRune is part of fyne.Focusable.
func (c *choosing) TypedRune(rune) {}

// more tells whether a click or a key adds to what is chosen: Ctrl is held, or Shift, as Ctrl+Return starts a run.
func more() bool {
	d, ok := fyne.CurrentApp().Driver().(desktop.Driver)
	return ok && d.CurrentKeyModifiers()&(fyne.KeyModifierShortcutDefault|fyne.KeyModifierShift) != 0
}

// cursorOf is a hand where a click does something.
func cursorOf(chooses bool) desktop.Cursor {
	if chooses {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

func chooses(key fyne.KeyName) bool {
	return key == fyne.KeyReturn || key == fyne.KeyEnter || key == fyne.KeySpace
}

// Disabled is part of fyne.Disableable.
func (b *Bars) Disabled() bool { return b.OnChosen == nil }

// Cursor is part of desktop.Cursorable.
func (b *Bars) Cursor() desktop.Cursor { return cursorOf(b.OnChosen != nil) }

// Tapped is part of fyne.Tappable.
func (b *Bars) Tapped(e *fyne.PointEvent) {
	if b.r != nil {
		b.choose(b.r.under(e.Position), more())
	}
}

// Choose does what a click on the bar of a label does.
func (b *Bars) Choose(label string, more bool) {
	for i, bar := range b.bars {
		if bar.Label == label {
			b.choose(i, more)
			return
		}
	}
}

func (b *Bars) choose(i int, more bool) {
	if i < 0 || i >= len(b.bars) || b.OnChosen == nil {
		return
	}
	b.cursor = i
	b.OnChosen(b.bars[i].Label, more)
}

// FocusGained is part of fyne.Focusable.
func (b *Bars) FocusGained() {
	b.focused = true
	controls.Reveal(b)
	b.cursor = max(0, min(b.cursor, len(b.bars)-1))
	b.point()
}

// FocusLost is part of fyne.Focusable.
func (b *Bars) FocusLost() {
	b.focused = false
	b.point()
}

// TypedKey is part of fyne.Focusable.
func (b *Bars) TypedKey(e *fyne.KeyEvent) {
	if b.r == nil || b.menu(b, e) || controls.PassKey(b, e) {
		return
	}
	if chooses(e.Name) {
		b.choose(b.cursor, more())
		return
	}
	if at, ok := controls.Stepped(e.Name, b.cursor, b.r.shown); ok {
		b.cursor = at
		b.point()
	}
}

// point shows where the cursor is, and what there is to say about that bar.
func (b *Bars) point() {
	if b.r != nil {
		b.r.at = -1
		if b.focused && b.cursor < b.r.shown {
			b.r.at = b.cursor
		}
		b.r.tell()
		b.r.mark()
		b.Refresh()
	}
}

// Disabled is part of fyne.Disableable.
func (l *Line) Disabled() bool { return l.OnChosen == nil }

// Cursor is part of desktop.Cursorable.
func (l *Line) Cursor() desktop.Cursor { return cursorOf(l.OnChosen != nil) }

// Tapped is part of fyne.Tappable.
func (l *Line) Tapped(e *fyne.PointEvent) {
	if l.r != nil {
		l.Choose(Nearest(len(l.series.Values), float64((e.Position.X-l.r.plot.X)/max(1, l.r.area.Width))), more())
	}
}

// Choose does what a click on the i-th point does.
func (l *Line) Choose(i int, more bool) {
	if i < 0 || i >= len(l.series.Values) || l.OnChosen == nil {
		return
	}
	l.cursor = i
	l.OnChosen(i, more)
}

// FocusGained is part of fyne.Focusable.
func (l *Line) FocusGained() {
	l.focused = true
	controls.Reveal(l)
	l.cursor = max(0, min(l.cursor, len(l.series.Values)-1))
	l.point()
}

// FocusLost is part of fyne.Focusable.
func (l *Line) FocusLost() {
	l.focused = false
	if l.r != nil {
		l.r.hover(-1)
	}
}

// TypedKey is part of fyne.Focusable.
func (l *Line) TypedKey(e *fyne.KeyEvent) {
	if l.menu(l, e) || controls.PassKey(l, e) {
		return
	}
	if chooses(e.Name) {
		l.Choose(l.cursor, more())
		return
	}
	if at, ok := controls.Stepped(e.Name, l.cursor, len(l.series.Values)); ok {
		l.cursor = at
		l.point()
	}
}

func (l *Line) point() {
	if l.r != nil && l.focused && l.cursor < len(l.series.Values) {
		l.r.hover(l.cursor)
	}
}

// columns are what stands behind chosen points, from top to bottom.
func columns(img draw.Image, c color.Color, xs Scale, chosen []int) {
	b := img.Bounds()
	half := max((xs.Pixel(1)-xs.Pixel(0))/2, 2)
	for _, i := range chosen {
		x := xs.Pixel(float64(i))
		fill(img, c, func(z *vector.Rasterizer) {
			left, right, low := float32(max(0, x-half)), float32(min(float64(b.Dx()), x+half)), float32(b.Dy())
			z.MoveTo(left, 0)
			z.LineTo(right, 0)
			z.LineTo(right, low)
			z.LineTo(left, low)
			z.ClosePath()
		})
	}
}
