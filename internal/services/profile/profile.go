// Package profile makes import_profile.json of a local file: what is in it, and the outcome of the checks in
// contract/RULES.md. It reads the file once, from the first row to the last, and says so when it could not.
package profile

import (
	"context"
	"errors"
	"fmt"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/cleaning"
	"fabricportal/internal/services/profile/columns"
	"fabricportal/internal/services/spreadsheet"
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
	SampleRows int              // rows shown as a sample: 20 when 0, 100 at most, none when negative
	Version    string           // of this program, for the generator
	Now        func() time.Time // time.Now where nil
	Progress   func(Progress)   // called on the caller's goroutine; may be nil
	Sheet      string           // of a workbook; the first visible one where empty
	HeaderRow  int              // number of the header row as a spreadsheet shows it; 0 for the first row with a value
	// Rows is called for each row; may be nil. They come in the file's order, but those last, in their order, of which only
	// all others tell whether they repeat an order_id. Of a row's Values those in the Columns that the rules name are there.
	Rows   func(*cleaning.Row)
	Limits spreadsheet.Limits // what a file may cost; the defaults where zero
}

// Progress says how far the reading has come.
type Progress struct {
	Rows  int64 // rows read so far
	Bytes int64 // bytes of the file read so far, as far as that is known
	Total int64 // bytes of the file
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

// Analyze is File that also gives the counts of the cleaning, and each row to opts.Rows.
func Analyze(ctx context.Context, path string, opts Options) (_ *Result, err error) {
	defer spreadsheet.Recovered(path, &err)
	file, err := open(ctx, path, opts)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()

	digest := startDigest(ctx, file)
	defer digest.stop()
	batches, err := file.Batches(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = batches.Close() }()

	t := newTable(ctx, file, batches, opts)
	if err := ctx.Err(); err != nil {
		return nil, err // what is known of the texts may not be all
	}
	defer t.stop()
	for reported := int64(-1); t.next(batches); {
		if opts.Progress != nil && t.rowCount > reported {
			reported = t.rowCount
			opts.Progress(Progress{Rows: t.rowCount, Bytes: int64(batches.Progress() * float64(file.Size())), Total: file.Size()})
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	for t.finishJob() {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
	}
	reason, err := incomplete(batches.Err())
	if err != nil {
		return nil, err
	}
	if reason == nil && opts.HeaderRow > 0 && t.cleaner == nil {
		return nil, noHeader(path, file, opts.HeaderRow)
	}
	hasData := file.SheetsWithData(ctx, batches)
	sum, err := digest.sum()
	if err != nil {
		return nil, err
	}
	if reason == nil && file.Changed() {
		sentence := fmt.Sprintf("%s was changed while it was read: wait until it is saved and profile it again.", file.Name())
		reason = &sentence
	}
	if opts.Progress != nil {
		opts.Progress(Progress{Rows: t.rowCount, Bytes: file.Size(), Total: file.Size()})
	}
	if err := t.settle(ctx); err != nil {
		return nil, file.Unkept(err)
	}
	doc := document(file, t, opts)
	doc.DuplicateRows = t.duplicates
	doc.File.SHA256, doc.File.Text = sum, textForm(batches)
	doc.Complete, doc.IncompleteReason = reason == nil, reason
	for i := range doc.Sheets {
		doc.Sheets[i].HasData = hasData[i]
	}
	return &Result{Profile: doc, Rows: t.counts()}, nil
}

// open opens the file and selects the sheet.
func open(ctx context.Context, path string, opts Options) (*spreadsheet.File, error) {
	file, err := spreadsheet.Open(ctx, path, opts.Limits)
	if err != nil {
		return nil, err
	}
	file.HeaderAt(opts.HeaderRow)
	if opts.Sheet != "" {
		if err := file.SelectSheet(opts.Sheet); err != nil {
			_ = file.Close()
			return nil, err
		}
	}
	return file, nil
}

func noHeader(path string, file *spreadsheet.File, row int) error {
	return &spreadsheet.UnreadableError{Path: path, Sentence: fmt.Sprintf(
		"Row %d of %s holds no value, so that it can't be the header: choose another row.", row, file.Name())}
}

// textForm is how a CSV file is written, nil for other files.
func textForm(batches spreadsheet.Batches) *contract.TextForm {
	text, ok := batches.(interface{ Form() spreadsheet.TextForm })
	if !ok {
		return nil
	}
	form := text.Form()
	return &contract.TextForm{Encoding: form.Encoding, Delimiter: form.Delimiter, ShortRows: ragged(form.Short), LongRows: ragged(form.Long)}
}

func ragged(r spreadsheet.Ragged) contract.Ragged {
	out := contract.Ragged{Count: r.Count, Rows: make([]int64, len(r.Rows))}
	for i, row := range r.Rows {
		out.Rows[i] = int64(row)
	}
	return out
}

// form says how the file's texts are meant.
func form(file *spreadsheet.File) columns.Form {
	switch file.Format() {
	case spreadsheet.CSV:
		return columns.Typeless
	case spreadsheet.Parquet:
		return columns.Typed
	}
	return columns.Workbook
}

// leftOut are the columns of a Parquet file that are not read.
func leftOut(file *spreadsheet.File) []string {
	if file.Parquet() == nil {
		return nil
	}
	return file.Parquet().LeftOut()
}

// incomplete tells a damaged file, whose sentence it gives, from the end of the context.
func incomplete(err error) (reason *string, other error) {
	var damaged *spreadsheet.DamagedError
	switch {
	case err == nil:
		return nil, nil
	case errors.As(err, &damaged):
		return &damaged.Sentence, nil
	}
	return nil, err
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

func document(file *spreadsheet.File, t *table, opts Options) *contract.ImportProfile {
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
		LeftOutColumns: leftOut(file),
		HiddenRows:     t.hidden,
		Macros:         file.Macros(),
		ExternalLinks:  file.ExternalLinks(),
		Columns:        t.profiles(),
		DateRange:      t.dateRange(),
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
