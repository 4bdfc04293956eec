package timeline

import (
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/runs"
)

// ShowDetails makes a click on an event open a card with all that is known of it, to be copied: its time to the second, the ids that its
// sentence leaves out, and how it is stored.
func ShowDetails(t *Timeline, sh *shell.Shell) {
	t.OnChosen(func(e runs.Event, at fyne.CanvasObject) {
		facts := Facts(e, sh.Now())
		rows := controls.Column(style.Small, controls.NewHeading(lettering.Sentence(runs.MessageIn(e, words.Writer()))).Fitted(controls.Wrap).AtMost(6), frame.Facts(facts),
			controls.Line(style.Small, controls.NewButton("timeline.copy", words.T("Copy"), func() { sh.Copy(lettering.Copy(frame.Text(facts))) })))
		sh.Dialogs.CloseCards()
		sh.Dialogs.Card(at, controls.Width(frame.CardWidth, rows))
	})
}

// Facts are what is known of an event.
func Facts(e runs.Event, now time.Time) []frame.Fact {
	return []frame.Fact{
		{Name: words.T("Time"), Value: format.StampIn(e.Time, now.Location())},
		{Name: words.T("Run"), Value: e.RunID.String()},
		{Name: words.T("Event"), Value: e.ID.String()},
		{Name: words.T("As stored"), Value: lettering.Text(e.Message)},
	}
}
