package rules

import (
	"context"
	"fmt"
	"io"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// Outcome is what came of one rule.
type Outcome struct {
	Rule     Rule
	Passed   bool
	Checked  bool         // false where the file has not what the rule looks at
	Count    int64        // rows (of required: columns) in which it does not hold
	Said     *format.Said // one sentence
	Examples []contract.Example
	// Revenue is that of the rows in which it does not hold, as they stand in the file, in currency units and rounded to cents; nil where
	// it is about no rows, or the file has no revenue.
	Revenue *float64
}

// Message is the sentence in English.
func (o Outcome) Message() string { return o.Said.Error() }

// Report is what came of all rules. Rules look at the rows as they stand in the file, before the cleaning.
type Report struct {
	Set      string
	Rows     int64
	Outcomes []Outcome
	// Hidden are the rows that the workbook hides and that count all the same, with the revenue that stands in them; nil where there is no
	// column of revenue.
	Hidden *Hidden
	// Incomplete says where and why the reading stopped; "" when the whole file was read. Outcomes are then of what was read.
	Incomplete string
}

// Hidden are rows that nobody sees in the workbook.
type Hidden struct {
	Rows    int64
	Revenue float64
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
	// Offending is where a workbook of the rows is written to in which a rule does not hold, by Finish; nil for none. The
	// cells to look at are in colour, and a sheet says what came of each rule. Every text stays a text: none becomes a formula.
	Offending io.Writer
	// Words is the language of that workbook; the zero one is English.
	Words format.Writer

	// Readings is who has read the texts of the batches already, and is asked before they are read again; may be nil.
	Readings Readings
	// Repeated says that Checker.Repeated is told each row that repeats an order_id, so that a rule that asks for it need not
	// keep them too. It is not looked at where the rows are wanted.
	Repeated bool

	// Hits is where all cells are noted in which a rule does not hold; nil for none.
	Hits *hits.Book

	bad      func(Bad) error // called for each row in which a rule does not hold; may be nil
	limit    int             // of the rows in the workbook; MaxExported where 0
	mostKeys int             // of a rule, in memory; the default where 0
	mostHeld int             // keys of all rules in memory where the rows are wanted; mostHeldKeys where 0
}

// Readings is what a consumer that looks at the batches before the rules knows of them (profile.Profiler).
type Readings interface {
	// Want asks for the Readings of a column, before the first batch.
	Want(column int)
	// Readings are what the texts of a column are read as, by row; nil where they were not read.
	Readings(b *scan.Batch, column int) []cleaning.Reading
	// Filled says which rows of the batch have a value, once all columns were looked at.
	Filled(b *scan.Batch) []bool
}

// New makes a checker for an open file. Close it.
func New(file *scan.File, set Set, opts Options) (*Checker, error) {
	c := newChecker(set, source{modified: file.Modified()}, opts)
	c.file = file
	if opts.Offending == nil {
		return c, nil
	}
	var err error
	if c.export, err = newExporter(opts.Offending, opts.limit, opts.Words); err != nil {
		return nil, fmt.Errorf("preparing the workbook: %w", err)
	}
	c.bad = func(b Bad) error { return writing(c.export.add(b)) }
	return c, nil
}

// writing says what an error of the workbook's file stopped.
func writing(err error) error {
	if err != nil {
		return fmt.Errorf("writing the offending rows: %w", err)
	}
	return nil
}

// Finish gives the report once the file was read. Errors are a *spreadsheet.UnreadableError, those of writing the workbook,
// or that of ctx.
func (c *Checker) Finish(ctx context.Context) (Report, error) {
	c.file.Done()
	if err := c.settle(ctx); err != nil {
		return Report{}, c.file.Unkept(err)
	}
	report := c.report()
	if err := c.file.Incomplete(); err != nil {
		report.Incomplete = err.Error()
	}
	if c.export != nil {
		return report, writing(c.export.finish(report))
	}
	return report, nil
}

// Begin takes the header.
func (c *Checker) Begin(_ context.Context, t *scan.Table) error {
	c.source.texts, c.source.csv = t.Texts, t.Format == spreadsheet.CSV
	c.how, c.dressed = t.How, t.How.Dress(&t.Header, c.source.csv)
	c.begin(&t.Header)
	if c.export != nil {
		return writing(c.export.begin(t.Header.Names))
	}
	return nil
}

// Put does nothing.
func (c *Checker) Put(*scan.Batch) {}

// Columns checks the values of some columns of a batch.
func (c *Checker) Columns(b *scan.Batch, _, from, to int, _ bool) {
	for _, of := range c.used {
		if of.position >= from && of.position < to {
			of.look(b)
		}
	}
}

// Rows checks the rules that look at whole rows.
func (c *Checker) Rows(b *scan.Batch) error { return c.add(b) }
