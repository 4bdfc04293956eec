package runs

import (
	"context"
	"fmt"
	"time"
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
	err := r.within(ctx, func(ctx context.Context) (err error) { list, err = r.db.Strays(ctx, maxStrays); return err })
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
	if s.Run.JobID != "" && s.Run.WorkspaceID == r.set.WorkspaceID {
		out, err := r.poll(ctx, Outcome{}, s.Run, s.AsOf)
		return out.Changed, err
	}
	guard, limit := WithoutIntent, r.timing.Orphan
	sentence := "the run was never sent to Fabric, and its lock was released by other means: start it again"
	if s.Sent {
		guard, limit = WithoutJob, r.timing.NoJob
		sentence = "the run's lock was released by other means while Fabric's answer to the start request was not known: look for its job in Fabric"
	}
	if s.Run.JobID != "" || s.Run.Status != Submitted || age < limit {
		return false, nil
	}
	err = r.within(ctx, func(ctx context.Context) (err error) {
		changed, err = r.db.End(ctx, Ending{
			RunID: s.Run.ID, To: Failed, Guard: guard, ErrorMessage: sentence,
			Reason: fmt.Sprintf("%s closed it %s after it was asked for: it does not hold the lock and has no job", r.me(), age.Round(time.Second)),
		})
		return err
	})
	return changed, err
}
