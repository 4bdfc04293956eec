package gui

import (
	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// showAbout says which build this is, to be told to whoever helps.
func (w *Window) showAbout() {
	b := w.opts.Build
	facts := []frame.Fact{{Name: words.T("Version"), Value: b.Version}}
	if b.Commit != "" {
		commit := b.Commit
		if b.Modified {
			commit = words.T("{{.Commit}} (with changes)", "Commit", commit)
		}
		facts = append(facts, frame.Fact{Name: words.T("Commit"), Value: commit})
	}
	if b.Date != "" {
		facts = append(facts, frame.Fact{Name: words.T("Date"), Value: words.Day(b.Date)})
	}
	facts = append(facts, frame.Fact{Name: words.T("Built with"), Value: b.Go + ", " + b.Platform})
	if w.opts.Software {
		facts = append(facts, frame.Fact{Name: words.T("Drawn by"), Value: words.T("Mesa's software renderer, as this computer has no usable OpenGL")})
	}
	copied := controls.NewQuiet("about.copy", words.T("Copy"), func() {
		w.shell.Copy(lettering.Copy(words.T("Fabric Data Portal {{.Version}}", "Version", b.String())))
	})
	w.shell.Dialogs.Show(words.T("Fabric Data Portal"), controls.Column(style.Small, frame.Facts(facts),
		controls.Line(style.Small, append([]fyne.CanvasObject{copied}, w.journal.logButton("about.log", func(do func()) func() {
			return func() {
				w.shell.Dialogs.CloseTop()
				do()
			}
		})...)...)))
}
