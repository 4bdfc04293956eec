package rules

import (
	"context"
	"errors"
	"fmt"

	"fabricportal/contract"
	"fabricportal/internal/services/cleaning"
	"fabricportal/internal/services/spreadsheet"
	"fabricportal/internal/services/spreadsheet/cells"
)

// Outcome is what came of one rule.
type Outcome struct {
	Rule     Rule
	Passed   bool
	Checked  bool   // false where the file has not what the rule looks at
	Count    int64  // rows (of required: columns) in which it does not hold
	Message  string // one sentence
	Examples []contract.Example
}

// Report is what came of all rules. Rules look at the rows as they stand in the file, before the cleaning.
type Report struct {
	Set      string
	Rows     int64
	Outcomes []Outcome
	// Incomplete says where and why the reading stopped; "" when the whole file was read. Outcomes are then of what was read.
	Incomplete string
}

// Failed counts the rules of a severity that do not hold.
func (r Report) Failed(s Severity) int {
	n := 0
	for _, o := range r.Outcomes {
		if !o.Passed && o.Rule.Severity == s {
			n++
		}
	}
	return n
}

// Bad is a row in which a rule does not hold.
type Bad struct {
	Number int              // of the row in the file
	Values []cleaning.Value // by column; valid during the call
	Faults []Fault          // in the order of the rules; valid during the call
}

// Fault is a rule that does not hold in a row, with the columns to look at, counting from 0.
type Fault struct {
	Rule    string
	Columns []int
}

// Options of a check; the zero value is valid.
type Options struct {
	Sheet     string                             // "": the first visible one
	HeaderRow int                                // its number as a spreadsheet shows it; 0 for the first row with a value
	Header    func(headers, normalized []string) // called once, before the rows; may be nil
	Bad       func(Bad) error                    // called for each row in which a rule does not hold; may be nil
	Progress  func(share float64)                // how much of the file was read, 0 to 1; may be nil

	mostKeys int // see Source
}

// Check checks a file in one pass. A file that can't be read is a *spreadsheet.UnreadableError; one that can't be read to
// its end gives a report that says so. When ctx ends, its error is returned.
func Check(ctx context.Context, path string, set Set, opts Options) (_ Report, err error) {
	defer spreadsheet.Recovered(path, &err)
	file, err := spreadsheet.Open(ctx, path, spreadsheet.Limits{})
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = file.Close() }()
	if opts.Sheet != "" {
		if err := file.SelectSheet(opts.Sheet); err != nil {
			return Report{}, err
		}
	}
	batches, err := file.Batches(ctx)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = batches.Close() }()
	c := NewChecker(set, Source{CSV: file.Format() == spreadsheet.CSV, Modified: file.Modified(), Texts: batches.Texts(), mostKeys: opts.mostKeys}, opts.Bad)
	defer c.Close()
	if err := c.read(ctx, batches, opts); err != nil {
		return c.Report(), err
	}
	stopped := batches.Err()
	var damaged *spreadsheet.DamagedError
	switch {
	case ctx.Err() != nil:
		return c.Report(), ctx.Err()
	case stopped != nil && !errors.As(stopped, &damaged):
		return c.Report(), fmt.Errorf("checking %s: %w", file.Name(), stopped)
	case c.header == nil && opts.HeaderRow > 0 && stopped == nil:
		return Report{}, &spreadsheet.UnreadableError{Path: path, Sentence: fmt.Sprintf(
			"Row %d of %s holds no value, so that it can't be the header: choose another row.", opts.HeaderRow, file.Name())}
	}
	if err := c.Settle(ctx); err != nil {
		return Report{}, file.Unkept(err)
	}
	report := c.Report()
	switch {
	case damaged != nil:
		report.Incomplete = damaged.Sentence
	case file.Changed():
		report.Incomplete = file.Name() + " was changed while it was read: wait until it is saved and check it again."
	}
	return report, nil
}

// read takes all batches of a file.
func (c *Checker) read(ctx context.Context, batches spreadsheet.Batches, opts Options) error {
	var batch cells.Batch
	var row []spreadsheet.Cell
	for batches.Next(&batch) {
		first := 0
		for i := 0; i < len(batch.Rows) && c.header == nil; i++ {
			number := int(batch.Rows[i].Number)
			if number < opts.HeaderRow {
				continue
			}
			if opts.HeaderRow > 0 && number > opts.HeaderRow {
				return nil // the row that is to be the header is not there
			}
			row = spreadsheet.RowOf(row[:0], &batch, batches.Texts(), i, spreadsheet.MaxColumns)
			if header, ok := cleaning.ReadHeader(row, number); ok {
				first = i + 1
				c.Begin(&header)
				if opts.Header != nil {
					opts.Header(header.Names, header.Normalized)
				}
			}
		}
		if c.header != nil {
			if err := c.Add(&batch, first); err != nil {
				return err
			}
		}
		if err := ctx.Err(); err != nil {
			return err
		}
		if opts.Progress != nil {
			opts.Progress(batches.Progress())
		}
	}
	return nil
}
