package controls

import (
	"weak"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/probe"
)

// holds tells whether an object is, or has among its parts, another one.
func holds(o, part fyne.CanvasObject) bool {
	if o == part {
		return true
	}
	for _, c := range probe.Children(o) {
		if holds(c, part) {
			return true
		}
	}
	return false
}

// HasFocus tells whether an object, or a part of it, has the keys; the canvas is the window's that it is in.
func HasFocus(o fyne.CanvasObject) (fyne.Canvas, bool) {
	c := fyne.CurrentApp().Driver().CanvasForObject(o)
	if c == nil {
		return nil, false
	}
	at, ok := c.Focused().(fyne.CanvasObject)
	return c, ok && holds(o, at)
}

// leave hands the keys on to what comes after an object that is about to be hidden: Fyne would begin at the window's first control again.
func leave(o fyne.CanvasObject) {
	c, ok := HasFocus(o)
	if !ok {
		return
	}
	first := c.Focused()
	for {
		c.FocusNext()
		at, ok := c.Focused().(fyne.CanvasObject)
		if !ok || !holds(o, at) {
			return
		}
		if c.Focused() == first { // there is nothing else
			c.Unfocus()
			return
		}
	}
}

// scrolls are those that there are; a control knows nothing of what it stands in.
var scrolls []weak.Pointer[Scroll]

// revealed is what has been brought into sight last: when the window gets the keys back, nothing is scrolled.
var revealed fyne.CanvasObject

// StaysInSight brings a control into sight again where it has the keys and what stands around it has moved.
func StaysInSight(c fyne.Canvas, o fyne.CanvasObject) {
	if f, ok := o.(fyne.Focusable); ok && c.Focused() == f {
		revealed = nil
		Reveal(o)
	}
}

// Reveal brings a control that got the keys into sight.
func Reveal(o fyne.CanvasObject) {
	if o == revealed {
		return
	}
	revealed = o
	BringIntoSight(o)
}

// BringIntoSight scrolls all that an object stands in until it is seen, at least its beginning.
func BringIntoSight(o fyne.CanvasObject) {
	live := scrolls[:0]
	for _, p := range scrolls {
		s := p.Value()
		if s == nil {
			continue
		}
		live = append(live, p)
		if s.Visible() && s.Overflows() && fyne.CanvasObject(s) != o && holds(s.Content, o) {
			s.BringIntoSight(o)
		}
	}
	clear(scrolls[len(live):])
	scrolls = live
}
