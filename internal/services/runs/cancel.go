package runs

import (
	"context"

	"github.com/google/uuid"

	"fabricportal/internal/format"
)

// Cancel asks Fabric to cancel a run's job. The run's state changes only when Fabric says so (docs/run-protocol.md §3 step 7).
func (r *Runs) Cancel(ctx context.Context, id uuid.UUID, by string) error {
	run, err := r.run(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case run.Status.Terminal():
		return refusal(&run, nil, format.Say("run {{.Run}} has ended ({{.State}}): there is nothing to cancel", "Run", ShortID(id), "State", run.Status.word()))
	case run.JobID == "":
		return refusal(&run, nil, format.Say("run {{.Run}} has no job in Fabric yet: cancel it when the job is known", "Run", ShortID(id)))
	}
	if !isJob(run.JobID) {
		return refusal(&run, nil, format.Say("{{.Why}}: close the run by hand", "Why", noJobSentence(run)))
	}
	item, ours := r.item(run)
	if !ours {
		foreign := &ForeignError{Run: run, Does: "cancelled"}
		return refusal(&run, foreign, format.Say("{{.Why}}", "Why", foreign))
	}
	err = r.within(ctx, func(ctx context.Context) error { return r.fabric.Cancel(ctx, item, run.JobID) })
	if err != nil {
		return format.Say("asking Fabric to cancel run {{.Run}}: {{.Why}}", "Run", ShortID(id), "Why", err)
	}
	return r.addEvent(context.WithoutCancel(ctx), noteEvent(id, Log, "", note{Ev: evCancel, By: Clean(by, maxBy), JobID: run.JobID,
		Text: stored(tell("cancel_asked", "Who", Clean(by, maxBy), "Me", r.me(), "Job", run.JobID))}))
}
