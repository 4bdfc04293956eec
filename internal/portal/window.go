package portal

import (
	"context"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

func (p *Portal) funnel() *contract.Funnel { return funnelOf(p.cfg.Funnel) }

// RunDetail is a run with its artifacts and its events, oldest first.
func (p *Portal) RunDetail(ctx context.Context, id uuid.UUID) (runs.Run, []runs.Artifact, []runs.Event, error) {
	ctx, cancel := context.WithTimeout(ctx, callTime)
	defer cancel()
	run, err := p.db.Run(ctx, id)
	if err != nil {
		return run, nil, nil, err
	}
	list, err := p.db.Artifacts(ctx, id)
	if err != nil {
		return run, nil, nil, err
	}
	events, err := p.db.Events(ctx, id)
	return run, list, events, err
}

// Save downloads a file of the lakehouse.
func (p *Portal) Save(ctx context.Context, path, localPath string, progress func(done, total int64)) (artifacts.Saved, error) {
	return artifacts.Save(ctx, p.files, path, localPath, progress)
}
