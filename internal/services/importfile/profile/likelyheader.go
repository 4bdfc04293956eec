package profile

import (
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

const (
	// mostTitleRows is how far below the row that was taken for the header the real one is looked for.
	mostTitleRows = 30
	// titleCells is how many cells a row of a title has at most: the title, and perhaps a date.
	titleCells = 2
	// namedColumns is how many columns that the rules name tell a header from a row of texts.
	namedColumns = 2
)

// likelyHeader is the number of the row that probably holds the columns' names, where the table's header is a title above
// it and none of its names is one that the rules know; 0 where there is no such row. It looks at the rows of a batch from the one at index first on.
func (t *table) likelyHeader(b *cells.Batch, first int) int {
	if named(t.header.Columns()) > 0 {
		return 0
	}
	title := filled(t.header.Names) <= titleCells
	for i := first; i < min(len(b.Rows), first+mostTitleRows); i++ {
		row := t.rowOf(b, i)
		likely, ok := cleaning.ReadHeader(row, int(b.Rows[i].Number))
		switch {
		case !ok:
			continue
		case named(likely.Columns()) >= namedColumns:
			return likely.Row
		case title && t.areNames(row) && i+1 < len(b.Rows) && 2*len(t.rowOf(b, i+1)) >= filled(likely.Names):
			return likely.Row
		}
	}
	return 0
}

// rowOf are the cells of a row, valid until the next call.
func (t *table) rowOf(b *cells.Batch, row int) []spreadsheet.Cell {
	t.cells = spreadsheet.RowOf(t.cells[:0], b, t.texts, row, spreadsheet.MaxColumns)
	return t.cells
}

// areNames says whether a row's values are more than a title's, texts only, and all different.
func (t *table) areNames(row []spreadsheet.Cell) bool {
	seen := map[string]bool{}
	for _, c := range row {
		v := cleaning.Read(c, t.form == columns.Typeless)
		switch name := string(v.Text); {
		case v.Kind == cleaning.Null:
		case v.Kind != cleaning.Text, seen[name]:
			return false
		default:
			seen[name] = true
		}
	}
	return len(seen) > titleCells
}

// named counts the columns that the rules name.
func named(c cleaning.Columns) (n int) {
	for _, column := range [...]int{c.OrderID, c.OrderDate, c.Revenue, c.Quantity, c.UnitPrice, c.Discount, c.Channel, c.Region, c.ProductCategory} {
		if column >= 0 {
			n++
		}
	}
	return n
}

func filled(names []string) (n int) {
	for _, name := range names {
		if cleaning.NormalizedName(name) != "" {
			n++
		}
	}
	return n
}
