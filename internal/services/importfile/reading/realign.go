package reading

import (
	"slices"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// Realign puts the values of a batch's rows back that an unquoted delimiter has shifted, where that is their fate: what
// reads the batch then finds them where they belong.
func (f *Fates) Realign(b *cells.Batch, delimiter byte) {
	if len(f.pieces) == 0 || !f.choice.realign {
		return
	}
	for i := range b.Rows {
		if fate := f.Of(int(b.Rows[i].Number)); fate.Fate == Realigned {
			realignRow(b, i, fate, delimiter)
		}
	}
}

func realignRow(b *cells.Batch, row int, fate RowFate, delimiter byte) {
	last := fate.From + fate.Joined
	from := len(b.Bytes)
	for column := fate.From; column <= last; column++ {
		if column > fate.From {
			b.Bytes = append(b.Bytes, delimiter)
		}
		if column < len(b.Columns) {
			if at, ok := cellAt(b.Columns[column], row); ok {
				b.Bytes = append(b.Bytes, b.At(b.Columns[column][at])...)
			}
		}
	}
	joined := cells.Cell{Bits: uint64(from)<<32 | uint64(len(b.Bytes)-from), Row: uint16(row), Kind: cells.Text}
	setCell(b, fate.From, row, joined, true)
	for column := fate.From + 1; column < len(b.Columns); column++ {
		var moved cells.Cell
		found := false
		if source := column + fate.Joined; source < len(b.Columns) {
			var at int
			if at, found = cellAt(b.Columns[source], row); found {
				moved = b.Columns[source][at]
			}
		}
		setCell(b, column, row, moved, found)
	}
	b.Rows[row].Fields -= uint16(fate.Joined)
}

// cellAt finds a row's cell in a column.
func cellAt(column []cells.Cell, row int) (int, bool) {
	return slices.BinarySearchFunc(column, row, func(c cells.Cell, row int) int { return int(c.Row) - row })
}

// setCell puts a cell into a column, or takes the row's cell away.
func setCell(b *cells.Batch, column, row int, c cells.Cell, there bool) {
	list := &b.Columns[column]
	at, found := cellAt(*list, row)
	switch {
	case found && there:
		(*list)[at] = c
	case found:
		*list = slices.Delete(*list, at, at+1)
	case there:
		*list = slices.Insert(*list, at, c)
	}
}
