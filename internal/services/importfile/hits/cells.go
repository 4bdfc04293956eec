package hits

import (
	"math"
	"slices"
	"sort"
)

// WholeRow is the column of what is about a row as a whole.
const WholeRow = -1

// Cell is a cell that a finding is about.
type Cell struct {
	Row    int // as the file counts, the header's too
	Column int // counting from 0; WholeRow
}

// Cells are those of one finding: at most one of a column in each row. A nil one takes no cells, so that who counts need not
// ask whether somebody wants them. It is not safe for use by several goroutines while cells are added; without, it is.
type Cells struct {
	columns []int // in ascending order
	sets    []Set
}

// Add adds a cell.
func (c *Cells) Add(row, column int) {
	if c == nil {
		return
	}
	// Nearly all findings are about one column.
	if len(c.columns) == 0 || c.columns[0] != column {
		c.of(column).Add(row)
		return
	}
	c.sets[0].Add(row)
}

func (c *Cells) of(column int) *Set {
	at, known := slices.BinarySearch(c.columns, column)
	if !known {
		c.columns, c.sets = slices.Insert(c.columns, at, column), slices.Insert(c.sets, at, Set{})
	}
	return &c.sets[at]
}

// Merge adds the cells of another finding.
func (c *Cells) Merge(other *Cells) {
	if c == nil || other == nil {
		return
	}
	for i, column := range other.columns {
		c.of(column).merge(&other.sets[i])
	}
}

// Len is the number of cells.
func (c *Cells) Len() int64 {
	if c == nil {
		return 0
	}
	var n int64
	for i := range c.sets {
		n += c.sets[i].n
	}
	return n
}

// Bytes is about the memory that the cells take.
func (c *Cells) Bytes() int64 {
	var n int64
	for i := range c.sets {
		n += c.sets[i].Bytes()
	}
	return n
}

// Has says whether a cell is one of them; that of a whole row is any of its cells.
func (c *Cells) Has(row, column int) bool {
	if c == nil {
		return false
	}
	at, known := slices.BinarySearch(c.columns, column)
	return known && c.sets[at].Has(row) || len(c.columns) > 0 && c.columns[0] == WholeRow && c.sets[0].Has(row)
}

// InRow says whether a cell of a row is one of them.
func (c *Cells) InRow(row int) bool {
	if c == nil {
		return false
	}
	return slices.ContainsFunc(c.sets, func(s Set) bool { return s.Has(row) })
}

// Before is how many of them stand before a cell: in earlier rows, and in the row in earlier columns.
func (c *Cells) Before(at Cell) int64 {
	if c == nil {
		return 0
	}
	var n int64
	for i, column := range c.columns {
		n += c.sets[i].Before(at.Row)
		if column < at.Column && c.sets[i].Has(at.Row) {
			n++
		}
	}
	return n
}

// At is the one at a place among them, from 0 on, in the order of their rows, those of a row in that of their columns; false
// where there are fewer.
func (c *Cells) At(place int64) (Cell, bool) {
	if place < 0 || place >= c.Len() {
		return Cell{}, false
	}
	row := sort.Search(math.MaxInt32, func(row int) bool { return c.Before(Cell{row + 1, math.MinInt}) > place })
	left := place - c.Before(Cell{row, math.MinInt})
	for i, column := range c.columns {
		if c.sets[i].Has(row) {
			if left == 0 {
				return Cell{row, column}, true
			}
			left--
		}
	}
	return Cell{}, false
}

// ColumnsIn are the columns of those that stand in a row, in ascending order.
func (c *Cells) ColumnsIn(row int) []int {
	if c == nil {
		return nil
	}
	var out []int
	for i, column := range c.columns {
		if c.sets[i].Has(row) {
			out = append(out, column)
		}
	}
	return out
}
