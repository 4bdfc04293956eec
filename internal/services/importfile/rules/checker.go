package rules

import (
	"cmp"
	"context"
	"slices"
	"time"

	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// source is what a Checker knows of the file besides its cells.
type source struct {
	csv      bool         // each cell is a text and is read as what it looks like
	modified time.Time    // the file's own date, by which dates are fresh
	texts    *cells.Texts // the file's table of texts; nil where it has none
}

// Checker checks the rows of a file that it is handed, rule by rule on the columns of a batch, so that a row costs no
// allocation:
//
//	c, err := New(file, set, opts)
//	file.Read(ctx, c)
//	report, err := c.Finish(ctx)
//	c.Close()
//
// Rules about the values of one column are checked by whoever looks at that column, on all processors; the others once
// all columns of a batch were looked at.
type Checker struct {
	file    *scan.File
	opts    Options
	export  *exporter // nil where no workbook is wanted
	set     Set
	source  source
	bad     func(Bad) error // nil where nobody wants the rows
	header  *cleaning.Header
	how     cleaning.How
	dressed *cleaning.Dressing
	tests   []*test
	byRow   []*test   // those that look at whole rows
	used    []*column // those that a test looks at, by their places in the file
	filled  []bool    // of the batch's rows, where nobody else says it
	revenue int       // the column of revenues; -1 for none
	rows    int64
	hidden  int64      // rows that the workbook hides
	unseen  amount.Sum // their revenue

	broken []brokenRule // of the batch, in no order
	row    Bad          // that is handed over
	cells  []spreadsheet.Cell
}

// brokenRule is a test that does not hold in a row of the batch.
type brokenRule struct {
	row  int
	test int
}

// newChecker makes a checker. opts.bad is called for each row in which a rule does not hold, in the file's order. Where it
// is not nil each row is judged at once, and all keys are in memory, up to a bound; else there is no bound of rows.
func newChecker(set Set, of source, opts Options) *Checker {
	return &Checker{set: set, source: of, opts: opts, bad: opts.bad}
}

// begin says what the columns are. It is called once, before the first batch.
func (c *Checker) begin(header *cleaning.Header) {
	c.header, c.revenue = header, header.Columns().Revenue
	columns := map[int]*column{}
	use := func(position int) *column {
		if columns[position] == nil {
			columns[position] = &column{checker: c, position: position}
			c.used = append(c.used, columns[position])
		}
		return columns[position]
	}
	for i, r := range c.set.Rules {
		t := newTest(r, i, header, c.source)
		if r.Kind != Required {
			t.cells = c.opts.Hits.Of(hits.Key{Kind: hits.Rule, Code: r.ID})
		}
		c.tests = append(c.tests, t)
		switch {
		case len(t.absent) > 0 || r.Kind == Required:
		case t.cell != nil:
			of := use(t.columns[0])
			of.tests = append(of.tests, t)
		case r.Kind == Key && c.how.Lines && slices.Equal(t.columns, []int{header.Columns().OrderID}):
			t.lines = true // lines of one order share its id
		case r.Kind == Key && c.isKeyOfOrders(t):
			t.told = true
		default:
			c.byRow = append(c.byRow, t)
			of := make([]*column, len(t.columns))
			for i, position := range t.columns {
				of[i] = use(position)
			}
			t.lookAtRows(c, of)
		}
	}
	slices.SortFunc(c.used, func(x, y *column) int { return cmp.Compare(x.position, y.position) })
	if c.opts.Readings != nil {
		for _, of := range c.used {
			c.opts.Readings.Want(of.position)
		}
	}
}

// isKeyOfOrders says that a test asks for what Repeated tells.
func (c *Checker) isKeyOfOrders(t *test) bool {
	return c.opts.Repeated && c.bad == nil && slices.Equal(t.columns, []int{c.header.Columns().OrderID})
}

// add checks the rows of a batch of which all columns were looked at. An error is that of the function for bad rows.
func (c *Checker) add(b *scan.Batch) error {
	filled := c.rowsFilled(b)
	c.broken = c.broken[:0]
	for _, of := range c.used {
		c.broken = append(c.broken, of.slots[b.Slot].broken...)
	}
	ofCells := len(c.broken) // those of rows are added below, and have their money by failed
	count := 0
	for _, is := range filled[b.First:] {
		if is {
			count++
		}
	}
	c.rows += int64(count)
	for _, t := range c.byRow {
		t.rows.check(b, filled, count)
	}
	for _, broken := range c.broken[:ofCells] {
		c.tests[broken.test].money.Add(c.revenueIn(b, broken.row))
	}
	c.addHidden(b, filled)
	if c.bad == nil {
		return nil
	}
	if err := c.keysFit(); err != nil {
		return err
	}
	return c.handOver(&b.Batch)
}

// addHidden adds up the revenue of the rows that the workbook hides.
func (c *Checker) addHidden(b *scan.Batch, filled []bool) {
	if c.revenue < 0 {
		return
	}
	for i := b.First; i < len(filled); i++ {
		if b.Rows[i].Hidden && filled[i] && !passedOver(b, i) {
			c.hidden++
			c.unseen.Add(c.revenueIn(b, i))
		}
	}
}

// passedOver says that a row is not cleaned as it stands, so that the rules say nothing of it.
func passedOver(b *scan.Batch, row int) bool {
	_, odd := b.Fates[row]
	return odd
}

// failed notes a row of the batch in which a test of rows does not hold.
func (c *Checker) failed(t *test, b *scan.Batch, row int) {
	if passedOver(b, row) {
		return
	}
	shown := c.at(&b.Batch, t.columns[0], row)
	t.failed(int(b.Rows[row].Number), &shown)
	t.money.Add(c.revenueIn(b, row))
	if c.bad != nil {
		c.broken = append(c.broken, brokenRule{row, t.number})
	}
}

// rowsFilled says which rows of the batch have a value. Most often the first column tells of all.
func (c *Checker) rowsFilled(b *scan.Batch) []bool {
	if c.opts.Readings != nil {
		return c.opts.Readings.Filled(b)
	}
	c.filled = slices.Grow(c.filled[:0], len(b.Rows))[:len(b.Rows)]
	clear(c.filled)
	missing := len(b.Rows) - b.First
	for _, list := range b.Batch.Columns[:min(len(b.Batch.Columns), len(c.header.Names))] {
		if missing == 0 {
			break
		}
		for i := range list {
			cell := &list[i]
			if int(cell.Row) >= b.First && !c.filled[cell.Row] && !c.isNull(&b.Batch, cell) {
				c.filled[cell.Row] = true
				missing--
			}
		}
	}
	return c.filled
}

// isNull says that a cell holds no value.
func (c *Checker) isNull(b *cells.Batch, cell *cells.Cell) bool {
	switch cell.Kind {
	case cells.Empty:
		return true
	case cells.Shared:
		return len(cleaning.Trim(c.source.texts.At(uint32(cell.Bits)))) == 0
	case cells.Text, cells.Error:
		return len(cleaning.Trim(b.At(*cell))) == 0
	}
	return false
}

// value is a cell's value. That of a shared text has as Same the text's number in the file's table, plus 1, by which a
// test remembers what it has found.
func (c *Checker) value(b *cells.Batch, column int, cell *cells.Cell) cleaning.Value {
	if cell.Kind == cells.Shared {
		text := cleaning.Trim(c.source.texts.At(uint32(cell.Bits)))
		if len(text) == 0 {
			return cleaning.Value{}
		}
		return c.dressed.Read(column, cleaning.Value{Kind: cleaning.Text, Text: text, Same: uint32(cell.Bits) + 1})
	}
	return c.dressed.Read(column, cleaning.Read(spreadsheet.CellOf(b, c.source.texts, column, *cell), c.source.csv))
}

// at is the value of a column in a row of the batch.
func (c *Checker) at(b *cells.Batch, column, row int) cleaning.Value {
	if column >= len(b.Columns) {
		return cleaning.Value{}
	}
	list := b.Columns[column]
	i, ok := slices.BinarySearchFunc(list, row, func(cell cells.Cell, row int) int { return int(cell.Row) - row })
	if !ok {
		return cleaning.Value{}
	}
	return c.value(b, column, &list[i])
}

// revenueIn is the revenue of a row of the batch; 0 where it has none that is a number.
func (c *Checker) revenueIn(b *scan.Batch, row int) amount.Units {
	if c.revenue < 0 {
		return 0
	}
	v := c.at(&b.Batch, c.revenue, row)
	if n, ok := v.Number(); ok {
		return amount.TenThousandths(n)
	}
	return 0
}

// handOver gives the batch's bad rows to who wants them.
func (c *Checker) handOver(b *cells.Batch) error {
	slices.SortFunc(c.broken, func(x, y brokenRule) int { return cmp.Or(cmp.Compare(x.row, y.row), cmp.Compare(x.test, y.test)) })
	for broken := c.broken; len(broken) > 0; {
		row := broken[0].row
		c.row.Number, c.row.Faults = int(b.Rows[row].Number), c.row.Faults[:0]
		for len(broken) > 0 && broken[0].row == row {
			t := c.tests[broken[0].test]
			c.row.Faults = append(c.row.Faults, Fault{t.rule.ID, t.columns})
			broken = broken[1:]
		}
		if c.row.Values == nil {
			c.row.Values = make([]cleaning.Value, len(c.header.Names))
		}
		clear(c.row.Values)
		c.cells = spreadsheet.RowOf(c.cells[:0], b, c.source.texts, row, len(c.row.Values))
		for _, cell := range c.cells {
			c.row.Values[cell.Column] = c.dressed.Read(cell.Column, cleaning.Read(cell, c.source.csv))
		}
		if err := c.bad(c.row); err != nil {
			return err
		}
	}
	return nil
}

// Repeated takes a row that repeats an order_id, as the cleaning finds it. It is called only if Options.Repeated is set.
// Some rows are known to repeat one only at the end. They come last, in their order, with late set.
func (c *Checker) Repeated(row *cleaning.Row, late bool) {
	shown := row.At(row.Columns.OrderID)
	for _, t := range c.tests {
		if !t.told {
			continue
		}
		if row.Priced {
			t.money.Add(amount.TenThousandths(row.Revenue))
		}
		if late {
			t.late(row.Number, example(&shown))
		} else {
			t.failed(row.Number, &shown)
		}
	}
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

// Close frees the space on disk.
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
		o := t.outcome()
		if o.Checked && !o.Passed && c.revenue >= 0 && o.Rule.Kind != Required && o.Count > 0 && len(o.Examples) > 0 {
			o.Revenue = new(t.money.Money())
		}
		r.Outcomes = append(r.Outcomes, o)
	}
	if c.revenue >= 0 {
		r.Hidden = &Hidden{Rows: c.hidden, Revenue: c.unseen.Money()}
	}
	return r
}
