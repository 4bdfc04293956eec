package portal

import (
	"context"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/feeds"
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

// earlierRuns is how many earlier runs are looked through for the same period before.
const earlierRuns = 6

// Before finds what the published results can be compared with.
func (p *Portal) Before(ctx context.Context, r feeds.Results) (Before, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	var b Before
	newest, err := p.db.ListRuns(ctx, nil, 10)
	if err != nil {
		return b, err
	}
	for i := range newest {
		run := newest[i]
		if run.Status == runs.Succeeded || r.Run != nil && run.ID == r.Run.ID {
			break
		}
		if run.Status == runs.Failed {
			b.NewerFailed = &run
			break
		}
	}
	if r.Restored != nil {
		if b.Replaced, err = p.replaced(ctx, *r.Restored); err != nil {
			return b, err
		}
	}
	if r.Run == nil {
		return b, nil
	}
	older, err := p.db.ListRuns(ctx, r.Run, 4*earlierRuns)
	if err != nil {
		return b, err
	}
	for _, run := range older {
		if run.Status != runs.Succeeded || run.KPIs == nil || len(b.Earlier) == earlierRuns {
			continue
		}
		k, err := p.runKPIs(ctx, run.ID)
		if err != nil || k == nil {
			continue // a document of a later form tells nothing here
		}
		if b.Run == nil {
			b.Run, b.KPIs = &run, k
		}
		b.Earlier = append(b.Earlier, k)
	}
	return b, nil
}

// runKPIs is a run's figures with their series; nil where it has none.
func (p *Portal) runKPIs(ctx context.Context, id uuid.UUID) (*contract.KPIs, error) {
	run, err := p.db.Run(ctx, id)
	if err != nil || run.KPIs == nil {
		return nil, err
	}
	k, err := contract.Decode[contract.KPIs]("the KPIs of run "+id.String(), run.KPIs)
	if err != nil {
		return nil, err
	}
	return &k, nil
}

// replaced is the run whose results a restore replaced; nil where that is not known. The run before the restore's own
// published them, or was a restore itself: its figures name the run that they came from.
func (p *Portal) replaced(ctx context.Context, restore runs.Restore) (*runs.Run, error) {
	if restore.TargetRun == nil {
		return nil, nil
	}
	own, err := p.db.Run(ctx, *restore.TargetRun)
	if err != nil {
		return nil, err
	}
	older, err := p.db.ListRuns(ctx, &own, 10)
	if err != nil {
		return nil, err
	}
	for _, run := range older {
		if run.Status != runs.Succeeded {
			continue
		}
		if k, err := contract.Decode[contract.KPIs]("kpis", run.KPIs); err == nil && k.RunID != nil && *k.RunID != run.ID.String() {
			source, err := uuid.Parse(*k.RunID)
			if err != nil {
				return nil, nil
			}
			if run, err = p.db.Run(ctx, source); err != nil {
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
