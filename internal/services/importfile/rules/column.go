package rules

import (
	"math"
	"slices"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// column is a column that tests look at.
type column struct {
	checker  *Checker
	position int
	tests    []*test // of its values
	// What the tests of rows need of it.
	numbers, values, presence bool
	slots                     [scan.MostUnderWay]columnRows
	current                   cleaning.Value // that is judged
}

// columnRows is what the tests of rows need of a column, by the rows of a batch.
type columnRows struct {
	numbers []float64 // NaN where there is none
	values  []cleaning.Value
	present []bool
	held    int          // rows with a value
	broken  []brokenRule // where somebody wants the rows
}

// reset prepares for a batch of n rows.
func (c *column) reset(r *columnRows, n int) {
	if c.numbers {
		r.numbers = slices.Grow(r.numbers[:0], n)[:n]
		for i := range r.numbers {
			r.numbers[i] = math.NaN()
		}
	}
	if c.values {
		r.values = slices.Grow(r.values[:0], n)[:n]
		clear(r.values)
	}
	if c.presence {
		r.present = slices.Grow(r.present[:0], n)[:n]
		clear(r.present)
	}
	r.held, r.broken = 0, r.broken[:0]
}

// look looks at the cells of a batch.
func (c *column) look(b *scan.Batch) {
	r := &c.slots[b.Slot]
	c.reset(r, len(b.Rows))
	if c.position >= len(b.Batch.Columns) {
		return
	}
	list := b.Batch.Columns[c.position]
	for len(list) > 0 && int(list[0].Row) < b.First {
		list = list[1:]
	}
	var readings []cleaning.Reading
	if c.checker.opts.Readings != nil {
		readings = c.checker.opts.Readings.Readings(b, c.position)
	}
	for i := range list {
		cell := &list[i]
		switch cell.Kind {
		case cells.Number:
			if c.checker.dressed != nil {
				break
			}
			c.number(b, r, cell, cell.Num())
			continue
		case cells.Date, cells.DateTime:
			c.date(b, r, cell, cell.Millis())
			continue
		case cells.Text:
			if readings == nil {
				break
			}
			text, read := cleaning.Trim(b.At(*cell)), &readings[cell.Row]
			if len(text) == 0 {
				continue
			}
			switch {
			case c.values:
			case read.Kind == cleaning.Integer || read.Kind == cleaning.Decimal:
				c.number(b, r, cell, read.Num)
				continue
			case read.Kind == cleaning.Date || read.Kind == cleaning.DateTime:
				c.date(b, r, cell, int64(read.Num))
				continue
			}
			c.current = cleaning.Value{Kind: read.Kind, Num: read.Num, Text: text}
			c.value(b, r, cell)
			continue
		}
		c.current = c.checker.value(&b.Batch, c.position, cell)
		c.value(b, r, cell)
	}
}

// number takes a cell that is a number.
func (c *column) number(b *scan.Batch, r *columnRows, cell *cells.Cell, n float64) {
	if c.values {
		c.current = c.checker.value(&b.Batch, c.position, cell)
		c.value(b, r, cell)
		return
	}
	r.held++
	if c.numbers {
		r.numbers[cell.Row] = n
	}
	if c.presence {
		r.present[cell.Row] = true
	}
	for _, t := range c.tests {
		if t.ofNumber != nil {
			if !t.ofNumber(n) {
				c.failed(t, b, r, cell)
			}
			continue
		}
		if c.current = c.checker.value(&b.Batch, c.position, cell); !t.cell(&c.current) {
			c.failed(t, b, r, cell)
		}
	}
}

// date takes a cell that is a date, in milliseconds since 1970.
func (c *column) date(b *scan.Batch, r *columnRows, cell *cells.Cell, millis int64) {
	if c.values {
		c.current = c.checker.value(&b.Batch, c.position, cell)
		c.value(b, r, cell)
		return
	}
	r.held++
	if c.presence {
		r.present[cell.Row] = true
	}
	for _, t := range c.tests {
		if t.ofDay != nil {
			if !t.ofDay(cleaning.DayOf(millis)) {
				c.failed(t, b, r, cell)
			}
			continue
		}
		if c.current = c.checker.value(&b.Batch, c.position, cell); !t.cell(&c.current) {
			c.failed(t, b, r, cell)
		}
	}
}

// value takes a cell whose value is the current one.
func (c *column) value(b *scan.Batch, r *columnRows, cell *cells.Cell) {
	v := &c.current
	if v.Kind == cleaning.Null {
		return
	}
	r.held++
	if c.numbers {
		if n, ok := number(v); ok {
			r.numbers[cell.Row] = n
		}
	}
	if c.values {
		r.values[cell.Row] = *v
	}
	if c.presence {
		r.present[cell.Row] = true
	}
	for _, t := range c.tests {
		if !t.cell(v) {
			c.failed(t, b, r, cell)
		}
	}
}

func (c *column) failed(t *test, b *scan.Batch, r *columnRows, cell *cells.Cell) {
	if c.checker.passedOver(b, int(cell.Row)) {
		return
	}
	shown := cleaning.Value{}
	if len(t.samples) < maxExamples {
		shown = c.checker.value(&b.Batch, c.position, cell)
	}
	t.failed(int(b.Rows[cell.Row].Number), &shown)
	if c.checker.bad != nil {
		r.broken = append(r.broken, brokenRule{int(cell.Row), t.number})
	}
}

// notNull is the test of rows that a column has a value in each.
type notNull struct {
	checker *Checker
	test    *test
	of      *column
}

func (n *notNull) check(b *scan.Batch, filled []bool, count int) {
	r := &n.of.slots[b.Slot]
	if r.held == count {
		return
	}
	for row := b.First; row < len(filled); row++ {
		if filled[row] && !r.present[row] {
			n.checker.failed(n.test, b, row)
		}
	}
}

// balanced is the test of rows that both sides of a formula are equal; a row that lacks one of the numbers is not judged.
type balanced struct {
	checker *Checker
	test    *test
	formula formula
	of      []*column
	numbers [][]float64 // of the batch, by column
}

func (f *balanced) check(b *scan.Batch, _ []bool, _ int) {
	f.numbers = f.numbers[:0]
	for _, of := range f.of {
		f.numbers = append(f.numbers, of.slots[b.Slot].numbers)
	}
	tolerance := f.test.rule.Tolerance + 1e-9
	left, right := f.formula.left(f.numbers, len(b.Rows)), f.formula.right(f.numbers, len(b.Rows))
	for row := b.First; row < len(left); row++ {
		if math.Abs(left[row]-right[row]) <= tolerance { // NaN, as of 0 / 0, is not equal
			continue
		}
		if !slices.ContainsFunc(f.numbers, func(of []float64) bool { return math.IsNaN(of[row]) }) {
			f.checker.failed(f.test, b, row)
		}
	}
}
