// Package monitor is the screen Monitor: the active run, or the last one, from the database's point of view.
package monitor

import (
	"time"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// Headline is the state in words, with a line below it.
type Headline struct {
	State       controls.State
	Text, Below string
}

// Known is what is known of a run besides its snapshot.
type Known struct {
	Restore    bool // it publishes again what an earlier run had computed
	Cancelling bool // Fabric has been asked to cancel it
}

// HeadlineOf words a snapshot. lock is the card of the lock, for the database's clock.
func HeadlineOf(m feeds.Monitor, k Known, lock locking.Card, now time.Time) Headline {
	if m.Run == nil {
		return Headline{}
	}
	r := *m.Run
	below := words.T("{{.File}} · by {{.Who}}", "File", r.InputFile, "Who", r.TriggeredBy)
	if k.Restore {
		below = words.T("Restore of {{.File}} · by {{.Who}}", "File", r.InputFile, "Who", r.TriggeredBy)
	}
	if k.Cancelling && !r.Status.Terminal() {
		return Headline{controls.StateAsking, words.T("Cancelling: Fabric has been asked"), below}
	}
	switch m.Phase.Kind {
	case runs.PhaseChecking:
		return Headline{controls.StateAsking, words.T("Checking with Fabric"), below}
	case runs.PhaseNeedsYou:
		return Headline{controls.StateNeeds, words.T("This run needs a person to decide"), below}
	case runs.PhaseFree, runs.PhaseStarting, runs.PhaseRunning:
	}
	switch r.Status {
	case runs.Succeeded:
		if k.Restore {
			return Headline{controls.StateDone, words.T("Restored {{.When}}", "When", ended(r, now)), below}
		}
		return Headline{controls.StateDone, words.T("Succeeded {{.When}}", "When", ended(r, now)), below}
	case runs.Failed:
		if r.Cancelled() {
			return Headline{controls.StateNeutral, words.T("Cancelled {{.When}}", "When", ended(r, now)), below}
		}
		return Headline{controls.StateBad, words.T("Failed {{.When}}", "When", ended(r, now)), below}
	case runs.Submitted:
		return Headline{controls.StateBusy, words.T("Sending to Fabric"), below}
	case runs.Queued, runs.Running:
	}
	at := lock.AsOf // the database's clock, as are the run's times
	if at.IsZero() {
		at = now
	}
	span := words.Coarse(r.Elapsed(at))
	if r.Status == runs.Queued {
		return Headline{controls.StateBusy, words.T("In Fabric's queue for {{.For}}", "For", span), below}
	}
	if k.Restore {
		return Headline{controls.StateBusy, words.T("Restoring for {{.For}}", "For", span), below}
	}
	if e := m.Expected; e != nil {
		return Headline{controls.StateBusy, words.T("Running for {{.For}}, usually {{.Span}}", "For", span, "Span", words.Span(e.From, e.To)), below}
	}
	return Headline{controls.StateBusy, words.T("Running for {{.For}}", "For", span), below}
}

func ended(r runs.Run, now time.Time) string {
	if r.FinishedAt == nil {
		return ""
	}
	return words.When(*r.FinishedAt, now)
}

// Step is a station of a run's way.
type Step struct {
	State controls.State
	Title string
	Note  string
	Reach bool // the run has come this far
}

// Steps are the stations of a run: Submitted, Queued, Running, and how it ended.
func Steps(r runs.Run, events []runs.Event, now time.Time) []Step {
	order := map[runs.Status]int{runs.Submitted: 0, runs.Queued: 1, runs.Running: 2, runs.Succeeded: 3, runs.Failed: 3}
	at := order[r.Status]
	notes := [4]string{words.Clock(r.CreatedAt, now)}
	if r.StartedAt != nil && at >= 2 {
		notes[2] = words.Clock(*r.StartedAt, now)
	}
	if r.FinishedAt != nil {
		notes[3] = words.Clock(*r.FinishedAt, now)
		if took, ok := r.Took(); ok {
			notes[3] += " · " + words.Duration(took)
		}
	}
	for _, e := range events { // newest first: the earliest word of a state wins
		switch change, _ := runs.ChangeOf(e); change.To {
		case runs.Queued:
			notes[1] = words.Clock(e.Time, now)
		case runs.Running:
			notes[2] = words.Clock(e.Time, now)
		case runs.Submitted, runs.Succeeded, runs.Failed:
		}
	}
	titles := [4]string{words.T("Submitted"), words.T("Queued"), words.T("Running"), words.T("Succeeded")}
	if r.Status == runs.Failed {
		titles[3] = words.T("Failed")
	}
	if r.Cancelled() {
		titles[3] = words.T("Cancelled")
	}
	out := make([]Step, 4)
	for i := range out {
		out[i] = Step{State: controls.StateNeutral, Title: titles[i], Note: notes[i], Reach: i <= at}
		switch {
		case i < at:
			out[i].State = controls.StateDone
		case i == at && r.Cancelled():
			out[i].State = controls.StateNeutral
		case i == at && r.Status == runs.Failed:
			out[i].State = controls.StateBad
		case i == at && r.Status == runs.Succeeded:
			out[i].State = controls.StateDone
		case i == at:
			out[i].State = controls.StateBusy
		}
		if i > at {
			out[i].Note = ""
		}
	}
	// A run that failed early did not pass the stations in between.
	if r.Status == runs.Failed {
		for i := 1; i < 3; i++ {
			if out[i].Note == "" {
				out[i].State, out[i].Reach = controls.StateNeutral, false
			}
		}
	}
	return out
}
