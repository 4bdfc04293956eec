package controls

import (
	"fyne.io/fyne/v2/widget"
)

// CheckBox is Fyne's check box with a name by which the probe knows it.
type CheckBox struct {
	widget.Check
	name string
}

// NewCheckBox is a check box; on may be nil and is not called for the first state.
func NewCheckBox(name, text string, checked bool, on func(bool)) *CheckBox {
	c := &CheckBox{name: name}
	c.Text, c.Checked, c.OnChanged = text, checked, on
	c.ExtendBaseWidget(c)
	return c
}

// ProbeName is the name by which the probe knows the box.
func (c *CheckBox) ProbeName() string { return c.name }

// ProbeText is what stands beside it.
func (c *CheckBox) ProbeText() string { return c.Text }

// ProbeChosen tells whether it is checked.
func (c *CheckBox) ProbeChosen() bool { return c.Checked }

// ProbeEnabled tells whether it can be changed.
func (c *CheckBox) ProbeEnabled() bool { return !c.Disabled() }

// Select is Fyne's choice from a list with a name by which the probe knows it.
type Select struct {
	widget.Select
	name string
}

// NewSelect is a choice; on may be nil and is not called for the first state.
func NewSelect(name string, options []string, chosen string, on func(string)) *Select {
	s := &Select{name: name}
	s.Options, s.Selected, s.OnChanged = options, chosen, on
	s.ExtendBaseWidget(s)
	return s
}

// ProbeName is the name by which the probe knows the choice.
func (s *Select) ProbeName() string { return s.name }

// ProbeText is what is chosen.
func (s *Select) ProbeText() string { return s.Selected }

// ProbeEnabled tells whether it can be changed.
func (s *Select) ProbeEnabled() bool { return !s.Disabled() }
