package portal

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/artifacts"
	"fabricportal/internal/services/kpis"
	"fabricportal/internal/services/runs"
)

// AnalyzeLocal profiles a file of this machine and computes the KPIs it will give, with the configured funnel figures.
func (p *Portal) AnalyzeLocal(ctx context.Context, path string, progress func(done, total int64)) (*kpis.Analysis, error) {
	return p.Analyze(ctx, path, p.funnel(), progress)
}

// AnalyzeRemote is AnalyzeLocal for a file in Files/import, which is fetched to a temporary folder and removed again.
func (p *Portal) AnalyzeRemote(ctx context.Context, file artifacts.File, progress func(done, total int64)) (*kpis.Analysis, error) {
	dir, err := os.MkdirTemp("", "portal-profile-")
	if err != nil {
		return nil, fmt.Errorf("making a folder to fetch %s to: %w", file.Name, err)
	}
	defer os.RemoveAll(dir)
	name, err := artifacts.CheckName(file.Name)
	if err != nil {
		return nil, err
	}
	saved, err := artifacts.Save(ctx, p.files, file.Path, filepath.Join(dir, name), half(progress, 0))
	if err != nil {
		return nil, err
	}
	a, err := p.Analyze(ctx, saved.Path, p.funnel(), half(progress, 1))
	if err != nil {
		return nil, err
	}
	p.contents.remember(file, a.Profile.File.SHA256)
	// The copy's time says nothing; the lakehouse's does.
	a.Profile.File.LastModified = nil
	if !file.Modified.IsZero() {
		t := contract.NewTime(file.Modified)
		a.Profile.File.LastModified = &t
	}
	return a, nil
}

// half reports one of two stages of the same length as a part of the whole.
func half(progress func(done, total int64), stage int64) func(done, total int64) {
	if progress == nil {
		return nil
	}
	return func(done, total int64) { progress(stage*total+done, 2*total) }
}

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
