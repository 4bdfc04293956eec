package gui

import (
	"fyne.io/fyne/v2"
	"github.com/google/uuid"

	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
)

// notifier tells through the operating system what ended while the window may be out of sight. The screens say all of
// it, too.
type notifier struct {
	app    fyne.App
	active uuid.UUID // a run that was seen before it ended
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
		if m.Run.Status == runs.Succeeded {
			n.tell(words.T("The run of {{.File}} succeeded.", "File", m.Run.InputFile))
		} else {
			n.tell(words.T("The run of {{.File}} failed: {{.Why}}", "File", m.Run.InputFile, "Why", m.Run.Failure(words.Writer())))
		}
	}
}
