// Package profile makes import_profile.json of a local file: the columns with their figures, and the outcome of the checks in contract/RULES.md.
// It reads the file once, from the first row to the last, and says so if it could not.
package profile

import (
	"context"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// GeneratorName is the generator in documents that this program makes.
const GeneratorName = "portal-desktop"

// Numbers of sample rows.
const (
	DefaultSampleRows = 20
	MaxSampleRows     = 100
)

// Options of a profile. The zero value is valid.
type Options struct {
	SampleRows int                 // rows shown as a sample: 20 when 0, 100 at most, none when negative
	Version    string              // of this program, for the generator
	Now        func() time.Time    // time.Now where nil
	Progress   func(scan.Progress) // as in scan.Options, as are Sheet, HeaderRow and Limits; New does not look at them
	Sheet      string
	HeaderRow  int
	// Rows is called for each row with its index in the batch; it may be nil. Rows come in the file's order, with one exception.
	// Some rows can only be judged after all others, because it is not known earlier whether they repeat an order_id. These come last, in their order, without a batch.
	// Of a row's Values, order_id, order_date and revenue are filled; in the rows that come last, channel, region, product_category and the columns of currencies, statuses and visitors are filled, too.
	Rows func(b *scan.Batch, index int, row *cleaning.Row)
	// Watch is called for each row in the file's order, even if it is not known yet whether the row repeats an order_id; it may be nil.
	// Of the row's Values, order_id, order_date and revenue are filled.
	Watch  func(b *scan.Batch, index int, row *cleaning.Row)
	Limits spreadsheet.Limits
	Hits   *hits.Book // where all cells that the checks find are noted; nil for none
}

func (o Options) table() scan.Options {
	return scan.Options{Sheet: o.Sheet, HeaderRow: o.HeaderRow, Limits: o.Limits, Progress: o.Progress}
}

// Result is a profile with what the cleaning of the rows came to.
type Result struct {
	Profile *contract.ImportProfile
	Rows    contract.RowCounts
}

// File profiles a file. A file that can't be read is a *spreadsheet.UnreadableError; one that can't be read to its end
// gives a profile whose Complete is false. When ctx ends, its error is returned within a tenth of a second.
func File(ctx context.Context, path string, opts Options) (*contract.ImportProfile, error) {
	result, err := Analyze(ctx, path, opts)
	if err != nil {
		return nil, err
	}
	return result.Profile, nil
}

// Analyze is File that also gives the counts of the cleaning.
func Analyze(ctx context.Context, path string, opts Options) (_ *Result, err error) {
	defer spreadsheet.Recovered(path, &err)
	file, err := scan.Open(ctx, spreadsheet.Disk(path), opts.table())
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()
	p := New(ctx, file, opts)
	defer p.Close()
	if err := file.Read(ctx, p); err != nil {
		return nil, err
	}
	return p.Finish(ctx)
}

// Profiler makes the profile of a file from the rows that it is handed. Close it after use.
type Profiler struct {
	*table
	file   *scan.File
	opts   Options
	digest *digest
}

// New makes a profiler for an open file, and begins to compute the file's hash.
func New(ctx context.Context, file *scan.File, opts Options) *Profiler {
	t := &table{found: Plain(), form: form(file.Format()), sampleRows: sampleRows(opts.SampleRows), never: file.NeverCalculated(), each: opts.Rows, watch: opts.Watch, hits: opts.Hits}
	return &Profiler{table: t, file: file, opts: opts, digest: startDigest(ctx, file.File)}
}

// Close stops the hashing and frees the space on disk.
func (p *Profiler) Close() {
	p.digest.stop()
	p.close()
}

// Filled says which rows of the batch have a value, once its columns are counted.
func (p *Profiler) Filled(*scan.Batch) []bool { return p.counted.Filled }

// Want asks for the Readings of a column. It is called after Begin and before the first batch.
func (p *Profiler) Want(column int) {
	if p.form == columns.Typeless {
		p.key.wanted[column] = true
	}
}

// Readings are what the texts of a column that was asked for are read as, by row, once it is counted; nil where it was not
// read. Those of blank texts mean nothing.
func (p *Profiler) Readings(b *scan.Batch, column int) []cleaning.Reading {
	return p.jobs[b.Slot].readings[column]
}

// Counts says how the rows become cleaned ones, once all were read but those that are settled at the end.
func (p *Profiler) Counts() contract.RowCounts { return p.counts() }

// MayHaveOneGroupTwice says that names of groups differ in case, white space or characters without a width only, or that this
// can't be told without their rows, once all rows were read.
func (p *Profiler) MayHaveOneGroupTwice() bool {
	for i := range p.columns {
		if p.columns[i].Groups && p.columns[i].MayHaveOneGroupTwice(p.dict) {
			return true
		}
	}
	return false
}

// SetFound says how the file was read, before Finish; without it the rules as they stand held.
func (p *Profiler) SetFound(f *Found) { p.found = f }

// Finish gives the profile once the file was read. Errors are a *spreadsheet.UnreadableError, or that of ctx.
func (p *Profiler) Finish(ctx context.Context) (*Result, error) {
	hasData := p.file.SheetsWithData(ctx)
	sum, err := p.digest.sum()
	if err != nil {
		return nil, err
	}
	p.recoded = p.file.Recoded()
	incomplete := p.file.Incomplete()
	p.file.Done()
	if err := p.settle(ctx); err != nil {
		return nil, p.file.Unkept(err)
	}
	doc := document(p.file, p.table, p.opts)
	doc.DuplicateRows = p.duplicates
	doc.File.SHA256, doc.File.Text = sum, p.file.TextForm()
	if text := doc.File.Text; text != nil && p.shifted.Count > 0 {
		text.Shifted = p.shifted
	}
	if doc.Complete = incomplete == nil; !doc.Complete {
		reason := incomplete.Error()
		doc.IncompleteReason = &reason
	}
	for i := range doc.Sheets {
		doc.Sheets[i].HasData = hasData[i]
	}
	return &Result{Profile: doc, Rows: p.counts()}, nil
}

// form says how the file's texts are meant.
func form(format spreadsheet.Format) columns.Form {
	switch format {
	case spreadsheet.CSV:
		return columns.Typeless
	case spreadsheet.Parquet:
		return columns.Typed
	}
	return columns.Workbook
}

// formatOf is a format whose cells are meant as the form says.
func formatOf(form columns.Form) spreadsheet.Format {
	switch form {
	case columns.Typeless:
		return spreadsheet.CSV
	case columns.Typed:
		return spreadsheet.Parquet
	}
	return spreadsheet.XLSX
}

// leftOutColumns are the columns of a Parquet file that are not read.
func leftOutColumns(file *scan.File) []string {
	if file.Parquet() == nil {
		return nil
	}
	return file.Parquet().LeftOut()
}

func sampleRows(wanted int) int {
	if wanted == 0 {
		wanted = DefaultSampleRows
	}
	return min(max(wanted, 0), MaxSampleRows)
}

// Generator is how documents name this program.
func Generator(version string) contract.Generator {
	return contract.Generator{Name: GeneratorName, Version: version}
}

func document(file *scan.File, t *table, opts Options) *contract.ImportProfile {
	now := time.Now
	if opts.Now != nil {
		now = opts.Now
	}
	modified := contract.NewTime(file.Modified())
	doc := &contract.ImportProfile{
		SchemaVersion:  contract.ProfileVersion,
		GeneratedAt:    contract.NewTime(now()),
		Generator:      Generator(opts.Version),
		File:           contract.File{Name: file.Name(), Format: string(file.Format()), SizeBytes: file.Size(), LastModified: &modified},
		Sheets:         []contract.Sheet{},
		RowCount:       t.rowCount,
		ColumnCount:    len(t.columns),
		LeftOutColumns: leftOutColumns(file),
		HiddenRows:     t.hidden,
		Macros:         file.Macros(),
		ExternalLinks:  file.ExternalLinks(),
		Columns:        t.profiles(),
		DateRange:      t.dateRange(),
		Reading:        &t.found.Reading,
		Validation:     t.validation(),
		SampleRows:     t.sample,
	}
	for _, s := range file.Sheets() {
		doc.Sheets = append(doc.Sheets, contract.Sheet{Name: s.Name, Hidden: s.Hidden})
	}
	if t.header.Row > 0 {
		row := int64(t.header.Row)
		doc.HeaderRow = &row
	}
	if name, ok := file.SheetName(); ok {
		doc.Sheet = &name
	}
	if doc.SampleRows == nil {
		doc.SampleRows = [][]any{}
	}
	return doc
}
