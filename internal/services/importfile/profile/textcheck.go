package profile

import (
	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// textCheck finds the rows of a text file with a text that is not in its encoding, or may be in another (contract/RULES.md, Keys
// and texts). Of texts in ASCII, as most are, it sees at once that there is nothing.
type textCheck struct {
	on      bool // it is a text file
	western bool // in Windows-1252, so that it may be in Windows-1250
	letters reading.Letters
	odd     strangeRows  // with a text that is not in the encoding
	either  strangeRows  // or that has a letter of Windows-1250
	marks   map[int]mark // of the current batch, by the row's index; nil while there is none
}

// mark are the first cells of a row that have such a text; -1 for none.
type mark struct{ misread, eastern int }

// strangeRows counts rows and keeps the first such cell of the first of them.
type strangeRows struct {
	count int64
	first []contract.Example
	cells *hits.Cells
}

// begin takes the header.
func (c *textCheck) begin(t *scan.Table) {
	c.on, c.western = t.Format == spreadsheet.CSV, t.Encoding == "windows-1252"
	for _, name := range t.Header.Names {
		c.letters.Add([]byte(name))
	}
}

// look looks at the texts of a batch's columns.
func (c *textCheck) look(b *scan.Batch, width int) {
	c.marks = nil
	misread := c.on && reading.Misread(b.Bytes)
	if !misread && (!c.western || isASCII(b.Bytes)) {
		return
	}
	for column, list := range b.Batch.Columns[:min(width, len(b.Batch.Columns))] {
		for _, cell := range list {
			if text := b.At(cell); int(cell.Row) >= b.First && cell.Kind == cells.Text && !isASCII(text) {
				c.text(text, int(cell.Row), column, misread)
			}
		}
	}
}

func (c *textCheck) text(text []byte, row, column int, misread bool) {
	misread = misread && reading.Misread(text)
	eastern := false
	if c.western {
		c.letters.Add(text)
		eastern = reading.HasEastern(text)
	}
	if !misread && !eastern {
		return
	}
	m, known := c.marks[row]
	if !known {
		m = mark{-1, -1}
	}
	if misread && m.misread < 0 {
		m.misread = column
	}
	if eastern && m.eastern < 0 {
		m.eastern = column
	}
	if c.marks == nil {
		c.marks = map[int]mark{}
	}
	c.marks[row] = m
}

// row takes a row with a value of the batch that was looked at. Cells are those of the row, in so many columns.
func (c *textCheck) row(b *scan.Batch, row, width int, rowCells func() []spreadsheet.Cell) {
	recoded := recodedColumn(b, row)
	if recoded < 0 && c.marks == nil {
		return
	}
	m, known := c.marks[row]
	if !known {
		m = mark{-1, -1}
	}
	if recoded < width {
		m.misread = first(m.misread, recoded)
	}
	number := int(b.Rows[row].Number)
	if m.misread >= 0 {
		c.odd.add(number, m.misread, rowCells)
	}
	if either := first(m.misread, m.eastern); either >= 0 {
		c.either.add(number, either, rowCells)
	}
}

// recodedColumn is the first column of a row that has bytes which are not in the encoding; -1 where there is none.
func recodedColumn(b *scan.Batch, row int) int {
	column := int(b.Rows[row].Recoded) - 1
	if column < 0 || b.Fates == nil {
		return column
	}
	if fate := b.Fates[row]; fate.Fate == reading.Realigned && column > fate.From {
		column = max(column-fate.Joined, fate.From) // the row was put right since
	}
	return column
}

// first is the first of two columns; -1 is none.
func first(a, b int) int {
	if a < 0 || b >= 0 && b < a {
		return b
	}
	return a
}

func (s *strangeRows) add(number, column int, rowCells func() []spreadsheet.Cell) {
	s.cells.Add(number, column)
	if s.count++; len(s.first) == maxExamples {
		return
	}
	e := contract.Example{Cell: spreadsheet.Address(column, number)}
	for _, cell := range rowCells() {
		if cell.Column == column {
			e.Value = columns.ClipBytes(cleaning.Trim(cell.Text))
		}
	}
	s.first = append(s.first, e)
}

// finding is what was found once all rows were seen; told are the rows with bytes that are not in the encoding, the header's, too.
func (c *textCheck) finding(h *cleaning.Header, told spreadsheet.Recoded) finding {
	rows, eastern := &c.odd, c.western && c.letters.Eastern()
	if eastern {
		rows = &c.either
	}
	f := finding{count: rows.count, cells: rows.cells}
	recoded := -1
	if len(told.Cells) > 0 && told.Cells[0].Row == h.Row {
		recoded = told.Cells[0].Column
	}
	for column, name := range h.Names {
		if c.on && (reading.Misread([]byte(name)) || column == recoded || eastern && reading.HasEastern([]byte(name))) {
			f.count++
			f.header = true
			f.cells.Add(h.Row, column)
			f.add(spreadsheet.Address(column, h.Row), cleaning.Trim([]byte(name)))
			break
		}
	}
	f.examples = append(f.examples, rows.first[:min(len(rows.first), maxExamples-len(f.examples))]...)
	return f
}

func isASCII(b []byte) bool {
	for len(b) >= 8 {
		if (b[0]|b[1]|b[2]|b[3]|b[4]|b[5]|b[6]|b[7])&0x80 != 0 {
			return false
		}
		b = b[8:]
	}
	for _, c := range b {
		if c&0x80 != 0 {
			return false
		}
	}
	return true
}
