package runs

import (
	"context"
	"fmt"
	"time"

	"fabricportal/internal/format"
)

// lookTime bounds all that a person waits for before they are shown how things stand.
const lookTime = 10 * time.Second

// Look does for a person who waits what the loop of an open window does for everybody, so that nobody needs one: it brings the
// run that holds the lock, and others that have not ended, as far as Fabric's answers go. Where Fabric was asked a moment ago
// (Timing.Ask), it waits for its turn. It takes at most 10 s; what takes longer is left to the next look, and the outcome is
// Unfinished. Outcomes as Reconcile, with what it found along the way in said, a sentence for each.
func (r *Runs) Look(ctx context.Context) (last Outcome, said string, err error) {
	within, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	for {
		out, err := r.reconcile(within, turn{every: r.timing.Ask})
		if err != nil && ctx.Err() == nil && within.Err() != nil {
			last.Unfinished = true
			return last, format.Sentences(said, fmt.Sprintf("Looking after the runs was not finished in %s; what is shown may be older.", format.Duration(lookTime))), nil
		}
		if err != nil {
			return out, said, err
		}
		said = format.Sentences(said, out.Sentence())
		changed := last.Changed || out.Changed
		last = out
		last.Changed = changed
		switch {
		case out.Action == Adopted: // now its job can be asked about
		case out.again > 0:
		default:
			return last, said, nil
		}
		if !wait(within, max(out.again, r.timing.Tick/10)) {
			return last, said, ctx.Err()
		}
	}
}

// wait is false when ctx ends first.
func wait(ctx context.Context, d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-ctx.Done():
		return false
	case <-timer.C:
		return true
	}
}
