package portal

import (
	"context"
	"fmt"
	"os"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/importfile/kpis"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/setup/config"
)

// Local is the work on files of this machine. It needs neither configuration nor network.
type Local struct{ Version string }

// ProfileOptions says how a file is profiled; the zero value is valid.
type ProfileOptions struct {
	SampleRows int    // 20 when 0
	Sheet      string // of a workbook; the first visible one where empty
	HeaderRow  int    // its number; 0 for the first row with a value
}

// Profile makes the import_profile.json of a file; progress is told the rows and bytes that were read, and may be nil.
func (l Local) Profile(ctx context.Context, path string, o ProfileOptions, progress func(rows, done, total int64)) (*contract.ImportProfile, error) {
	opts := profile.Options{SampleRows: o.SampleRows, Sheet: o.Sheet, HeaderRow: o.HeaderRow, Version: l.Version}
	if progress != nil {
		opts.Progress = func(p profile.Progress) { progress(p.Rows, p.Bytes, p.Total) }
	}
	return profile.File(ctx, path, opts)
}

// LikelyHeader is the number of the row that probably holds the columns' names, where the first row with a value is
// probably a title above them; 0 where it is not, or where the file can't be read.
func (Local) LikelyHeader(ctx context.Context, path, sheet string) int {
	preview, err := profile.ReadPreview(ctx, path, 1, profile.Options{Sheet: sheet})
	if err != nil {
		return 0 // whoever reads the whole file says why
	}
	return preview.LikelyHeader
}

// CheckOptions says how a file is checked; the zero value is valid.
type CheckOptions struct {
	Rules     string // path of a file of rules; the built-in ones where empty
	Export    string // path of a workbook for the offending rows; none where empty
	Sheet     string // as in ProfileOptions
	HeaderRow int    // as in ProfileOptions
}

// Check checks a file against rules.
func (Local) Check(ctx context.Context, path string, o CheckOptions) (rules.Report, error) {
	set, err := ruleSet(o.Rules)
	if err != nil {
		return rules.Report{}, err
	}
	opts := rules.Options{Sheet: o.Sheet, HeaderRow: o.HeaderRow}
	if o.Export != "" {
		return rules.Export(ctx, path, set, o.Export, opts)
	}
	return rules.Check(ctx, path, set, opts)
}

// ruleSet is the rules in a file; the built-in ones where path is empty.
func ruleSet(path string) (rules.Set, error) {
	if path == "" {
		return rules.Default(), nil
	}
	return rules.Load(path)
}

// CleaningOptions says how a file is read; the zero value is valid.
type CleaningOptions struct {
	Sheet     string // as in ProfileOptions
	HeaderRow int    // as in ProfileOptions
	Rows      int64  // that are looked at; 20,000 when 0
}

// Cleaning says what the cleaning will do with the first rows of a file.
func (Local) Cleaning(ctx context.Context, path string, o CleaningOptions) (*cleaning.Preview, error) {
	return cleaning.ReadPreview(ctx, path, cleaning.PreviewOptions{Sheet: o.Sheet, HeaderRow: o.HeaderRow, Rows: o.Rows})
}

// Drift says how a file differs from the one that an import_profile.json was made of.
func (l Local) Drift(ctx context.Context, path, profilePath string, o ProfileOptions) ([]drift.Finding, error) {
	data, err := os.ReadFile(profilePath)
	if err != nil {
		return nil, fmt.Errorf("the profile in %s can't be read: check the name and the folder", profilePath)
	}
	before, err := contract.Decode[contract.ImportProfile](profilePath, data)
	if err != nil {
		return nil, err
	}
	now, err := l.Profile(ctx, path, o, nil)
	if err != nil {
		return nil, err
	}
	return drift.Compare(&before, now), nil
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
