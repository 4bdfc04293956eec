package rules

import (
	"cmp"
	"context"
	"encoding/binary"
	"fmt"
	"slices"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// Source is what a Checker is to know of the file besides its cells.
type Source struct {
	CSV      bool         // each cell is a text and is read as what it looks like
	Modified time.Time    // the file's own date, by which dates are fresh
	Texts    *cells.Texts // the file's table of texts; nil where it has none

	mostKeys int // of a rule, in memory; the default where 0
}

// Checker checks the rows of a file that it is handed, rule by rule on the columns of a batch, so that a row costs no
// allocation:
//
//	c, err := New(file, set, opts)
//	file.Read(ctx, c)
//	report, err := c.Finish(ctx)
//	c.Close()
type Checker struct {
	how     cleaning.How
	dressed *cleaning.Dressing
	file    *scan.File
	export  *exporter // nil where no workbook is wanted
	set     Set
	source  Source
	bad     func(Bad) error // nil where nobody wants the rows
	header  *cleaning.Header
	tests   []*test
	used    []int              // columns that a test looks at
	values  [][]cleaning.Value // of the batch: by column, then by row; nil for columns that no test looks at
	filled  []bool             // of the batch's rows
	rows    int64
	batch   *cells.Batch

	broken []brokenRule // of the batch
	row    Bad          // that is handed over
	cells  []spreadsheet.Cell
}

// brokenRule is a test that does not hold in a row of the batch.
type brokenRule struct {
	row  int
	test int
}

// newChecker makes a checker. bad is called for each row in which a rule does not hold, in the file's order; it may be nil.
// Where it is not nil each row is judged at once, and all keys are in memory, 11 to 22 bytes each; else that is bounded.
func newChecker(set Set, source Source, bad func(Bad) error) *Checker {
	return &Checker{set: set, source: source, bad: bad}
}

// begin says what the columns are. It is called once, before the first add.
func (c *Checker) begin(header *cleaning.Header) {
	c.header = header
	c.values = make([][]cleaning.Value, len(header.Names))
	for _, r := range c.set.Rules {
		t := newTest(r, header, c.source)
		if c.how.Lines && r.Kind == Key && len(t.columns) == 1 && t.columns[0] == header.Index("order_id") {
			t.keys, t.start, t.row, t.lines = nil, nil, nil, true // lines of one order share its id
		}
		if t.keys != nil {
			t.keys.seen.Most = c.source.mostKeys
			if c.bad != nil {
				t.keys.seen.Most = -1
			}
		}
		c.tests = append(c.tests, t)
		for _, column := range t.columns {
			if !slices.Contains(c.used, column) {
				c.used = append(c.used, column)
			}
		}
	}
}

// add checks the rows of a batch from the one at index first on. An error is that of the function for bad rows.
func (c *Checker) add(b *cells.Batch, first int) error {
	c.batch = b
	c.fill(b, first)
	for _, column := range c.used {
		c.values[column] = c.decode(c.values[column], b, column)
	}
	c.broken = c.broken[:0]
	for i, t := range c.tests {
		if t.cell == nil && t.row == nil {
			continue
		}
		if t.start != nil {
			t.start(c)
		}
		shown := c.values[t.columns[0]]
		for row := first; row < len(b.Rows); row++ {
			if c.dropped(b, row) || t.holds(c, shown, row) {
				continue
			}
			t.failed(&shown[row], int(b.Rows[row].Number))
			if c.bad != nil {
				c.broken = append(c.broken, brokenRule{row, i})
			}
		}
	}
	return c.handOver(b)
}

// dropped says that a row is not cleaned, so that the rules say nothing of it.
func (c *Checker) dropped(b *cells.Batch, row int) bool {
	return c.how.Dropped != nil && c.how.Dropped(int(b.Rows[row].Number)) != cleaning.Kept
}

// holds says whether the test's rule holds in a row of the batch; shown is its first column.
func (t *test) holds(c *Checker, shown []cleaning.Value, row int) bool {
	switch {
	case t.row != nil:
		return t.row(c, row)
	case shown[row].Kind == cleaning.Null:
		return true
	}
	return t.cell(&shown[row])
}

// fill finds which rows of the batch have a value and counts them. Most often the first column tells of all.
func (c *Checker) fill(b *cells.Batch, first int) {
	if cap(c.filled) < len(b.Rows) {
		c.filled = make([]bool, len(b.Rows))
	}
	c.filled = c.filled[:len(b.Rows)]
	clear(c.filled)
	missing := len(b.Rows) - first
	for column, list := range b.Columns[:min(len(b.Columns), len(c.header.Names))] {
		if missing == 0 {
			break
		}
		for _, cell := range list {
			if int(cell.Row) >= first && !c.filled[cell.Row] && c.value(b, column, cell).Kind != cleaning.Null {
				c.filled[cell.Row] = true
				missing--
			}
		}
	}
	c.rows += int64(len(b.Rows) - first - missing)
}

// decode reads the batch's cells of a column into dst, one value a row.
func (c *Checker) decode(dst []cleaning.Value, b *cells.Batch, column int) []cleaning.Value {
	if cap(dst) < len(b.Rows) {
		dst = make([]cleaning.Value, max(len(b.Rows), cells.MaxRows))
	}
	dst = dst[:len(b.Rows)]
	clear(dst)
	if column < len(b.Columns) {
		for _, cell := range b.Columns[column] {
			dst[cell.Row] = c.dressed.Read(column, c.value(b, column, cell))
		}
	}
	return dst
}

// value is a cell's value. That of a shared text has as Same the text's number in the file's table, plus 1, by which a
// test remembers what it has found.
func (c *Checker) value(b *cells.Batch, column int, cell cells.Cell) cleaning.Value {
	switch cell.Kind {
	case cells.Number:
		return cleaning.NumberValue(cell.Num())
	case cells.Date:
		return cleaning.Value{Kind: cleaning.Date, Num: float64(cell.Millis())}
	case cells.Shared:
		text := cleaning.Trim(c.source.Texts.At(uint32(cell.Bits)))
		if len(text) == 0 {
			return cleaning.Value{}
		}
		return cleaning.Value{Kind: cleaning.Text, Text: text, Same: uint32(cell.Bits) + 1}
	}
	return cleaning.Read(spreadsheet.CellOf(b, c.source.Texts, column, cell), c.source.CSV)
}

// handOver gives the batch's bad rows to who wants them.
func (c *Checker) handOver(b *cells.Batch) error {
	slices.SortStableFunc(c.broken, func(x, y brokenRule) int { return cmp.Compare(x.row, y.row) })
	for len(c.broken) > 0 {
		row := c.broken[0].row
		c.row.Number, c.row.Faults = int(b.Rows[row].Number), c.row.Faults[:0]
		for len(c.broken) > 0 && c.broken[0].row == row {
			t := c.tests[c.broken[0].test]
			c.row.Faults = append(c.row.Faults, Fault{t.rule.ID, t.columns})
			c.broken = c.broken[1:]
		}
		if c.row.Values == nil {
			c.row.Values = make([]cleaning.Value, len(c.header.Names))
		}
		clear(c.row.Values)
		c.cells = spreadsheet.RowOf(c.cells[:0], b, c.source.Texts, row, len(c.row.Values))
		for _, cell := range c.cells {
			c.row.Values[cell.Column] = c.dressed.Read(cell.Column, cleaning.Read(cell, c.source.CSV))
		}
		if err := c.bad(c.row); err != nil {
			return err
		}
	}
	return nil
}

// settle finds what is known only once all rows were added. Errors are *scratch.Error, or that of ctx.
func (c *Checker) settle(ctx context.Context) error {
	for _, t := range c.tests {
		if t.keys == nil {
			continue
		}
		if err := t.settle(ctx); err != nil {
			return err
		}
	}
	return nil
}

// Close gives back what is on disk.
func (c *Checker) Close() {
	if c.export != nil {
		c.export.close()
	}
	for _, t := range c.tests {
		if t.keys != nil {
			t.keys.seen.Close()
		}
	}
}

// report is what came of the rules so far. Without a header every column is missing.
func (c *Checker) report() Report {
	if c.header == nil {
		c.begin(&cleaning.Header{})
	}
	r := Report{Set: c.set.Name, Rows: c.rows}
	for _, t := range c.tests {
		r.Outcomes = append(r.Outcomes, t.outcome())
	}
	return r
}

// maxExamples and maxExampleRunes bound what is shown of the cells in which a rule does not hold.
const (
	maxExamples     = 5
	maxExampleRunes = 80
)

// test is a rule for the columns of a file, with what it has seen. It has cell, which judges a value that is not null, or
// row, which judges a row of the checker's batch, or neither where there is nothing to judge by rows.
type test struct {
	rule    Rule
	columns []int    // that it looks at; examples show the first
	keys    *keyTest // of a rule of that kind; else nil
	cell    func(*cleaning.Value) bool
	row     func(c *Checker, row int) bool
	start   func(c *Checker) // called before the rows of a batch; may be nil
	atEnd   func(*Outcome)
	absent  []string // columns that are not there
	lines   bool     // rows are order lines, which share what the rule wants to be a row's own
	count   int64
	samples []sample
}

func (t *test) failed(v *cleaning.Value, number int) {
	t.count++
	if len(t.samples) < maxExamples {
		t.samples = append(t.samples, sample{number, example(v)})
	}
}

// example is a value as a report shows it.
func example(v *cleaning.Value) string {
	text := []rune(string(v.AppendText(nil)))
	return string(text[:min(len(text), maxExampleRunes)])
}

// sample is a row in which the rule does not hold.
type sample struct {
	row  int
	text string
}

// settle takes what is known only once all rows are.
func (t *test) settle(ctx context.Context) error {
	late := 0
	err := t.keys.seen.Settle(ctx, func(seen bool, what []byte) error {
		if !seen {
			return nil
		}
		t.count++
		if late++; late <= maxExamples {
			number, n := binary.Uvarint(what)
			t.samples = append(t.samples, sample{int(number), string(what[n:])})
		}
		return nil
	})
	slices.SortStableFunc(t.samples, func(a, b sample) int { return cmp.Compare(a.row, b.row) })
	t.samples = t.samples[:min(len(t.samples), maxExamples)]
	return err
}

func (t *test) outcome() Outcome {
	o := Outcome{Rule: t.rule, Checked: true, Count: t.count}
	for _, s := range t.samples {
		o.Examples = append(o.Examples, contract.Example{Cell: spreadsheet.Address(t.columns[0], s.row), Value: s.text})
	}
	if t.rule.Kind != Required && len(t.absent) > 0 {
		o.Checked, o.Passed = false, true
		o.Message = fmt.Sprintf("Not checked: the file has no column %s.", join(t.absent))
		return o
	}
	if t.lines {
		o.Checked, o.Passed = false, true
		o.Message = "Not checked: the rows are lines of orders, which share an order_id."
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
