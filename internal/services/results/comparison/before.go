package comparison

import (
	"context"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/runs"
)

// Before is what published results can be compared with.
type Before struct {
	Run         *runs.Run        // the succeeded run before; nil where there is none
	KPIs        *contract.KPIs   // its figures
	Earlier     []*contract.KPIs // with their series, of succeeded runs before, the latest first
	NewerFailed *runs.Run        // a later run that failed, with no later one that succeeded
	Replaced    *runs.Run        // while a restored run is published: the run that the restore replaced
}

const (
	earlierRuns = 6               // that are looked through for the same period before
	lookBack    = 4 * earlierRuns // runs of any kind among which they are looked for
	newestRuns  = 10              // among which one that failed since is looked for, and one that a restore replaced
)

// Before finds what the published results can be compared with. published is the run that they are of, restored the
// restore that brought them back; nil where that is not known, or not so.
func (r *Reader) Before(ctx context.Context, published *runs.Run, restored *runs.Restore) (Before, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	var b Before
	var err error
	if b.NewerFailed, err = r.newerFailed(ctx, published); err != nil {
		return b, err
	}
	if restored != nil {
		if b.Replaced, err = r.replaced(ctx, *restored); err != nil {
			return b, err
		}
	}
	if published == nil {
		return b, nil
	}
	older, err := r.db.ListRuns(ctx, published, lookBack)
	if err != nil {
		return b, err
	}
	for _, run := range older {
		if !run.Published() || run.KPIs == nil || len(b.Earlier) == earlierRuns {
			continue
		}
		whole, err := r.db.Run(ctx, run.ID)
		if err != nil {
			return b, err
		}
		k, err := kpisOf(whole)
		if err != nil || k == nil {
			continue // what can't be read is said where that run is looked at
		}
		if b.Run == nil {
			b.Run, b.KPIs = &run, k
		}
		b.Earlier = append(b.Earlier, k)
	}
	return b, nil
}

// newerFailed is a run that failed after the published one; nil where a later one has published, or none failed.
func (r *Reader) newerFailed(ctx context.Context, published *runs.Run) (*runs.Run, error) {
	newest, err := r.db.ListRuns(ctx, nil, newestRuns)
	if err != nil {
		return nil, err
	}
	for _, run := range newest {
		if run.Published() || published != nil && run.ID == published.ID {
			return nil, nil
		}
		if run.Status == runs.Failed {
			return &run, nil
		}
	}
	return nil, nil
}

// replaced is the run whose results a restore replaced; nil where that is not known. The run before the restore's own
// published them, or was a restore itself: its figures name the run that they came from.
func (r *Reader) replaced(ctx context.Context, restore runs.Restore) (*runs.Run, error) {
	if restore.TargetRun == nil {
		return nil, nil
	}
	own, err := r.db.Run(ctx, *restore.TargetRun)
	if err != nil {
		return nil, err
	}
	older, err := r.db.ListRuns(ctx, &own, newestRuns)
	if err != nil {
		return nil, err
	}
	for _, run := range older {
		if !run.Published() {
			continue
		}
		source, err := figuresFrom(run)
		if err != nil {
			return nil, nil //nolint:nilerr // whose figures they are is not known
		}
		if source != run.ID {
			if run, err = r.db.Run(ctx, source); err != nil {
				return nil, err
			}
		}
		if run.ID == restore.SourceRun {
			return nil, nil
		}
		return &run, nil
	}
	return nil, nil
}

// figuresFrom is the run that a run's figures came from: another one where it was a restore. A list has the totals only.
func figuresFrom(run runs.Run) (uuid.UUID, error) {
	if run.KPIs == nil {
		return run.ID, nil
	}
	k, err := contract.DecodeTotals("kpis.json of run "+run.ID.String(), run.KPIs)
	if err != nil || k.RunID == nil {
		return run.ID, err
	}
	return uuid.Parse(*k.RunID)
}
