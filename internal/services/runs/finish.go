package runs

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/pipelines"
)

// bulky is a size of KPIs, in bytes, from which on they may take a slow line too long; usual ones have some kilobytes.
const bulky = 256 << 10

// end writes the end of a run.
func (r *Runs) end(ctx context.Context, out Outcome, e Ending) (Outcome, error) {
	if e.To == Failed {
		e = r.stillPublished(ctx, e)
	}
	e.ErrorMessage = failure(again(e.ErrorMessage))
	if err := r.at("before_finish"); err != nil {
		return out, err
	}
	var ended bool
	write := func(ctx context.Context) (err error) { ended, err = r.db.End(ctx, e); return err }
	err := r.within(ctx, write)
	if err != nil && len(e.KPIs) >= bulky && ctx.Err() == nil {
		// Figures must not keep the run from ending, and so the lock from everybody: without them it is a small message.
		e.Events = append(slices.Clip(e.Events), onceEvent(e.RunID, Warning, "figures later", tell("figures_later", "Size", format.Size(len(e.KPIs)), "Why", err)))
		e.KPIs = nil
		err = r.within(ctx, write)
	}
	if ended {
		out.Action, out.Status, out.Why = Ended, e.To, plain(e.ErrorMessage)
	}
	if err != nil {
		return out, err
	}
	return out, r.at("after_finish")
}

// succeed reads what the run left, and ends it. What can't be read now is added by a later pass: the run has succeeded all the
// same, as Fabric says so. What can be seen not to be there is no success (see hollow). now is the database's clock.
func (r *Runs) succeed(ctx context.Context, out Outcome, run Run, said *format.Said, now time.Time) (Outcome, error) {
	events, err := r.events(ctx, run.ID)
	if err != nil {
		return out, err
	}
	left := r.results(ctx, run, events)
	switch {
	case left.failure != "":
		return r.end(ctx, out, Ending{RunID: run.ID, To: Failed, ErrorMessage: left.failure, NotebookVersion: left.NotebookVersion,
			Reason: stored(tell("notebook_failed", "Said", said))})
	case left.absent != "" || left.unpublished:
		return r.hollow(ctx, out, run, left, hollowing{events, said, now})
	}
	e := Ending{
		RunID: run.ID, To: Succeeded, Reason: stored(said), KPIs: left.KPIs, NotebookVersion: left.NotebookVersion,
		Artifacts: left.Artifacts, Events: left.Events,
	}
	if r.isRestore(run) {
		if e.Restore = restoreOf(run, left.source); e.Restore == nil {
			e.Events = append(e.Events, onceEvent(run.ID, Warning, "no source", tell("no_source")))
		}
	}
	if left.missing != nil {
		e.Events = append(e.Events, onceEvent(run.ID, Warning, "results missing", tell("results_later", "Why", left.missing)))
	}
	if left.refused != nil {
		e.Events = append(e.Events, onceEvent(run.ID, Warning, "results refused", tell("results_refused", "Why", left.refused)))
	}
	return r.end(ctx, out, e)
}

// fail finds out why, and ends the run.
func (r *Runs) fail(ctx context.Context, out Outcome, run Run, job pipelines.JobInstance, said *format.Said) (Outcome, error) {
	var reason any
	from := run.CreatedAt.Add(-24 * time.Hour)
	var list []pipelines.ActivityRun
	if err := r.within(ctx, func(ctx context.Context) (err error) {
		list, err = r.fabric.ActivityRuns(ctx, run.JobID, from, run.StatusUpdatedAt.Add(48*time.Hour))
		return err
	}); err == nil {
		reason = firstFailure(list)
	}
	meta, err := r.folder(run).metadata(ctx)
	if reason == nil && err == nil && meta.Error != nil && strings.TrimSpace(meta.Error.Message) != "" {
		reason = meta.Error.Message
	}
	if text := oneOf(job.FailureReason, job.FailureCode); reason == nil && text != "" {
		reason = text
	}
	if reason == nil {
		reason = tell("no_reason")
	}
	return r.end(ctx, out, Ending{RunID: run.ID, To: Failed, ErrorMessage: failure(reason), Reason: stored(said), NotebookVersion: Clean(meta.NotebookVersion, 100)})
}

// firstFailure is the message of the activity that failed for a reason of its own: the first notebook, else the first of another kind. What
// only repeats that others failed comes last: a Fail activity (docs/fabric.md §4), and one that holds others. It is a text, or an entry of
// the catalogue of troubles; nil for none.
func firstFailure(list []pipelines.ActivityRun) any {
	rank := func(a pipelines.ActivityRun) int {
		switch a.Type {
		case "TridentNotebook":
			return 0
		case "Fail", "IfCondition", "Switch", "ForEach", "Until":
			return 2
		}
		return 1
	}
	list = slices.DeleteFunc(slices.Clone(list), func(a pipelines.ActivityRun) bool {
		return a.Status != "Failed" || strings.TrimSpace(a.ErrorMessage) == ""
	})
	if len(list) == 0 {
		return nil
	}
	return failureOf(slices.MinFunc(list, func(a, b pipelines.ActivityRun) int {
		return cmp.Or(cmp.Compare(rank(a), rank(b)), cmp.Compare(startNanos(a.Start), startNanos(b.Start)))
	}))
}

func failureOf(a pipelines.ActivityRun) any {
	if a.Trouble != nil && a.Trouble.Error() == a.ErrorMessage {
		return a.Trouble
	}
	return a.ErrorMessage
}

// failure is why a run has failed as the database keeps it: a text of others, or a sentence with its tail.
func failure(why any) string {
	if s, ok := why.(format.Tailed); ok {
		return told.Stored(s, MaxError, cleanTo(MaxError))
	}
	return Clean(fmt.Sprint(why), MaxError)
}

func startNanos(t *time.Time) int64 {
	if t == nil {
		return 0
	}
	return t.UnixNano()
}

func (r *Runs) cancelled(ctx context.Context, out Outcome, run Run, job pipelines.JobInstance, said *format.Said) (Outcome, error) {
	events, err := r.events(ctx, run.ID)
	if err != nil {
		return out, err
	}
	sentence := tell("cancelled")
	if n, _, ok := lastNote(events, evCancel); ok && n.By != "" {
		sentence = tell("cancelled_by", "Who", n.By)
	} else if job.FailureReason != "" {
		sentence = tell("cancelled_why", "Why", job.FailureReason)
	}
	return r.end(ctx, out, Ending{RunID: run.ID, To: Failed, ErrorMessage: failure(sentence), Reason: stored(said)})
}
