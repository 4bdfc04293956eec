package runs

import (
	"context"
	"time"
)

// attempt is when missing results are looked for again.
type attempt struct {
	next time.Time
	wait time.Duration
}

// fill adds results that could not be read when their run ended.
func (r *Runs) fill(ctx context.Context) (bool, error) {
	now := r.clock.Now()
	if now.Before(r.nextFill) {
		return false, nil
	}
	r.nextFill = now.Add(r.timing.Fill)
	var list []Run
	err := r.within(ctx, func(ctx context.Context) (err error) {
		list, err = r.db.WithoutResults(ctx, r.timing.FillWithin, 5)
		return err
	})
	if err != nil {
		return false, err
	}
	filled := false
	for _, run := range list {
		a := r.fills[run.ID]
		if now.Before(a.next) {
			continue
		}
		a.wait = min(max(2*a.wait, r.timing.Fill), time.Hour)
		a.next = now.Add(a.wait)
		r.fills[run.ID] = a
		events, err := r.events(ctx, run.ID)
		if err != nil {
			return filled, err
		}
		l := r.results(ctx, run, events)
		if len(l.KPIs) == 0 && len(l.Artifacts) == 0 {
			continue
		}
		l.Events = append(l.Events, onceEvent(run.ID, Log, "results added", tell("results_added", "Me", r.me())))
		err = r.within(ctx, func(ctx context.Context) error {
			added, err := r.db.FillResults(ctx, l.Results)
			filled = filled || added
			return err
		})
		if err != nil {
			return filled, err
		}
	}
	return filled, nil
}
