package runs

import (
	"context"
	"errors"
	"time"

	"fabricportal/internal/format"
)

// lookTime bounds all that a person waits for before they are shown how things stand.
const lookTime = 10 * time.Second

// Look does for a person who waits what the loop of an open window does for everybody, so that nobody needs one: it brings the
// run that holds the lock, and others that have not ended, as far as Fabric's answers go. Where Fabric was asked a moment ago
// (Timing.Ask), it waits for its turn. It takes at most 10 s; what takes longer is left to the next look. Outcomes as Reconcile,
// with what it found along the way in said, a sentence for each.
func (r *Runs) Look(ctx context.Context) (last Outcome, said string, err error) {
	within, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	for {
		out, err := r.reconcile(within, turn{every: r.timing.Ask})
		if err != nil && ctx.Err() == nil && within.Err() != nil {
			return last, said, errors.Join(errLookTime, err)
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

// errLookTime says that a look was not finished in its time.
var errLookTime = errors.New("looking after the active run took too long")

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
