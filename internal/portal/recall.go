package portal

import (
	"context"
	"encoding/json"
	"slices"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// shapesOf is where this computer remembers how files of a shape are read.
func shapesOf(stateDir string) *shapes.Store { return shapes.Open(stateFolder(stateDir, "shapes")) }

// recalled analyses a file. Where recall is set, what was decided for files of its shape goes beneath the options: on this
// computer, else by whoever ran such a file last, if there is something to decide. Decisions that the file can't follow are left.
func (p *Portal) recalled(ctx context.Context, src spreadsheet.Source, o analysis.Options, recall bool) (*analysis.Result, shapes.Recalled, error) {
	found, err := p.analyze(ctx, src, o)
	if err != nil || found.Profile == nil {
		return found, shapes.Recalled{}, err
	}
	as := shapes.Recalled{Shape: headersOf(found.Profile), Given: o.Read}
	if !recall {
		return found, as, nil
	}
	record, ok := p.decided(ctx, as.Shape, found.Reading)
	if !ok {
		return found, as, nil
	}
	given := o
	given.Read = record.Options.Merged(o.Read)
	if sameOptions(given.Read, o.Read) {
		return found, as, nil
	}
	again, err := p.analyze(ctx, src, given)
	if err != nil {
		p.log.Info("a file can't be read as files of its shape were before", "error", err)
		return found, as, ctx.Err()
	}
	as.Given, as.Record = given.Read, &record
	return again, as, nil
}

// decided is how files with these headers are read. The runs of before are asked only where something is open: that takes a while.
func (p *Portal) decided(ctx context.Context, headers []string, r *contract.Reading) (shapes.Record, bool) {
	if record, ok := p.shapes.Find(headers); ok {
		return record, true
	}
	if r == nil || len(r.Questions) == 0 {
		return shapes.Record{}, false
	}
	ctx, cancel := context.WithTimeout(ctx, lastTime)
	defer cancel()
	record, ok, err := shapes.FromRuns(ctx, p.past, p.files, headers)
	if err != nil {
		p.log.Info("how such files were read before is not known", "error", err)
	}
	return record, ok && err == nil
}

// KeepReading remembers on this computer how files of a shape are read: of the one that the file shows where nothing is said, and
// of the one that it has when it is read so. Errors are those of shapes.Store.Keep.
func (p *Portal) KeepReading(ctx context.Context, shape []string, read *contract.ImportProfile, o contract.ReadOptions) error {
	record := shapes.Record{Headers: shape, Options: o, By: p.User(), At: time.Now()}
	if len(shape) > 0 {
		if err := p.shapes.Keep(ctx, record); err != nil {
			return err
		}
	}
	headers := headersOf(read)
	if len(headers) == 0 || slices.Equal(headers, shape) {
		return nil
	}
	// A file that shows these headers by itself need not be told where they stand.
	record.Headers = headers
	record.Options.Sheet, record.Options.HeaderRow, record.Options.Encoding, record.Options.Delimiter, record.Options.Quoting = "", 0, "", "", ""
	return p.shapes.Keep(ctx, record)
}

// headersOf are a file's normalised headers, which tell its shape.
func headersOf(p *contract.ImportProfile) []string {
	if p == nil {
		return nil
	}
	out := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		out[i] = c.NormalizedName
	}
	return out
}

// sameOptions compares what options say.
func sameOptions(a, b contract.ReadOptions) bool {
	a.SchemaVersion, b.SchemaVersion = 0, 0
	x, errX := json.Marshal(a)
	y, errY := json.Marshal(b)
	return errX == nil && errY == nil && string(x) == string(y)
}

// LookInput finds out how a file in Files/import is read, as AnalyzeRemote does, for a run without a window. It is not kept.
func (p *Portal) LookInput(ctx context.Context, name string, o analysis.Options) (*analysis.Result, shapes.Recalled, error) {
	file, err := p.InputFile(ctx, name)
	if err != nil {
		return nil, shapes.Recalled{}, err
	}
	o.Parts = analysis.Profile | analysis.KPIs
	var found *analysis.Result
	var as shapes.Recalled
	err = p.whole(ctx, file, &o, func(ctx context.Context, src spreadsheet.Source) (err error) {
		found, as, err = p.recalled(ctx, src, o, true)
		return err
	})
	if err != nil {
		return nil, as, err
	}
	p.Contents.Remember(file, found.Profile.File.SHA256)
	return found, as, nil
}
