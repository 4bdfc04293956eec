package gui

import (
	"context"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// notifier tells through the operating system what ended while the window may be out of sight. The window says all of
// it, too.
type notifier struct {
	app      fyne.App
	restores func(runs.Run) bool
	ended    func(r runs.Run, text string)
	active   uuid.UUID // a run that was seen before it ended
}

// tell sends a notification where the user wants any.
func (n *notifier) tell(text string) {
	if notifies(n.app.Preferences()) {
		n.app.SendNotification(fyne.NewNotification(words.T("Fabric Data Portal"), lettering.Notice(text)))
	}
}

// see looks at each snapshot of Monitor for a run that has ended since the last one.
func (n *notifier) see(m feeds.Monitor) {
	switch {
	case m.Run == nil:
	case !m.Run.Status.Terminal():
		n.active = m.Run.ID
	case m.Run.ID == n.active:
		n.active = uuid.Nil
		text := endOf(*m.Run, n.restores(*m.Run))
		n.ended(*m.Run, text)
		n.tell(text)
	}
}

// endOf says how a run ended.
func endOf(r runs.Run, restore bool) string {
	switch {
	case r.Status == runs.Succeeded && restore:
		return words.T("The results of {{.File}} were restored.", "File", r.InputFile)
	case r.Status == runs.Succeeded:
		return words.T("The run of {{.File}} succeeded.", "File", r.InputFile)
	case r.Cancelled():
		return words.T("The run of {{.File}} was cancelled.", "File", r.InputFile)
	}
	return words.T("The run of {{.File}} failed: {{.Why}}", "File", r.InputFile, "Why", r.Failure(words.Writer()))
}

// endedNotice says above the screens that a run has ended while another screen than Monitor was in sight.
type endedNotice struct {
	*controls.Banner
	window *Window
	goes   string // the screen that shows more
}

func newEndedNotice(w *Window) *endedNotice {
	n := &endedNotice{window: w}
	n.Banner = controls.NewBanner(controls.NewButton("ended.see", words.T("See it"), func() {
		w.goTo(n.goes)
		n.Set(controls.StateNeutral, "")
	})).Closable("ended.close")
	return n
}

func (n *endedNotice) tell(r runs.Run, text string) {
	state := controls.StateBad
	n.goes = shell.Monitor
	switch {
	case r.Status == runs.Succeeded:
		state, n.goes = controls.StateDone, shell.Results
	case r.Cancelled():
		state = controls.StateNeutral
	}
	if screens[n.window.tabs.Chosen()] != shell.Monitor {
		n.Set(state, text)
	}
}

// seen takes the notice away once a screen is in sight that shows it.
func (n *endedNotice) seen(screen string) {
	if screen == shell.Monitor || screen == n.goes {
		n.Set(controls.StateNeutral, "")
	}
}

// enterSecret opens the settings, where the client secret is entered; nil where they can't be opened.
func (w *Window) enterSecret() func() {
	if w.opts.Desk == nil {
		return nil
	}
	return func() {
		tasks.Start(w.connections, func(ctx context.Context, _ func(int64, int64)) ([]Connection, error) {
			return w.opts.Desk.Connections(ctx)
		}, nil, func(list []Connection, err error) {
			if err != nil {
				w.shell.Dialogs.Tell(words.T("The connections can't be read"), w.shell.Error(err))
				return
			}
			for _, c := range list {
				if c.Current {
					w.opts.Desk.Edit(c.ID)
				}
			}
		})
	}
}

// undo leads to publishing again what was published before a run: to the question that each restore asks.
func (w *Window) undo(r runs.Run) {
	tasks.Start(w.undoing, func(ctx context.Context, _ func(int64, int64)) (comparison.Before, error) {
		return w.opts.Actions.Before(ctx, feeds.Results{Run: &r})
	}, nil, func(b comparison.Before, err error) {
		switch {
		case err != nil:
			w.shell.Dialogs.Tell(words.T("What was published before can't be found"), w.shell.Error(err))
		case b.Run == nil:
			w.shell.Dialogs.Tell(words.T("There is nothing to go back to"), words.T("No earlier run has published anything."))
		case w.shell.Restore(*b.Run): // it has no files of its own
			w.goTo(shell.Archive)
			w.shell.Dialogs.Tell(words.T("What was published before had been restored"), words.T("Choose the run that it came from in the Archive, and restore that."))
		default:
			w.goTo(shell.Archive)
			w.archive.AskRestore(*b.Run)
		}
	})
}
