package gui

import (
	"cmp"
	"context"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
)

// Journal is what the program keeps of its own life on this computer, without secrets. All but LogPath may take long.
type Journal interface {
	// LogPath is the full path of the log; "" where none can be kept.
	LogPath() string
	// LogTail is the last n lines of the log, the latest last.
	LogTail(n int) ([]string, error)
	// Crash is what the program said as it ended unexpectedly, and when; found is false where it did not.
	Crash() (text string, at time.Time, found bool)
	// DiscardCrash forgets that.
	DiscardCrash() error
}

// tailLines is how many lines of the log, or of what a crash said, are shown.
const tailLines = 2000

// journal shows the log, and offers what an earlier start said as it ended unexpectedly.
type journal struct {
	window *Window
	slot   *tasks.Slot
	crash  *controls.Banner
	said   string
}

func newJournal(w *Window) *journal {
	j := &journal{window: w, slot: w.runner.NewSlot()}
	j.crash = controls.NewBanner(
		controls.NewButton("crash.show", words.T("Show report"), func() { j.show(words.T("What the program said as it ended"), "", "", strings.Split(j.said, "\n")) }),
		controls.NewQuiet("crash.copy", words.T("Copy"), func() { w.shell.Copy(lettering.Copy(j.said)) }),
		controls.NewQuiet("crash.discard", words.T("Discard"), j.discard))
	if w.opts.Journal != nil {
		j.look()
	}
	return j
}

// look finds out whether an earlier start ended unexpectedly.
func (j *journal) look() {
	type crash struct {
		text  string
		at    time.Time
		found bool
	}
	tasks.Start(j.slot, func(context.Context, func(int64, int64)) (crash, error) {
		text, at, found := j.window.opts.Journal.Crash()
		return crash{text, at, found}, nil
	}, nil, func(c crash, err error) {
		if err != nil || !c.found {
			return
		}
		j.said = c.text
		j.crash.Set(controls.StateWarn, words.T("The program ended unexpectedly ({{.When}}). The report helps whoever looks for the cause.", "When", words.When(c.at, j.window.opts.Now())))
	})
}

func (j *journal) discard() {
	tasks.Start(j.slot, func(context.Context, func(int64, int64)) (struct{}, error) {
		return struct{}{}, j.window.opts.Journal.DiscardCrash()
	}, nil, func(_ struct{}, err error) {
		if err != nil {
			j.window.shell.Dialogs.Tell(words.T("The report was not discarded"), j.window.shell.Error(err))
			return
		}
		j.said = ""
		j.crash.Set(controls.StateNeutral, "")
	})
}

// showLog shows the last lines of the log, the latest first.
func (j *journal) showLog() {
	tasks.Start(j.slot, func(context.Context, func(int64, int64)) ([]string, error) {
		return j.window.opts.Journal.LogTail(tailLines)
	}, nil, func(lines []string, err error) {
		if err != nil {
			j.window.shell.Dialogs.Tell(words.T("The log can't be read"), j.window.shell.Error(err))
			return
		}
		slices.Reverse(lines)
		j.show(words.T("Log of this program, the latest line first"), j.window.opts.Journal.LogPath(), "", lines)
	})
}

// reportLine is a line that is shown, with its place.
type reportLine struct {
	at   int
	text string
}

// show shows lines, and the chosen one in full; path is where they are, "" where nobody needs to know, and note is said then.
func (j *journal) show(title, path, note string, lines []string) {
	sh := j.window.shell
	lines = lines[:min(len(lines), tailLines)]
	full := controls.NewText("").Fitted(controls.Wrap).AtMost(8)
	rows := datatable.NewRows("journal.line", []datatable.Column{{Width: 200, Grow: 1}},
		func(l reportLine) []datatable.Cell { return []datatable.Cell{{Text: l.text}} },
		func(l reportLine) string { return words.Count(int64(l.at)) },
		func(l reportLine) { full.Set(l.text) }, controls.NewEmpty(words.T("Nothing here"), words.T("Nothing was written yet.")))
	shown := make([]reportLine, len(lines))
	for i, text := range lines {
		shown[i] = reportLine{i, text}
	}
	rows.Set(shown)
	tools := controls.Line(style.Small, controls.NewCaption(cmp.Or(path, note)).Fitted(controls.Cut), controls.Fill())
	if path != "" {
		tools.Add(controls.NewQuiet("journal.folder", words.T("Open the folder"), func() {
			if err := sh.OpenFile(filepath.Dir(path)); err != nil {
				sh.Dialogs.Tell(words.T("The folder can't be opened"), sh.Error(err))
			}
		}))
	}
	tools.Add(controls.NewQuiet("journal.copy", words.T("Copy all"), func() { sh.Copy(lettering.Copy(strings.Join(lines, "\n"))) }))
	sh.Dialogs.Wide(title, controls.Border(controls.Pad(0, style.Small, 0, 0, tools), controls.Pad(style.Small, 0, 0, 0, full), nil, nil, rows.Container))
}

// logButton opens the log, where there is one.
func (j *journal) logButton(name string, then func(func()) func()) []fyne.CanvasObject {
	if j.window.opts.Journal == nil || j.window.opts.Journal.LogPath() == "" {
		return nil
	}
	return []fyne.CanvasObject{controls.NewQuiet(name, words.T("Show log…"), then(j.showLog))}
}
