package dialogs

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// menu is an open menu, as the probe describes it.
type menu struct {
	*widget.PopUpMenu
	labels []string
}

// ProbeRole is what kind of control it is.
func (m *menu) ProbeRole() string { return "menu" }

// ProbeName is the name by which the probe knows it.
func (m *menu) ProbeName() string { return "menu" }

// ProbeTexts is what can be chosen, from top to bottom.
func (m *menu) ProbeTexts() []string { return m.labels }

// Menu opens a menu at a place of the window. The arrows go through it, Return chooses, Escape closes it.
func (h *Host) Menu(at fyne.Position, items ...*fyne.MenuItem) {
	h.closeMenu()
	m := &menu{PopUpMenu: widget.NewPopUpMenu(fyne.NewMenu("", items...), h.window.Canvas())}
	for _, i := range items {
		if !i.IsSeparator {
			m.labels = append(m.labels, i.Label)
		}
	}
	h.menu = m
	m.ShowAtPosition(at)
	m.ActivateNext() // what Return would choose is seen
}

// closeMenu closes the open menu; false where there is none.
func (h *Host) closeMenu() bool {
	if h.menu == nil || !h.menu.Visible() {
		return false
	}
	h.menu.Dismiss()
	return true
}
