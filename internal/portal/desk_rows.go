package portal

import (
	"context"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/results/dataset"
)

// RowsLocal reads a file of this computer once more, as o says, and keeps all its rows (dataset.ReadFileRows).
func (p *Portal) RowsLocal(ctx context.Context, path string, o analysis.Options, how dataset.FileReading) (*dataset.FileRows, error) {
	o.Version, o.Funnel = p.Local.Version, funnelOf(p.cfg.Funnel)
	return dataset.ReadFileRows(ctx, path, o, how)
}

// RowsRemote is RowsLocal for a file in Files/import, which is fetched to a temporary folder and removed again.
func (p *Portal) RowsRemote(ctx context.Context, file artifacts.File, o analysis.Options, how dataset.FileReading) (*dataset.FileRows, error) {
	local, forget, err := p.fetch(ctx, file, &o)
	if err != nil {
		return nil, err
	}
	defer forget()
	return p.RowsLocal(ctx, local, o, how)
}
