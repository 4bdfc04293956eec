package controls

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"fabricportal/internal/gui/lettering"
)

// CheckBox is Fyne's check box with a name by which the probe knows it. Whatever stands beside it is made fit to be shown.
type CheckBox struct {
	widget.Check
	name    string
	focused bool
}

// NewCheckBox is a check box; on may be nil and is not called for the first state.
func NewCheckBox(name, text string, checked bool, on func(bool)) *CheckBox {
	c := &CheckBox{name: name}
	c.Text, c.Checked, c.OnChanged = lettering.Label(text), checked, on
	c.ExtendBaseWidget(c)
	return c
}

// FocusGained is part of fyne.Focusable.
func (c *CheckBox) FocusGained() { c.focused = true; c.Check.FocusGained(); Reveal(c) }

// FocusLost is part of fyne.Focusable.
func (c *CheckBox) FocusLost() { c.focused = false; c.Check.FocusLost() }

// CreateRenderer is part of fyne.Widget.
func (c *CheckBox) CreateRenderer() fyne.WidgetRenderer {
	return ringed(c.Check.CreateRenderer(), func() bool { return c.focused })
}

// TypedKey hands on what a box has no use for.
func (c *CheckBox) TypedKey(e *fyne.KeyEvent) {
	switch {
	case e.Name == fyne.KeyReturn || e.Name == fyne.KeyEnter:
		if !c.Disabled() {
			c.SetChecked(!c.Checked)
		}
	case !PassKey(c, e):
		c.Check.TypedKey(e)
	}
}

// ProbeRole is what kind of control it is.
func (c *CheckBox) ProbeRole() string { return "check box" }

// ProbeName is the name by which the probe knows the box.
func (c *CheckBox) ProbeName() string { return c.name }

// ProbeText is what stands beside it.
func (c *CheckBox) ProbeText() string { return c.Text }

// ProbeChosen tells whether it is checked.
func (c *CheckBox) ProbeChosen() bool { return c.Checked }

// ProbeEnabled tells whether it can be changed.
func (c *CheckBox) ProbeEnabled() bool { return !c.Disabled() }
