package timeline

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/theme"
	"github.com/google/uuid"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
)

// ProbeRole is what kind of control it is.
func (t *Timeline) ProbeRole() string { return "list" }

// ProbeName is the name by which the probe knows it.
func (t *Timeline) ProbeName() string { return t.name }

// FocusGained is part of fyne.Focusable.
func (t *Timeline) FocusGained() {
	t.focused = true
	controls.Reveal(t)
	t.draw()
}

// FocusLost is part of fyne.Focusable.
func (t *Timeline) FocusLost() { t.focused = false; t.draw() }

// TypedRune is part of fyne.Focusable.
func (t *Timeline) TypedRune(rune) {}

// TypedKey is part of fyne.Focusable: the arrows go from event to event, Return says all that is known of one.
func (t *Timeline) TypedKey(e *fyne.KeyEvent) {
	last := len(t.events) - 1
	switch at, ok := controls.Stepped(e.Name, t.cursor, len(t.events)); {
	case ok && last >= 0:
		t.to(at)
	case e.Name == fyne.KeyPageDown && last >= 0:
		t.to(min(t.cursor+t.page(), last))
	case e.Name == fyne.KeyPageUp && last >= 0:
		t.to(max(t.cursor-t.page(), 0))
	case e.Name == fyne.KeyReturn, e.Name == fyne.KeyEnter, e.Name == fyne.KeySpace:
		t.chooseAt(t.cursor)
	default:
		controls.PassKey(t, e)
	}
}

// page is about how many events are in sight.
func (t *Timeline) page() int { return max(1, len(t.inner.Objects)-3) }

// to brings the keys to an event, and that into sight.
func (t *Timeline) to(i int) {
	t.cursor = i
	if i < t.top {
		t.top, t.off = i, 0
	}
	high := t.height(i)
	for y := t.above(i); t.top < i && y+high > t.Size().Height; y = t.above(i) {
		t.top, t.off = t.top+1, 0
	}
	if i == t.top {
		t.off = 0
	}
	t.draw()
}

// above is how far the upper edge of an event lies below that of the timeline.
func (t *Timeline) above(i int) float32 {
	y := -t.off
	for at := t.top; at < i && y < t.Size().Height; at++ {
		y += t.height(at)
	}
	return y
}

// chooseAt does what a click on an event does, where it is in sight.
func (t *Timeline) chooseAt(i int) {
	if at := 1 + i - t.top; t.chosen != nil && i < len(t.events) && t.events[i].ID != uuid.Nil && at >= 1 && at < len(t.entries) {
		t.chosen(t.events[i], t.entry(at).box)
	}
}

// markKeys draws the ring of what has the focus: around an event, or around all while that is not in sight.
func (t *Timeline) markKeys(event fyne.CanvasObject) {
	t.ring.Hidden = !t.focused
	t.ring.FillColor, t.ring.StrokeColor, t.ring.StrokeWidth = theme.Color(style.None), theme.Color(style.Accent), 2
	t.ring.Resize(t.Size())
	t.ring.Move(fyne.Position{})
	if event != nil {
		t.ring.Resize(fyne.NewSize(t.room(), event.Size().Height+4))
		t.ring.Move(event.Position().SubtractXY(0, 2))
	}
}

// AccessibilityLabel is part of fyne.Accessible.
func (t *Timeline) AccessibilityLabel() string { return controls.Told(t) }

// AccessibilityRole is part of fyne.Accessible.
func (t *Timeline) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }
