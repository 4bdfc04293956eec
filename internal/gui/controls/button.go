package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/lettering"
)

// Button is Fyne's button with a name by which the probe knows it. Whatever is written on it is made fit to be shown.
type Button struct {
	widget.Button
	name     string
	onEscape func()
	focused  bool
}

// NewButton is an ordinary button.
func NewButton(name, text string, tapped func()) *Button {
	b := &Button{name: name}
	b.Text, b.OnTapped = lettering.Label(text), tapped
	b.ExtendBaseWidget(b)
	return b
}

// NewPrimary is the one button of a screen that does what the screen is for.
func NewPrimary(name, text string, tapped func()) *Button {
	b := NewButton(name, text, tapped)
	b.Importance = widget.HighImportance
	return b
}

// NewQuiet is a button that stays in the background.
func NewQuiet(name, text string, tapped func()) *Button {
	b := NewButton(name, text, tapped)
	b.Importance = widget.LowImportance
	return b
}

// SetText changes what stands on the button.
func (b *Button) SetText(text string) { b.Button.SetText(lettering.Label(text)) }

// OnEscape says what the Escape key does while the button has the focus.
func (b *Button) OnEscape(f func()) *Button { b.onEscape = f; return b }

// FocusGained is part of fyne.Focusable.
func (b *Button) FocusGained() { b.focused = true; b.Button.FocusGained(); Reveal(b) }

// CreateRenderer is part of fyne.Widget.
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	return ringed(b.Button.CreateRenderer(), func() bool { return b.focused })
}

// FocusLost is part of fyne.Focusable.
func (b *Button) FocusLost() { b.focused = false; b.Button.FocusLost() }

// Disabled is part of fyne.Disableable. A button that was pressed, and can't be pressed again for now, keeps its place in the order of the
// keys: from one that is disabled, Fyne goes to the window's first control.
func (b *Button) Disabled() bool { return !b.Usable() && !b.focused }

// Usable tells whether it can be pressed.
func (b *Button) Usable() bool { return !b.Button.Disabled() }

// TypedKey adds Return and Escape to what Fyne's button knows.
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyEscape:
		if b.onEscape != nil {
			b.onEscape()
			return
		}
		PassKey(b, e)
	case fyne.KeyReturn, fyne.KeyEnter:
		if b.Usable() && b.OnTapped != nil {
			b.OnTapped()
		}
	default:
		if PassKey(b, e) {
			return
		}
		b.Button.TypedKey(e)
	}
}

// Enabled switches the button on or off.
func (b *Button) Enabled(yes bool) {
	if yes == b.Usable() {
		return
	}
	if yes {
		b.Enable()
	} else {
		b.Disable()
	}
}

// Primary makes the button the screen's primary one, or an ordinary one.
func (b *Button) Primary(yes bool) {
	want := widget.MediumImportance
	if yes {
		want = widget.HighImportance
	}
	if b.Importance != want {
		b.Importance = want
		b.Refresh()
	}
}

// ProbeRole is what kind of control it is.
func (b *Button) ProbeRole() string { return "button" }

// ProbeName is the name by which the probe knows the button.
func (b *Button) ProbeName() string { return b.name }

// ProbeText is what stands on the button.
func (b *Button) ProbeText() string { return b.Text }

// ProbeEnabled tells whether it can be pressed.
func (b *Button) ProbeEnabled() bool { return b.Usable() }

// Toggle shows an object or hides it, and draws only when that changes something.
func Toggle(o fyne.CanvasObject, yes bool) {
	if o.Visible() == yes {
		return
	}
	if !yes {
		leave(o)
	}
	if yes {
		o.Show()
		canvas.Refresh(o) // showing a container draws nothing by itself (Fyne 2.8), and without a drawing nothing is laid out
	} else {
		o.Hide()
	}
}
