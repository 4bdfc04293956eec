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
	w.keys = map[desktop.CustomShortcut]func(){}
	add := func(key fyne.KeyName, mod fyne.KeyModifier, do func()) {
		s := desktop.CustomShortcut{KeyName: key, Modifier: mod}
		w.keys[s] = func() {
			// A dialog does not block shortcuts by itself. One in which something is to be decided does, any other gives way.
			if w.shell.Dialogs.Leave() {
				do()
			}
		}
		w.win.Canvas().AddShortcut(&s, func(fyne.Shortcut) { w.keys[s]() })
	}
	for i, key := range []fyne.KeyName{fyne.Key1, fyne.Key2, fyne.Key3, fyne.Key4} {
		choose := func() { w.tabs.Choose(i); w.tabs.Focus() } // the Tab key goes on into the page
		add(key, fyne.KeyModifierShortcutDefault, choose)
		add(key, fyne.KeyModifierAlt, choose)
	}
	add(fyne.KeyTab, fyne.KeyModifierControl, func() { w.tabs.Step(1); w.tabs.Focus() })
	add(fyne.KeyTab, fyne.KeyModifierControl|fyne.KeyModifierShift, func() { w.tabs.Step(-1); w.tabs.Focus() })
	add(fyne.KeyO, fyne.KeyModifierShortcutDefault, w.openFile)
	add(fyne.KeyF, fyne.KeyModifierShortcutDefault, w.search)
	add(fyne.KeyK, fyne.KeyModifierShortcutDefault, w.showCommands)
	add(fyne.KeyReturn, fyne.KeyModifierShortcutDefault, w.runChosen)
	add(fyne.KeyEnter, fyne.KeyModifierShortcutDefault, w.runChosen)
	add(fyne.KeyComma, fyne.KeyModifierShortcutDefault, w.showPreferences)
	add(fyne.KeyR, fyne.KeyModifierShortcutDefault, w.opts.Actions.Refresh)
	w.win.Canvas().SetOnTypedKey(func(e *fyne.KeyEvent) {
		switch {
		case e.Name == fyne.KeyEscape:
			if w.shell.Dialogs.Open() || screens[w.tabs.Chosen()] != shell.Results || !w.results.Escape() {
				w.shell.Dialogs.CloseTop()
			}
		case e.Name == fyne.KeyF5:
			w.opts.Actions.Refresh()
		case e.Name == fyne.KeyF6:
			w.showPlainText()
		case e.Name == fyne.KeyF8 && w.shell.Dialogs.Leave():
			w.stepFinding()
		case e.Name == fyne.KeyF1 && w.shell.Dialogs.Leave():
			w.showHelp()
		}
	})
}

// stepFinding goes to the next cell in which something was found, and with Shift to the one before. Fyne gives no shortcut of a
// function key with Shift alone.
func (w *Window) stepFinding() {
	by := 1
	if d, ok := fyne.CurrentApp().Driver().(desktop.Driver); ok && d.CurrentKeyModifiers()&fyne.KeyModifierShift != 0 {
		by = -1
	}
	w.goTo(shell.Import)
	w.importing.Step(by)
}

// showHelp lists the keys.
func (w *Window) showHelp() {
	w.shell.Dialogs.Show(words.T("Keys"), controls.Column(style.Small,
		frame.Facts([]frame.Fact{
			{Name: "Ctrl+1 … 4", Value: words.T("Import, Monitor, Results, Archive; also with Alt")},
			{Name: "Ctrl+Tab", Value: words.T("The next screen; with Shift the one before")},
			{Name: "Ctrl+O", Value: words.T("Open a file of this PC")},
			{Name: "Ctrl+Enter", Value: words.T("Run the pipeline on the chosen file")},
			{Name: "Ctrl+F", Value: words.T("Search on the screen in sight")},
			{Name: "Ctrl+K", Value: words.T("All commands")},
			{Name: "Ctrl+,", Value: words.T("Preferences of this computer")},
			{Name: "F5", Value: words.T("Ask the database, Fabric and the files again")},
			{Name: "F6", Value: words.T("The screen as text, for a screen reader or to copy")},
			{Name: "F8", Value: words.T("The next cell in which something was found; with Shift the one before")},
			{Name: "Tab, Space", Value: words.T("Move to a button, and press it")},
			{Name: words.T("Arrow keys"), Value: words.T("Choose in a list, a chart or among tabs, also with Home, End and the Page keys")},
			{Name: "Shift+F10", Value: words.T("What can be done with the chosen cell or chart")},
			{Name: "Ctrl+C", Value: words.T("Copy the chosen row")},
			{Name: "Esc", Value: words.T("Close what is open over the window; on Results show one part less")},
		}),
		controls.Line(style.Small, controls.NewCaption(words.T("Fabric Data Portal {{.Version}}", "Version", w.opts.Build.Version)).Fitted(controls.Cut), controls.Fill(),
			controls.NewQuiet("help.tour", words.T("Tour of the four screens"), func() {
				w.shell.Dialogs.CloseTop()
				w.showTour()
			}))))
}
