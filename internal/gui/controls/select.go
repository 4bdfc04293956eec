package controls

import (
	"fmt"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
)

// Select is Fyne's choice from a list with a name by which the probe knows it. What it offers is made fit to be shown, and
// what is chosen is what was offered, as it was. A long list is drawn as far as it is in sight.
type Select struct {
	widget.Select
	name    string
	called  string // what is chosen by it
	focused bool
	offered []string // as they were given, in the order of Options
	list    *widget.PopUp
}

// NewSelect is a choice; on may be nil and is not called for the first state.
func NewSelect(name string, options []string, chosen string, on func(string)) *Select {
	s := &Select{name: name, offered: options}
	s.Selected = lettering.Label(chosen)
	if i := slices.Index(options, chosen); i >= 0 && len(options) <= longList {
		s.offer()
		s.Selected = s.Options[i]
	}
	s.OnChanged = func(string) {
		if on != nil {
			on(s.Chosen())
		}
	}
	s.ExtendBaseWidget(s)
	return s
}

// shownOptions are options as they are drawn. Fyne tells them apart by their text, so that different ones that would look
// alike are numbered.
func shownOptions(options []string) []string {
	shown := make([]string, len(options))
	of := make(map[string]string, len(options)) // by what is shown, what it stands for
	for i, o := range options {
		text := lettering.Label(o)
		for n := 2; ; n++ {
			if was, ok := of[text]; !ok || was == o {
				break
			}
			text = fmt.Sprintf("%s (%d)", lettering.Label(o), n)
		}
		of[text], shown[i] = o, text
	}
	return shown
}

// offer makes the options fit to be shown, once they are asked for: there may be thousands.
func (s *Select) offer() {
	if s.Options == nil {
		s.Options = shownOptions(s.offered)
	}
}

// SelectedIndex is the place of what is chosen; -1 for nothing.
func (s *Select) SelectedIndex() int {
	s.offer()
	return s.Select.SelectedIndex()
}

// SetSelectedIndex chooses by the place.
func (s *Select) SetSelectedIndex(i int) {
	s.offer()
	s.Select.SetSelectedIndex(i)
}

// SetSelected chooses by what is shown.
func (s *Select) SetSelected(text string) {
	s.offer()
	s.Select.SetSelected(text)
}

// Chosen is what is chosen, as it was offered; "" for nothing.
func (s *Select) Chosen() string {
	if i := s.SelectedIndex(); i >= 0 {
		return s.offered[i]
	}
	return ""
}

// Choose chooses what was offered.
func (s *Select) Choose(option string) {
	if i := slices.Index(s.offered, option); i >= 0 {
		s.SetSelectedIndex(i)
	}
}

// longList is more options than Fyne's menu draws in an instant, as it draws all of them.
const longList = 60

// Tapped is part of fyne.Tappable.
func (s *Select) Tapped(e *fyne.PointEvent) {
	s.offer()
	if len(s.Options) <= longList || s.Disabled() {
		s.Select.Tapped(e)
		return
	}
	s.open()
}

// FocusGained is part of fyne.Focusable.
func (s *Select) FocusGained() { s.focused = true; s.Select.FocusGained(); Reveal(s) }

// FocusLost is part of fyne.Focusable.
func (s *Select) FocusLost() { s.focused = false; s.Select.FocusLost() }

// CreateRenderer is part of fyne.Widget.
func (s *Select) CreateRenderer() fyne.WidgetRenderer {
	return ringed(s.Select.CreateRenderer(), func() bool { return s.focused })
}

// TypedKey is part of fyne.Focusable.
func (s *Select) TypedKey(e *fyne.KeyEvent) {
	if PassKey(s, e) {
		return
	}
	s.offer()
	opens := e.Name == fyne.KeySpace || e.Name == fyne.KeyUp || e.Name == fyne.KeyDown
	if len(s.Options) <= longList || !opens {
		s.Select.TypedKey(e)
		return
	}
	s.open()
}

// open offers a long list below the choice.
func (s *Select) open() {
	driver := fyne.CurrentApp().Driver()
	c := driver.CanvasForObject(s)
	if c == nil {
		return
	}
	list := &offers{close: func() {
		s.list.Hide()
		c.Focus(s)
	}}
	list.Length, list.CreateItem = func() int { return len(s.Options) }, func() fyne.CanvasObject { return NewText("").Fitted(Cut) }
	list.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) { o.(*Text).Set(s.Options[i]) }
	list.ExtendBaseWidget(list)
	list.OnSelected = func(i widget.ListItemID) {
		s.list.Hide()
		s.SetSelectedIndex(i)
	}
	list.HideSeparators = true
	s.list = widget.NewPopUp(list, c)
	at := driver.AbsolutePositionForObject(s).AddXY(0, s.Size().Height)
	height := min(360, max(120, c.Size().Height-at.Y-style.Small))
	at.Y = min(at.Y, max(0, c.Size().Height-height-style.Small))
	s.list.ShowAtPosition(at)
	s.list.Resize(fyne.NewSize(max(200, s.Size().Width), height))
	if i := s.SelectedIndex(); i >= 0 {
		list.ScrollTo(i)
	}
	c.Focus(list)
}

// offers is a list that Escape closes.
type offers struct {
	widget.List
	close func()
}

// TypedKey is part of fyne.Focusable.
func (l *offers) TypedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		l.close()
		return
	}
	l.List.TypedKey(e)
}

// ProbeRole is what kind of control it is.
func (s *Select) ProbeRole() string { return "choice" }

// ProbeName is the name by which the probe knows the choice.
func (s *Select) ProbeName() string { return s.name }

// ProbeText is what is chosen.
func (s *Select) ProbeText() string { return s.Selected }

// ProbeEnabled tells whether it can be changed.
func (s *Select) ProbeEnabled() bool { return !s.Disabled() }
