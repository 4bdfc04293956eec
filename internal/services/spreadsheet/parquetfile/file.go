// Package parquetfile reads flat Parquet files column by column into batches of cells. It is our own reader because a
// Parquet file is a set of instructions for decoding it, and the libraries follow those of a damaged or hostile file until
// memory is used up or without end: here nothing is allocated by what a file promises, every figure is compared with the
// others, and what can't be right ends in an error. What the format holds and we do not read is told by its name.
package parquetfile

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"

	"fabricportal/internal/services/spreadsheet/cells"
)

// File is a Parquet file.
type File struct {
	src     io.ReaderAt
	size    int64
	footer  *footer
	columns []Column
}

// Open reads what the file says of itself; nothing else is read. Errors are a *NestedError, one that IsDamage knows, or
// that of the source.
func Open(src io.ReaderAt, size int64) (*File, error) {
	footer, err := readFooter(src, size)
	if err != nil {
		return nil, err
	}
	f := &File{src: src, size: size, footer: footer}
	root, elements := footer.elements[0], footer.elements[1:]
	for _, e := range elements {
		if e.children > 0 || e.repetition == 2 || e.physical < 0 {
			return nil, &NestedError{Column: e.name}
		}
		c, ok := newColumn(e)
		if !ok {
			return nil, errMetadata
		}
		f.columns = append(f.columns, c)
	}
	if root.children != len(elements) {
		return nil, errMetadata
	}
	for _, g := range footer.groups {
		if len(g.chunks) != len(f.columns) {
			return nil, errMetadata
		}
		for i := range g.chunks {
			if err := f.checkChunk(&g, &g.chunks[i], &f.columns[i]); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

func (f *File) checkChunk(g *group, c *chunk, column *Column) error {
	switch {
	case c.elsewhere:
		return &UnsupportedError{"data in other files"}
	case c.encrypted:
		return &UnsupportedError{"encryption"}
	case c.physical != column.physical, c.values != g.rows, c.compressed < 0:
		return errMetadata
	}
	if from := c.start(); g.rows > 0 && (from < 4 || c.compressed > f.size-8 || from > f.size-8-c.compressed) {
		return errMetadata
	}
	return nil
}

// start is where the chunk's first page stands: its dictionary, where it has one.
func (c *chunk) start() int64 {
	if c.dictAt > 0 && c.dictAt < c.dataAt {
		return c.dictAt
	}
	return c.dataAt
}

// Rows is the number of rows that the file promises.
func (f *File) Rows() int64 { return f.footer.rows }

// Creator is the program that wrote the file, as it calls itself.
func (f *File) Creator() string { return f.footer.creator }

// Columns are the columns in their order.
func (f *File) Columns() []Column { return f.columns }

// Bounds are the smallest and largest value of a column and the number of its empty ones, as the file promises them.
// Known is false where a part of the file says nothing of them.
type Bounds struct {
	Min, Max cells.Cell // of the column's kind; a text is in MinText and MaxText
	MinText  string
	MaxText  string
	Known    bool
	Nulls    int64 // -1 where unknown
}

// Bounds gives the bounds of a column from the file's metadata.
func (f *File) Bounds(column int) Bounds {
	b, c := Bounds{}, &f.columns[column]
	seen := false
	for _, g := range f.footer.groups {
		chunk := &g.chunks[column]
		if chunk.nulls < 0 || chunk.nulls > g.rows {
			b.Nulls = -1
		} else if b.Nulls >= 0 {
			b.Nulls += chunk.nulls
		}
		if chunk.nulls == g.rows {
			continue // a part without values has no bounds
		}
		low, lowText, ok := c.bound(chunk.min)
		high, highText, ok2 := c.bound(chunk.max)
		if !ok || !ok2 {
			return Bounds{Nulls: b.Nulls}
		}
		if !seen || c.less(low, lowText, b.Min, b.MinText) {
			b.Min, b.MinText = low, lowText
		}
		if !seen || c.less(b.Max, b.MaxText, high, highText) {
			b.Max, b.MaxText = high, highText
		}
		seen = true
	}
	b.Known = seen
	return b
}

// bound reads a value of the statistics.
func (c *Column) bound(raw []byte) (cell cells.Cell, text string, ok bool) {
	cell.Kind = c.Kind
	width := map[int]int{physicalBool: 1, physicalInt32: 4, physicalFloat: 4, physicalInt64: 8, physicalDouble: 8, physicalInt96: 12, physicalFixed: c.length}[c.physical]
	if raw == nil || width > 0 && len(raw) != width {
		return cell, "", false
	}
	switch {
	case c.word != nil:
		var v uint64
		for i, b := range raw {
			v |= uint64(b) << (8 * i)
		}
		cell.Bits = c.word(v)
	case c.wide != nil:
		cell.Bits = c.wide(raw)
	default:
		text = string(c.text(nil, raw))
	}
	return cell, text, c.Kind != cells.Number || !math.IsNaN(cell.Num())
}

func (c *Column) less(a cells.Cell, aText string, b cells.Cell, bText string) bool {
	switch c.Kind {
	case cells.Text:
		return aText < bText
	case cells.Number:
		return a.Num() < b.Num()
	}
	return a.Millis() < b.Millis()
}

// RowError says that reading stopped before the end. All rows before Row, which counts from 1, were read.
type RowError struct {
	Row    int64
	Column string
	Err    error
}

func (e *RowError) Error() string {
	return fmt.Sprintf("reading stopped at row %d in column %q: %v", e.Row, e.Column, e.Err)
}
func (e *RowError) Unwrap() error { return e.Err }

// IsDamage says whether an error means that the file is damaged, cut or untrue to itself.
func IsDamage(err error) bool {
	return errors.Is(err, errCut) || errors.Is(err, errMetadata) || errors.Is(err, errPage)
}

// IsTooLarge says whether an error means that reading would take more memory than is safe.
func IsTooLarge(err error) bool { return errors.Is(err, errTooLarge) }

// maxMemory is what the pages that are open at one time may take.
const maxMemory = 512 << 20

// Reader reads the rows of a file from the first to the last. It is not safe for use by several goroutines at once.
type Reader struct {
	file   *File
	group  int
	left   int64 // rows of the group
	done   int64 // rows of the file
	pages  []pages
	budget int64
	err    error
}

// NewReader starts reading at the first row.
func (f *File) NewReader() *Reader { return &Reader{file: f, budget: maxMemory} }

// Err is nil when the file was read to its end, else a *RowError or that of the context.
func (r *Reader) Err() error { return r.err }

// RowsRead is the number of rows that were read.
func (r *Reader) RowsRead() int64 { return r.done }

// sizeSlack is what some old programs left out of a column's size.
const sizeSlack = 100

const (
	batchBytes = 1 << 20 // of texts
	batchCells = 64 << 10
)

// Next fills b, which is empty, with the next rows and says whether there are any. Rows without a value are among them.
func (r *Reader) Next(ctx context.Context, b *cells.Batch) bool {
	if r.err != nil {
		return false
	}
	if r.err = ctx.Err(); r.err != nil {
		return false
	}
	for r.left == 0 {
		if r.group == len(r.file.footer.groups) {
			return false
		}
		r.open()
	}
	rows := int(min(r.left, cells.MaxRows, int64(max(1, batchCells/max(1, len(r.pages))))))
	longest := 0
	for i := range r.pages {
		p := &r.pages[i]
		if p.row == p.current.rows {
			if err := p.next(); err != nil {
				r.err = &RowError{Row: r.done + 1, Column: p.column.Name, Err: err}
				return false
			}
		}
		rows = min(rows, p.current.rows-p.row)
		if p.column.Kind == cells.Text {
			longest += p.current.longest
		}
	}
	if longest > 0 {
		rows = min(rows, max(1, batchBytes/longest))
	}
	for i := range rows {
		b.Rows = append(b.Rows, cells.Row{Number: int32(r.done + 1 + int64(i))})
	}
	if missing := len(r.pages) - len(b.Columns); missing > 0 {
		b.Columns = append(b.Columns, make([][]cells.Cell, missing)...)
	}
	for i := range r.pages {
		r.pages[i].take(b, i, rows)
	}
	r.left -= int64(rows)
	r.done += int64(rows)
	return true
}

// open begins the next row group.
func (r *Reader) open() {
	g := &r.file.footer.groups[r.group]
	r.group++
	r.left = g.rows
	if r.pages == nil {
		r.pages = make([]pages, len(r.file.columns))
	}
	for i := range r.pages {
		c, p := &g.chunks[i], &r.pages[i]
		p.src, p.column, p.codec, p.budget = r.file.src, &r.file.columns[i], c.codec, &r.budget
		p.at, p.end, p.left = c.start(), min(c.start()+c.compressed+sizeSlack, r.file.size-8), g.rows
		p.hasDict, p.current.rows, p.row, p.value = false, 0, 0, 0
		p.dictionary.bits = p.dictionary.bits[:0]
		p.current.text = nil // it may be the dictionary's
	}
	if len(r.pages) == 0 {
		r.left = 0
	}
}

// take appends the cells of the next rows of a page, all of which it has.
func (p *pages) take(b *cells.Batch, column, rows int) {
	out, c := b.Columns[column], &p.current
	kind := p.column.Kind
	for row := range rows {
		if c.present != nil && !c.present[p.row+row] {
			continue
		}
		bits := c.bits[p.value]
		p.value++
		switch kind {
		case cells.Number:
			if n := math.Float64frombits(bits); n-n != 0 {
				if n == n {
					out = append(out, errorCell(b, row, "infinity"))
				}
				continue // no number is no value
			}
			out = append(out, cells.Cell{Bits: bits, Row: uint16(row), Kind: cells.Number})
		case cells.Text:
			from, length := bits>>32, bits&math.MaxUint32
			if length == 0 {
				continue
			}
			out = append(out, cells.Cell{Bits: uint64(len(b.Bytes))<<32 | length, Row: uint16(row), Kind: cells.Text})
			b.Bytes = append(b.Bytes, c.text[from:from+length]...)
		case cells.Bool:
			out = append(out, cells.Cell{Bits: bits, Row: uint16(row), Kind: cells.Bool})
		default:
			out = append(out, momentCell(b, row, kind, int64(bits)))
		}
	}
	p.row += rows
	b.Columns[column] = out
}

// The first and the last instant with a year of four digits, in milliseconds since 1970.
const (
	firstMoment = -62_135_596_800_000
	lastMoment  = 253_402_300_799_999
)

func momentCell(b *cells.Batch, row int, kind cells.Kind, millis int64) cells.Cell {
	switch {
	case kind == cells.Time && (millis < 0 || millis >= millisPerDay):
		return errorCell(b, row, "time out of range")
	case kind != cells.Time && (millis < firstMoment || millis > lastMoment):
		return errorCell(b, row, "date out of range")
	case kind == cells.DateTime && millis%millisPerDay == 0:
		kind = cells.Date
	}
	return cells.Cell{Bits: uint64(millis), Row: uint16(row), Kind: kind}
}

// errorCell is a value that can't be shown as one.
func errorCell(b *cells.Batch, row int, text string) cells.Cell {
	from := len(b.Bytes)
	b.Bytes = append(b.Bytes, text...)
	return cells.Cell{Bits: uint64(from)<<32 | uint64(len(text)), Row: uint16(row), Kind: cells.Error}
}
