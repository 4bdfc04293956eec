package cleaning

import (
	"strings"

	"fabricportal/contract"
)

// TextForms reads the texts of columns of numbers and dates, where a file writes them otherwise than the rules as they stand
// (contract/RULES.md, Read options). Texts are trimmed and not empty. It is safe for use by several goroutines.
type TextForms interface {
	// Nothing says that a text means nothing.
	Nothing(text []byte) bool
	// Number reads a number.
	Number(text []byte) (float64, bool)
	// Date reads a day, in milliseconds since 1970-01-01T00:00:00; timed says that the text has a time.
	Date(text []byte) (millis int64, timed, ok bool)
	// DayNumber reads a number as a day counted from 1970-01-01, such as 20250301.
	DayNumber(n float64) (day int32, ok bool)
	// AllColumns says that the forms hold for every column of a text file, not only for those that the rules name.
	AllColumns() bool
}

// Drop says what is wrong with a row that is not cleaned.
type Drop uint8

// What a row can be.
const (
	Kept    Drop = iota
	NoOrder      // a total, a repeated header, a note
	Shifted      // an unquoted delimiter has shifted it
)

// How says how a table is read, where that differs from the rules as they stand. The zero value says nothing.
type How struct {
	Forms   TextForms         // nil: the rules as they stand
	Columns map[string]string // role to header, as it stands in the file
	Lines   bool              // rows are order lines: all are kept, and an order counts where its first line stands
	// Dropped says which rows are not cleaned, by their number in the file; nil: none.
	Dropped func(number int) Drop
	// Realigned are the texts, by column, of rows that a delimiter has shifted, put back in their places; by their number.
	Realigned map[int][]string
	// Exempt says that a person has decided what the checks of more than 5 % of the rows are about.
	RowsDecided, MissingAccepted bool
}

// Assign gives roles to columns by their headers: as they stand, else without blanks at the ends, else by their normalised names.
// A header that is not there gives none.
func (h *Header) Assign(columns map[string]string) {
	for role, header := range columns {
		if at := h.find(header); at >= 0 {
			if h.assigned == nil {
				h.assigned = map[string]int{}
			}
			h.assigned[role] = at
		}
	}
}

func (h *Header) find(header string) int {
	for _, same := range []func(i int) bool{
		func(i int) bool { return h.Names[i] == header },
		func(i int) bool { return strings.TrimSpace(h.Names[i]) == strings.TrimSpace(header) },
		func(i int) bool { return h.Normalized[i] == NormalizedName(header) },
	} {
		for i := range h.Names {
			if same(i) {
				return i
			}
		}
	}
	return -1
}

// Dressing reads values by the forms of a file. A nil one leaves them as they are.
type Dressing struct {
	forms   TextForms
	numbers []bool // by column: it holds numbers, as the rules name it
	date    int    // the column of dates; -1 for none
	csv     bool   // texts stand for what they read as
}

// Dress makes the Dressing for a header; nil where the rules hold as they stand.
func (how How) Dress(h *Header, csv bool) *Dressing {
	if how.Forms == nil {
		return nil
	}
	c := h.Columns()
	d := &Dressing{forms: how.Forms, numbers: make([]bool, len(h.Names)), date: c.OrderDate, csv: csv}
	for _, column := range []int{c.Revenue, c.Quantity, c.UnitPrice, c.Discount} {
		if column >= 0 {
			d.numbers[column] = true
		}
	}
	return d
}

// Read is a value of a column as the file's forms have it.
func (d *Dressing) Read(column int, v Value) Value {
	if d == nil || v.Kind == Null || column >= len(d.numbers) {
		return v
	}
	switch {
	case column == d.date:
		return d.day(v)
	case d.numbers[column]:
		if v.Text == nil {
			return v
		}
		return d.number(v)
	case d.csv && v.Text != nil && d.forms.AllColumns():
		return d.Any(v)
	}
	return v
}

func (d *Dressing) number(v Value) Value {
	if d.forms.Nothing(v.Text) {
		return Value{}
	}
	if n, ok := d.forms.Number(v.Text); ok {
		return Value{Kind: NumberValue(n).Kind, Num: n, Text: v.Text, Same: v.Same}
	}
	return Value{Kind: Text, Text: v.Text, Same: v.Same}
}

func (d *Dressing) day(v Value) Value {
	if v.Text == nil {
		if v.Kind == Integer {
			if day, ok := d.forms.DayNumber(v.Num); ok {
				return Value{Kind: Date, Num: float64(day) * millisPerDay}
			}
		}
		return v
	}
	if d.forms.Nothing(v.Text) {
		return Value{}
	}
	if millis, timed, ok := d.forms.Date(v.Text); ok {
		kind := Date
		if timed {
			kind = DateTime
		}
		return Value{Kind: kind, Num: float64(millis), Text: v.Text, Same: v.Same}
	}
	return Value{Kind: Text, Text: v.Text, Same: v.Same}
}

// Any reads a text of any column of a text file: as a number or a date, else as it was read.
func (d *Dressing) Any(v Value) Value {
	switch v.Kind {
	case Text, Integer, Decimal, Date, DateTime:
	default:
		return v
	}
	if n, ok := d.forms.Number(v.Text); ok {
		return Value{Kind: NumberValue(n).Kind, Num: n, Text: v.Text, Same: v.Same}
	}
	if millis, timed, ok := d.forms.Date(v.Text); ok {
		kind := Date
		if timed {
			kind = DateTime
		}
		return Value{Kind: kind, Num: float64(millis), Text: v.Text, Same: v.Same}
	}
	return Value{Kind: Text, Text: v.Text, Same: v.Same}
}

// HowOf is what read options say of a table, without the forms of texts and the rows, which are found in the file.
func HowOf(o contract.ReadOptions) How {
	return How{Columns: o.Columns, Lines: o.RowIs == contract.RowIsOrderLine, RowsDecided: o.RowIs != "", MissingAccepted: o.AcceptMissing}
}
