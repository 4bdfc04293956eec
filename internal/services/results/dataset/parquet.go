package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

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
	if len(columns) == 0 {
		return nil, nil, errors.New("it has no columns")
	}
	return &parquetFile{f: f, file: file, reader: file.NewColumnReader()}, columns, nil
}

func (p *parquetFile) kind(column int) Kind { return kinds[p.file.Columns()[column].Form()] }

func (p *parquetFile) close() error { return p.f.Close() }

// release frees what windows were read with.
func (p *parquetFile) release() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.blocks = blocks{}
}

// columnsWhole reads whole columns.
func (p *parquetFile) columnsWhole(ctx context.Context, columns []int) ([]*vector, error) {
	reader := p.file.NewColumnReader()
	read := make([]*vector, len(columns))
	for i, column := range columns {
		b := newBuilder(p.kind(column), int(p.file.Rows()))
		err := reader.Each(ctx, column, func(page *parquetfile.Page) error { return b.add(page) })
		if err != nil {
			return nil, err
		}
		if int64(b.len()) != p.file.Rows() {
			return nil, fmt.Errorf("a column ends after row %d of %d: %w", b.len(), p.file.Rows(), io.ErrUnexpectedEOF)
		}
		read[i] = b.finish()
	}
	return read, nil
}

// rowsFrom reads n rows of the file, by row then column.
func (p *parquetFile) rowsFrom(ctx context.Context, columns []int, from, n int) ([][]Cell, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer p.reader.Release()
	p.blocks.turn++
	rows := make([][]Cell, n)
	for i := range rows {
		rows[i] = make([]Cell, len(columns))
	}
	for j, column := range columns {
		for row := 0; row < n; {
			b, err := p.block(ctx, column, from+row, n-row)
			if err != nil {
				return nil, err
			}
			at := from + row - b.from
			for ; row < n && at < b.v.n; row, at = row+1, at+1 {
				rows[row][j] = b.v.cell(at)
			}
		}
	}
	return rows, nil
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
