package parquetfile

import (
	"context"
	"io"
	"math"
	"slices"
	"sort"
	"sync/atomic"
)

// Form is what the Words of a Page are. Unlike cells they hold each value in full: whole numbers of any size, instants to
// the microsecond.
type Form int

// The forms.
const (
	Texts    Form = iota // a place in the page's texts: Page.Text
	Integers             // int64; numbers of 64 bits without a sign as their bits
	Reals                // the bits of a float64
	Booleans             // 0 or 1
	Days                 // int64, since 1970-01-01
	Micros               // int64, microseconds since 1970-01-01 00:00
)

// inFull is a column whose values are kept as they are.
func (c Column) inFull() (Column, Form) {
	signed := func(raw uint64) int64 { return int64(raw) }
	if c.physical == physicalInt32 {
		signed = ofWidth(c.logical)
	}
	if c.whole != notWhole && c.logical.id == logicalDecimal {
		places := c.places
		c.word = func(raw uint64) uint64 { return math.Float64bits(decimal(int64(raw), places)) }
		if c.whole == asDigits {
			c.word, c.text, c.wide = nil, nil, func(v []byte) uint64 { return math.Float64bits(bigDecimal(v, places)) }
		}
		c.whole = notWhole
		return c, Reals
	}
	c.whole = notWhole
	switch l := c.logical; {
	case c.text != nil:
		return c, Texts
	case c.physical == physicalBool:
		return c, Booleans
	case c.physical == physicalInt96:
		c.wide = int96Micros
		return c, Micros
	case c.physical != physicalInt32 && c.physical != physicalInt64, l.id == logicalDecimal:
		return c, Reals
	case l.id == logicalDate:
		c.word = func(raw uint64) uint64 { return uint64(signed(raw)) }
		return c, Days
	case l.id == logicalTimestamp && l.unit == 1:
		c.word = func(raw uint64) uint64 { return uint64(signed(raw) * 1000) }
		return c, Micros
	case l.id == logicalTimestamp && l.unit == 2:
		c.word = func(raw uint64) uint64 { return uint64(signed(raw)) }
		return c, Micros
	case l.id == logicalTimestamp && l.unit == 3:
		c.word = func(raw uint64) uint64 { return uint64(floorDiv(signed(raw), 1000)) }
		return c, Micros
	}
	c.word = func(raw uint64) uint64 { return uint64(signed(raw)) }
	return c, Integers
}

// Form is the form that a ColumnReader gives a column's values in.
func (c *Column) Form() Form {
	_, form := c.inFull()
	return form
}

// Page is some rows of one column. Its slices are valid until the reader's next call.
type Page struct {
	Group   int      // of the file, from 0: its pages share a dictionary
	From    int64    // the first row's place in the file, from 0
	Rows    int      // how many were read
	Present []bool   // by row; nil where all have a value
	Words   []uint64 // of each row that has a value
	Entries []uint32 // by Words, the value's place in the dictionary; nil where the page has none
	text    []byte
}

// Text is the text that a word of a column of Texts stands for.
func (p *Page) Text(word uint64) []byte {
	from := word >> 32
	return p.text[from : from+word&math.MaxUint32]
}

// ColumnReader reads columns by themselves, from the row on that is asked for. It keeps nothing of them but where their
// pages stand, as far as it has come, and the room that pages are decoded in. It is not safe for use by several goroutines
// at once.
type ColumnReader struct {
	file   *File
	src    io.ReaderAt // what is read instead of the file's; nil for that
	memory int64
	budget atomic.Int64
	buffers
	pages  pages
	places map[chunkOf]*places
	marked int // places that are known, of all chunks
	behind struct {
		chunk chunkOf
		row   int64 // the next one of the long page that is open, counted from the chunk's first
	}
}

type chunkOf struct{ column, group int }

// places is where pages of a chunk begin.
type places struct {
	known []place // by row
	next  place   // behind what was passed
}

// place is where the page begins that has a row, which counts from the chunk's first one.
type place struct{ row, at int64 }

const (
	// farApart is the number of rows between two places that are kept: a file can have a page for each row.
	farApart = 1 << 10
	// mostPlaces is how many places of all chunks are kept; those of the chunk that is read are found again where they are more.
	mostPlaces = 1 << 18
	// A column is read with others that nobody looks at together with it, so that its pages are passed over in pieces sooner.
	longColumnBytes  = 4 << 20
	longColumnValues = 1 << 19
)

// NewColumnReader reads columns of the file. The pages that it decodes, with their dictionary, take so many bytes of memory
// at most: what needs more ends in an error that IsTooLarge knows.
func (f *File) NewColumnReader(memory int64) *ColumnReader {
	return &ColumnReader{file: f, memory: memory, places: map[chunkOf]*places{}}
}

// From has the reader read the file's bytes from another source of the same ones: so several readers need not share one.
func (r *ColumnReader) From(src io.ReaderAt) *ColumnReader {
	r.src = src
	return r
}

// Release gives back the memory that pages were decoded in.
func (r *ColumnReader) Release() {
	r.pages.closeLong()
	r.pages, r.buffers = pages{}, buffers{}
}

// begin puts the reader before a chunk's first page.
func (r *ColumnReader) begin(c chunkOf) {
	p := &r.pages
	column, _ := r.file.columns[c.column].inFull()
	p.column, p.budget, p.buffers = &column, &r.budget, &r.buffers
	p.begin(r.file, &r.file.footer.groups[c.group], c.column)
	if r.src != nil {
		p.src = r.src
	}
	p.spare = 0
	p.longBytes, p.longValues = min(p.longBytes, longColumnBytes), min(p.longValues, longColumnValues)
	p.wanted, p.partly, p.part = p.left, false, beginning
	p.listed = nil
	// What the last chunk has used is used again.
	r.budget.Store(r.memory - int64(cap(r.packed)+cap(r.plain)+cap(r.head)+4*cap(r.numbers)+8*(cap(r.deltas)+cap(r.prefixes))+
		8*cap(p.dictionary.bits)+cap(p.dictionary.text)+8*cap(p.current.bits)+cap(p.current.present)+cap(p.own)))
}

// Each reads a column from its first row to its last, and hands its pages on. Errors: *RowError, that of page, or the
// context's.
func (r *ColumnReader) Each(ctx context.Context, column int, page func(*Page) error) error {
	from := int64(0)
	for i := range r.file.footer.groups {
		r.begin(chunkOf{column, i})
		for r.pages.left > 0 {
			if err := ctx.Err(); err != nil {
				return err
			}
			if err := r.pages.next(); err != nil {
				return r.stopped(column, from, err)
			}
			for more := true; more; {
				if err := r.pages.more(segmentRows); err != nil {
					return r.stopped(column, from, err)
				}
				out := r.page(i, from, r.pages.current.rows)
				if err := page(out); err != nil {
					r.pages.closeLong()
					return err
				}
				from += int64(out.Rows)
				more = r.pages.long != nil
			}
		}
	}
	return nil
}

func (r *ColumnReader) stopped(column int, row int64, err error) error {
	return &RowError{Row: row + 1, Column: r.file.columns[column].Name, Err: err}
}

// page is the first rows of the page that was decoded.
func (r *ColumnReader) page(group int, from int64, rows int) *Page {
	c := &r.pages.current
	p := &Page{Group: group, From: from, Rows: rows, Words: c.bits, text: c.text}
	values := rows
	if c.present != nil {
		values = 0
		for _, has := range c.present[:rows] {
			if has {
				values++
			}
		}
		if values < rows {
			p.Present = c.present[:rows]
		}
	}
	p.Words = c.bits[:values]
	if c.listed {
		p.Entries = r.numbers[:len(p.Words)]
	}
	return p
}

// At reads the page that has a row, as far as n rows from that row on, or to its end. Errors: *RowError, or the
// context's.
func (r *ColumnReader) At(ctx context.Context, column int, row int64, n int) (*Page, error) {
	group, first := 0, int64(0)
	for ; group < len(r.file.footer.groups) && row >= first+r.file.footer.groups[group].rows; group++ {
		first += r.file.footer.groups[group].rows
	}
	if row < 0 || group == len(r.file.footer.groups) {
		return nil, r.stopped(column, row, errMetadata)
	}
	c := chunkOf{column, group}
	if p := &r.pages; p.long != nil && r.behind.chunk == c && row-first >= r.behind.row && row-first < r.behind.row+int64(p.long.rows) {
		// Who reads on in a long page need not pass over it again.
		out, err := r.piece(c, r.behind.row, row-first, n)
		if err != nil {
			return nil, r.stopped(column, row, err)
		}
		out.From += first
		return out, nil
	}
	r.begin(c)
	found, err := r.find(ctx, c, row-first)
	if err != nil {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return nil, r.stopped(column, row, err)
	}
	out, err := r.decode(c, found, row-first-found.row+int64(n), n)
	if err != nil {
		return nil, r.stopped(column, row, err)
	}
	out.From += first
	return out, nil
}

// find goes from the nearest place that is known to the page that has a row of the chunk.
func (r *ColumnReader) find(ctx context.Context, c chunkOf, row int64) (place, error) {
	p := &r.pages
	s := r.places[c]
	if s == nil {
		s = &places{next: place{0, p.at}}
		r.places[c] = s
	}
	at := s.next
	if i := sort.Search(len(s.known), func(i int) bool { return s.known[i].row > row }); row < s.next.row {
		at = s.known[i-1]
	}
	for {
		if err := ctx.Err(); err != nil {
			return at, err
		}
		p.at = at.at
		h, err := p.header()
		if err != nil {
			return at, err
		}
		behind := place{at.row, p.at + h.packed}
		switch h.kind {
		case pageData, pageDataV2:
			if behind.row += h.values; behind.row > r.file.footer.groups[c.group].rows {
				return at, errPage
			}
		case pageIndex, pageDictionary:
		default:
			return at, errPage
		}
		if at == s.next {
			s.next = behind
			if n := len(s.known); behind.row > at.row && (n == 0 || at.row-s.known[n-1].row >= farApart) {
				if r.marked == mostPlaces {
					s.known = slices.Clone(s.known[:min(1, len(s.known))])
					r.places, r.marked = map[chunkOf]*places{c: s}, len(s.known)
				}
				s.known = append(s.known, at)
				r.marked++
			}
		}
		if row < behind.row {
			return at, nil
		}
		at = behind
	}
}

// decode reads the first rows of a page, of which the last n are asked for; begin was called for its chunk.
func (r *ColumnReader) decode(c chunkOf, at place, rows int64, n int) (*Page, error) {
	p := &r.pages
	// Of the page and of its dictionary only what is asked for is decoded, where that can be, and read, where that is dear.
	p.partly, p.spare = true, r.file.spared()
	p.at = r.file.footer.groups[c.group].chunks[r.file.leaves[c.column]].start()
	if p.at < at.at { // a dictionary stands before all pages of values
		h, err := p.header()
		if err != nil {
			return nil, err
		}
		if h.kind == pageDictionary {
			if err := p.dictionaryPage(h); err != nil {
				return nil, err
			}
			p.hasDict = true
		}
	}
	p.at, p.left, p.wanted = at.at, p.left-at.row, rows
	if err := p.next(); err != nil {
		return nil, err
	}
	if p.long != nil {
		return r.piece(c, at.row, at.row+rows-int64(n), n)
	}
	return r.page(c.group, at.row, int(min(rows, int64(p.current.rows)))), nil
}

// piece reads the piece of the long page that has a row, with n rows from it on at most. What stands before it, from a row on,
// is passed over some rows at a time. The page stays open.
func (r *ColumnReader) piece(c chunkOf, from, row int64, n int) (*Page, error) {
	for p := &r.pages; p.long != nil; {
		if err := p.more(segmentRows); err != nil {
			return nil, err
		}
		rows := int64(p.current.rows)
		if row < from+rows {
			r.behind.chunk, r.behind.row = c, from+rows
			return r.page(c.group, from, int(min(row-from+int64(n), rows))), nil
		}
		from += rows
	}
	return nil, errPage
}

// int96Micros reads a time as int96 does, to the microsecond.
func int96Micros(v []byte) uint64 {
	nanos, day := int96Parts(v)
	return uint64(day*millisPerDay*1000 + floorDiv(nanos, 1000))
}
