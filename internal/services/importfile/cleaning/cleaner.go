package cleaning

import (
	"context"
	"encoding/binary"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/keys"
	"fabricportal/internal/services/importfile/reading"
)

// Row is what the rules say of one row. Values belong to the cells they were read from.
type Row struct {
	Number   int // in the file
	Columns  Columns
	Values   []Value      // one a column
	OrderID  []byte       // as text; empty where it is null
	Repeated bool         // the order_id was seen in an earlier row; where rows are order lines, it is kept all the same
	Line     bool         // rows are order lines
	Fate     reading.Fate // what becomes of it
	Open     bool         // whether it was is known at the end, see Cleaner.Settle
	Day      int32        // of order_date, counted from 1970-01-01
	HasDay   bool
	BadDate  bool // order_date is not null and no date
	Revenue  float64
	Priced   bool // revenue is a number
}

// Kept says whether the row is certainly one of the cleaned rows.
func (r *Row) Kept() bool {
	return len(r.OrderID) > 0 && (r.Fate == reading.Kept || r.Fate == reading.Realigned) && (!r.Repeated || r.Line) && !r.Open
}

// At is a value of the row, null where there is no such column.
func (r *Row) At(column int) Value {
	if column < 0 {
		return Value{}
	}
	return r.Values[column]
}

// Cleaner applies the rules row by row, in the order of the file. Its memory is bounded: of files with more different
// order_ids than a workbook can have, some rows are kept on disk until all order_ids are known.
type Cleaner struct {
	// Late adds to the values of a row that Clean leaves open those that only who is given it by Settle asks for; it may be
	// nil.
	Late func(values []Value)

	columns Columns
	seen    orderIDs
	row     Row
	id      []byte // an order_id that the file holds as a number
	kept    []byte // an open row
	counts  contract.RowCounts
	how     How
}

// NewCleaner makes a cleaner for the columns of a header. Values are handed to it as How's Dressing reads them. The caller
// closes it.
func NewCleaner(h *Header, how How) *Cleaner {
	c := &Cleaner{columns: h.Columns(), how: how}
	c.seen.set.Most = how.Keys
	return c
}

// Close frees the space on disk.
func (c *Cleaner) Close() { c.seen.set.Close() }

// Clean applies the rules to a row's values, one a column. The result is valid until the next call.
func (c *Cleaner) Clean(values []Value, number int, fate reading.Fate) *Row {
	r := c.read(values, number)
	c.counts.Read++
	r.Fate = fate
	if len(r.OrderID) > 0 && fate != reading.NoOrder && fate != reading.Shifted {
		switch c.seen.add(r.At(c.columns.OrderID), r.OrderID) {
		case keys.Seen:
			r.Repeated = true
		case keys.Open:
			r.Open = true
			if c.Late != nil {
				c.Late(values)
			}
			c.kept = appendValues(binary.AppendUvarint(c.kept[:0], uint64(number)), values)
			c.seen.set.Keep(c.kept)
			return r
		}
	}
	c.count(r)
	return r
}

// Settle gives the rows that Clean left open, in their order, once all rows are known. Of their Values those are there that
// Clean was given; a row is valid until the next. Errors are *scratch.Error, which says that the counts are not known, or
// that of ctx.
func (c *Cleaner) Settle(ctx context.Context, each func(*Row)) error {
	var values []Value
	return c.seen.set.Settle(ctx, func(seen bool, what []byte) error {
		if values == nil {
			values = make([]Value, len(c.row.Values))
		}
		number, n := binary.Uvarint(what)
		readValues(values, what[n:])
		r := c.read(values, int(number))
		r.Repeated = seen
		c.count(r)
		each(r)
		return nil
	})
}

// read makes a row of values.
func (c *Cleaner) read(values []Value, number int) *Row {
	c.row = Row{Number: number, Columns: c.columns, Values: values, Line: c.how.Lines}
	r := &c.row
	id := r.At(c.columns.OrderID)
	if r.OrderID = id.Text; id.Text == nil {
		c.id = id.AppendText(c.id[:0])
		r.OrderID = c.id
	}
	date := r.At(c.columns.OrderDate)
	r.Day, r.HasDay = date.Day()
	r.BadDate = date.Kind != Null && !r.HasDay
	r.Revenue, r.Priced = r.At(c.columns.Revenue).Number()
	return r
}

// count counts a row once everything about it is known.
func (c *Cleaner) count(r *Row) {
	switch {
	case r.Fate == reading.NoOrder:
		c.counts.LeftOut++
	case r.Fate == reading.Shifted:
		c.counts.Shifted++
	case len(r.OrderID) == 0:
		c.counts.WithoutOrderID++
	case r.Repeated && !r.Line:
		c.counts.DuplicateOrderID++
	default:
		c.counts.Written++
		if r.BadDate {
			c.counts.InvalidDates++
		}
		for _, column := range [...]int{c.columns.Quantity, c.columns.UnitPrice, c.columns.Discount, c.columns.Revenue} {
			if column < 0 {
				continue
			}
			v := &r.Values[column]
			if v.Kind == Null || v.Kind == Integer || v.Kind == Decimal {
				continue
			}
			if _, ok := v.Number(); !ok {
				c.counts.InvalidNumbers++
			}
		}
	}
}

// Counts says how the rows so far became cleaned rows.
func (c *Cleaner) Counts() contract.RowCounts { return c.counts }
