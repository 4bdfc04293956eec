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
	broken  []brokenRule // where somebody wants the rows, or they have money
}

// reset prepares for a batch of n rows. Where each of them has a number, as full says, there is none to be marked as missing.
func (c *column) reset(r *columnRows, n int, full bool) {
	if c.numbers {
		if r.numbers = slices.Grow(r.numbers[:0], n)[:n]; !full {
			for i := range r.numbers {
				r.numbers[i] = math.NaN()
			}
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
	var list []cells.Cell
	if c.position < len(b.Batch.Columns) {
		list = b.Batch.Columns[c.position]
	}
	for len(list) > 0 && int(list[0].Row) < b.First {
		list = list[1:]
	}
	r := &c.slots[b.Slot]
	n := ofOneKind(list)
	c.reset(r, len(b.Rows), n == len(b.Rows)-b.First && n > 0 && list[0].Kind == cells.Number)
	for len(list) > 0 {
		c.run(b, r, list[:n])
		list = list[n:]
		n = ofOneKind(list)
	}
}

// ofOneKind is how many cells are of the kind of the first one.
func ofOneKind(list []cells.Cell) int {
	n := 0
	for n < len(list) && list[n].Kind == list[0].Kind {
		n++
	}
	return n
}

// run takes cells of one kind.
func (c *column) run(b *scan.Batch, r *columnRows, run []cells.Cell) {
	switch kind := run[0].Kind; {
	case c.values: // all that is known of each
	case kind == cells.Number && c.checker.dressed == nil: // else it may be a date
		c.numbersOf(b, r, run)
		return
	case kind == cells.Date || kind == cells.DateTime:
		for i := range run {
			c.date(b, r, &run[i], run[i].Millis())
		}
		return
	case len(c.tests) == 0 && !c.numbers:
		for i := range run {
			if !c.checker.isNull(&b.Batch, &run[i]) {
				r.held++
				r.present[run[i].Row] = true
			}
		}
		return
	case kind == cells.Text && c.checker.opts.Readings != nil:
		if readings := c.checker.opts.Readings.Readings(b, c.position); readings != nil {
			c.read(b, r, run, readings)
			return
		}
	}
	for i := range run {
		c.current = c.checker.value(&b.Batch, c.position, &run[i])
		c.value(b, r, &run[i])
	}
}

// read takes texts that were read before.
func (c *column) read(b *scan.Batch, r *columnRows, run []cells.Cell, readings []cleaning.Reading) {
	for i := range run {
		cell, read := &run[i], &readings[run[i].Row]
		text := cleaning.Trim(b.At(*cell))
		switch {
		case len(text) == 0:
		case read.Kind == cleaning.Integer || read.Kind == cleaning.Decimal:
			c.number(b, r, cell, read.Num)
		case read.Kind == cleaning.Date || read.Kind == cleaning.DateTime:
			c.date(b, r, cell, int64(read.Num))
		default:
			c.current = c.checker.dressed.Read(c.position, cleaning.Value{Kind: read.Kind, Num: read.Num, Text: text})
			c.value(b, r, cell)
		}
	}
}

// numbersOf takes numbers: test by test, which is faster than cell by cell.
func (c *column) numbersOf(b *scan.Batch, r *columnRows, run []cells.Cell) {
	r.held += len(run)
	if c.numbers {
		for i := range run {
			r.numbers[run[i].Row] = run[i].Num()
		}
	}
	if c.presence {
		for i := range run {
			r.present[run[i].Row] = true
		}
	}
	for _, t := range c.tests {
		if t.numbers.all {
			continue
		}
		for i := range run {
			if !c.numberHolds(t, b, &run[i], run[i].Num()) {
				c.failed(t, b, r, &run[i])
			}
		}
	}
}

// numberHolds says whether a test holds for a number.
func (c *column) numberHolds(t *test, b *scan.Batch, cell *cells.Cell, n float64) bool {
	if is := &t.numbers; is.known {
		return n >= is.low && n <= is.high && (!is.whole || n == math.Trunc(n))
	}
	c.current = c.checker.value(&b.Batch, c.position, cell)
	return t.cell(&c.current)
}

// number takes a text that is a number.
func (c *column) number(b *scan.Batch, r *columnRows, cell *cells.Cell, n float64) {
	r.held++
	if c.numbers {
		r.numbers[cell.Row] = n
	}
	if c.presence {
		r.present[cell.Row] = true
	}
	for _, t := range c.tests {
		if !t.numbers.all && !c.numberHolds(t, b, cell, n) {
			c.failed(t, b, r, cell)
		}
	}
}

// date takes a cell that is a date, in milliseconds since 1970.
func (c *column) date(b *scan.Batch, r *columnRows, cell *cells.Cell, millis int64) {
	r.held++
	if c.presence {
		r.present[cell.Row] = true
	}
	for _, t := range c.tests {
		switch {
		case t.anyDay:
		case t.ofDay != nil:
			if !t.ofDay(cleaning.DayOf(millis)) {
				c.failed(t, b, r, cell)
			}
		default:
			if c.current = c.checker.value(&b.Batch, c.position, cell); !t.cell(&c.current) {
				c.failed(t, b, r, cell)
			}
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
	if passedOver(b, int(cell.Row)) {
		return
	}
	shown := cleaning.Value{}
	if len(t.samples) < maxExamples {
		shown = c.checker.value(&b.Batch, c.position, cell)
	}
	t.failed(int(b.Rows[cell.Row].Number), &shown)
	if c.checker.bad != nil || c.checker.revenue >= 0 {
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
