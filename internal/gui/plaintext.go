package gui

import (
	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/spoken"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// plainTextName is the text that F6 opens.
const plainTextName = "plaintext"

// showPlainText shows all that is in sight as text, in the order in which it is read: headings, fields with what is in them, buttons with
// their state. It is for screen readers, to which Fyne tells little, and for whoever wants to copy what stands on a screen. What is to be
// decided stays open below it.
func (w *Window) showPlainText() {
	c := w.win.Canvas()
	if w.plain != nil { // it is read anew
		w.plain.Close()
	}
	had := c.Focused()
	roots, title := []fyne.CanvasObject{w.win.Content()}, words.T("{{.Screen}} as text", "Screen", words.T(screens[w.tabs.Chosen()]))
	if open := w.shell.Dialogs.Contents(); len(open) > 0 {
		roots, title = open[len(open)-1:], words.T("What is open, as text")
	}
	text := spoken.Text(spoken.Screen(roots...))
	reading := controls.NewReading(plainTextName, title, text)
	tools := controls.Line(style.Small, controls.NewCaption(words.T("As it is now. Esc closes it, F6 reads anew.")).Fitted(controls.Cut), controls.Fill(),
		controls.NewQuiet("plaintext.copy", words.T("Copy all"), func() { w.shell.Copy(lettering.Copy(text)) }))
	d := w.shell.Dialogs.Wide(title, controls.Border(controls.Pad(0, style.Small, 0, 0, tools), nil, nil, nil, reading))
	w.plain = d
	d.OnClose(func() {
		w.plain = nil
		if had != nil {
			c.Focus(had)
		}
	})
	c.Focus(reading)
}
