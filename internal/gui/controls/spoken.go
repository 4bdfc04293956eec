package controls

import (
	"cmp"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/spoken"
)

// What screen readers are told, where the program is built with Fyne's tag accessibility: it knows buttons, links, texts and containers,
// and no state, so that kind and state stand in the name.

// AccessibilityLabel is part of fyne.Accessible.
func (t *Text) AccessibilityLabel() string { return t.text }

// AccessibilityRole is part of fyne.Accessible.
func (t *Text) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel is part of fyne.Accessible.
func (b *Button) AccessibilityLabel() string { return spoken.Control(b) }

// AccessibilityLabel is part of fyne.Accessible.
func (t *Touch) AccessibilityLabel() string { return spoken.Control(t) }

// AccessibilityRole is part of fyne.Accessible.
func (t *Touch) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is part of fyne.Accessible.
func (c *CheckBox) AccessibilityLabel() string { return spoken.Control(c) }

// AccessibilityRole is part of fyne.Accessible.
func (c *CheckBox) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// AccessibilityLabel is part of fyne.Accessible.
func (e *Entry) AccessibilityLabel() string { return spoken.Control(e) }

// AccessibilityRole is part of fyne.Accessible: a field that can be typed into is none of the kinds.
func (e *Entry) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// Called gives the entry the name that stands beside it, where it has no hint.
func (e *Entry) Called(name string) *Entry { e.called = name; return e }

// SpokenLabel is what the entry is called.
func (e *Entry) SpokenLabel() string { return cmp.Or(e.called, e.PlaceHolder) }

// SpokenValue is what was typed; of a password, whether something was.
func (e *Entry) SpokenValue() string {
	if e.Password && e.Text != "" {
		return "•••"
	}
	return e.Text
}

// AccessibilityLabel is part of fyne.Accessible.
func (s *Select) AccessibilityLabel() string { return spoken.Control(s) }

// AccessibilityRole is part of fyne.Accessible.
func (s *Select) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleButton }

// Called gives the choice the name that stands beside it.
func (s *Select) Called(name string) *Select { s.called = name; return s }

// SpokenLabel is what the choice is called.
func (s *Select) SpokenLabel() string { return s.called }

// AccessibilityLabel is part of fyne.Accessible: Fyne does not look into what scrolls, so that all that stands there is its name.
func (s *Scroll) AccessibilityLabel() string { return Told(s) }

// AccessibilityRole is part of fyne.Accessible.
func (s *Scroll) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// longestTold is how much is said of a thing that Fyne does not look into, in letters.
const longestTold = 4000

// Told is all that stands in an object, for screen readers.
func Told(o fyne.CanvasObject) string {
	text := []rune(spoken.Text(spoken.Screen(o)))
	return string(text[:min(len(text), longestTold)])
}
