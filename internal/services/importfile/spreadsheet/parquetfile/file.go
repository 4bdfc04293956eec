// Package parquetfile reads flat Parquet files: all columns together as batches of cells, or single columns with their full values from any row on.
// It is our own reader because a Parquet file tells its reader how to decode it. With a damaged or hostile file, the libraries do so until memory is used up, or never end.
// Here, no memory is allocated just because a file names a size. Every figure is compared with the others, and one that can't be right is an error.
// If a file uses a part of the format that we do not read, that part is named.
package parquetfile

import (
	"errors"
	"fmt"
	"io"
	"math"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// File is a Parquet file.
type File struct {
	src     io.ReaderAt
	size    int64
	footer  *footer
	columns []Column
	leaves  []int    // which of a row group's chunks a column's are
	leftOut []string // the other columns

	sparing bool // Spare was called

	longBytes, longValues int64 // of a page that is long; tests have shorter ones
}

// Open reads what the file says of itself; nothing else is read. Columns that hold lists or records are left out. Errors are
// a *NestedError where all do, one that IsDamage knows, or that of the source.
func Open(src io.ReaderAt, size int64) (*File, error) {
	footer, err := readFooter(src, size)
	if err != nil {
		return nil, err
	}
	f := &File{src: src, size: size, footer: footer, longBytes: longPageBytes, longValues: longPageValues}
	leaves, err := f.schema()
	if err != nil {
		return nil, err
	}
	for _, g := range footer.groups {
		if len(g.chunks) != leaves {
			return nil, errMetadata
		}
		for i, leaf := range f.leaves {
			if err := f.checkChunk(&g, &g.chunks[leaf], &f.columns[i]); err != nil {
				return nil, err
			}
		}
	}
	return f, nil
}

// schema takes the columns of single values from the schema, and gives the number of all leaves of its tree.
func (f *File) schema() (leaves int, err error) {
	root, rest := f.footer.elements[0], f.footer.elements[1:]
	for range root.children {
		if len(rest) == 0 {
			return 0, errMetadata
		}
		e := rest[0]
		if e.children == 0 && e.repetition != 2 && e.physical >= 0 {
			c, ok := newColumn(e)
			if !ok {
				return 0, errMetadata
			}
			f.columns, f.leaves = append(f.columns, c), append(f.leaves, leaves)
			rest = rest[1:]
			leaves++
			continue
		}
		f.leftOut = append(f.leftOut, e.name)
		var inner int
		if rest, inner, err = branch(rest); err != nil {
			return 0, err
		}
		leaves += inner
	}
	switch {
	case len(rest) > 0:
		return 0, errMetadata
	case len(f.columns) == 0 && len(f.leftOut) > 0:
		return 0, &NestedError{Column: f.leftOut[0]}
	}
	return leaves, nil
}

// branch passes over the first element and all that belongs to it, and counts the leaves among that.
func branch(elements []element) (rest []element, leaves int, err error) {
	open := 1 // elements that are still to come
	for open > 0 {
		if len(elements) == 0 || elements[0].children < 0 || elements[0].children > maxColumns {
			return nil, 0, errMetadata
		}
		if open--; elements[0].children == 0 && elements[0].physical >= 0 { // some programs write records without a field
			leaves++
		}
		open += elements[0].children
		elements = elements[1:]
	}
	return elements, leaves, nil
}

// LeftOut are the names of the columns that hold lists or records, in their order.
func (f *File) LeftOut() []string { return f.leftOut }

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
		chunk := &g.chunks[f.leaves[column]]
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
		switch c.whole {
		case signed:
			cell.Bits = cells.FromNum(decimal(int64(v), c.places))
		case unsigned:
			cell.Bits = cells.FromNum(float64(v))
		}
	case c.wide != nil:
		cell.Bits = c.wide(raw)
	case c.whole == asDigits:
		cell.Bits = cells.FromNum(bigDecimal(raw, c.places))
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
