// Package profile makes import_profile.json of a local file: what is in it, and the outcome of the checks in
// contract/RULES.md. It reads the file once, from the first row to the last, and says so when it could not.
package profile

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/cleaning"
	"fabricportal/internal/services/spreadsheet"
)

// GeneratorName is the generator in documents that this program makes.
const GeneratorName = "portal-desktop"

// Numbers of sample rows.
const (
	DefaultSampleRows = 20
	MaxSampleRows     = 100
)

// progressEvery is the number of rows between two reports of progress.
const progressEvery = 2048

// Options of a profile. The zero value is valid.
type Options struct {
	SampleRows int                 // rows shown as a sample: 20 when 0, 100 at most, none when negative
	Version    string              // of this program, for the generator
	Now        func() time.Time    // time.Now where nil
	Progress   func(Progress)      // called on the caller's goroutine; may be nil
	Rows       func(*cleaning.Row) // called for each row in the file's order; may be nil
	Limits     spreadsheet.Limits  // what a file may cost; the defaults where zero
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
func Analyze(ctx context.Context, path string, opts Options) (*Result, error) {
	file, err := spreadsheet.Open(ctx, path, opts.Limits)
	if err != nil {
		return nil, err
	}
	defer func() { _ = file.Close() }()

	// The hash comes first and through the same handle, so that it is that of the bytes that are read next.
	hash := sha256.New()
	if err := file.WriteTo(ctx, hash); err != nil {
		return nil, err
	}
	rows, err := file.Rows(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = rows.Close() }()

	t := &table{csv: file.Format() == spreadsheet.CSV, sampleRows: sampleRows(opts.SampleRows), each: opts.Rows}
	for n := int64(0); rows.Next(); n++ {
		t.add(rows.Row(), rows.RowNumber())
		if opts.Progress != nil && n%progressEvery == 0 {
			opts.Progress(Progress{Rows: t.rowCount, Bytes: int64(rows.Progress() * float64(file.Size())), Total: file.Size()})
		}
	}
	reason, err := incomplete(rows.Err())
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
	return &Result{Profile: document(file, t, hex.EncodeToString(hash.Sum(nil)), reason, opts), Rows: t.counts()}, nil
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

func document(file *spreadsheet.File, t *table, sum string, reason *string, opts Options) *contract.ImportProfile {
	now := time.Now
	if opts.Now != nil {
		now = opts.Now
	}
	modified := contract.NewTime(file.Modified())
	doc := &contract.ImportProfile{
		SchemaVersion:    contract.Version,
		GeneratedAt:      contract.NewTime(now()),
		Generator:        Generator(opts.Version),
		File:             contract.File{Name: file.Name(), Format: string(file.Format()), SizeBytes: file.Size(), SHA256: sum, LastModified: &modified},
		Sheets:           []contract.Sheet{},
		Complete:         reason == nil,
		IncompleteReason: reason,
		RowCount:         t.rowCount,
		ColumnCount:      len(t.columns),
		Columns:          []contract.Column{},
		DateRange:        t.dateRange(),
		Validation:       t.validation(),
		SampleRows:       t.sample,
	}
	for _, s := range file.Sheets() {
		doc.Sheets = append(doc.Sheets, contract.Sheet{Name: s.Name, Hidden: s.Hidden})
	}
	if name, ok := file.SheetName(); ok {
		doc.Sheet = &name
	}
	for i := range t.columns {
		doc.Columns = append(doc.Columns, t.columns[i].profile(t.header.Names[i], t.header.Normalized[i], t.rowCount))
	}
	if doc.SampleRows == nil {
		doc.SampleRows = [][]any{}
	}
	return doc
}
