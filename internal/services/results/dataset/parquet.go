package dataset

import (
	"context"
	"errors"
	"fmt"
	"io"
	"math/big"
	"os"
	"sync"
	"unicode/utf8"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/format"
)

// near is the number of rows that a window may skip to get where it begins; for one further down whole columns are read,
// which then serve all others.
const near = 1 << 16

// parquetFile reads columns out of a Parquet file.
type parquetFile struct {
	f      *os.File
	file   *parquet.File
	leaves []leaf

	mu      sync.Mutex // of the cursors
	cursors map[int]*cursor
}

// leaf is a column of the file that can be shown.
type leaf struct {
	index    int // of the column chunk
	kind     Kind
	most     byte // definition level of a value
	physical parquet.Kind
	// A stored whole number is multiplied and divided to come to microseconds, or divided to come to a decimal.
	times, over int64
	scale       float64
	unsigned    bool
}

func openParquet(f *os.File, size int64) (p *parquetFile, columns []Column, rows int, err error) {
	defer recovered(&err)
	// The page index is read with the footer where there is one: it lets a window begin anywhere.
	file, err := parquet.OpenFile(f, size, parquet.SkipBloomFilters(true), parquet.ReadBufferSize(256<<10))
	if err != nil {
		return nil, nil, 0, err
	}
	p = &parquetFile{f: f, file: file, cursors: map[int]*cursor{}}
	for _, c := range file.Root().Columns() {
		if !c.Leaf() || c.MaxRepetitionLevel() > 0 {
			continue // lists and structures have no place in a table of cells
		}
		l, ok := leafOf(c)
		if ok {
			p.leaves = append(p.leaves, l)
			columns = append(columns, Column{Name: c.Name(), Kind: l.kind})
		}
	}
	if len(columns) == 0 {
		return nil, nil, 0, errors.New("it has no columns of plain values")
	}
	if file.NumRows() < 0 || file.NumRows() >= nullCode {
		return nil, nil, 0, fmt.Errorf("it has %d rows", file.NumRows())
	}
	return p, columns, int(file.NumRows()), nil
}

// recovered makes an error of a panic: the Parquet library trusts some figures in a file.
func recovered(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("the file is damaged: %v", r)
	}
}

func leafOf(c *parquet.Column) (leaf, bool) {
	t := c.Type()
	l := leaf{index: c.Index(), most: byte(c.MaxDefinitionLevel()), physical: t.Kind(), times: 1, over: 1, scale: 1}
	switch l.physical {
	case parquet.Boolean:
		l.kind = Boolean
	case parquet.Int32, parquet.Int64:
		l.kind = Integer
	case parquet.Float, parquet.Double:
		l.kind = Decimal
	case parquet.Int96:
		l.kind = DateTime
	case parquet.ByteArray, parquet.FixedLenByteArray:
		l.kind = Text
	default:
		return l, false
	}
	logical := t.LogicalType()
	if logical == nil {
		return l, true
	}
	switch v := logical.Value.(type) {
	case *format.DateType:
		l.kind = Date
	case *format.IntType:
		l.unsigned = !v.IsSigned
	case *format.DecimalType:
		l.kind = Decimal
		for range v.Scale {
			l.scale *= 10
		}
	case *format.TimestampType:
		l.kind = DateTime
		switch v.Unit.Value.(type) {
		case *format.MilliSeconds:
			l.times = 1000
		case *format.NanoSeconds:
			l.over = 1000
		}
	}
	return l, true
}

func (p *parquetFile) Close() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	for column := range p.cursors {
		p.drop(column)
	}
	return p.f.Close()
}

// columnsWhole reads whole columns.
func (p *parquetFile) columnsWhole(ctx context.Context, columns []int) ([]*vector, error) {
	read := make([]*vector, len(columns))
	for i, column := range columns {
		var err error
		if read[i], err = p.column(ctx, p.leaves[column]); err != nil {
			return nil, err
		}
	}
	return read, nil
}

func (p *parquetFile) column(ctx context.Context, l leaf) (v *vector, err error) {
	defer recovered(&err)
	b := newBuilder(l.kind, int(p.file.NumRows()))
	for _, group := range p.file.RowGroups() {
		if err := p.chunk(ctx, group.ColumnChunks()[l.index], l, b); err != nil {
			return nil, err
		}
	}
	if b.len() != int(p.file.NumRows()) {
		return nil, fmt.Errorf("a column has %d rows and not %d", b.len(), p.file.NumRows())
	}
	return b.finish(), nil
}

func (p *parquetFile) chunk(ctx context.Context, chunk parquet.ColumnChunk, l leaf, b *builder) error {
	pages := chunk.Pages()
	defer pages.Close()
	d := &decoder{leaf: l, b: b}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		page, err := pages.ReadPage()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		err = d.page(page)
		parquet.Release(page)
		if err != nil {
			return err
		}
	}
}

// decoder puts the pages of a column chunk into a builder.
type decoder struct {
	leaf
	b      *builder
	dict   parquet.Dictionary
	codes  []uint32 // of the dictionary's entries in the builder, plus 1; 0 where not yet looked up
	values [512]parquet.Value
}

func (d *decoder) page(page parquet.Page) error {
	if d.kind == Text && d.physical == parquet.ByteArray && page.Dictionary() != nil {
		return d.indexed(page)
	}
	values := page.Values()
	for {
		n, err := values.ReadValues(d.values[:])
		for _, v := range d.values[:n] {
			if err := d.value(v); err != nil {
				return err
			}
		}
		if errors.Is(err, io.EOF) || err == nil && n == 0 {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// indexed takes a page of references to a dictionary, whose texts are looked up once each.
func (d *decoder) indexed(page parquet.Page) error {
	if dict := page.Dictionary(); d.dict != dict {
		d.dict, d.codes = dict, make([]uint32, dict.Len())
	}
	data := page.Data()
	next, levels := data.Int32(), page.DefinitionLevels()
	one := func(index int32) error {
		if d.codes[index] == 0 {
			code, ok := d.b.entry(readable(d.dict.Index(index).ByteArray()))
			if !ok {
				return errTooMuchText
			}
			d.codes[index] = code + 1
		}
		d.b.v.codes = append(d.b.v.codes, d.codes[index]-1)
		return nil
	}
	if levels == nil {
		for _, index := range next {
			if err := one(index); err != nil {
				return err
			}
		}
		return nil
	}
	for _, level := range levels {
		if level != d.most {
			d.b.null()
			continue
		}
		if err := one(next[0]); err != nil {
			return err
		}
		next = next[1:]
	}
	return nil
}

var errTooMuchText = errors.New("a column has more than 4 GB of text")

func (d *decoder) value(v parquet.Value) error {
	switch {
	case v.IsNull():
		d.b.null()
	case d.kind == Decimal:
		d.b.real(d.real(v))
	case d.kind == Text:
		text := v.ByteArray()
		if d.physical == parquet.FixedLenByteArray || !utf8.Valid(text) {
			text = readable(text)
		}
		if !d.b.text(text) {
			return errTooMuchText
		}
	case d.kind == Boolean:
		x := int64(0)
		if v.Boolean() {
			x = 1
		}
		d.b.whole(x)
	case d.physical == parquet.Int96:
		d.b.whole(int96Micros(v))
	default:
		d.b.whole(d.whole(v) * d.times / d.over)
	}
	return nil
}

func (d *decoder) whole(v parquet.Value) int64 {
	switch {
	case d.physical == parquet.Int64:
		return v.Int64()
	case d.unsigned:
		return int64(v.Uint32())
	}
	return int64(v.Int32())
}

func (d *decoder) real(v parquet.Value) float64 {
	switch d.physical {
	case parquet.Double:
		return v.Double()
	case parquet.Float:
		return float64(v.Float())
	case parquet.Int32, parquet.Int64:
		return float64(d.whole(v)) / d.scale
	}
	// A decimal of many digits: a big-endian number in two's complement.
	raw := v.ByteArray()
	x := new(big.Int).SetBytes(raw)
	if len(raw) > 0 && raw[0]&0x80 != 0 {
		x.Sub(x, new(big.Int).Lsh(big.NewInt(1), uint(len(raw)*8)))
	}
	f, _ := new(big.Float).Quo(new(big.Float).SetInt(x), big.NewFloat(d.scale)).Float64()
	return f
}

// int96Micros reads the time of older writers: nanoseconds of the day, then the Julian day.
func int96Micros(v parquet.Value) int64 {
	const epoch = 2440588 // Julian day of 1970-01-01
	x := v.Int96()
	return (int64(x[2])-epoch)*86_400_000_000 + int64(uint64(x[1])<<32|uint64(x[0]))/1000
}

// readable is a text as it is, and other bytes in hexadecimal.
func readable(b []byte) []byte {
	if utf8.Valid(b) {
		return b
	}
	return fmt.Appendf(nil, "0x%x", b)
}

func (p *parquetFile) rowsFrom(ctx context.Context, columns []int, from, n int) ([][]Cell, bool, error) {
	if p.far(columns, from) && p.file.NumRows() <= wholeAtMost {
		return nil, false, nil
	}
	rows := make([][]Cell, n)
	for i := range rows {
		rows[i] = make([]Cell, len(columns))
	}
	for j, column := range columns {
		cells, err := p.window(ctx, column, from, n)
		if err != nil {
			return nil, false, err
		}
		for i, cell := range cells {
			rows[i][j] = cell
		}
	}
	return rows, true, nil
}

// wholeAtMost is the number of rows up to which columns are read whole only to show rows far down.
const wholeAtMost = 1 << 22
