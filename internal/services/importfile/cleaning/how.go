package cleaning

import (
	"fabricportal/contract"
	"fabricportal/internal/services/importfile/reading"
)

// Forms reads the texts of a file that writes them otherwise than the rules as they stand (contract/RULES.md, Read options). It is
// safe for use by several goroutines.
type Forms struct {
	Numbers reading.Numbers
	Dates   reading.Dates
	Nothing *reading.NullWords
}

// NewForms reads as the options say. An error means that the time zone is none.
func NewForms(o contract.ReadOptions) (*Forms, error) {
	dates, err := reading.NewDates(o)
	return &Forms{Numbers: reading.NewNumbers(o), Dates: dates, Nothing: reading.NewNullWords(o)}, err
}

// How says how a table is read where that differs from the plain rules. The zero value changes nothing.
type How struct {
	Forms   *Forms            // nil: the rules as they stand
	Columns map[string]string // role to header, as it stands in the file
	Lines   bool              // rows are order lines: all are kept, and an order counts where its first line stands
	// Fates tells anew what becomes of each row; nil: all are kept.
	Fates func() *reading.Fates
	// A person has decided which rows are orders (RowsDecided), or has accepted the missing amounts (MissingAccepted). The checks on these are then no errors, for any number of rows.
	RowsDecided, MissingAccepted bool
	// Unpriced is for tables of order lines. It has the lines of orders in which no line has a revenue: only these count as lines without a revenue.
	// If it is nil, this is not known, and every line without a revenue counts.
	Unpriced *reading.Unpriced
	Keys     int // order_ids in memory, as in keys.Set
}

// Dressing reads values by the forms of a file. A nil one leaves them as they are.
type Dressing struct {
	forms   *Forms
	numbers []bool // by column: it holds numbers, as the rules name it
	date    int    // the column of dates; -1 for none
	key     int    // the column of order_ids, whose texts no form changes; -1 for none
	csv     bool   // texts stand for what they read as
}

// Dress makes the Dressing for a header; nil where the rules hold as they stand.
func (how How) Dress(h *Header, csv bool) *Dressing {
	if how.Forms == nil {
		return nil
	}
	c := h.Columns()
	d := &Dressing{forms: how.Forms, numbers: make([]bool, len(h.Names)), date: c.OrderDate, key: c.OrderID, csv: csv}
	for _, column := range []int{c.Revenue, c.Quantity, c.UnitPrice, c.Discount} {
		if column >= 0 {
			d.numbers[column] = true
		}
	}
	return d
}

// Read is a value of a column as the file's forms have it.
func (d *Dressing) Read(column int, v Value) Value {
	if d == nil { // as in most files: this much is inlined
		return v
	}
	return d.read(column, v)
}

func (d *Dressing) read(column int, v Value) Value {
	if v.Kind == Null || column >= len(d.numbers) {
		return v
	}
	switch {
	case column == d.key:
		return v
	case column == d.date:
		return d.day(v)
	case d.numbers[column]:
		if v.Text == nil {
			return v
		}
		return d.number(v)
	case d.csv && v.Text != nil:
		return d.other(v)
	}
	return v
}

func (d *Dressing) number(v Value) Value {
	if d.forms.Nothing.Find(v.Text) >= 0 {
		return Value{}
	}
	if n, ok := d.forms.Numbers.Read(v.Text); ok {
		return Value{Kind: NumberValue(n.Value).Kind, Num: n.Value, Text: v.Text, Same: v.Same}
	}
	return Value{Kind: Text, Text: v.Text, Same: v.Same}
}

func (d *Dressing) day(v Value) Value {
	if v.Text != nil && d.forms.Nothing.Find(v.Text) >= 0 {
		return Value{}
	}
	if m, ok := d.forms.Dates.Of(v); ok {
		return moment(v, m)
	}
	if v.Text != nil {
		return Value{Kind: Text, Text: v.Text, Same: v.Same}
	}
	return v
}

// other reads a text of a column that the rules don't name.
func (d *Dressing) other(v Value) Value {
	switch v.Kind {
	case Text, Integer, Decimal, Date, DateTime:
	default:
		return v
	}
	if n, ok := d.forms.Numbers.Other(v.Text); ok {
		return Value{Kind: NumberValue(n).Kind, Num: n, Text: v.Text, Same: v.Same}
	}
	if m, ok := d.forms.Dates.Other(v.Text); ok {
		return moment(v, m)
	}
	return Value{Kind: Text, Text: v.Text, Same: v.Same}
}

func moment(v Value, m reading.Moment) Value {
	kind := Date
	if m.Timed {
		kind = DateTime
	}
	return Value{Kind: kind, Num: float64(m.Millis), Text: v.Text, Same: v.Same}
}

// HowOf is what read options say of a table, without the forms of texts and the rows, which are found in the file.
func HowOf(o contract.ReadOptions) How {
	return How{Columns: o.Columns, Lines: o.RowIs == contract.RowIsOrderLine, RowsDecided: o.RowIs != "", MissingAccepted: o.AcceptMissing}
}
