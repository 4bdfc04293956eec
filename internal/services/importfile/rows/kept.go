// Package rows keeps all rows of a file as they stand in it, for a screen: while the file is read, its cells go into an encrypted
// scratch file, block by block and column by column, so that any window of them is read in well under a millisecond, and a column
// by itself. In memory there are some 16 bytes for each two thousand rows.
package rows

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"math"
	"slices"
	"sort"
	"sync"
	"sync/atomic"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/scratch"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// Kept is the rows of a file that have a value. Several goroutines may read them, also while more are kept.
type Kept struct {
	format     spreadsheet.Format
	header     int // its row
	names      []string
	normalized []string
	types      atomic.Pointer[[]string] // of import_profile.json; "" while they are not known
	csv        bool
	key        int // the column of order_ids; -1 for none
	dressed    *cleaning.Dressing
	book       *hits.Book
	never      bool
	lost       atomic.Bool // some row has values behind the last column

	mu     sync.RWMutex // held for reading by every call, so that Close waits for them
	file   *scratch.File
	closed bool

	index  sync.RWMutex
	blocks []block
	rows   atomic.Int64

	last sync.Mutex
	read [blocksKept]whole // what windows were last read from, the latest first
}

// blocksKept is how many blocks are kept as they stand on disk: a window stands in two at most.
const blocksKept = 3

// whole is a block as it stands on disk.
type whole struct {
	at   int64
	data []byte
}

// block is where a block stands.
type block struct {
	at    int64 // in the scratch file
	size  int
	first int   // its first row's place
	from  int32 // the number of its first row, and of its last one
	to    int32
}

// ErrClosed says that the rows were given back.
var ErrClosed = format.Say("these rows are no longer there: choose the file again")

func newKept(file *scratch.File, t *scan.Table) *Kept {
	k := &Kept{
		format: t.Format, header: t.Header.Row, names: names(t.Header.Names), normalized: t.Header.Normalized, csv: t.Format == spreadsheet.CSV,
		key: t.Header.Columns().OrderID, file: file,
	}
	k.types.Store(new(make([]string, len(k.names))))
	k.dressed = t.How.Dress(&t.Header, k.csv)
	return k
}

// Typed says of which types the columns are; those of another file are not taken.
func (k *Kept) Typed(p *contract.ImportProfile) {
	types := make([]string, len(k.names))
	for i, c := range p.Columns {
		if i < len(types) && c.NormalizedName == k.normalized[i] {
			types[i] = c.Type
		}
	}
	k.types.Store(&types)
}

// Close gives the space back, once the calls under way have ended.
func (k *Kept) Close() {
	k.mu.Lock()
	defer k.mu.Unlock()
	if !k.closed {
		k.closed = true
		_ = k.file.Close()
	}
}

// Rows is how many rows there are by now.
func (k *Kept) Rows() int { return int(k.rows.Load()) }

// Size is how many bytes the rows take on disk.
func (k *Kept) Size() int64 {
	k.index.RLock()
	defer k.index.RUnlock()
	return k.file.Size()
}

// Names are the columns, each with a name of its own.
func (k *Kept) Names() []string { return k.names }

// Type is a column's type, with the words of import_profile.json; "" while it is not known.
func (k *Kept) Type(column int) string {
	types := *k.types.Load()
	if column >= len(types) {
		return ""
	}
	return types[column]
}

// Beyond is the column behind the last one, which has what stands there in each row; false where no row has anything.
func (k *Kept) Beyond() (column int, any bool) { return len(k.names), k.lost.Load() }

// Text says that it is a text file, whose rows are lines.
func (k *Kept) Text() bool { return k.csv }

// HeaderRow is the number of the header's row.
func (k *Kept) HeaderRow() int { return k.header }

// Column is the place of the column with a normalised name; -1 for none.
func (k *Kept) Column(normalized string) int { return slices.Index(k.normalized, normalized) }

func (k *Kept) write(p []byte, numbers []int32) error {
	k.index.Lock()
	defer k.index.Unlock()
	at := k.file.Size()
	if _, err := k.file.Write(p); err != nil {
		return err
	}
	first := k.Rows()
	k.blocks = append(k.blocks, block{at, len(p), first, numbers[0], numbers[len(numbers)-1]})
	k.rows.Store(int64(first + len(numbers)))
	return nil
}

// blockOf is the block that has a row at a place, and how many rows that has.
func (k *Kept) blockOf(place int) (block, int) {
	k.index.RLock()
	defer k.index.RUnlock()
	at := sort.Search(len(k.blocks), func(i int) bool { return k.blocks[i].first > place }) - 1
	return k.block(at)
}

func (k *Kept) block(at int) (block, int) {
	end := k.Rows()
	if at+1 < len(k.blocks) {
		end = k.blocks[at+1].first
	}
	return k.blocks[at], end - k.blocks[at].first
}

// Place is where the row of a number stands among those that are kept, or where it would; known says whether it is there.
func (k *Kept) Place(ctx context.Context, number int) (place int, known bool, err error) {
	k.index.RLock()
	i := sort.Search(len(k.blocks), func(i int) bool { return int(k.blocks[i].to) >= number })
	if i == len(k.blocks) {
		k.index.RUnlock()
		return k.Rows(), false, nil
	}
	first := k.blocks[i].first
	k.index.RUnlock()
	err = k.Look(ctx, first, math.MaxInt32, Numbers, func(p *Piece) error {
		at, found := slices.BinarySearch(p.Numbers, int32(number))
		place, known = p.From+at, found
		return ErrEnough
	})
	return place, known, err
}

// Numbers is, as a column, the numbers of the rows.
const Numbers = -1

// ErrEnough ends a Read of which no more is needed.
var ErrEnough = errors.New("no more rows are needed")

// Piece is the cells of a column in the rows of a block. It is valid during the call that it is given to.
type Piece struct {
	From    int     // the place of its first row
	Numbers []int32 // of the rows; only of the column Numbers
	Cells   []Cell
	data    []byte
	texts   [][]byte
}

// Cell is a cell as the file holds it.
type Cell struct {
	Kind    cells.Kind // none is Shared
	Formula bool
	Bits    uint64 // as in cells.Cell
	Text    []byte // of a Text or Error
}

// Read hands on the pieces that rows n from a place on stand in, in their order; n < 0 is all of them. Errors: ErrClosed,
// *scratch.Error, those of take but ErrEnough, or that of ctx.
func (k *Kept) Read(ctx context.Context, from, n, column int, take func(*Piece) error) error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.closed {
		return ErrClosed
	}
	to := k.Rows()
	if n >= 0 {
		to = min(to, from+n)
	}
	var p Piece
	for from < to {
		if err := ctx.Err(); err != nil {
			return err
		}
		b, rows := k.blockOf(from)
		err := k.piece(&p, b, column)
		if err == nil {
			err = p.decode(b.first, rows, column)
		}
		if err == nil {
			err = take(&p)
		}
		if errors.Is(err, ErrEnough) {
			return nil
		} else if err != nil {
			return err
		}
		from = b.first + rows
	}
	return ctx.Err()
}

// Look is Read of the one piece that a row stands in, and no further than to n rows from it on: who shows rows asks for all
// columns of a few, and finds the block in memory with the second. Errors as Read.
func (k *Kept) Look(ctx context.Context, row, n, column int, take func(*Piece) error) error {
	k.mu.RLock()
	defer k.mu.RUnlock()
	if k.closed {
		return ErrClosed
	}
	if row < 0 || row >= k.Rows() {
		return ctx.Err()
	}
	b, rows := k.blockOf(row)
	data, err := k.whole(b)
	if err != nil {
		return err
	}
	p := Piece{}
	if from, to := k.span(data, column); from <= to && to <= len(data) {
		p.data = data[from:to]
	}
	if err := p.decode(b.first, min(rows, row-b.first+n), column); err != nil {
		return err
	}
	if err := take(&p); err != nil && !errors.Is(err, ErrEnough) {
		return err
	}
	return ctx.Err()
}

// whole is a block as it stands on disk.
func (k *Kept) whole(b block) ([]byte, error) {
	k.last.Lock()
	defer k.last.Unlock()
	i := 0
	for i < len(k.read)-1 && (k.read[i].data == nil || k.read[i].at != b.at) {
		i++
	}
	found := k.read[i]
	if found.data == nil || found.at != b.at {
		found = whole{b.at, make([]byte, b.size)} // who reads the one before may not be done
		if _, err := k.file.ReadAt(found.data, b.at); err != nil {
			return nil, err
		}
	}
	copy(k.read[1:i+1], k.read[:i])
	k.read[0] = found
	return found.data, nil
}

// Release frees the memory that windows were read with.
func (k *Kept) Release() {
	k.last.Lock()
	defer k.last.Unlock()
	clear(k.read[:])
}

// head is the size of a block's table of sizes: of the rows' numbers, the columns, and what stands behind them.
func (k *Kept) head() int { return sizeBytes * (len(k.names) + 2) }

// span is where a column stands in a block that begins with its sizes.
func (k *Kept) span(head []byte, column int) (from, to int) {
	from = k.head()
	for i := range column + 1 {
		from += int(binary.LittleEndian.Uint32(head[sizeBytes*i:]))
	}
	return from, from + int(binary.LittleEndian.Uint32(head[sizeBytes*(column+1):]))
}

// piece reads a column of a block.
func (k *Kept) piece(p *Piece, b block, column int) error {
	head := make([]byte, k.head())
	if _, err := k.file.ReadAt(head, b.at); err != nil {
		return err
	}
	from, to := k.span(head, column)
	p.data = slices.Grow(p.data[:0], to-from)[:to-from]
	_, err := k.file.ReadAt(p.data, b.at+int64(from))
	return err
}

// decode decodes the first rows of a piece that begins at a place.
func (p *Piece) decode(from, rows, column int) error {
	if p.From = from; column == Numbers {
		return p.readNumbers(rows)
	}
	return p.readCells(rows)
}

// errCut says that what was read back is not what was written.
var errCut = &scratch.Error{Said: format.Say("the temporary file with the rows can't be read back: choose the file again").Over(io.ErrUnexpectedEOF)}

func (p *Piece) readNumbers(rows int) error {
	p.Numbers = p.Numbers[:0]
	last := uint64(0)
	for data := p.data; len(p.Numbers) < rows; {
		delta, n := binary.Uvarint(data)
		if n <= 0 {
			return errCut
		}
		data, last = data[n:], last+delta
		p.Numbers = append(p.Numbers, int32(last))
	}
	return nil
}

func (p *Piece) readCells(rows int) error {
	p.Cells, p.texts = slices.Grow(p.Cells[:0], rows)[:rows], p.texts[:0]
	if len(p.data) == 0 {
		return errCut
	}
	one, data := p.data[0], p.data[1:]
	kinds := []byte(nil)
	if one == someKinds {
		all, n := binary.Uvarint(data)
		if n <= 0 || all > uint64(len(data)-n) || uint64(rows) > all {
			return errCut
		}
		kinds, data = data[n:n+int(all)], data[n+int(all):]
	}
	for i := range p.Cells {
		tag := one
		if kinds != nil {
			tag = kinds[i]
		}
		c := &p.Cells[i]
		*c = Cell{Kind: cells.Kind(tag &^ formulaBit), Formula: tag&formulaBit != 0}
		n := 0
		switch c.Kind {
		case cells.Number, cells.Date, cells.DateTime, cells.Time:
			if n = 8; len(data) >= n {
				c.Bits = binary.LittleEndian.Uint64(data)
			}
		case cells.Text, cells.Error:
			c.Text, n = p.text(data)
		case cells.Bool:
			n = 1
		default:
			if c.Formula {
				n = 1
			}
		}
		if n < 0 || n > len(data) {
			return errCut
		}
		if n == 1 && (c.Kind == cells.Bool || c.Kind == cells.Empty) {
			c.Bits = uint64(data[0])
		}
		data = data[n:]
	}
	return nil
}

// text is a text and how many bytes it takes; -1 where it is none.
func (p *Piece) text(data []byte) ([]byte, int) {
	at, n := binary.Uvarint(data)
	if n <= 0 || at > uint64(len(p.texts)) {
		return nil, -1
	}
	if at > 0 {
		return p.texts[at-1], n
	}
	size, m := binary.Uvarint(data[n:])
	if m <= 0 || size > uint64(len(data)-n-m) {
		return nil, -1
	}
	text := data[n+m : n+m+int(size)]
	p.texts = append(p.texts, text)
	return text, n + m + int(size)
}
