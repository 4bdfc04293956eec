// Package cells is the form in which the readers of files hand over cells: those of some thousand rows at a time, sorted by column.
// Code that counts values then works on one column after the other, with that column's tables in the processor's cache. No row is ever built.
package cells

import (
	"math"
)

// Kind is the type of a cell as it is stored.
type Kind uint8

// The kinds of cells.
const (
	Empty    Kind = iota
	Number        // Bits are those of the double
	Text          // Bits are a place in the batch's Bytes
	Bool          // Bits are 0 or 1
	Date          // a day without a time: Bits are whole milliseconds since 1970-01-01T00:00:00, an int64
	DateTime      // a day with a time of day, as Date
	Error         // an error such as #N/A, whose text is kept as that of Text
	Time          // a time of day without a day: Bits are whole milliseconds since midnight
	Shared        // Bits are the number of a text in the file's table of texts
)

// What a batch holds at most: small enough for the processor's second cache, large enough that a column's tables pay.
const (
	MaxRows  = 1024
	maxCells = 64 << 10
	maxBytes = 1 << 20
	fewCells = 8 // that a column has room for, however many columns there are
	// Room for more is made as they come: how many columns follow is not known when the first ones get theirs.
	firstCells = 32
)

// Cell is one cell of a column.
type Cell struct {
	Bits uint64
	Row  uint16 // index into the batch's rows
	Kind Kind
	// The value is what a formula gave when the file was last saved. The kind is Empty where none was saved, and Bits are 1 where
	// that was a text without characters.
	Formula bool
}

// Num is the value of a Number.
func (c Cell) Num() float64 { return math.Float64frombits(c.Bits) }

// Millis is the value of a Date, DateTime or Time.
func (c Cell) Millis() int64 { return int64(c.Bits) }

// Row is one row of a batch.
type Row struct {
	Number int32 // as a spreadsheet shows it, counting from 1
	Hidden bool
	Shape  Shape // of a text file's row
	// Recoded is, of a text file's row, the first column, counting from 1, with bytes which are not in the file's encoding; 0 where
	// there are none.
	Recoded uint16
	Fields  uint16 // of a text file: how many there are, empty ones too, MaxFields where there are more; 0 of others
}

// Shape says how many values a row of a text file has beside its header.
type Shape uint8

// The shapes.
const (
	Fits  Shape = iota
	Short       // it has a value, and fewer fields
	Long        // it has a value behind the last column
)

// MaxFields is the highest number that Row.Fields says.
const MaxFields = math.MaxUint16

// Batch is the cells of some rows. A reader fills it:
//
//	b.StartRow(number, hidden)
//	b.Number(column, value)
//	b.Text(column, text)
//	b.EndRow()
//
// as long as Full is false. Columns count from 0; those of a row may come in any order, and of two cells of one column
// the later counts. The zero value is an empty batch. It is not safe for use by several goroutines at once.
type Batch struct {
	Rows    []Row
	Columns [][]Cell // by column, in the order of the rows; cells without a value are left out
	Bytes   []byte   // the texts

	cells int
	mark  int // cells before the current row
	bytes int // Bytes before the current row
	next  int // the column behind the last one of the row that got a cell
}

// Reset empties the batch and keeps its memory, unless a strange file has made it large.
func (b *Batch) Reset() {
	held := 0
	for i := range b.Columns {
		held += cap(b.Columns[i])
		b.Columns[i] = b.Columns[i][:0]
	}
	if held > 16*maxCells {
		b.Columns = nil
	}
	if cap(b.Bytes) > 4*maxBytes {
		b.Bytes = nil
	}
	b.Rows, b.Bytes, b.cells, b.mark, b.bytes, b.next = b.Rows[:0], b.Bytes[:0], 0, 0, 0, 0
}

// Full says that the batch is to be handed over before the next row.
func (b *Batch) Full() bool {
	return len(b.Rows) >= MaxRows || b.cells >= maxCells || len(b.Bytes) >= maxBytes
}

// StartRow begins a row.
func (b *Batch) StartRow(number int, hidden bool) {
	b.Rows = append(b.Rows, Row{Number: int32(number), Hidden: hidden})
	b.mark, b.bytes, b.next = b.cells, len(b.Bytes), 0
}

// EndRow ends the row; a row without any cell is none. It says whether the row was kept.
func (b *Batch) EndRow() bool {
	if b.cells == b.mark {
		b.Rows = b.Rows[:len(b.Rows)-1]
		return false
	}
	return true
}

// DropRow takes the current row back, with what was put into it.
func (b *Batch) DropRow() {
	last := uint16(len(b.Rows) - 1)
	for i, column := range b.Columns {
		if n := len(column); n > 0 && column[n-1].Row == last {
			b.Columns[i] = column[:n-1]
		}
	}
	b.Rows, b.Bytes, b.cells = b.Rows[:last], b.Bytes[:b.bytes], b.mark
}

// Number adds a number; it must be finite.
func (b *Batch) Number(column int, n float64) { b.put(column, Number, math.Float64bits(n)) }

// Bool adds a boolean.
func (b *Batch) Bool(column int, v bool) {
	if v {
		b.put(column, Bool, 1)
	} else {
		b.put(column, Bool, 0)
	}
}

const millisPerDay = 24 * 60 * 60 * 1000

// Moment adds a Date, or a DateTime where it has a time of day, in whole milliseconds since 1970-01-01T00:00:00.
func (b *Batch) Moment(column int, millis int64) {
	if millis%millisPerDay != 0 {
		b.put(column, DateTime, uint64(millis))
	} else {
		b.put(column, Date, uint64(millis))
	}
}

// Clock adds a time of day, in whole milliseconds since midnight.
func (b *Batch) Clock(column int, millis int64) { b.put(column, Time, uint64(millis)) }

// Text adds a text, valid UTF-8, as it stands: blanks included. An empty text is no value.
func (b *Batch) Text(column int, text []byte) { b.text(column, Text, text) }

// Error adds an error such as #N/A.
func (b *Batch) Error(column int, text []byte) { b.text(column, Error, text) }

// Shared adds a text by its number in the file's table of texts.
func (b *Batch) Shared(column int, index uint32) { b.put(column, Shared, uint64(index)) }

// Own makes a cell of the batch one with a text of its own.
func (b *Batch) Own(c *Cell, text []byte) {
	if c.Kind = Text; len(text) == 0 {
		c.Kind = Empty
	}
	c.Bits = b.keep(text)
}

// Formula says that the row's cell in the column has a formula; called after its value was added, if it has one.
func (b *Batch) Formula(column int) {
	if column < len(b.Columns) {
		c := b.Columns[column]
		if n := len(c); n > 0 && int(c[n-1].Row) == len(b.Rows)-1 {
			c[n-1].Formula = true
			return
		}
	}
	b.put(column, Empty, 0)
	c := b.Columns[column]
	c[len(c)-1].Formula = true
}

// FormulaOfNothing is Formula of a cell whose saved value is a text without characters.
func (b *Batch) FormulaOfNothing(column int) {
	b.put(column, Empty, 1)
	c := b.Columns[column]
	c[len(c)-1].Formula = true
}

// At is the text of a Text or Error; it is valid until the batch is reset.
func (b *Batch) At(c Cell) []byte {
	from, length := c.Bits>>32, c.Bits&(1<<32-1)
	return b.Bytes[from : from+length : from+length]
}

func (b *Batch) text(column int, kind Kind, text []byte) {
	if len(text) == 0 {
		return
	}
	b.put(column, kind, b.keep(text))
}

// keep appends a text to the batch's and gives its place.
func (b *Batch) keep(text []byte) uint64 {
	from := len(b.Bytes)
	b.Bytes = append(b.Bytes, text...)
	return uint64(from)<<32 | uint64(len(text))
}

func (b *Batch) put(column int, kind Kind, bits uint64) {
	if column >= len(b.Columns) {
		b.widen(column)
	}
	row := uint16(len(b.Rows) - 1)
	c := &b.Columns[column]
	if column < b.next { // the row may have a cell in the column
		if n := len(*c); n > 0 && (*c)[n-1].Row == row {
			(*c)[n-1] = Cell{Bits: bits, Row: row, Kind: kind}
			return
		}
	} else {
		b.next = column + 1
	}
	if *c == nil {
		// Most columns have a cell in nearly every row, and growing costs more than what a sparse one leaves empty.
		*c = make([]Cell, 0, min(firstCells, max(fewCells, maxCells/len(b.Columns))))
	}
	*c = append(*c, Cell{Bits: bits, Row: row, Kind: kind})
	b.cells++
}

func (b *Batch) widen(column int) {
	b.Columns = append(b.Columns, make([][]Cell, column+1-len(b.Columns))...)
}

// FromNum is how a number stands in a Cell.
func FromNum(n float64) uint64 { return math.Float64bits(n) }
