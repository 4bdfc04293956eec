package portal

import (
	"context"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/results/dataset"
)

// RowsLocal reads a file of this computer once more, as o says, and keeps all its rows (dataset.ReadFileRows).
func (p *Portal) RowsLocal(ctx context.Context, path string, o analysis.Options, how dataset.FileReading) (*dataset.FileRows, error) {
	return p.rowsOf(ctx, spreadsheet.Disk(path), o, how)
}

func (p *Portal) rowsOf(ctx context.Context, src spreadsheet.Source, o analysis.Options, how dataset.FileReading) (*dataset.FileRows, error) {
	o.Version, o.Funnel = p.Local.Version, funnelOf(p.cfg.Funnel)
	return dataset.ReadFileRows(ctx, src, o, how)
}

// RowsRemote is RowsLocal for a file in Files/import, which is read by ranges.
func (p *Portal) RowsRemote(ctx context.Context, file artifacts.File, o analysis.Options, how dataset.FileReading) (*dataset.FileRows, error) {
	var rows *dataset.FileRows
	err := p.whole(ctx, file, &o, func(ctx context.Context, src spreadsheet.Source) (err error) {
		rows, err = p.rowsOf(ctx, src, o, how)
		return err
	})
	if err != nil && rows != nil {
		_ = rows.Close()
		rows = nil
	}
	return rows, err
}
