package gui

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/probe"
	"fabricportal/internal/gui/spoken"
)

// TestEverythingIsReachedByKeys goes with the Tab key through every screen in its states: what can be pressed is reached, has a name, is
// in sight when it is reached, and the order is that in which the screen is read.
func TestEverythingIsReachedByKeys(t *testing.T) {
	if raced {
		t.Skip("it says nothing of races, and takes long with the detector: scripts/test.sh runs it without")
	}
	for _, p := range pictures() {
		if strings.HasPrefix(p.name, "hostile") { // the same controls with texts that take long to measure
			continue
		}
		t.Run(p.name, func(t *testing.T) {
			b := newBench(t)
			p.make(b)
			b.look()
			for _, fault := range unreached(b) {
				t.Error(fault)
			}
		})
	}
}

// mostStops is more than any state has.
const mostStops = 300

// unreached is what is wrong with the way of the Tab key through what is in sight now, in sentences.
func unreached(b *bench) (faults []string) {
	say := func(format string, args ...any) { faults = append(faults, fmt.Sprintf(format, args...)) }
	c := b.w.win.Canvas()
	root := b.w.win.Content()
	if open := b.w.shell.Dialogs.Contents(); len(open) > 0 {
		root = open[len(open)-1]
	}
	c.Unfocus()
	s := sight{}
	s.walk(root, nil)
	reached := map[fyne.CanvasObject]bool{}
	var last fyne.CanvasObject
	for c.FocusNext(); len(reached) < mostStops; c.FocusNext() {
		o, ok := c.Focused().(fyne.CanvasObject)
		if !ok || reached[o] {
			break
		}
		reached[o] = true
		name := nameOf(o)
		if name == "" {
			say("%T has no name", o)
		}
		for _, fault := range unspoken(o) {
			say("%s: %s", name, fault)
		}
		at, seen := s.placed(o)
		if !seen {
			say("%s is reached out of sight: %v", name, at)
		}
		before, was := rectangle{}, ""
		if last != nil { // as it stands now: what comes into sight may have moved it
			before, _ = s.placed(last)
			was = nameOf(last)
		}
		last = o
		up, left := at.bottom <= before.top+1, at.right <= before.left+1
		if up && at.left < before.right-1 || left && at.top < before.bottom-1 && !up {
			say("%s %v comes after %s %v", name, at, was, before)
		}
	}
	if len(reached) == mostStops {
		say("the way has no end")
	}
	for o := range s {
		if presses(o) && !reached[o] {
			say("%s (%T) is not reached", nameOf(o), o)
		}
	}
	return faults
}

// unspoken is what a screen reader lacks of a control.
func unspoken(o fyne.CanvasObject) (faults []string) {
	a, ok := o.(fyne.Accessible)
	if !ok {
		return []string{fmt.Sprintf("%T tells screen readers nothing", o)}
	}
	r, ok := o.(interface{ ProbeRole() string })
	switch {
	case !ok || r.ProbeRole() == "":
		faults = append(faults, "nobody says what it is")
	case r.ProbeRole() != "scroll" && r.ProbeRole() != "table" && r.ProbeRole() != "list" && strings.TrimSpace(spoken.Name(o)) == "":
		faults = append(faults, "nobody says what it is called")
	}
	if strings.TrimSpace(a.AccessibilityLabel()) == "" {
		faults = append(faults, "its label is empty")
	}
	return faults
}

func nameOf(o fyne.CanvasObject) string {
	if n, ok := o.(probe.Named); ok {
		return n.ProbeName()
	}
	return ""
}

// presses tells whether a click does something.
func presses(o fyne.CanvasObject) bool {
	if d, ok := o.(fyne.Disableable); ok && d.Disabled() {
		return false
	}
	switch o.(type) {
	case *widget.PopUp, *controls.Menued: // one takes clicks away from what is below; what is on the other has its menu
		return false
	case fyne.Tappable, desktop.Mouseable:
		return true
	}
	return false
}

// sight is what is in sight of an object, and of what it holds, and in which scrolls each stands.
type sight map[fyne.CanvasObject][]*controls.Scroll

func (s sight) walk(o fyne.CanvasObject, in []*controls.Scroll) {
	if o == nil || !o.Visible() {
		return
	}
	s[o] = in
	switch v := o.(type) {
	case *controls.Scroll:
		s.walk(v.Content, append(slices.Clone(in), v))
	case *fyne.Container:
		for _, x := range v.Objects {
			s.walk(x, in)
		}
	case probe.Parent:
		for _, x := range v.ProbeChildren() {
			s.walk(x, in)
		}
	}
}

// placed is where an object is, as far as what it is scrolled in shows it, and whether all of it, or as much as has room, is seen.
func (s sight) placed(o fyne.CanvasObject) (rectangle, bool) {
	place := fyne.CurrentApp().Driver().AbsolutePositionForObject
	bounds := func(o fyne.CanvasObject) rectangle {
		p, s := place(o), o.Size()
		return rectangle{p.X, p.Y, p.X + s.Width, p.Y + s.Height}
	}
	whole := bounds(o)
	r, seen := whole, true
	for _, x := range s[o] {
		sight := bounds(x)
		seen = seen && (whole.within(sight) || whole.top <= sight.top+10 && whole.bottom >= sight.bottom-10)
		r = rectangle{max(r.left, sight.left), max(r.top, sight.top), min(r.right, sight.right), min(r.bottom, sight.bottom)}
	}
	return r, seen
}

// What was pressed and can't be pressed again, or is taken away, does not send the keys back to the window's beginning.
func TestTheKeysGoOnFromWhereTheyWere(t *testing.T) {
	app := test.NewTempApp(t)
	one, two, three := controls.NewButton("one", "one", nil), controls.NewButton("two", "two", nil), controls.NewButton("three", "three", nil)
	w := app.NewWindow("")
	w.SetContent(container.NewVBox(one, two, three))
	c := w.Canvas()
	c.Focus(two)
	two.Enabled(false)
	require.False(t, two.Usable())
	c.FocusNext()
	require.Equal(t, fyne.Focusable(three), c.Focused())
	require.True(t, two.Disabled(), "no key stops at it any more")
	controls.Toggle(three, false)
	require.Equal(t, fyne.Focusable(one), c.Focused(), "what is hidden hands on the keys")
}
