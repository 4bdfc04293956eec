package comparison

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
)

// Pair reads two runs that are compared. uuid.Nil as after is the run whose results are published, as before the run that published before
// after did. Errors: *runs.UnknownRunError, *format.Said where there is no such run, those of the database and the lakehouse.
func (r *Reader) Pair(ctx context.Context, before, after uuid.UUID) ([2]Side, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var pair [2]Side
	var err error
	if after == uuid.Nil {
		if after, err = r.publishedRun(ctx); err != nil {
			return pair, err
		}
	}
	if before == uuid.Nil {
		if before, err = r.runBefore(ctx, after); err != nil {
			return pair, err
		}
	}
	for i, id := range [2]uuid.UUID{before, after} {
		if pair[i], err = r.side(ctx, id); err != nil {
			return pair, err
		}
	}
	return pair, nil
}

// publishedRun is the run whose figures are published.
func (r *Reader) publishedRun(ctx context.Context) (uuid.UUID, error) {
	k, err := artifacts.ReadPublished(ctx, r.files, func(p *artifacts.Published) (contract.KPIs, error) {
		return artifacts.PublishedDocument[contract.KPIs](ctx, p, artifacts.KPIsFile)
	})
	if _, none := errors.AsType[*artifacts.NotFoundError](err); none {
		return uuid.Nil, format.Say("nothing has been published yet: run the pipeline first")
	}
	if err != nil {
		return uuid.Nil, err
	}
	if k.RunID != nil {
		if id, err := uuid.Parse(*k.RunID); err == nil {
			return id, nil
		}
	}
	return uuid.Nil, format.Say("the published files do not say which run they are of: choose one in the Archive, and compare it with another one there")
}

// runBefore is the latest run with figures of its own that published before another one.
func (r *Reader) runBefore(ctx context.Context, id uuid.UUID) (uuid.UUID, error) {
	run, err := r.db.Run(ctx, id)
	if err != nil {
		return uuid.Nil, err
	}
	older, err := r.db.ListRuns(ctx, &run, lookBack)
	if err != nil {
		return uuid.Nil, err
	}
	own := id
	if k, err := kpisOf(run); err == nil && k != nil && k.RunID != nil { // what can't be read is said where the run is looked at
		if source, err := uuid.Parse(*k.RunID); err == nil {
			own = source
		}
	}
	for _, run := range older {
		if !run.Published() || run.KPIs == nil {
			continue
		}
		if source, err := figuresFrom(run); err == nil && source != own {
			return source, nil
		}
	}
	return uuid.Nil, format.Say("there is no earlier run with figures to compare this one with: choose another run")
}
