package rules

import (
	"context"
	"fmt"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/cleaning"
	"fabricportal/internal/services/spreadsheet"
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
	Values []cleaning.Value // valid during the call
	Faults []Fault
}

// Fault is a rule that does not hold in a row, with the column to look at, counting from 0.
type Fault struct {
	Rule   string
	Column int
}

// Options of a check; the zero value is valid.
type Options struct {
	Sheet     string                             // "": the first visible one
	HeaderRow int                                // number of the header row; 0 for the first row with a value
	Header    func(headers, normalized []string) // called once, before the rows; may be nil
	Bad       func(Bad) error                    // called for each row in which a rule does not hold; may be nil
	Progress  func(share float64)                // how much of the file was read, 0 to 1; may be nil
}

// progressEvery is the number of rows between two reports of progress.
const progressEvery = 4096

// Check checks a file. A file that can't be read is a *spreadsheet.UnreadableError.
func Check(ctx context.Context, path string, set Set, opts Options) (Report, error) {
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
	rows, err := file.Rows(ctx)
	if err != nil {
		return Report{}, err
	}
	defer func() { _ = rows.Close() }()
	c := &checker{csv: file.Format() == spreadsheet.CSV, date: file.Modified(), opts: opts, report: Report{Set: set.Name}}
	for rows.Next() {
		if c.header == nil {
			if rows.RowNumber() < opts.HeaderRow {
				continue
			}
			header, ok := cleaning.ReadHeader(rows.Row(), rows.RowNumber())
			if !ok {
				continue
			}
			c.begin(header, set)
			continue
		}
		if err := c.row(rows.Row(), rows.RowNumber()); err != nil {
			return c.report, err
		}
		if opts.Progress != nil && c.report.Rows%progressEvery == 0 {
			opts.Progress(rows.Progress())
		}
	}
	if err := ctx.Err(); err != nil {
		return c.report, err
	}
	if err := rows.Err(); err != nil {
		c.report.Incomplete = err.Error()
	}
	if c.header == nil {
		c.begin(cleaning.Header{}, set)
	}
	for _, t := range c.tests {
		c.report.Outcomes = append(c.report.Outcomes, t.outcome())
	}
	return c.report, nil
}

// checker is a check under way.
type checker struct {
	csv    bool
	date   time.Time // the file's own
	opts   Options
	header *cleaning.Header
	tests  []*test
	values []cleaning.Value
	faults []Fault
	report Report
}

func (c *checker) begin(header cleaning.Header, set Set) {
	c.header = &header
	c.values = make([]cleaning.Value, len(header.Names))
	for _, r := range set.Rules {
		c.tests = append(c.tests, newTest(r, c.header, c.date))
	}
	if c.opts.Header != nil {
		c.opts.Header(header.Names, header.Normalized)
	}
}

func (c *checker) row(cells []spreadsheet.Cell, number int) error {
	clear(c.values)
	filled := false
	for _, cell := range cells {
		if cell.Column < len(c.values) {
			c.values[cell.Column] = cleaning.Read(cell, c.csv)
			filled = filled || c.values[cell.Column].Kind != cleaning.Null
		}
	}
	if !filled {
		return nil
	}
	c.report.Rows++
	c.faults = c.faults[:0]
	for _, t := range c.tests {
		if t.row == nil || t.row(c.values) {
			continue
		}
		t.failed(c.values, number)
		c.faults = append(c.faults, Fault{t.rule.ID, t.column})
	}
	if len(c.faults) == 0 || c.opts.Bad == nil {
		return nil
	}
	return c.opts.Bad(Bad{Number: number, Values: c.values, Faults: c.faults})
}

// maxExamples and maxExampleRunes bound what is shown of the cells in which a rule does not hold.
const (
	maxExamples     = 5
	maxExampleRunes = 80
)

// test is a rule with what it has seen.
type test struct {
	rule    Rule
	column  int // that is shown; the first of several
	row     func([]cleaning.Value) bool
	atEnd   func(*Outcome)
	absent  []string // columns that are not there
	count   int64
	samples []contract.Example
}

func (t *test) failed(values []cleaning.Value, number int) {
	t.count++
	if len(t.samples) == maxExamples {
		return
	}
	text := []rune(string(values[t.column].AppendText(nil)))
	t.samples = append(t.samples, contract.Example{Cell: spreadsheet.Address(t.column, number), Value: string(text[:min(len(text), maxExampleRunes)])})
}

func (t *test) outcome() Outcome {
	o := Outcome{Rule: t.rule, Checked: true, Count: t.count, Examples: t.samples}
	if t.rule.Kind != Required && len(t.absent) > 0 {
		o.Checked, o.Passed = false, true
		o.Message = fmt.Sprintf("Not checked: the file has no column %s.", join(t.absent))
		return o
	}
	if t.atEnd != nil {
		t.atEnd(&o)
	}
	o.Passed = o.Count == 0
	if o.Message == "" {
		o.Message = t.sentence(o)
	}
	return o
}
