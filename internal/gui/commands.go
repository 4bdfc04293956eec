package gui

import (
	"strings"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// command is something that the window can do, by the words that it is found by.
type command struct {
	name, title, keys string
	do                func()
}

// commands are what Ctrl+K offers.
func (w *Window) commands() []command {
	out := []command{
		{"import", words.T("Import"), "Ctrl+1", func() { w.goTo(shell.Import) }},
		{"monitor", words.T("Monitor"), "Ctrl+2", func() { w.goTo(shell.Monitor) }},
		{"results", words.T("Results"), "Ctrl+3", func() { w.goTo(shell.Results) }},
		{"archive", words.T("Archive"), "Ctrl+4", func() { w.goTo(shell.Archive) }},
		{"open", words.T("Open a file of this PC"), "Ctrl+O", w.openFile},
		{"run", words.T("Run pipeline"), "Ctrl+Enter", w.runChosen},
		{"find", words.T("Search"), "Ctrl+F", w.search},
		{"finding", words.T("The next cell in which something was found"), "F8", w.stepFinding},
		{"refresh", words.T("Ask the database, Fabric and the files again"), "F5", w.opts.Actions.Refresh},
		{"plaintext", words.T("The screen as text, for a screen reader or to copy"), "F6", w.showPlainText},
		{"preferences", words.T("Preferences of this computer"), "Ctrl+,", w.showPreferences},
		{"sample", words.T("Try with sample data"), "", w.OpenSample},
		{"tour", words.T("Tour of the four screens"), "", w.showTour},
		{"keys", words.T("Keys"), "F1", w.showHelp},
		{"about", words.T("About this program"), "", w.showAbout},
	}
	if w.opts.Journal != nil && w.opts.Journal.LogPath() != "" {
		out = append(out, command{"log", words.T("Show log"), "", w.journal.showLog})
	}
	if w.opts.Diagnostics != nil {
		out = append(out, command{"diagnostics", words.T("Copy diagnostics"), "", w.diagnosing.copy})
	}
	return out
}

// matching are the commands whose words begin, somewhere, with what was typed.
func matching(all []command, typed string) []command {
	typed = strings.ToLower(strings.TrimSpace(typed))
	var out []command
	for _, c := range all {
		if strings.Contains(" "+strings.ToLower(c.title), " "+typed) {
			out = append(out, c)
		}
	}
	return out
}

// showCommands lists what the window can do; what is typed shortens the list, Return does the first.
func (w *Window) showCommands() {
	all := w.commands()
	var d *dialogs.Dialog
	do := func(c command) func() {
		return func() {
			d.Close()
			c.do()
		}
	}
	list := controls.Column(0)
	typed := ""
	entry := controls.NewEntry("commands.find", words.T("Search"), func(string) {
		if found := matching(all, typed); len(found) > 0 {
			do(found[0])()
		}
	})
	show := func(text string) {
		typed = text
		list.RemoveAll()
		for _, c := range matching(all, typed) {
			line := controls.Line(style.Small, controls.NewText(c.title).Fitted(controls.Cut), controls.Fill(), controls.NewCaption(c.keys))
			list.Add(controls.NewTouch("command."+c.name, controls.Pad(6, 6, style.Small, style.Small, line), func() string { return c.title }, do(c)))
		}
	}
	entry.OnChanged = show
	show("")
	d = w.shell.Dialogs.Show(words.T("Commands"), controls.Column(style.Small, entry, list))
	w.win.Canvas().Focus(entry)
}

// openFile lets the user choose a file of this computer.
func (w *Window) openFile() {
	w.goTo(shell.Import)
	w.importing.Open()
}

// runChosen asks whether the pipeline is to run on the chosen file, as the button does.
func (w *Window) runChosen() {
	w.goTo(shell.Import)
	w.importing.Run()
}

// search brings what finds something on the screen in sight under the keys.
func (w *Window) search() {
	var at fyne.Focusable
	switch screens[w.tabs.Chosen()] {
	case shell.Results:
		at = w.results.Search()
	case shell.Archive:
		at = w.archive.Search()
	default:
		w.goTo(shell.Import)
		at = w.importing.Search()
	}
	w.win.Canvas().Focus(at)
}
