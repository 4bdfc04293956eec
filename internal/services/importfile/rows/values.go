package rows

import (
	"strconv"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// AppendText writes a cell as a person reads it in the file: a text as it stands, a number in its shortest form, a date as
// YYYY-MM-DD, with a blank before a time of day; nothing for one without a value.
func (c *Cell) AppendText(b []byte) []byte {
	switch c.Kind {
	case cells.Text, cells.Error:
		return append(b, c.Text...)
	case cells.Bool:
		return strconv.AppendBool(b, c.Bits != 0)
	case cells.Number, cells.Date, cells.DateTime, cells.Time:
		from := len(b)
		b = cleaning.Read(c.as(0), false).AppendText(b)
		if c.Kind == cells.DateTime && len(b) > from+10 {
			b[from+10] = ' '
		}
	default:
	}
	return b
}

// Blank says that a cell shows nothing.
func (c *Cell) Blank() bool {
	return c.Kind == cells.Empty || (c.Kind == cells.Text || c.Kind == cells.Error) && len(c.Text) == 0
}

func (c *Cell) as(column int) spreadsheet.Cell {
	out := spreadsheet.Cell{Column: column, Kind: c.Kind, Text: c.Text}
	switch raw := (cells.Cell{Bits: c.Bits}); c.Kind {
	case cells.Number:
		out.Num = raw.Num()
	case cells.Bool:
		out.Num = float64(c.Bits)
	case cells.Date, cells.DateTime, cells.Time:
		out.Num = float64(raw.Millis())
	default:
	}
	return out
}

// Value is what a cell of a column is read as, by the way that the file is read. It is valid as long as the cell.
func (k *Kept) Value(column int, c *Cell) cleaning.Value {
	v := cleaning.Read(c.as(column), k.csv)
	if v.Text != nil && column == k.key && k.csv {
		v = cleaning.ReadKey(v.Text)
	}
	return k.dressed.Read(column, v)
}

// Number is the number that a cell of a column is read as, or its text holds.
func (k *Kept) Number(column int, c *Cell) (float64, bool) {
	if c.Kind == cells.Number && k.dressed == nil {
		return cells.Cell{Bits: c.Bits}.Num(), true
	}
	v := k.Value(column, c)
	if v.Kind != cleaning.Integer && v.Kind != cleaning.Decimal && !(v.Kind == cleaning.Text && !k.csv) {
		return 0, false
	}
	return v.Number()
}

// Millis is the moment that a cell of a column is read as, or its text holds, in milliseconds since 1970-01-01T00:00:00.
func (k *Kept) Millis(column int, c *Cell) (int64, bool) {
	switch v := k.Value(column, c); v.Kind {
	case cleaning.Date, cleaning.DateTime:
		return int64(v.Num), true
	case cleaning.Text:
		day, ok := v.Day()
		return int64(day) * 24 * 60 * 60 * 1000, ok
	default:
		return 0, false
	}
}
