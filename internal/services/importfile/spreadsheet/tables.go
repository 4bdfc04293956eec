package spreadsheet

import (
	"strconv"
	"strings"
)

// mostTotalsRows is more rows of totals than any table has; Excel's have one.
const mostTotalsRows = 100

// TotalsRows are the numbers of the rows that the tables of the sheet that is read declare as their totals; none where a
// table's own part is damaged. It may be asked while the sheet is read.
func (f *File) TotalsRows() []int {
	if f.book == nil || f.sheet < 0 {
		return nil
	}
	// What is unpacked here is not taken from what the sheet may unpack to, which its reader counts meanwhile.
	a := archive{src: f.archive.src, parts: f.archive.parts, limits: f.archive.limits, left: f.limits.InflatedBytes}
	rels, err := a.relations(f.book.targets[f.sheet])
	if err != nil {
		return nil
	}
	var rows []int
	for _, rel := range rels {
		if rel.kind != "table" || !a.has(rel.target) {
			continue
		}
		// A damaged part says nothing of the cells, nor of the other tables.
		_ = a.parse(rel.target, func(x *xmlReader) error {
			if x.depth() == 1 && string(x.name) == "table" {
				ref := x.attribute("ref")
				count := x.attribute("totalsRowCount")
				rows = append(rows, lastRows(ref, count)...)
			}
			return nil
		})
	}
	return rows
}

// lastRows are the last rows of an area such as A1:F42, as many as count says.
func lastRows(ref, count string) (rows []int) {
	n, err := strconv.Atoi(strings.TrimSpace(count))
	if err != nil || n <= 0 || n >= mostTotalsRows {
		return nil
	}
	_, last, found := strings.Cut(ref, ":")
	row, err := strconv.Atoi(strings.TrimLeft(strings.ReplaceAll(last, "$", ""), "ABCDEFGHIJKLMNOPQRSTUVWXYZ"))
	if !found || err != nil || row > MaxRows {
		return nil
	}
	for i := max(row-n, 0) + 1; i <= row; i++ {
		rows = append(rows, i)
	}
	return rows
}

// NeverCalculated says that a workbook asks to be calculated when it is opened, and that nothing in it says that it ever was:
// a formula's saved value may then be a 0 that stands for none.
func (f *File) NeverCalculated() bool { return f.book != nil && f.book.onLoad && !f.book.chain }
