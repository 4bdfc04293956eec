package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/spreadsheet/parquetfile"
)

// parquetFile reads columns out of a Parquet file.
type parquetFile struct {
	f    *os.File
	file *parquetfile.File

	mu     sync.Mutex // of what windows are read with
	reader *parquetfile.ColumnReader
	blocks blocks
}

// kinds are what the values of each form are.
var kinds = map[parquetfile.Form]Kind{
	parquetfile.Texts: Text, parquetfile.Integers: Integer, parquetfile.Reals: Decimal,
	parquetfile.Booleans: Boolean, parquetfile.Days: Date, parquetfile.Micros: DateTime,
}

func openParquet(f *os.File, size int64) (p *parquetFile, columns []Column, err error) {
	file, err := parquetfile.Open(f, size)
	if err != nil {
		return nil, nil, err
	}
	for _, c := range file.Columns() {
		columns = append(columns, Column{Name: c.Name, Kind: kinds[c.Form()]})
	}
	switch {
	case len(columns) == 0:
		return nil, nil, errors.New("it has no columns")
	case len(columns) > maxColumns:
		return nil, nil, errors.New(format.N(int64(len(columns)), "it has {{.N}} column, and at most {{.Most}} can be shown here",
			"it has {{.N}} columns, and at most {{.Most}} can be shown here", "Most", format.Count(maxColumns)))
	}
	return &parquetFile{f: f, file: file, reader: file.NewColumnReader(readerBytes)}, columns, nil
}

func (p *parquetFile) kind(column int) Kind { return kinds[p.file.Columns()[column].Form()] }

func (p *parquetFile) close() error { return p.f.Close() }

// release frees what windows were read with.
func (p *parquetFile) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blocks = blocks{}
}

// columnWhole reads a whole column, which may take so many bytes; errNoRoom where it takes more.
func (p *parquetFile) columnWhole(ctx context.Context, column int, most int64) (*vector, error) {
	kind, rows := p.kind(column), p.file.Rows()
	// A text is at least a place among the column's texts, all else is eight bytes until it is known to fit into four.
	// While it is read, it takes more than when it is packed: so much may be on top.
	building := most + 8*min(rows, promised)
	if least := map[bool]int64{true: 4, false: 8}[kind == Text]; rows > building/least {
		return nil, errNoRoom
	}
	b := newBuilder(kind, int(rows))
	err := p.file.NewColumnReader(readerBytes).Each(ctx, column, func(page *parquetfile.Page) error {
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
	if rows != p.file.Rows() {
		return fmt.Errorf("a column ends after row %d of %d: %w", rows, p.file.Rows(), io.ErrUnexpectedEOF)
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
	err := p.file.NewColumnReader(memory).Each(ctx, column, func(page *parquetfile.Page) error {
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
	defer p.reader.Release()
	p.blocks.turn++
	for i := 0; i < n; {
		// As many as follow each other are asked for at once.
		run := 1
		for i+run < n && row(i+run) == row(i)+run {
			run++
		}
		b, err := p.block(ctx, column, row(i), run)
		if err != nil {
			return err
		}
		for ; i < n && row(i)-b.from < b.v.n; i++ {
			take(i, b.v, row(i)-b.from)
		}
	}
	return nil
}

// ahead is the least number of rows that is read of a page.
const ahead = 4096

// block gives the page of a column that has a row, decoded as far as n rows from it on or to its end.
func (p *parquetFile) block(ctx context.Context, column, row, n int) (*block, error) {
	known := p.blocks.find(column, row)
	if known != nil && row < known.from+known.v.n {
		return known, nil
	}
	more := max(n, ahead)
	if known != nil {
		more = max(more, known.v.n) // who reads on wants twice as much
	}
	page, err := p.reader.At(ctx, column, int64(row), more)
	if err != nil {
		return nil, err
	}
	if int(page.From)+page.Rows <= row { // the file was changed while it was read
		return nil, io.ErrUnexpectedEOF
	}
	b := newBuilder(p.kind(column), page.Rows)
	b.known = nil // what is shown once or twice is not worth a look-up
	if err := b.add(page); err != nil {
		return nil, err
	}
	return p.blocks.keep(&block{column: column, from: int(page.From), v: b.finish()}), nil
}
