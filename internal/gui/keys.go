package gui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// shortcuts makes the keys work that showHelp lists.
func (w *Window) shortcuts() {
	add := func(key fyne.KeyName, mod fyne.KeyModifier, do func()) {
		w.win.Canvas().AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: mod}, func(fyne.Shortcut) {
			if !w.shell.Dialogs.Open() { // a dialog does not block shortcuts by itself
				do()
			}
		})
	}
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4} {
		add(key, fyne.KeyModifierShortcutDefault, func() { w.tabs.Choose(i) })
		add(key, fyne.KeyModifierAlt, func() { w.tabs.Choose(i) })
	}
	add(fyne.KeyTab, fyne.KeyModifierControl, func() { w.tabs.Step(1) })
	add(fyne.KeyTab, fyne.KeyModifierControl|fyne.KeyModifierShift, func() { w.tabs.Step(-1) })
	add(fyne.KeyO, fyne.KeyModifierShortcutDefault, func() {
		w.goTo(shell.Import)
		w.importing.Open()
	})
	add(fyne.KeyR, fyne.KeyModifierShortcutDefault, w.opts.Actions.Refresh)
	w.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		switch {
		case w.shell.Dialogs.Open():
		case e.Name == fyne.KeyF5:
			w.opts.Actions.Refresh()
		case e.Name == fyne.KeyF1:
			w.showHelp()
		}
	})
}

// showHelp lists the keys.
func (w *Window) showHelp() {
	w.shell.Dialogs.Show(words.T("Keys"), controls.Column(style.Small,
		frame.Facts([]frame.Fact{
			{Name: "Ctrl+1 … 4", Value: words.T("Import, Monitor, Results, Archive; also with Alt")},
			{Name: "Ctrl+Tab", Value: words.T("The next screen; with Shift the one before")},
			{Name: "Ctrl+O", Value: words.T("Open a file of this PC")},
			{Name: "F5", Value: words.T("Ask the database, Fabric and the files again")},
			{Name: "Tab, Space", Value: words.T("Move to a button, and press it")},
			{Name: words.T("Arrow keys"), Value: words.T("Choose in a list, also with Home, End and the Page keys")},
			{Name: "Ctrl+C", Value: words.T("Copy the chosen row")},
			{Name: "Esc", Value: words.T("Close a dialog")},
		}),
		controls.NewCaption(words.T("Fabric Data Portal {{.Version}}", "Version", w.opts.Build.Version))))
}
