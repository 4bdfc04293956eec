package parquetfile

import (
	"context"
	"math"
	"runtime"
	"sync/atomic"

	"fabricportal/internal/panics"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// maxMemory is what the pages that are open at one time may take.
const maxMemory = 512 << 20

// Reader reads the rows of a file from the first to the last. It is not safe for use by several goroutines at once.
type Reader struct {
	file   *File
	group  int
	left   int64 // rows of the group
	done   int64 // rows of the file
	pages  []pages
	budget atomic.Int64
	spill  spill
	err    error
	buffers

	head int64 // rows that are decoded by themselves, without what follows them in their pages; 0 where none are
	part int   // bytes of their pages that are unpacked at first
	into int64 // rows of the group that were read
}

// NewReader starts reading at the first row. Where so many first rows are all that will probably be asked for, they cost
// little more than themselves, whatever the size of the pages they stand in; 0 where all are wanted.
func (f *File) NewReader(head int64) *Reader {
	r := &Reader{file: f, head: head, part: beginning, spill: spill{most: heldPages}}
	r.budget.Store(maxMemory)
	return r
}

// Err is nil when the file was read to its end, else a *RowError or that of the context.
func (r *Reader) Err() error { return r.err }

// Close gives back what the reading has on disk.
func (r *Reader) Close() { r.spill.close() }

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
	if r.head > 0 && r.done == r.head && !r.readOn(ctx) {
		return false
	}
	return r.fill(b, math.MaxInt64)
}

// readOn goes on behind the first rows: their group is begun anew, and as much of it passed over as was read.
func (r *Reader) readOn(ctx context.Context) bool {
	r.head = 0
	if r.group == 0 {
		return true
	}
	again := r.into
	r.group--
	r.done -= again
	r.open()
	var passed cells.Batch
	for r.into < again {
		if r.err = ctx.Err(); r.err != nil || !r.fill(&passed, again-r.into) {
			return false
		}
		passed.Reset()
	}
	return true
}

// fill reads so many rows at most, as far as they are at hand.
func (r *Reader) fill(b *cells.Batch, most int64) bool {
	for r.left == 0 {
		if r.group == len(r.file.footer.groups) {
			return false
		}
		r.open()
		if r.head > 0 && r.left > 0 && !r.firstPages() {
			return false
		}
	}
	rows := int(min(most, r.left, cells.MaxRows, int64(max(1, batchCells/max(1, len(r.pages))))))
	longest := 0
	for i := range r.pages {
		p := &r.pages[i]
		if p.row == p.current.rows {
			if err := r.nextPage(p); err != nil {
				return r.stop(p, err)
			}
		}
		rows = min(rows, p.current.rows-p.row)
		if p.column.text != nil {
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
	r.into += int64(rows)
	r.done += int64(rows)
	return true
}

func (r *Reader) stop(p *pages, err error) bool {
	r.err = &RowError{Row: r.done + 1, Column: p.column.Name, Err: err}
	return false
}

// sparingReaders is how many columns are read at once where each waits for its bytes.
const sparingReaders = 8

// firstPages decodes a page of every column on all processors: who asks for the first rows waits for all of them.
func (r *Reader) firstPages() bool {
	errs := make([]error, len(r.pages))
	var next atomic.Int64
	var all panics.Group
	readers := runtime.GOMAXPROCS(0)
	if r.file.sparing {
		readers = max(readers, sparingReaders)
	}
	for range min(readers, len(r.pages)) {
		all.Go(func() {
			own := &buffers{}
			for i := int(next.Add(1)) - 1; i < len(r.pages); i = int(next.Add(1)) - 1 {
				p := &r.pages[i]
				p.buffers = own
				errs[i] = p.next()
				p.buffers = &r.buffers
			}
		})
	}
	all.Wait()
	for i, err := range errs {
		if err != nil {
			return r.stop(&r.pages[i], err)
		}
	}
	return true
}

// open begins the next row group.
func (r *Reader) open() {
	g := &r.file.footer.groups[r.group]
	r.group++
	r.left, r.into = g.rows, 0
	r.spill.close()
	if r.head > 0 {
		r.left = min(r.left, r.head-r.done)
	}
	if r.pages == nil {
		r.pages = make([]pages, len(r.file.columns))
	}
	for i := range r.pages {
		p := &r.pages[i]
		p.column, p.budget, p.buffers = &r.file.columns[i], &r.budget, &r.buffers
		p.begin(r.file, g, i)
		p.wanted, p.partly, p.first, p.part, p.spare = r.left, r.left < g.rows, r.head > 0, r.part, 0
		if p.partly && r.head > 0 {
			p.spare = r.file.spared()
		}
	}
	if len(r.pages) == 0 {
		r.left = 0
	}
}

// begin puts the pages before the first one of a chunk.
func (p *pages) begin(f *File, g *group, column int) {
	c := &g.chunks[f.leaves[column]]
	p.src, p.codec, p.packs = f.src, c.codec, f.footer.packsAll()
	p.closeLong()
	p.longBytes, p.longValues, p.first = f.longBytes, f.longValues, false
	p.at, p.end, p.left = c.start(), min(c.start()+c.compressed+sizeSlack, f.size-8), g.rows
	p.hasDict, p.current.rows, p.row, p.value, p.segments = false, 0, 0, 0, nil
	p.dictionary.bits = p.dictionary.bits[:0]
	p.current.text = nil // it may be the dictionary's
}

// take appends the cells of the next rows of a page, all of which it has.
func (p *pages) take(b *cells.Batch, column, rows int) {
	out, c := b.Columns[column], &p.current
	kind, exactly := p.column.Kind, p.column.whole != notWhole
	for row := range rows {
		if c.present != nil && !c.present[p.row+row] {
			continue
		}
		bits := c.bits[p.value]
		p.value++
		switch kind {
		case cells.Number:
			if exactly {
				out = append(out, c.exactCell(b, row, p.column, bits))
				continue
			}
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
