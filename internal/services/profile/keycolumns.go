package profile

import (
	"fabricportal/internal/services/cleaning"
	"fabricportal/internal/services/profile/columns"
	"fabricportal/internal/services/spreadsheet"
	"fabricportal/internal/services/spreadsheet/cells"
)

// keyColumns gives the rows' values in the few columns that the rules look at together.
type keyColumns struct {
	table   *table
	columns []keyColumn
	batch   *cells.Batch
	read    [][]columns.Reading
	current []cleaning.Value // by column, as wide as the table
}

type keyColumn struct {
	position int
	rest     []cells.Cell // of the batch, from the current row on
}

func (k *keyColumns) init(t *table) {
	k.table = t
	k.current = make([]cleaning.Value, len(t.header.Names))
	c := t.header.Columns()
	wanted := []int{c.OrderID, c.OrderDate, c.Revenue, c.Quantity, c.UnitPrice, c.Discount}
	if t.each != nil {
		wanted = append(wanted, c.Channel, c.Region, c.ProductCategory)
	}
	for _, position := range wanted {
		if position >= 0 {
			k.columns = append(k.columns, keyColumn{position: position})
		}
	}
}

// readings is room for what the texts of the key columns are read as, in a file whose cells are all texts.
func (k *keyColumns) readings() [][]columns.Reading {
	out := make([][]columns.Reading, len(k.table.columns))
	if k.table.form == columns.Typeless {
		for _, c := range k.columns {
			out[c.position] = make([]columns.Reading, cells.MaxRows)
		}
	}
	return out
}

// start begins with the first row of a batch.
func (k *keyColumns) start(counted *counted) {
	b := &counted.batch
	k.batch, k.read = b, counted.read
	for i := range k.columns {
		c := &k.columns[i]
		c.rest = nil
		if c.position < len(b.Columns) {
			c.rest = b.Columns[c.position]
		}
	}
}

// row is a row's values by column, null in all but the key columns. Rows are asked for in their order; what is given is
// valid until the next call.
func (k *keyColumns) row(row int) []cleaning.Value {
	for i := range k.columns {
		c := &k.columns[i]
		for len(c.rest) > 0 && int(c.rest[0].Row) < row {
			c.rest = c.rest[1:]
		}
		if len(c.rest) > 0 && int(c.rest[0].Row) == row {
			k.current[c.position] = k.value(c.position, c.rest[0])
		} else {
			k.current[c.position] = cleaning.Value{}
		}
	}
	return k.current
}

func (k *keyColumns) value(position int, c cells.Cell) cleaning.Value {
	t := k.table
	switch c.Kind {
	case cells.Shared:
		return t.dict.Value(c)
	case cells.Number:
		return cleaning.NumberValue(c.Num())
	case cells.Date:
		return cleaning.Value{Kind: cleaning.Date, Num: float64(c.Millis())}
	}
	if read := k.read[position]; read != nil { // its column has read it
		text := cleaning.Trim(k.batch.At(c))
		if len(text) == 0 {
			return cleaning.Value{}
		}
		return cleaning.Value{Kind: read[c.Row].Kind, Num: read[c.Row].Num, Text: text}
	}
	v := cleaning.Read(spreadsheet.CellOf(k.batch, t.texts, position, c), t.form == columns.Typeless)
	if v.Kind == cleaning.Text && t.form == columns.Workbook {
		v.Same = t.dict.Same(v.Text)
	}
	return v
}
