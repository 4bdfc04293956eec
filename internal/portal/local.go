package portal

import (
	"context"

	"fabricportal/contract"
	"fabricportal/internal/services/config"
	"fabricportal/internal/services/kpis"
	"fabricportal/internal/services/profile"
)

// Local is the work on files of this machine. It needs neither configuration nor network.
type Local struct{ Version string }

// Profile makes the import_profile.json of a file; progress is in bytes and may be nil.
func (l Local) Profile(ctx context.Context, path string, sampleRows int, progress func(done, total int64)) (*contract.ImportProfile, error) {
	return profile.File(ctx, path, profile.Options{SampleRows: sampleRows, Version: l.Version, Progress: inBytes(progress)})
}

// KPIs computes the KPIs that a file will give.
func (l Local) KPIs(ctx context.Context, path string, funnel *contract.Funnel) (*contract.KPIs, error) {
	return kpis.File(ctx, path, kpis.Options{Funnel: funnel, Version: l.Version})
}

// Analyze reads a file once for both.
func (l Local) Analyze(ctx context.Context, path string, funnel *contract.Funnel, progress func(done, total int64)) (*kpis.Analysis, error) {
	return kpis.Analyze(ctx, path, kpis.Options{Funnel: funnel, Version: l.Version, SampleRows: profile.MaxSampleRows, Progress: inBytes(progress)})
}

func inBytes(progress func(done, total int64)) func(profile.Progress) {
	if progress == nil {
		return nil
	}
	return func(p profile.Progress) { progress(p.Bytes, p.Total) }
}

// funnelOf is the configured funnel figures, nil where there are none.
func funnelOf(f config.Funnel) *contract.Funnel {
	if f.TotalVisitors <= 0 {
		return nil
	}
	out := &contract.Funnel{TotalVisitors: f.TotalVisitors}
	if f.ConvertingVisitors > 0 {
		out.ConvertingVisitors = &f.ConvertingVisitors
	}
	return out
}
