package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/lettering"
)

// Entry is Fyne's one-line entry with a name by which the probe knows it. What is put or pasted into it is what it shows: one
// line without what can't be shown, as what stands in it is used. A password shows nothing, so that it stays as it is.
type Entry struct {
	widget.Entry
	name      string
	called    string // what it is for, where no hint says it
	paragraph bool
	focused   bool
}

// NewEntry calls done when Return is pressed.
func NewEntry(name, hint string, done func(string)) *Entry {
	e := &Entry{name: name}
	e.PlaceHolder, e.OnSubmitted = lettering.Label(hint), done
	e.ExtendBaseWidget(e)
	return e
}

// With is the entry with a text, before it is shown.
func (e *Entry) With(text string) *Entry {
	e.Text = e.fit(text)
	return e
}

// SetText replaces the text.
func (e *Entry) SetText(text string) { e.Entry.SetText(e.fit(text)) }

func (e *Entry) fit(text string) string {
	if e.Password {
		return text
	}
	return lettering.Typed(text)
}

// Paragraph shows a text on several lines that is one all the same: it wraps, Return submits it, and Tab leaves it.
func (e *Entry) Paragraph(rows int) *Entry {
	e.paragraph, e.MultiLine, e.Wrapping = true, true, fyne.TextWrapWord
	e.SetMinRowsVisible(rows)
	return e
}

// AcceptsTab is part of fyne.Tabbable.
func (e *Entry) AcceptsTab() bool { return !e.paragraph && e.Entry.AcceptsTab() }

// FocusGained is part of fyne.Focusable.
func (e *Entry) FocusGained() { e.focused = true; e.Entry.FocusGained(); Reveal(e) }

// FocusLost is part of fyne.Focusable.
func (e *Entry) FocusLost() { e.focused = false; e.Entry.FocusLost() }

// CreateRenderer is part of fyne.Widget.
func (e *Entry) CreateRenderer() fyne.WidgetRenderer {
	return ringed(e.Entry.CreateRenderer(), func() bool { return e.focused })
}

// TypedKey hands on what an entry has no use for.
func (e *Entry) TypedKey(k *fyne.KeyEvent) {
	if e.paragraph && (k.Name == fyne.KeyReturn || k.Name == fyne.KeyEnter) {
		if e.OnSubmitted != nil {
			e.OnSubmitted(e.Text)
		}
		return
	}
	if !PassKey(e, k) {
		e.Entry.TypedKey(k)
	}
}

// TypedShortcut bounds what is pasted, and hands on the window's shortcuts. Those that move through the text are the entry's.
func (e *Entry) TypedShortcut(s fyne.Shortcut) {
	if c, ok := s.(*desktop.CustomShortcut); ok && !moves(c.KeyName) && PassShortcut(e, s) {
		return
	}
	if p, ok := s.(*fyne.ShortcutPaste); ok && p.Clipboard != nil {
		s = &fyne.ShortcutPaste{Clipboard: pasted{p.Clipboard, e.fit}}
	}
	e.Entry.TypedShortcut(s)
}

// moves tells whether a key moves through a text, or takes some of it away.
func moves(key fyne.KeyName) bool {
	switch key {
	case fyne.KeyLeft, fyne.KeyRight, fyne.KeyUp, fyne.KeyDown, fyne.KeyHome, fyne.KeyEnd, fyne.KeyBackspace, fyne.KeyDelete:
		return true
	}
	return false
}

// pasted is a clipboard whose text is made fit for an entry.
type pasted struct {
	fyne.Clipboard
	fit func(string) string
}

func (p pasted) Content() string { return p.fit(p.Clipboard.Content()) }

// ProbeRole is what kind of control it is.
func (e *Entry) ProbeRole() string { return "entry" }

// ProbeName is the name by which the probe knows the entry.
func (e *Entry) ProbeName() string { return e.name }

// ProbeText is what was typed; of a password only that there is one, as the probe writes it to a file.
func (e *Entry) ProbeText() string {
	if e.Password && e.Text != "" {
		return "•••"
	}
	return e.Text
}

// ProbeEnabled tells whether it can be typed into.
func (e *Entry) ProbeEnabled() bool { return !e.Disabled() }
