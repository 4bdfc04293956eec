package profile

import (
	"slices"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// keyColumns gives the rows' values in the few columns that the rules look at together.
type keyColumns struct {
	table    *table
	columns  []keyColumn
	lately   []int  // columns of which only rows that are open are asked for
	wanted   []bool // by column: what its texts read as is kept
	batch    *cells.Batch
	at       int                  // the current row
	added    bool                 // late has added to its values
	readings [][]cleaning.Reading // of the batch, by column
	current  []cleaning.Value     // by column, as wide as the table
}

type keyColumn struct {
	position int
	figure   bool         // nothing is asked of its values but whether they are numbers
	cells    []cells.Cell // of the batch; none where all of them are the numbers they should be
	next     int          // the first of them that may be of the current row
}

func (k *keyColumns) init(t *table) {
	k.table = t
	k.current, k.wanted = make([]cleaning.Value, len(t.header.Names)), make([]bool, len(t.header.Names))
	c := t.header.Columns()
	for i, position := range [...]int{c.OrderID, c.OrderDate, c.Revenue, c.Quantity, c.UnitPrice, c.Discount} {
		if position >= 0 {
			k.wanted[position] = t.form == columns.Typeless || t.form == columns.Typed && position == c.OrderID
			k.columns = append(k.columns, keyColumn{position: position, figure: i > 2})
		}
	}
	for _, position := range [...]int{c.Channel, c.Region, c.ProductCategory, t.header.CurrencyColumn(), t.header.StatusColumn(), t.header.VisitorColumn()} {
		if position >= 0 {
			k.lately = append(k.lately, position)
		}
	}
}

// prepare makes room for what the texts of a batch read as.
func (k *keyColumns) prepare(j *job, rows int) {
	if len(j.readings) != len(k.current) {
		j.readings = make([][]cleaning.Reading, len(k.current))
	}
	for column, wanted := range k.wanted {
		switch {
		case !wanted:
		case cap(j.readings[column]) < rows:
			j.readings[column] = make([]cleaning.Reading, rows)
		default:
			j.readings[column] = j.readings[column][:rows]
		}
	}
}

// start begins with the first row of a batch that was counted.
func (k *keyColumns) start(j *job, b *cells.Batch) {
	k.batch, k.readings = b, j.readings
	for i := range k.columns {
		c := &k.columns[i]
		c.cells, c.next, k.current[c.position] = nil, 0, cleaning.Value{}
		if c.position < len(k.batch.Columns) {
			c.cells = k.batch.Columns[c.position]
		}
		if c.figure && allNumbers(c.cells) {
			c.cells = nil
		}
	}
}

func allNumbers(list []cells.Cell) bool {
	for i := range list {
		if list[i].Kind != cells.Number {
			return false
		}
	}
	return true
}

// row is a row's values by column, null in all but the key columns. Rows are asked for in their order; what is given is
// valid until the next call.
func (k *keyColumns) row(row int) []cleaning.Value {
	k.at = row
	if k.added {
		for _, position := range k.lately {
			k.current[position] = cleaning.Value{}
		}
		k.added = false
	}
	for i := range k.columns {
		c := &k.columns[i]
		if len(c.cells) == 0 {
			continue
		}
		for c.next < len(c.cells) && int(c.cells[c.next].Row) < row {
			c.next++
		}
		if c.next < len(c.cells) && int(c.cells[c.next].Row) == row {
			k.current[c.position] = k.value(c.position, c.cells[c.next])
			if dressed := k.table.dressed; dressed != nil {
				k.current[c.position] = dressed.Read(c.position, k.current[c.position])
			}
		} else {
			k.current[c.position] = cleaning.Value{}
		}
	}
	return k.current
}

// late adds the values of the current row that only an open row is asked for.
func (k *keyColumns) late(values []cleaning.Value) {
	k.added = true
	for _, position := range k.lately {
		if position >= len(k.batch.Columns) {
			continue
		}
		list := k.batch.Columns[position]
		if i, ok := slices.BinarySearchFunc(list, k.at, func(c cells.Cell, row int) int { return int(c.Row) - row }); ok {
			values[position] = k.value(position, list[i])
		}
	}
}

func (k *keyColumns) value(position int, c cells.Cell) cleaning.Value {
	t := k.table
	if readings := k.readings[position]; len(readings) > 0 && c.Kind == cells.Text {
		text := cleaning.Trim(k.batch.At(c))
		if len(text) == 0 {
			return cleaning.Value{}
		}
		r := readings[c.Row]
		return cleaning.Value{Kind: r.Kind, Num: r.Num, Text: text, Same: r.Same}
	}
	switch c.Kind {
	case cells.Shared:
		return t.dict.Value(c)
	case cells.Number:
		return cleaning.NumberValue(c.Num())
	case cells.Date:
		return cleaning.Value{Kind: cleaning.Date, Num: float64(c.Millis())}
	}
	v := cleaning.Read(spreadsheet.CellOf(k.batch, t.texts, position, c), t.form == columns.Typeless)
	if v.Kind == cleaning.Text && t.form == columns.Workbook {
		v.Same = t.dict.Same(v.Text)
	}
	return v
}
