package dataset

import (
	"context"
	"errors"
	"io"

	"github.com/parquet-go/parquet-go"
)

// cursor reads a column from top to bottom, a page at a time, and keeps the pages that a window was last read from. So
// the first rows of a long file are there at once, and reading all of it in order takes no memory to speak of.
type cursor struct {
	group  int // row group that is being read
	start  int // first row of the group
	next   int // row that the next page begins with
	pages  parquet.Pages
	blocks []block
}

// block is a page and where its rows stand in the file.
type block struct {
	from, rows int
	page       parquet.Page
}

// window reads rows of one column.
func (p *parquetFile) window(ctx context.Context, column, from, n int) (cells []Cell, err error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	defer func() {
		if err != nil {
			p.drop(column)
		}
	}()
	defer recovered(&err)
	c := p.cursors[column]
	if c == nil || from < c.first() {
		p.drop(column)
		if c, err = p.openCursor(column, from); err != nil {
			return nil, err
		}
	}
	cells = make([]Cell, 0, n)
	for len(cells) < n {
		row := from + len(cells)
		b, err := c.reach(ctx, p, p.leaves[column], row)
		if err != nil {
			return nil, err
		}
		wanted := min(b.from+b.rows-row, n-len(cells))
		d := &decoder{leaf: p.leaves[column], b: newBuilder(p.leaves[column].kind, wanted)}
		if err := d.page(b.page.Slice(int64(row-b.from), int64(row-b.from+wanted))); err != nil {
			return nil, err
		}
		v := d.b.finish()
		if v.n != wanted {
			return nil, io.ErrUnexpectedEOF
		}
		for i := range wanted {
			cells = append(cells, v.cell(i))
		}
	}
	return cells, nil
}

// far tells whether a window is so far down that reading to it would take longer than reading whole columns once.
func (p *parquetFile) far(columns []int, from int) bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, column := range columns {
		at := 0
		if c := p.cursors[column]; c != nil && c.first() <= from {
			at = c.next
		} else if group, start := p.groupOf(from); p.indexed(group, p.leaves[column]) {
			continue
		} else {
			at = start
		}
		if from-at > near {
			return true
		}
	}
	return false
}

func (p *parquetFile) groupOf(row int) (group, start int) {
	groups := p.file.RowGroups()
	for i, g := range groups {
		if n := int(g.NumRows()); row < start+n || i == len(groups)-1 {
			return i, start
		} else {
			start += n
		}
	}
	return 0, 0
}

// indexed tells whether the file says where the pages of a column chunk begin.
func (p *parquetFile) indexed(group int, l leaf) bool {
	groups := p.file.RowGroups()
	if group >= len(groups) {
		return false
	}
	index, err := groups[group].ColumnChunks()[l.index].OffsetIndex()
	return err == nil && index.NumPages() > 0
}

func (p *parquetFile) openCursor(column, from int) (*cursor, error) {
	l := p.leaves[column]
	c := &cursor{}
	c.group, c.start = p.groupOf(from)
	c.next = c.start
	c.open(p, l)
	p.cursors[column] = c
	if p.indexed(c.group, l) {
		if err := c.pages.SeekToRow(int64(from - c.start)); err != nil {
			return nil, err
		}
		c.next = from
	}
	return c, nil
}

func (c *cursor) open(p *parquetFile, l leaf) {
	c.pages = p.file.RowGroups()[c.group].ColumnChunks()[l.index].Pages()
}

// drop closes a column's cursor.
func (p *parquetFile) drop(column int) {
	if c := p.cursors[column]; c != nil {
		for _, b := range c.blocks {
			parquet.Release(b.page)
		}
		_ = c.pages.Close() // nothing was written
		delete(p.cursors, column)
	}
}

// first is the first row that the cursor can still give.
func (c *cursor) first() int {
	if len(c.blocks) > 0 {
		return c.blocks[0].from
	}
	return c.next
}

// keptBlocks is the number of pages of a column that stay after they were read, so that scrolling back a little is free.
const keptBlocks = 2

// reach is the block that has a row; the row is not above what the cursor can give.
func (c *cursor) reach(ctx context.Context, p *parquetFile, l leaf, row int) (block, error) {
	for {
		for _, b := range c.blocks {
			if row >= b.from && row < b.from+b.rows {
				return b, nil
			}
		}
		if err := ctx.Err(); err != nil {
			return block{}, err
		}
		page, err := c.pages.ReadPage()
		if errors.Is(err, io.EOF) {
			groups := p.file.RowGroups()
			c.start += int(groups[c.group].NumRows())
			if c.group++; c.group >= len(groups) || c.next != c.start {
				return block{}, io.ErrUnexpectedEOF
			}
			_ = c.pages.Close()
			c.open(p, l)
			continue
		}
		if err != nil {
			return block{}, err
		}
		if len(c.blocks) == keptBlocks {
			parquet.Release(c.blocks[0].page)
			c.blocks = append(c.blocks[:0], c.blocks[1:]...)
		}
		rows := int(page.NumRows())
		c.blocks = append(c.blocks, block{c.next, rows, page})
		c.next += rows
	}
}
