package cleaning

import "fabricportal/contract"

// Row is what the rules say of one row. Values belong to the cells they were read from.
type Row struct {
	Columns  Columns
	Values   []Value // one a column
	OrderID  []byte  // as text; empty where it is null
	Repeated bool    // the order_id was seen in an earlier row
	Day      int32   // of order_date, counted from 1970-01-01
	HasDay   bool
	BadDate  bool // order_date is not null and no date
	Revenue  float64
	Priced   bool // revenue is a number
}

// Kept says whether the row is one of the cleaned rows.
func (r *Row) Kept() bool { return len(r.OrderID) > 0 && !r.Repeated }

// At is a value of the row, null where there is no such column.
func (r *Row) At(column int) Value {
	if column < 0 {
		return Value{}
	}
	return r.Values[column]
}

// Cleaner applies the rules row by row, in the order of the file.
type Cleaner struct {
	columns Columns
	seen    idSet
	row     Row
	id      []byte // an order_id that the file holds as a number
	counts  contract.RowCounts
}

// NewCleaner makes a cleaner for the columns of a header.
func NewCleaner(h *Header) *Cleaner {
	return &Cleaner{columns: h.Columns()}
}

// Clean applies the rules to a row's values, one a column. The result is valid until the next call.
func (c *Cleaner) Clean(values []Value) *Row {
	c.row = Row{Columns: c.columns, Values: values}
	r := &c.row
	c.counts.Read++

	id := r.At(c.columns.OrderID)
	if r.OrderID = id.Text; id.Text == nil {
		c.id = id.AppendText(c.id[:0])
		r.OrderID = c.id
	}
	if len(r.OrderID) > 0 {
		r.Repeated = !c.seen.add(id, r.OrderID)
	}
	date := r.At(c.columns.OrderDate)
	r.Day, r.HasDay = date.Day()
	r.BadDate = date.Kind != Null && !r.HasDay
	r.Revenue, r.Priced = r.At(c.columns.Revenue).Number()

	switch {
	case len(r.OrderID) == 0:
		c.counts.WithoutOrderID++
	case r.Repeated:
		c.counts.DuplicateOrderID++
	default:
		c.counts.Written++
		if r.BadDate {
			c.counts.InvalidDates++
		}
		for _, column := range [...]int{c.columns.Quantity, c.columns.UnitPrice, c.columns.Discount, c.columns.Revenue} {
			v := r.At(column)
			if v.Kind == Null {
				continue
			}
			if _, ok := v.Number(); !ok {
				c.counts.InvalidNumbers++
			}
		}
	}
	return r
}

// Counts says how the rows so far became cleaned rows.
func (c *Cleaner) Counts() contract.RowCounts { return c.counts }
