package profile

import (
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// keyColumns gives the rows' values in the few columns that the rules look at together.
type keyColumns struct {
	table    *table
	columns  []keyColumn
	batch    *cells.Batch
	readings [][]columns.Reading // of the batch, by column
	current  []cleaning.Value    // by column, as wide as the table
}

type keyColumn struct {
	position int
	read     bool         // its texts are read when they are counted
	figure   bool         // nothing is asked of its values but whether they are numbers
	cells    []cells.Cell // of the batch; none where all of them are the numbers they should be
	next     int          // the first of them that may be of the current row
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
			read := t.form == columns.Typeless || t.form == columns.Typed && position == c.OrderID
			figure := t.each == nil && (position == c.Quantity || position == c.UnitPrice || position == c.Discount)
			k.columns = append(k.columns, keyColumn{position: position, read: read, figure: figure})
		}
	}
}

// prepare makes room for what the key columns of a batch read as.
func (k *keyColumns) prepare(j *job, rows int) {
	if len(j.readings) != len(k.current) {
		j.readings = make([][]columns.Reading, len(k.current))
	}
	for _, c := range k.columns {
		if !c.read {
			continue
		}
		if cap(j.readings[c.position]) < rows {
			j.readings[c.position] = make([]columns.Reading, rows)
		} else {
			j.readings[c.position] = j.readings[c.position][:rows]
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
	for i := range k.columns {
		c := &k.columns[i]
		if len(c.cells) == 0 {
			continue
		}
		for c.next < len(c.cells) && int(c.cells[c.next].Row) < row {
			c.next++
		}
		if c.next < len(c.cells) && int(c.cells[c.next].Row) == row {
			k.current[c.position] = k.table.dressed.Read(c.position, k.value(c.position, c.cells[c.next]))
		} else {
			k.current[c.position] = cleaning.Value{}
		}
	}
	return k.current
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
