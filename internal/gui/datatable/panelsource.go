package datatable

import (
	"context"
	"strings"

	"fabricportal/internal/formula"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/dataset"
)

// View is rows in an order; it never changes.
type View interface {
	Columns() []dataset.Column
	Rows() int
	// Window reads rows as they stand in the file; Shown reads them to be drawn: their texts are plain, and cut.
	Window(ctx context.Context, from, n int, columns []int) (dataset.Rows, error)
	Shown(ctx context.Context, from, n int, columns []int) (dataset.Rows, error)
	TSV(ctx context.Context, from, n int, columns []int, header bool) (string, error)
}

// Table is a file of rows.
type Table interface {
	Columns() []dataset.Column
	Rows() int
	// Look works out a question.
	Look(ctx context.Context, q dataset.Query, p dataset.Progress) (View, error)
	// Distinct returns the most frequent values of a column, at most limit, and how many different ones there are.
	Distinct(ctx context.Context, column, limit int) ([]dataset.Count, int, error)
	Close() error
}

// Of is a file of package dataset as a Table.
func Of(t *dataset.Table) Table { return file{t} }

type file struct{ *dataset.Table }

func (f file) Look(ctx context.Context, q dataset.Query, p dataset.Progress) (View, error) {
	v, err := f.View(ctx, q, p)
	if err != nil {
		return nil, err
	}
	return v, nil
}

var _ Distant = file{}

// Few is the first rows of a table that is not here yet.
type Few struct {
	Names []string
	Cells [][]string
	Right []bool // columns of numbers; nil for what is known of the cleaned data's
}

// few is Few as a View.
type few struct {
	columns []dataset.Column
	cells   [][]string
}

// numeric are the columns of the cleaned data that hold numbers.
var numeric = map[string]dataset.Kind{"quantity": dataset.Integer, "unit_price": dataset.Decimal, "discount": dataset.Decimal, "revenue": dataset.Decimal}

func newFew(f Few) few {
	out := few{cells: f.Cells}
	for i, n := range f.Names {
		kind := numeric[n]
		if f.Right != nil {
			if kind = dataset.Text; i < len(f.Right) && f.Right[i] {
				kind = dataset.Decimal
			}
		}
		out.columns = append(out.columns, dataset.Column{Name: n, Kind: kind})
	}
	return out
}

func (f few) Columns() []dataset.Column { return f.columns }
func (f few) Rows() int                 { return len(f.cells) }

func (f few) Window(_ context.Context, from, n int, columns []int) (dataset.Rows, error) {
	return f.window(from, n, columns), nil
}

func (f few) Shown(_ context.Context, from, n int, columns []int) (dataset.Rows, error) {
	return f.window(from, n, columns), nil
}

func (f few) window(from, n int, columns []int) dataset.Rows {
	if columns == nil {
		columns = places(len(f.columns))
	}
	from = max(0, min(from, len(f.cells)))
	out := dataset.Rows{From: from, Columns: columns}
	for _, r := range f.cells[from:min(from+n, len(f.cells))] {
		row := make([]dataset.Cell, len(columns))
		for i, c := range columns {
			if c < len(r) {
				row[i] = dataset.Cell{Text: r[c], Null: r[c] == ""}
			}
		}
		out.Cells = append(out.Cells, row)
	}
	return out
}

func (f few) TSV(_ context.Context, from, n int, columns []int, header bool) (string, error) {
	rows := f.window(from, n, columns)
	var b strings.Builder
	if header {
		for i, c := range rows.Columns {
			if i > 0 {
				b.WriteByte('\t')
			}
			b.WriteString(formula.Guard(separators.Replace(f.columns[c].Name), '\t'))
		}
		b.WriteByte('\n')
	}
	for _, r := range rows.Cells {
		for i, c := range r {
			if i > 0 {
				b.WriteByte('\t')
			}
			text := separators.Replace(c.Text)
			if !f.columns[rows.Columns[i]].Kind.Number() {
				text = formula.Guard(text, '\t')
			}
			b.WriteString(text)
		}
		b.WriteByte('\n')
	}
	return b.String(), nil
}

func places(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

// longestNumber is more bytes than a number has; the cells of a preview are texts of any length.
const longestNumber = 400

// Written is a cell as it is drawn: numbers are grouped as the user's language does, unless they name things.
func Written(c dataset.Cell, col dataset.Column) string {
	names := col.Name == "id" || strings.HasSuffix(col.Name, "_id")
	if c.Null || !col.Kind.Number() || names || len(c.Text) > longestNumber {
		return c.Text
	}
	return words.Grouped(c.Text)
}

// pageRows is how many rows are read at once, keepPages how many such pieces are kept, and keepBytes what those may take that
// are not in sight.
const (
	pageRows  = 256
	keepPages = 24
	keepBytes = 16 << 20
)

// cache keeps the rows that were read of one view.
type cache struct {
	pages map[int][][]dataset.Cell // by first row / pageRows, all columns
	order []int                    // the longest unused first
	sizes map[int]int              // of the pages, in bytes
	bytes int
}

func newCache() *cache { return &cache{pages: map[int][][]dataset.Cell{}, sizes: map[int]int{}} }

// row is a row's cells; nil while they are not here.
func (c *cache) row(i int) []dataset.Cell {
	page := c.pages[i/pageRows]
	if at := i % pageRows; at < len(page) {
		return page[at]
	}
	return nil
}

// missing are the pages that rows from and to (excluded) need and that are not here.
func (c *cache) missing(from, to int) (first, last int, any bool) {
	first, last = -1, -1
	for p := from / pageRows; p*pageRows < to; p++ {
		if _, ok := c.pages[p]; ok {
			continue
		}
		if first < 0 {
			first = p
		}
		last = p
	}
	return first, last, first >= 0
}

// put keeps rows of a view of so many, page by page. A page of which some are missing is none: it is read again.
func (c *cache) put(rows dataset.Rows, all int) {
	for at := 0; at < len(rows.Cells); at += pageRows {
		page := rows.Cells[at:min(at+pageRows, len(rows.Cells))]
		if first := rows.From + at; len(page) < pageRows && first+len(page) < all {
			break
		}
		p := (rows.From + at) / pageRows
		c.bytes -= c.sizes[p]
		c.pages[p], c.sizes[p] = page, 0
		for _, row := range page {
			for _, cell := range row {
				c.sizes[p] += 32 + len(cell.Text)
			}
		}
		c.bytes += c.sizes[p]
		c.order = append(c.order, p)
	}
	const inSight = 2 // pages that rows in sight can be of
	for len(c.order) > keepPages || len(c.order) > inSight && c.bytes > keepBytes {
		oldest := c.order[0]
		c.order = c.order[1:]
		c.bytes -= c.sizes[oldest]
		delete(c.sizes, oldest)
		delete(c.pages, oldest)
	}
}
