package runs

import (
	"context"
	"fmt"

	"github.com/google/uuid"
)

// Cancel asks Fabric to cancel a run's job. The run's state changes only when Fabric says so (docs/run-protocol.md §3 step 7).
func (r *Runs) Cancel(ctx context.Context, id uuid.UUID, by string) error {
	run, err := r.run(ctx, id)
	if err != nil {
		return err
	}
	switch {
	case run.Status.Terminal():
		return &RefusedError{Run: &run, Sentence: fmt.Sprintf("run %s has ended (%s): there is nothing to cancel", id, run.Status)}
	case run.JobID == "":
		return &RefusedError{Run: &run, Sentence: fmt.Sprintf("run %s has no job in Fabric yet: cancel it when the job is known", id)}
	}
	if !isJob(run.JobID) {
		return &RefusedError{Run: &run, Sentence: noJobSentence(run) + ": close the run by hand"}
	}
	item, ours := r.item(run)
	if !ours {
		foreign := &ForeignError{Run: run, Does: "cancelled"}
		return &RefusedError{Run: &run, Sentence: foreign.Error(), Err: foreign}
	}
	err = r.within(ctx, func(ctx context.Context) error { return r.fabric.Cancel(ctx, item, run.JobID) })
	if err != nil {
		return fmt.Errorf("asking Fabric to cancel run %s: %w", id, err)
	}
	return r.addEvent(context.WithoutCancel(ctx), noteEvent(id, Log, "", note{Ev: evCancel, By: Clean(by, maxBy), JobID: run.JobID,
		Text: fmt.Sprintf("%s asked Fabric to cancel job %s (on %s)", by, run.JobID, r.me())}))
}
