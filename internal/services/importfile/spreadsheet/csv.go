package spreadsheet

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"sync/atomic"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
	"fabricportal/internal/services/importfile/spreadsheet/delimited"
)

// maxRagged is how many rows of each kind are named.
const maxRagged = 5

// TextForm says how a text file is written and what is odd about its rows.
type TextForm struct {
	Encoding  string // utf-8-bom, or one of contract.Encodings
	Delimiter string // one character: , ; tab | where it was found
	Quoting   string // double, backslash or none
	// Rows below the header with a value and fewer fields than it has columns, and rows with a value behind its last
	// column, as far as the file was read.
	Short, Long Ragged
	// Recoded are rows from the header on with bytes that are not in the file's encoding (contract/RULES.md, Keys and texts).
	Recoded Recoded
}

// Recoded counts rows with bytes that are no UTF-8 and were read as Windows-1252, and has the first such cell of the first
// five of them.
type Recoded struct {
	Rows  int64
	Cells []RecodedCell
}

// RecodedCell is a cell of a text file, as it was read; of a long text its beginning.
type RecodedCell struct {
	Row    int // as a spreadsheet shows it
	Column int // counts from 0
	Text   string
}

// maxRecodedBytes is how much of the text of such a cell is kept.
const maxRecodedBytes = 1 << 10

// Ragged counts rows and names the first of them.
type Ragged struct {
	Count int64
	Rows  []int // numbers as a spreadsheet shows them; five at most
}

func (r *Ragged) add(row int) {
	r.Count++
	if len(r.Rows) < maxRagged {
		r.Rows = append(r.Rows, row)
	}
}

// csvRows streams the rows of a text file, one by one or by batches of cells.
type csvRows struct {
	ctx    context.Context
	name   string
	src    io.ReaderAt
	size   int64
	limits Limits
	head   int // rows that are wanted, of a preview; 0 for all. Then the file's head alone tells the encoding
	at     int // row of the header; 0 for the first row with a value
	given  delimited.Given
	known  *atomic.Pointer[delimited.Dialect] // what an earlier reading of the whole file has found; nil where nobody asks again

	scanner *delimited.Scanner // nil until the first row is asked for
	text    TextForm
	width   int // the columns of the header; 0 until it was read
	batch   delimited.Batch
	next    int // row of the batch
	cells   []Cell
	done    bool
	err     error
}

func newCSVRows(ctx context.Context, name string, src io.ReaderAt, size int64, limits Limits) *csvRows {
	return &csvRows{ctx: ctx, name: name, src: src, size: size, limits: limits}
}

func (r *csvRows) Row() []Cell    { return r.cells }
func (r *csvRows) RowNumber() int { return r.batch.First + r.next - 1 }
func (r *csvRows) Err() error     { return r.err }
func (r *csvRows) Close() error   { return nil }

// Form is how the file is written. It is known once a row was asked for.
func (r *csvRows) Form() TextForm { return r.text }

// Delimiter is what separates the values. It is known once a row was asked for, and does not change then.
func (r *csvRows) Delimiter() string { return r.text.Delimiter }

// Encoding is as Delimiter.
func (r *csvRows) Encoding() string { return r.text.Encoding }

func (r *csvRows) Progress() float64 {
	switch {
	case r.size <= 0:
		return 1
	case r.scanner == nil:
		return 0
	}
	return min(1, float64(r.scanner.BytesRead())/float64(r.size))
}

func (r *csvRows) Next() bool {
	for {
		if !r.more() {
			return false
		}
		if err := r.ctx.Err(); err != nil {
			r.done, r.err = true, err
			return false
		}
		r.cells = r.cells[:0]
		row := r.batch.Row(r.next)
		for column, f := range row {
			if f.End > f.Start {
				r.cells = append(r.cells, Cell{Column: column, Kind: Text, Text: r.batch.Text(f)})
			}
		}
		r.next++
		if len(r.cells) > 0 {
			r.shape(row, r.RowNumber())
			return true
		}
	}
}

// NextCells fills b, which is empty, with the cells of the next rows, and says whether there are any. What b holds stays
// valid when more is read.
func (r *csvRows) NextCells(b *cells.Batch) bool {
	for len(b.Rows) == 0 {
		if !r.more() {
			return false
		}
		r.fill(b)
	}
	return true
}

// more makes sure that there is a row at r.next.
func (r *csvRows) more() bool {
	if r.done || r.err != nil {
		return false
	}
	if r.next < len(r.batch.Ends) {
		return true
	}
	if r.scanner == nil {
		dialect, err := r.dialect()
		if err != nil {
			return r.stop(err)
		}
		r.text.Encoding, r.text.Delimiter, r.text.Quoting = string(dialect.Encoding), string(dialect.Delimiter), string(dialect.Quoting)
		r.scanner = delimited.NewScanner(r.src, r.size, dialect, delimited.Limits{RowBytes: r.limits.CellBytes, Columns: MaxColumns})
	}
	r.next = 0
	if r.scanner.Next(r.ctx, &r.batch) {
		return true
	}
	return r.stop(r.scanner.Err())
}

// dialect is how the file is written.
func (r *csvRows) dialect() (delimited.Dialect, error) {
	if r.known != nil {
		if d := r.known.Load(); d != nil {
			return *d, nil
		}
	}
	d, err := delimited.Detect(r.ctx, r.src, r.size, r.head > 0, r.given)
	if err == nil && r.head == 0 && r.known != nil {
		r.known.Store(&d)
	}
	return d, err
}

// fill takes rows of the current batch into b, column by column.
func (r *csvRows) fill(b *cells.Batch) {
	ends, first := r.batch.Ends[r.next:], uint32(0)
	if r.next > 0 {
		first = r.batch.Ends[r.next-1]
	}
	rows, width, fields := 0, 0, first
	most := cells.MaxRows
	if r.head > 0 {
		most = min(most, r.head)
	}
	for rows < len(ends) && rows < most && (rows == 0 || ends[rows]-first <= maxBatchFields) {
		width = max(width, int(ends[rows]-fields))
		fields = ends[rows]
		rows++
	}
	all := r.batch.Fields[first:fields]
	// The batch gets a copy of its rows' text as it stands; the cells are places in it.
	from, to, held := all[0].Start, all[len(all)-1].End, uint32(len(b.Bytes))
	b.Bytes = append(b.Bytes, r.batch.Data[from:to]...)
	if width > len(b.Columns) {
		b.Columns = append(b.Columns, make([][]cells.Cell, width-len(b.Columns))...)
	}
	for i, begin := 0, uint32(0); i < rows; i++ {
		row := all[begin : ends[i]-first]
		begin = ends[i] - first
		number := r.batch.First + r.next + i
		kept := uint16(len(b.Rows))
		any := false
		for column, f := range row {
			if f.End > f.Start {
				any = true
				b.Columns[column] = append(b.Columns[column],
					cells.Cell{Bits: uint64(held+f.Start-from)<<32 | uint64(f.End-f.Start), Row: kept, Kind: cells.Text})
			}
		}
		if any {
			b.Rows = append(b.Rows, cells.Row{Number: int32(number), Fields: uint16(min(len(row), cells.MaxFields))})
			b.Rows[len(b.Rows)-1].Shape = r.shape(row, number)
			if len(r.batch.Recoded) > 0 {
				if column, ok := r.recoded(number); ok {
					b.Rows[len(b.Rows)-1].Recoded = uint16(column + 1)
				}
			}
		}
	}
	r.next += rows
	if len(b.Rows) == 0 {
		b.Bytes = b.Bytes[:held] // of rows without a value nothing is kept
	}
}

// maxBatchFields bounds the fields of one batch of cells, but for a single row.
const maxBatchFields = 64 << 10

// shape compares a row that is not empty with the header (contract/RULES.md, Text files).
func (r *csvRows) shape(row []delimited.Field, number int) cells.Shape {
	if len(r.batch.Recoded) > 0 && number >= r.at {
		r.tellRecoded(row, number)
	}
	switch {
	case len(row) == r.width:
	case r.width == 0:
		if number >= r.at {
			r.width = r.filled(row)
		}
	case len(row) < r.width:
		if r.filled(row) > 0 {
			r.text.Short.add(number)
			return cells.Short
		}
	default:
		if r.filled(row[r.width:]) > 0 {
			r.text.Long.add(number)
			return cells.Long
		}
	}
	return cells.Fits
}

// recoded says whether a row of the batch has bytes that are not in the file's encoding, and where first.
func (r *csvRows) recoded(number int) (column int, ok bool) {
	list := r.batch.Recoded
	i, ok := slices.BinarySearchFunc(list, number-r.batch.First, func(e delimited.Recoded, row int) int { return e.Row - row })
	if !ok {
		return 0, false
	}
	return list[i].Column, true
}

func (r *csvRows) tellRecoded(row []delimited.Field, number int) {
	column, ok := r.recoded(number)
	if !ok {
		return
	}
	told := &r.text.Recoded
	if told.Rows++; len(told.Cells) < maxRagged {
		text := r.batch.Text(row[column])
		text = bytes.ToValidUTF8(text[:min(len(text), maxRecodedBytes)], nil) // a character may be cut
		told.Cells = append(told.Cells, RecodedCell{Row: number, Column: column, Text: string(text)})
	}
}

// filled is the number of fields up to the last one with a value; blanks only are none.
func (r *csvRows) filled(row []delimited.Field) int {
	for n := len(row); n > 0; n-- {
		if len(bytes.TrimSpace(r.batch.Text(row[n-1]))) > 0 {
			return n
		}
	}
	return 0
}

// stop ends the reading; err is nil at the file's end.
func (r *csvRows) stop(err error) bool {
	r.done = true
	var stopped *delimited.Error
	switch {
	case err == nil:
	case errors.As(err, &stopped):
		r.err = damaged(stopped.Row, err, format.Say("Reading of {{.Name}} stopped at row {{.Row}}: {{.Why}}.", "Name", r.name, "Row", strconv.FormatInt(int64(stopped.Row), 10), "Why", r.reason(stopped)))
	case r.ctx.Err() != nil:
		r.err = r.ctx.Err()
	default:
		r.err = damaged(0, err, format.Say("Reading of {{.Name}} stopped because of an error ({{.Why}}): check that the drive is connected and try again.", "Name", r.name, "Why", rootCause(err).Error()))
	}
	return false
}

// reason says why the reading stopped and what to do.
func (r *csvRows) reason(e *delimited.Error) *format.Said {
	switch e.Fault {
	case delimited.OpenQuote:
		return format.Say("its quotation marks don't match: one is opened in line {{.Line}} and never closed; correct that line and try again", "Line", strconv.FormatInt(int64(e.Line), 10))
	case delimited.StrayQuote:
		return format.Say("its quotation marks don't match in line {{.Line}}: correct that line and try again", "Line", strconv.FormatInt(int64(e.Line), 10))
	case delimited.LongRow:
		return format.Say("the row does not end: check that each quotation mark has its counterpart")
	case delimited.TooManyColumns:
		return format.Say("the row has more than {{.Most}} columns: check that its columns are separated by one of , ; tab |", "Most", MaxColumns)
	case delimited.TooManyRows:
		return format.Say("it has more than {{.Most}} rows: cut it into several files", "Most", delimited.MostRows)
	case delimited.BadText:
		return format.Say("it is not written in {{.Encoding}} there: save it in Excel as \"CSV UTF-8\" and try again, or name its encoding", "Encoding", encodingName(r.text.Encoding))
	case delimited.NUL:
		return format.Say("it has NUL characters there, as files have that were not written to their end: export or download it again")
	}
	return format.Say("there was an error ({{.Why}}); check that the drive is connected and try again", "Why", rootCause(e.Err).Error())
}

func encodingName(encoding string) string {
	switch delimited.Encoding(encoding) {
	case delimited.UTF16LE, delimited.UTF16BE:
		return "UTF-16"
	}
	return "UTF-8"
}
