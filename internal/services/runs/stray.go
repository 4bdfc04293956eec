package runs

import (
	"context"
	"errors"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/runs/locking"
)

// maxStrays bounds how many runs without the lock are looked after in one pass.
const maxStrays = 5

// gather looks after runs that have not ended though they do not hold the lock: somebody released it by other means, such
// as SQL. Without the lock they block nobody, but their state would stay wrong on every screen.
func (r *Runs) gather(ctx context.Context, t turn, out Outcome) (Outcome, error) {
	r.mu.Lock()
	now := r.clock.Now()
	due := !now.Before(r.nextStray)
	if due {
		r.nextStray = now.Add(r.timing.Stray)
	}
	r.mu.Unlock()
	if !due {
		return out, nil
	}
	var list []Stray
	err := r.within(ctx, func(ctx context.Context) (err error) { list, err = r.db.Strays(ctx, r.place(), maxStrays); return err })
	if err != nil {
		return out, err
	}
	for _, s := range list {
		found, err := r.straight(ctx, t, s)
		if err != nil {
			return out, err
		}
		out.Changed = out.Changed || found.Changed
		if found.Action == Moved || found.Action == Ended || found.Action == Abandoned || found.Action == Adopted {
			out.Strays = append(out.Strays, found)
		}
	}
	return out, nil
}

// straight brings one stray to its end by what Fabric says of its job, or by its having none.
func (r *Runs) straight(ctx context.Context, t turn, s Stray) (Outcome, error) {
	out := Outcome{Run: s.Run.ID, Status: s.Run.Status, InputFile: s.Run.InputFile}
	age := s.AsOf.Sub(s.Run.CreatedAt)
	switch {
	case !r.Follows(s.Run) && (s.Run.JobID != "" || s.Sent):
		return out, nil // a desktop that is set up for the run's pipeline asks there
	case s.Run.JobID != "" && !isJob(s.Run.JobID):
		return out, nil // no rule of ours writes that
	case s.Run.JobID != "":
		return r.poll(ctx, t, out, s.Run, s.AsOf)
	case s.Run.Status != Submitted:
		return out, nil // moved up without a job: no rule of ours does that
	case s.Sent:
		return r.straightInDoubt(ctx, out, s)
	case age < r.timing.Orphan:
		return out, nil
	}
	return r.endStray(ctx, out, s, WithoutIntent, tell("stray_never_sent"),
		tell("stray_unsent", "Me", r.me(), "Age", age.Round(time.Second)))
}

// straightInDoubt looks for the job of a stray whose start request left: one that carries its id is its own, whoever has
// the lock now. Where others could be, nothing is claimed.
func (r *Runs) straightInDoubt(ctx context.Context, out Outcome, s Stray) (Outcome, error) {
	events, err := r.events(ctx, s.Run.ID)
	if err != nil {
		return out, err
	}
	_, intent, ok := lastNote(events, evIntent)
	age := s.AsOf.Sub(intent.Time)
	if !ok || age < r.timing.Send+r.timing.Settle || !r.mayAsk(s.Run.ID) {
		return out, nil
	}
	run := s.Run
	ev, err := r.gatherEvidence(ctx, Active{Card: locking.Card{RunID: run.ID, AsOf: s.AsOf}, Run: &run, Intent: &intent})
	if fault, ok := errors.AsType[*askError](err); ok {
		r.pauseAfter(fault.err)
		return out, nil
	}
	if err != nil {
		return out, err
	}
	switch {
	case len(ev.matched) == 1:
		job := ev.matched[0]
		err := r.within(ctx, func(ctx context.Context) error {
			return r.db.LinkJob(ctx, Link{RunID: run.ID, JobID: job.ID, JobURL: r.fabric.JobURL(run.PipelineItemID, job.ID),
				Reason: stored(tell("stray_found", "Me", r.me(), "Job", job.ID))})
		})
		if _, ok := errors.AsType[*LateError](err); ok {
			return out, nil
		}
		if err == nil {
			out.Action, out.Status, out.Changed = Adopted, Queued, true
		}
		return out, err
	case len(ev.matched)+len(ev.possible) > 0:
		return out, r.addEvent(ctx, onceEvent(run.ID, Warning, "stray in doubt", tell("stray_doubt", "N", len(ev.matched)+len(ev.possible))))
	case age < r.timing.NoJob:
		return out, nil
	}
	return r.endStray(ctx, out, s, WithoutJob, tell("stray_lost"),
		tell("stray_no_job", "N", ev.listed, "Me", r.me(), "Age", age.Round(time.Second)))
}

func (r *Runs) endStray(ctx context.Context, out Outcome, s Stray, guard Guard, sentence, reason *format.Said) (Outcome, error) {
	return r.abandon(ctx, out, Ending{RunID: s.Run.ID, To: Failed, Guard: guard, ErrorMessage: failure(sentence), Reason: stored(reason)})
}
