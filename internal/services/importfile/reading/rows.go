package reading

import (
	"context"
	"encoding/binary"
	"hash/maphash"
	"math"
	"math/bits"

	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// The columns whose values decide how a file is read.
const (
	columnID = iota
	columnDate
	columnRevenue
	columnQuantity
	columnPrice
	columnDiscount
	columnCount
)

// amountColumns are those of numbers.
var amountColumns = [...]int{columnRevenue, columnQuantity, columnPrice, columnDiscount}

// source is a table: a sheet of an open file, or its only one, with its header and its columns.
type source struct {
	file    *spreadsheet.File
	sheet   string // of a workbook
	header  Header
	columns Columns
	last    int64 // rows that are data, of those with a value; all where it is negative

	delimiter string // of a text file that was read once
}

// isText says that the file is a text file.
func (s *source) isText() bool { return s.file.Format() == spreadsheet.CSV }

// positions are the columns whose values decide, -1 where there is none.
func (s *source) positions() [columnCount]int {
	c := s.columns
	return [columnCount]int{c.OrderID, c.OrderDate, c.Revenue, c.Quantity, c.UnitPrice, c.Discount}
}

// row is a row of a table while it is looked at. What it gives is valid until the next.
type row struct {
	number int
	index  int64 // among the rows with a value, from 0
	fields int   // of a text file
	values [columnCount]Value
	hash   uint64 // of all values, where that was asked for

	reader *rowReader
	at     int // in the batch
}

// rowReader gives the rows of a table one by one.
type rowReader struct {
	source    *source
	positions [columnCount]int
	width     int
	hashed    bool
	seed      maphash.Seed

	batch  cells.Batch
	texts  *cells.Texts
	lists  [columnCount][]cells.Cell // of the batch, what is left of it
	hashes []uint64                  // of the batch's rows
	behind bool                      // a row of the batch may have a value behind the columns of the header
	cells  []spreadsheet.Cell
	row    row
}

// each gives the rows below the header that have a value under it, in their order. It stops at the file's end or where it
// is damaged, which damaged says; other errors are those of take and of ctx.
func (s *source) each(ctx context.Context, seed *maphash.Seed, take func(*row) error) (damaged, err error) {
	if s.sheet != "" {
		if err := s.file.SelectSheet(s.sheet); err != nil {
			return nil, err
		}
	}
	s.file.HeaderAt(s.header.Row)
	batches, err := s.file.Batches(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = batches.Close() }()
	r := &rowReader{source: s, positions: s.positions(), width: len(s.header.Names), texts: batches.Texts()}
	if seed != nil {
		r.hashed, r.seed = true, *seed
	}
	r.row.reader, r.row.index = r, -1
	for batches.Next(&r.batch) {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if err := r.rows(take); err != nil {
			return nil, err
		}
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if text, ok := batches.(interface{ Form() spreadsheet.TextForm }); ok {
		if form := text.Form(); form.Delimiter != "" {
			s.delimiter = form.Delimiter
		}
	}
	return batches.Err(), nil
}

// rows gives the rows of the batch.
func (r *rowReader) rows(take func(*row) error) error {
	for i, position := range r.positions {
		r.lists[i] = nil
		if position >= 0 && position < len(r.batch.Columns) {
			r.lists[i] = r.batch.Columns[position]
		}
	}
	r.behind = false
	for position := r.width; position < len(r.batch.Columns); position++ {
		r.behind = r.behind || len(r.batch.Columns[position]) > 0
	}
	if r.hashed {
		r.hashRows()
	}
	for at := range r.batch.Rows {
		number := int(r.batch.Rows[at].Number)
		if number <= r.source.header.Row {
			continue
		}
		filled := false
		for i := range r.lists {
			r.row.values[i] = r.value(i, at)
			filled = filled || r.row.values[i].Kind != Null
		}
		r.row.at = at
		if !filled && !r.row.filled() {
			continue
		}
		r.row.number, r.row.fields = number, int(r.batch.Rows[at].Fields)
		r.row.index++
		if r.hashed {
			r.row.hash = r.hashes[at]
		}
		if err := take(&r.row); err != nil {
			return err
		}
	}
	return nil
}

// value is the value of a row in one of the columns that decide. Rows are asked for in their order.
func (r *rowReader) value(i, at int) Value {
	list := r.lists[i]
	for len(list) > 0 && int(list[0].Row) < at {
		list = list[1:]
	}
	r.lists[i] = list
	if len(list) == 0 || int(list[0].Row) != at {
		return Value{}
	}
	return r.valueOf(list[0], r.positions[i])
}

// valueOf is the value of a cell; a text stays one.
func (r *rowReader) valueOf(c cells.Cell, position int) Value {
	if c.Kind == cells.Text {
		if text := Trim(r.batch.At(c)); len(text) > 0 {
			return Value{Kind: Text, Text: text}
		}
		return Value{}
	}
	return Read(spreadsheet.CellOf(&r.batch, r.texts, position, c), false)
}

// hashRows hashes the values of the batch's rows under the header.
func (r *rowReader) hashRows() {
	if cap(r.hashes) < len(r.batch.Rows) {
		r.hashes = make([]uint64, cells.MaxRows)
	}
	r.hashes = r.hashes[:len(r.batch.Rows)]
	clear(r.hashes)
	for position, list := range r.batch.Columns[:min(r.width, len(r.batch.Columns))] {
		column := uint64(position)*2 + 1
		for _, c := range list {
			v := r.valueOf(c, position)
			if v.Kind == Null {
				continue
			}
			var hash uint64
			if v.Text != nil {
				hash = maphash.Bytes(r.seed, v.Text)
			} else {
				var b [9]byte
				binary.LittleEndian.PutUint64(b[:], math.Float64bits(v.Num))
				b[8] = byte(v.Kind)
				hash = maphash.Bytes(r.seed, b[:])
			}
			high, low := bits.Mul64(hash^column*0x9E3779B97F4A7C15, 0xD6E8FEB86659FD93)
			r.hashes[c.Row] += high ^ low
		}
	}
}

// cellsOf are the row's cells with a value, in all columns or those under the header.
func (r *row) cellsOf(width int) []spreadsheet.Cell {
	k := r.reader
	k.cells = spreadsheet.RowOf(k.cells[:0], &k.batch, k.texts, r.at, width)
	return k.cells
}

// filled says that the row has a value under the header.
func (r *row) filled() bool {
	for _, c := range r.cellsOf(r.reader.width) {
		if Read(c, false).Kind != Null {
			return true
		}
	}
	return false
}

// texts appends the row's fields, empty ones too, as they stand in a text file.
func (r *row) texts(dst [][]byte) [][]byte {
	for _, c := range r.cellsOf(spreadsheet.MaxColumns) {
		for len(dst) < c.Column {
			dst = append(dst, nil)
		}
		dst = append(dst, c.Text)
	}
	for len(dst) < r.fields {
		dst = append(dst, nil)
	}
	return dst
}

// hasSplitAmount says that the amount of a row of a text file is certainly split in two.
func (r *row) hasSplitAmount() bool {
	next := r.reader.positions[columnRevenue] + 1
	for _, c := range r.cellsOf(r.reader.width) {
		if c.Column == next {
			_, certain := splitAmount(r.values[columnRevenue].Text, Trim(c.Text))
			return certain
		}
	}
	return false
}
