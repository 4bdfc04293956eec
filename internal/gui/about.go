package gui

import (
	"context"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// lookForNewer asks once for a newer version, which About then tells. Nobody waits for it.
func (w *Window) lookForNewer() {
	if w.opts.Newer == nil {
		return
	}
	tasks.Start(w.runner.NewSlot(), func(ctx context.Context, _ func(int64, int64)) (string, error) {
		version, note := w.opts.Newer(ctx)
		if version != "" && note != "" {
			return version + ": " + note, nil
		}
		return version, nil
	}, nil, func(said string, _ error) { w.newer = lettering.Line(said) })
}

// shownCommit is how much of a commit is shown, enough to find it by; what is copied has all of it.
const shownCommit = 12

// showAbout says which build this is, to be told to whoever helps.
func (w *Window) showAbout() {
	b := w.opts.Build
	facts := []frame.Fact{{Name: words.T("Version"), Value: b.Version}}
	if b.Commit != "" {
		commit := b.Commit[:min(len(b.Commit), shownCommit)]
		if b.Modified {
			commit = words.T("{{.Commit}} (with changes)", "Commit", commit)
		}
		facts = append(facts, frame.Fact{Name: words.T("Commit"), Value: commit})
	}
	if b.Date != "" {
		facts = append(facts, frame.Fact{Name: words.T("Date"), Value: words.Day(b.Date)})
	}
	facts = append(facts, frame.Fact{Name: words.T("Built with"), Value: b.Go + ", " + b.Platform})
	if w.newer != "" {
		facts = append(facts, frame.Fact{Name: words.T("Newer version"), Value: w.newer})
	}
	if by := w.opts.ManagedBy; by != "" {
		facts = append(facts, frame.Fact{Name: words.T("Managed by"), Value: words.T(by)})
	}
	facts = append(facts, frame.Fact{Name: words.T("Telemetry"), Value: words.T("none: nothing is sent but to the services of the configuration")})
	if w.opts.Software {
		facts = append(facts, frame.Fact{Name: words.T("Drawn by"), Value: words.T("Mesa's software renderer, as this computer has no usable OpenGL")})
	}
	copied := controls.NewQuiet("about.copy", words.T("Copy"), func() {
		w.shell.Copy(lettering.Copy(words.T("Fabric Data Portal {{.Version}}", "Version", b.String())))
	})
	then := func(do func()) func() {
		return func() {
			w.shell.Dialogs.CloseTop()
			do()
		}
	}
	buttons := append([]fyne.CanvasObject{copied}, w.journal.logButton("about.log", then)...)
	if w.opts.Diagnostics != nil {
		buttons = append(buttons, w.diagnosing.button("about.diagnostics", then))
	}
	w.shell.Dialogs.Show(words.T("Fabric Data Portal"), controls.Column(style.Small, frame.Facts(facts), controls.Line(style.Small, buttons...)))
}
