package spreadsheet

import (
	"context"
	"math"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// Batches streams the cells of a table in batches of rows. After Next has returned false, Err says whether the end of the
// table was reached. The implementations are not safe for use by several goroutines at once.
type Batches interface {
	// Next empties the batch, fills it with the next rows and says whether there are any.
	Next(*cells.Batch) bool
	// Texts is the file's table of texts, complete before the first Next; nil where the file has none.
	Texts() *cells.Texts
	// Err is nil when the table was read to its end, else a *DamagedError or the error of the context.
	Err() error
	// Progress is the share of the table that was read, from 0 to 1.
	Progress() float64
	// Close releases what the reading holds.
	Close() error
}

// RowOf appends the cells with a value of one row of a batch, in the order of their columns, and only those of the first
// width columns.
func RowOf(dst []Cell, b *cells.Batch, texts *cells.Texts, row, width int) []Cell {
	for column, list := range b.Columns[:min(width, len(b.Columns))] {
		from, to := 0, len(list)
		for from < to {
			if middle := (from + to) / 2; int(list[middle].Row) < row {
				from = middle + 1
			} else {
				to = middle
			}
		}
		if from < len(list) && int(list[from].Row) == row {
			if c := CellOf(b, texts, column, list[from]); c.Kind != Empty {
				dst = append(dst, c)
			}
		}
	}
	return dst
}

// RowReader gives the rows of batches one after the other, which is faster than RowOf. The zero value begins with a batch's first
// row.
type RowReader struct {
	next []int // by column: the first cell that may be of a row that is yet to come
}

// Start begins with another batch.
func (r *RowReader) Start() { clear(r.next) }

// Row is RowOf for rows that are asked for in their order.
func (r *RowReader) Row(dst []Cell, b *cells.Batch, texts *cells.Texts, row int) []Cell {
	for len(r.next) < len(b.Columns) {
		r.next = append(r.next, 0)
	}
	for column, list := range b.Columns {
		at := r.next[column]
		for at < len(list) && int(list[at].Row) < row {
			at++
		}
		r.next[column] = at
		if at < len(list) && int(list[at].Row) == row {
			if c := CellOf(b, texts, column, list[at]); c.Kind != Empty {
				dst = append(dst, c)
			}
		}
	}
	return dst
}

// CellOf is a cell of a batch as a cell of a row; an empty text is no value.
func CellOf(b *cells.Batch, texts *cells.Texts, column int, c cells.Cell) Cell {
	out := Cell{Column: column, Kind: c.Kind}
	switch c.Kind {
	case cells.Number:
		out.Num = c.Num()
	case cells.Bool:
		out.Num = float64(c.Bits)
	case cells.Date, cells.DateTime, cells.Time:
		out.Num = float64(c.Millis())
	case cells.Text, cells.Error:
		out.Text = b.At(c)
	case cells.Shared:
		if out.Kind, out.Text = Text, texts.At(uint32(c.Bits)); len(out.Text) == 0 {
			out.Kind = Empty
		}
	}
	return out
}

// rowsOfBatches gives the rows of batches one by one.
type rowsOfBatches struct {
	ctx   context.Context
	src   Batches
	batch cells.Batch
	at    int
	row   []Cell
	err   error
}

func (r *rowsOfBatches) Next() bool {
	for {
		if r.err = r.ctx.Err(); r.err != nil {
			return false
		}
		r.at++
		if r.at >= len(r.batch.Rows) {
			if !r.src.Next(&r.batch) {
				r.err = r.src.Err()
				return false
			}
			r.at = 0
		}
		if r.row = RowOf(r.row[:0], &r.batch, r.src.Texts(), r.at, math.MaxInt); len(r.row) > 0 {
			return true
		}
	}
}

func (r *rowsOfBatches) Row() []Cell       { return r.row }
func (r *rowsOfBatches) RowNumber() int    { return int(r.batch.Rows[r.at].Number) }
func (r *rowsOfBatches) Err() error        { return r.err }
func (r *rowsOfBatches) Progress() float64 { return r.src.Progress() }
func (r *rowsOfBatches) Close() error      { return r.src.Close() }

// csvBatches streams a CSV file.
type csvBatches struct{ *csvRows }

func (r csvBatches) Texts() *cells.Texts { return nil }

func (r csvBatches) Next(b *cells.Batch) (more bool) {
	defer recovered(r.name, b, &more, &r.err)
	b.Reset()
	return r.NextCells(b)
}
