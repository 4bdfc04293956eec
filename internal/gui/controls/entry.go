package controls

import (
	"fyne.io/fyne/v2/widget"
)

// Entry is Fyne's one-line entry with a name by which the probe knows it.
type Entry struct {
	widget.Entry
	name string
}

// NewEntry calls done when Return is pressed.
func NewEntry(name, hint string, done func(string)) *Entry {
	e := &Entry{name: name}
	e.PlaceHolder, e.OnSubmitted = hint, done
	e.ExtendBaseWidget(e)
	return e
}

// ProbeName is the name by which the probe knows the entry.
func (e *Entry) ProbeName() string { return e.name }

// ProbeText is what was typed.
func (e *Entry) ProbeText() string { return e.Text }

// ProbeEnabled tells whether it can be typed into.
func (e *Entry) ProbeEnabled() bool { return !e.Disabled() }
