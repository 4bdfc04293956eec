package runs

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fabricportal/internal/services/runs/locking"
)

// maxStrays bounds how many runs without the lock are looked after in one pass.
const maxStrays = 5

// gather looks after runs that have not ended though they do not hold the lock: somebody released it by other means, such
// as SQL. Without the lock they block nobody, but their state would stay wrong on every screen.
func (r *Runs) gather(ctx context.Context, out Outcome) (Outcome, error) {
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
		changed, err := r.straight(ctx, s)
		if err != nil {
			return out, err
		}
		out.Changed = out.Changed || changed
	}
	return out, nil
}

// straight brings one stray to its end by what Fabric says of its job, or by its having none.
func (r *Runs) straight(ctx context.Context, s Stray) (changed bool, err error) {
	age := s.AsOf.Sub(s.Run.CreatedAt)
	switch {
	case !r.Follows(s.Run) && (s.Run.JobID != "" || s.Sent):
		return false, nil // a desktop that is set up for the run's pipeline asks there
	case s.Run.JobID != "" && !isJob(s.Run.JobID):
		return false, nil // no rule of ours writes that
	case s.Run.JobID != "":
		out, err := r.poll(ctx, Outcome{}, s.Run, s.AsOf)
		return out.Changed, err
	case s.Run.Status != Submitted:
		return false, nil // moved up without a job: no rule of ours does that
	case s.Sent:
		return r.straightInDoubt(ctx, s)
	case age < r.timing.Orphan:
		return false, nil
	}
	return r.endStray(ctx, s, WithoutIntent, "the run was never sent to Fabric, and its lock was released by other means: start it again",
		fmt.Sprintf("%s closed it %s after it was asked for: it does not hold the lock and was never sent", r.me(), age.Round(time.Second)))
}

// straightInDoubt looks for the job of a stray whose start request left: one that carries its id is its own, whoever has
// the lock now. Where others could be, nothing is claimed.
func (r *Runs) straightInDoubt(ctx context.Context, s Stray) (bool, error) {
	events, err := r.events(ctx, s.Run.ID)
	if err != nil {
		return false, err
	}
	_, intent, ok := lastNote(events, evIntent)
	age := s.AsOf.Sub(intent.Time)
	if !ok || age < r.timing.Send+r.timing.Settle || !r.mayAsk(s.Run.ID) {
		return false, nil
	}
	run := s.Run
	ev, err := r.gatherEvidence(ctx, Active{Card: locking.Card{RunID: run.ID, AsOf: s.AsOf}, Run: &run, Intent: &intent})
	if fault, ok := errors.AsType[*askError](err); ok {
		r.pauseAfter(fault.err)
		return false, nil
	}
	if err != nil {
		return false, err
	}
	switch {
	case len(ev.matched) == 1:
		job := ev.matched[0]
		err := r.within(ctx, func(ctx context.Context) error {
			return r.db.LinkJob(ctx, Link{RunID: run.ID, JobID: job.ID, JobURL: r.fabric.JobURL(run.PipelineItemID, job.ID),
				Reason: fmt.Sprintf("%s found job %s by this run's id among its parameters, after the lock had been released by other means", r.me(), job.ID)})
		})
		if _, ok := errors.AsType[*LateError](err); ok {
			return false, nil
		}
		return err == nil, err
	case len(ev.matched)+len(ev.possible) > 0:
		return false, r.addEvent(ctx, onceEvent(run.ID, Warning, "stray in doubt", fmt.Sprintf(
			"The lock was released by other means while Fabric's answer to the start request was not known, and %d of Fabric's jobs could be this run's: its state stays as it is",
			len(ev.matched)+len(ev.possible))))
	case age < r.timing.NoJob:
		return false, nil
	}
	return r.endStray(ctx, s, WithoutJob, "Fabric's answer to the start request was lost, Fabric shows no job for the run, and its lock was released by other means: start it again",
		fmt.Sprintf("%s closed it %s after the start request: it does not hold the lock, and of the %d jobs that Fabric lists none can be its own", r.me(), age.Round(time.Second), ev.listed))
}

func (r *Runs) endStray(ctx context.Context, s Stray, guard Guard, sentence, reason string) (ended bool, err error) {
	err = r.within(ctx, func(ctx context.Context) (err error) {
		ended, err = r.db.End(ctx, Ending{RunID: s.Run.ID, To: Failed, Guard: guard, ErrorMessage: sentence, Reason: reason})
		return err
	})
	return ended, err
}
