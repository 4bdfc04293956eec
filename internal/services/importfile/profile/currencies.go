package profile

import (
	"bytes"
	"cmp"
	"slices"

	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// mostCurrencies is more than there are.
const mostCurrencies = 1000

// currencies are the rows by the currencies that they name. The zero value has none.
type currencies struct {
	byName map[string]*finding
	many   finding // rows whose currencies are not kept apart
	book   *hits.Book
}

// of are the rows that name a currency.
func (c *currencies) of(name string) *finding {
	f := c.byName[name]
	switch {
	case f != nil:
		return f
	case len(c.byName) == mostCurrencies:
		return &c.many
	case c.byName == nil:
		c.byName = map[string]*finding{}
	}
	f = &finding{cells: c.book.New()}
	c.byName[name] = f
	return f
}

// others are the rows that name another currency than most, of equally frequent ones than the first by its name.
func (c *currencies) others() finding {
	names := make([]string, 0, len(c.byName))
	for name := range c.byName {
		names = append(names, name)
	}
	if len(names) == 0 {
		return finding{}
	}
	most := slices.MinFunc(names, func(a, b string) int {
		return cmp.Or(cmp.Compare(c.byName[b].count, c.byName[a].count), cmp.Compare(a, b))
	})
	out := c.many
	if out.cells = c.book.New(); c.many.cells != nil {
		out.cells.Merge(c.many.cells)
	}
	for name, f := range c.byName {
		if name != most {
			out.merge(f)
		}
	}
	return out
}

// currencyCheck finds amounts in several currencies (contract/RULES.md, One currency).
type currencyCheck struct {
	column           int // the one that names currencies; -1 for none
	inRevenue, named currencies

	// The value that the column had last: most often it has it again.
	bits uint64
	text []byte
	last *finding
}

// revenue looks at the text of a row's revenue.
func (c *currencyCheck) revenue(row *cleaning.Row, text []byte) {
	if name := reading.CurrencyIn(text); name != "" {
		c.inRevenue.of(name).fail(row, row.Columns.Revenue)
	}
}

// look looks at the rows of a batch, of which those that are left out do not count.
func (c *currencyCheck) look(t *table, b *scan.Batch) {
	if c.column < 0 || c.column >= len(b.Batch.Columns) {
		return
	}
	for _, cell := range b.Batch.Columns[c.column] {
		if int(cell.Row) < b.First || leftOut(b.Fates[int(cell.Row)].Fate) {
			continue
		}
		f := c.find(t, b, cell)
		if f == nil {
			continue
		}
		number := int(b.Rows[cell.Row].Number)
		f.cells.Add(number, c.column)
		if f.count++; len(f.rows) < maxExamples {
			f.show(number, c.column, t.stored(&b.Batch, int(cell.Row), c.column))
		}
	}
}

// find are the rows that name the currency of a cell; nil for a cell without a value.
func (c *currencyCheck) find(t *table, b *scan.Batch, cell cells.Cell) *finding {
	switch {
	case cell.Kind == cells.Shared && c.last != nil && c.text == nil && c.bits == cell.Bits:
		return c.last
	case cell.Kind == cells.Text && c.last != nil && c.text != nil && bytes.Equal(c.text, b.At(cell)):
		return c.last
	}
	v := cleaning.Read(spreadsheet.CellOf(&b.Batch, t.texts, c.column, cell), t.form == columns.Typeless)
	if v.Kind == cleaning.Null {
		return nil
	}
	f := c.named.of(reading.CurrencyOf(v.AppendText(nil)))
	switch cell.Kind {
	case cells.Shared:
		c.last, c.bits, c.text = f, cell.Bits, nil
	case cells.Text:
		c.last, c.text = f, append(c.text[:0], b.At(cell)...)
	default:
	}
	return f
}

// leftOut says that the checks of orders do not look at a row.
func leftOut(fate reading.Fate) bool { return fate == reading.NoOrder || fate == reading.Shifted }
