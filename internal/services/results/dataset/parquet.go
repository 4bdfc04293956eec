package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"slices"
	"sort"
	"sync"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/spreadsheet/parquetfile"
)

// parquetFile reads columns out of a Parquet file, or of several that are one table, one below the other.
type parquetFile struct {
	parts   []*partFile // in the order of their rows
	columns []parquetfile.Column
	rows    int64

	ahead int // rows of a page that are read at least

	mu     sync.Mutex // of what windows are read with
	blocks blocks
}

// partFile is one of them.
type partFile struct {
	file   *parquetfile.File
	reader *parquetfile.ColumnReader
	from   int64 // its first row in the table
	away   *lent // what reader reads; nil for a file on this computer
	close  func() error
}

// kinds are what the values of each form are.
var kinds = map[parquetfile.Form]Kind{
	parquetfile.Texts: Text, parquetfile.Integers: Integer, parquetfile.Reals: Decimal,
	parquetfile.Booleans: Boolean, parquetfile.Days: Date, parquetfile.Micros: DateTime,
}

// openParquet opens files that have the same columns. It closes them where it fails.
func openParquet(files []*os.File) (p *parquetFile, columns []Column, err error) {
	var parts []*partFile
	for i, f := range files {
		part := &partFile{close: f.Close}
		parts = append(parts, part)
		if err != nil {
			continue
		}
		info, ferr := f.Stat()
		if ferr == nil && !info.Mode().IsRegular() {
			ferr = format.Say("it is not a file")
		}
		if ferr == nil {
			if part.file, ferr = parquetfile.Open(f, info.Size()); ferr != nil {
				ferr = inPart(i, len(files), ferr)
			}
		}
		err = ferr
	}
	if err != nil {
		_ = closeParts(parts) // nothing was written
		return nil, nil, err
	}
	return oneTable(parts)
}

// oneTable puts parts that have the same columns below each other. It closes them where they don't.
func oneTable(parts []*partFile) (p *parquetFile, columns []Column, err error) {
	p = &parquetFile{parts: parts, ahead: ahead}
	defer func() {
		if err != nil {
			_ = closeParts(parts) // nothing was written
		}
	}()
	for i, part := range parts {
		if i == 0 {
			p.columns = part.file.Columns()
		}
		alike := func(a, b parquetfile.Column) bool { return a.Name == b.Name && kinds[a.Form()] == kinds[b.Form()] }
		if !slices.EqualFunc(p.columns, part.file.Columns(), alike) {
			return nil, nil, inPart(i, len(parts), format.Say("it has other columns than the parts before it"))
		}
		part.reader, part.from = part.file.NewColumnReader(readerBytes), p.rows
		p.rows += part.file.Rows()
	}
	for _, c := range p.columns {
		columns = append(columns, Column{Name: c.Name, Kind: kinds[c.Form()]})
	}
	switch {
	case len(columns) == 0:
		return nil, nil, format.Say("it has no columns")
	case len(columns) > maxColumns:
		return nil, nil, format.SayN(int64(len(columns)), "it has {{.N}} column, and at most {{.Most}} can be shown here",
			"it has {{.N}} columns, and at most {{.Most}} can be shown here", "Most", int64(maxColumns))
	case p.rows > math.MaxInt32:
		return nil, nil, format.SayN(p.rows, "it has {{.N}} row, and at most {{.Most}} can be shown here",
			"it has {{.N}} rows, and at most {{.Most}} can be shown here", "Most", int64(math.MaxInt32))
	}
	return p, columns, nil
}

// inPart names the part of several that an error is of.
func inPart(i, all int, err error) error {
	if all == 1 {
		return err
	}
	return fmt.Errorf("part %d of %d: %w", i+1, all, err)
}

func (p *parquetFile) kind(column int) Kind { return kinds[p.columns[column].Form()] }

func (p *parquetFile) close() error { return closeParts(p.parts) }

func closeParts(parts []*partFile) (err error) {
	for _, part := range parts {
		err = errors.Join(err, part.close())
	}
	return err
}

// release frees what windows were read with.
func (p *parquetFile) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blocks = blocks{}
}

// pages hands on all pages of a column; begin is called before those of each part, whose groups and dictionaries are its own.
func (p *parquetFile) pages(ctx context.Context, column int, memory int64, begin func(), page func(*parquetfile.Page) error) error {
	for i, part := range p.parts {
		begin()
		if err := part.file.NewColumnReader(memory).Each(ctx, column, page); err != nil {
			if errors.Is(err, errNoRoom) {
				return err
			}
			return inPart(i, len(p.parts), err)
		}
	}
	return nil
}

// columnWhole reads a whole column, which may take so many bytes; errNoRoom where it takes more.
func (p *parquetFile) columnWhole(ctx context.Context, column int, most int64) (*vector, error) {
	kind, rows := p.kind(column), p.rows
	// A text is at least a place among the column's texts, all else is eight bytes until it is known to fit into four.
	// While it is read, it takes more than when it is packed: so much may be on top.
	building := most + 8*min(rows, promised)
	if least := map[bool]int64{true: 4, false: 8}[kind == Text]; rows > building/least {
		return nil, errNoRoom
	}
	b := newBuilder(kind, int(rows))
	err := p.pages(ctx, column, readerBytes, func() { b.listed = nil }, func(page *parquetfile.Page) error {
		if err := b.add(page); err != nil {
			return err
		}
		if b.size() > building {
			return errNoRoom
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	v := b.finish()
	if v.size() > most {
		return nil, errNoRoom
	}
	return v, p.ended(int64(v.n))
}

// ended says whether a column had as many rows as the file promises.
func (p *parquetFile) ended(rows int64) error {
	if rows != p.rows {
		return fmt.Errorf("a column ends after row %d of %d: %w", rows, p.rows, io.ErrUnexpectedEOF)
	}
	return nil
}

// pieces hands on a column piece by piece, from the first row to the last. A piece is gone when take returns.
func (p *parquetFile) pieces(ctx context.Context, column int, take func(from int, v *vector) error) error {
	return p.piecesIn(ctx, column, readerBytes, take)
}

// piecesIn is pieces with so many bytes to read in.
func (p *parquetFile) piecesIn(ctx context.Context, column int, memory int64, take func(from int, v *vector) error) error {
	done := 0
	err := p.pages(ctx, column, memory, func() {}, func(page *parquetfile.Page) error {
		b := newBuilder(p.kind(column), page.Rows)
		b.known = nil // a page's dictionary has each text once
		if err := b.add(page); err != nil {
			return err
		}
		v := b.finish()
		from := done
		done += v.n
		return take(from, v)
	})
	if err != nil {
		return err
	}
	return p.ended(int64(done))
}

// each hands on the values of a column in some rows of the file, which are in ascending order: for each the piece that it
// stands in and its place there.
func (p *parquetFile) each(ctx context.Context, column, n int, row func(i int) int, take func(i int, v *vector, at int)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	var last *partFile // that was read from: the pages of one at a time are kept
	defer func() {
		if last != nil {
			last.reader.Release()
		}
	}()
	p.blocks.turn++
	for i := 0; i < n; {
		// As many as follow each other are asked for at once.
		run := 1
		for i+run < n && row(i+run) == row(i)+run {
			run++
		}
		in := p.partOf(row(i))
		if last != nil && last != in {
			last.reader.Release()
		}
		last = in
		b, err := p.block(ctx, in, column, row(i), run)
		if err != nil {
			return err
		}
		for ; i < n && row(i)-b.from < b.v.n; i++ {
			take(i, b.v, row(i)-b.from)
		}
	}
	return nil
}

// partOf is the part that has a row.
func (p *parquetFile) partOf(row int) *partFile {
	after := sort.Search(len(p.parts), func(i int) bool { return p.parts[i].from > int64(row) })
	return p.parts[max(0, after-1)]
}

// ahead is the least number of rows that is read of a page of a file on this computer.
const ahead = 4096

// block gives the page of a column that has a row, decoded as far as n rows from it on or to its end.
func (p *parquetFile) block(ctx context.Context, in *partFile, column, row, n int) (*block, error) {
	known := p.blocks.find(column, row)
	if known != nil && row < known.from+known.v.n {
		return known, nil
	}
	more := max(n, p.ahead)
	if known != nil {
		more = max(more, known.v.n) // who reads on wants twice as much
	}
	page, err := in.at(ctx, column, int64(row)-in.from, more)
	if err != nil {
		return nil, err
	}
	b, err := p.decoded(in, column, row, page)
	if err != nil {
		return nil, err
	}
	return p.blocks.keep(b), nil
}

// at reads the page that has a row of the part, as ColumnReader.At does.
func (f *partFile) at(ctx context.Context, column int, row int64, n int) (*parquetfile.Page, error) {
	if f.away == nil {
		return f.reader.At(ctx, column, row, n)
	}
	return f.away.at(ctx, f.reader, column, row, n)
}

// decoded is a page as a block.
func (p *parquetFile) decoded(in *partFile, column, row int, page *parquetfile.Page) (*block, error) {
	from := int(in.from + page.From)
	if from+page.Rows <= row { // the file was changed while it was read
		return nil, io.ErrUnexpectedEOF
	}
	b := newBuilder(p.kind(column), page.Rows)
	b.known = nil // what is shown once or twice is not worth a look-up
	if err := b.add(page); err != nil {
		return nil, err
	}
	return &block{column: column, from: from, v: b.finish()}, nil
}
