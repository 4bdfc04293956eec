package runs

import (
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
)

// A desktop calls the items that it is configured for, and no others. A row of the database may name any item of any
// workspace: whoever can write a row could otherwise have every desktop poll and cancel it with the team's rights.

// Place is the workspace and the items that a desktop calls.
type Place struct {
	WorkspaceID string
	ItemIDs     []string // the ingest pipeline, and the restore pipeline where there is one
}

// place is where this desktop calls.
func (r *Runs) place() Place {
	p := Place{WorkspaceID: r.set.WorkspaceID, ItemIDs: []string{r.set.PipelineID}}
	if r.set.RestorePipelineID != "" {
		p.ItemIDs = append(p.ItemIDs, r.set.RestorePipelineID)
	}
	return p
}

// item is the configured item that a run is of, as it is configured; false for a run of another item or workspace.
func (r *Runs) item(run Run) (string, bool) {
	p := r.place()
	if !strings.EqualFold(run.WorkspaceID, p.WorkspaceID) {
		return "", false
	}
	for _, id := range p.ItemIDs {
		if id != "" && strings.EqualFold(run.PipelineItemID, id) {
			return id, true
		}
	}
	return "", false
}

// Follows tells whether this desktop asks Fabric about a run: one of the configured workspace and pipelines.
func (r *Runs) Follows(run Run) bool { _, ours := r.item(run); return ours }

// isJob tells whether an id is of the form of Fabric's job ids. None else is ever asked about.
func isJob(id string) bool {
	u, err := uuid.Parse(id)
	return err == nil && len(id) == 36 && u != uuid.Nil
}

// noJobSentence says of a run whose job id is none what a person can do.
func noJobSentence(run Run) *format.Said {
	return format.Say("the run's job id, “{{.Job}}”, is none of Fabric's, so that nobody can ask about it", "Job", run.JobID)
}

// isRestore tells whether a run is a restore.
func (r *Runs) isRestore(run Run) bool {
	return r.set.RestorePipelineID != "" && strings.EqualFold(run.PipelineItemID, r.set.RestorePipelineID) && !strings.EqualFold(run.PipelineItemID, r.set.PipelineID)
}

// ForeignError says that a run is none that this desktop may ask Fabric about.
type ForeignError struct {
	Run  Run
	Does string // what is not done, such as “cancelled”
}

func (e *ForeignError) Error() string {
	return e.Say(format.English)
}

// Say is part of format.Sayer.
func (e *ForeignError) Say(w format.Writer) string {
	return w.T("run {{.Run}} is of another pipeline or workspace than this computer is set up for, so nothing is done with it from here: look at it in Fabric, or on a computer that is set up for it",
		"Run", ShortID(e.Run.ID))
}

// forsaken tells whether a run of another place has been asked about by nobody for so long that a person may close it.
func (t Timing) forsaken(run Run, now time.Time) bool {
	age := now.Sub(run.StatusUpdatedAt)
	return age >= t.Unknown || age < -t.Unknown // a time in the future is no desktop's
}

// foreignPhase is the phase of a run that another desktop has to follow.
func (t Timing) foreignPhase(run Run, now time.Time) Phase {
	t = t.withDefaults()
	switch {
	case run.Status.Terminal():
		return t.PhaseOf(run, nil, now)
	case t.forsaken(run, now):
		return phase(PhaseNeedsYou, time.Time{}, format.Say("The run is of another pipeline or workspace than this computer is set up for, and no computer has followed it "+
			"for {{.Age}}: look for it in Fabric, then close it here, or start a computer that is set up for it.",
			"Age", t.Unknown))
	}
	return phase(PhaseRunning, time.Time{}, format.Say("The run is of another pipeline or workspace than this computer is set up for: it is shown, but neither "+
		"followed nor cancelled from here. A computer that is set up for it follows it."))
}

// examineForeign says what a person can decide about a run of another place: nothing while another desktop follows it.
func (r *Runs) examineForeign(d Doubt, now time.Time) Doubt {
	foreign := &ForeignError{Run: d.Run, Does: "examined"}
	if r.timing.forsaken(d.Run, now) {
		d.CanClose = true
		d.say(format.Say("{{.Why}}; no computer has followed it for {{.Age}}", "Why", foreign, "Age", now.Sub(d.Run.StatusUpdatedAt).Round(time.Second)))
		return d
	}
	d.say(format.Say("{{.Why}}; it can be closed by hand when no computer has followed it for {{.Age}}", "Why", foreign, "Age", r.timing.Unknown))
	return d
}
