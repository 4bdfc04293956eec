package gui

import (
	"cmp"
	"context"
	"fmt"
	"strings"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/diagnostics"
)

// diagnosticsCopy copies what helps somebody else to find a fault, and shows it: whoever mails it has read it.
type diagnosticsCopy struct {
	window *Window
	slot   *tasks.Slot
}

func newDiagnosticsCopy(w *Window) *diagnosticsCopy {
	return &diagnosticsCopy{window: w, slot: w.runner.NewSlot()}
}

// facts are what this window knows besides, in the report's own words.
func (d *diagnosticsCopy) facts() []diagnostics.Fact {
	w := d.window
	p := w.shell.Prefs
	canvas := w.win.Canvas()
	return []diagnostics.Fact{
		{Name: "window", Value: fmt.Sprintf("%.0f × %.0f, scale %.2f", canvas.Size().Width, canvas.Size().Height, canvas.Scale())},
		{Name: "screen in sight", Value: screens[w.tabs.Chosen()]},
		{Name: "appearance", Value: cmp.Or(p.String(themeKey), "the system's")},
		{Name: "size of text", Value: cmp.Or(p.String(textKey), "normal")},
		{Name: "language of the window", Value: cmp.Or(p.String(languageKey), "the system's")},
		{Name: "sign-in by a person", Value: fmt.Sprint(w.opts.SignIn != nil)},
		{Name: "connection set up", Value: fmt.Sprint(w.opts.User != "")},
	}
}

// copy makes the report, which may take a minute, as it asks the database and Fabric.
func (d *diagnosticsCopy) copy() {
	w := d.window
	if d.slot.Busy() {
		return
	}
	facts := d.facts()
	w.frame.Transfer(words.T("Gathering diagnostics: the database and Fabric are asked, which may take a minute"))
	tasks.Start(d.slot, func(ctx context.Context, _ func(int64, int64)) (string, error) {
		return w.opts.Diagnostics(ctx, facts)
	}, nil, func(text string, err error) {
		w.frame.Transfer("")
		if err != nil {
			w.shell.Dialogs.Tell(words.T("The diagnostics can't be copied"), w.shell.Error(err))
			return
		}
		w.shell.Copy(lettering.Copy(text))
		w.journal.show(words.T("Diagnostics"), "", words.T("Copied. Without secrets, names and figures; read it before you mail it."), strings.Split(strings.TrimSpace(text), "\n"))
	})
}

// button copies the diagnostics, where they can be had.
func (d *diagnosticsCopy) button(name string, then func(func()) func()) *controls.Button {
	return controls.NewQuiet(name, words.T("Copy diagnostics"), then(d.copy))
}
