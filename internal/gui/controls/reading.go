package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/plaintext"
)

// Reading is a text of many lines to be read with the keys, selected and copied. Nothing can be typed into it.
type Reading struct {
	Entry
	given string
}

// longestReading is how much is shown, in letters: a field with more becomes slow.
const longestReading = 20_000

// NewReading shows a text.
func NewReading(name, called, text string) *Reading {
	r := &Reading{}
	r.name, r.called, r.MultiLine, r.Wrapping = name, called, true, fyne.TextWrapWord
	r.given = string(lettering.Copy(plaintext.Block(text, longestReading)))
	r.Text = r.given
	r.OnChanged = func(text string) { // whatever way something came into it
		if text != r.given {
			r.Entry.Entry.SetText(r.given)
		}
	}
	r.ExtendBaseWidget(r)
	return r
}

// CreateRenderer is part of fyne.Widget.
func (r *Reading) CreateRenderer() fyne.WidgetRenderer {
	return ringed(r.Entry.Entry.CreateRenderer(), func() bool { return r.focused })
}

// FocusGained is part of fyne.Focusable.
func (r *Reading) FocusGained() { r.focused = true; r.Entry.Entry.FocusGained(); Reveal(r) }

// AcceptsTab is part of fyne.Tabbable: the Tab key leaves it.
func (r *Reading) AcceptsTab() bool { return false }

// TypedRune is part of fyne.Focusable.
func (r *Reading) TypedRune(rune) {}

// TypedKey moves through the text.
func (r *Reading) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyBackspace, fyne.KeyDelete, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyTab:
	default:
		if !PassKey(r, e) {
			r.Entry.Entry.TypedKey(e)
		}
	}
}

// TypedShortcut copies and selects, and hands on the window's shortcuts.
func (r *Reading) TypedShortcut(s fyne.Shortcut) {
	switch v := s.(type) {
	case *fyne.ShortcutCopy, *fyne.ShortcutSelectAll:
		r.Entry.Entry.TypedShortcut(s)
	case *desktop.CustomShortcut:
		if v.KeyName == fyne.KeyBackspace || v.KeyName == fyne.KeyDelete {
			return
		}
		if moves(v.KeyName) {
			r.Entry.Entry.TypedShortcut(s)
			return
		}
		PassShortcut(r, s)
	}
}

// TappedSecondary is part of fyne.SecondaryTappable: Fyne's menu would offer to cut and paste.
func (r *Reading) TappedSecondary(*fyne.PointEvent) {}

// ProbeRole is what kind of control it is.
func (r *Reading) ProbeRole() string { return "entry" }
