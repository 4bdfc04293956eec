package profile

import (
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
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

// strangeRows counts rows and keeps the first of them.
type strangeRows struct {
	count int64
	first []strangeRow
}

type strangeRow struct {
	number, column int             // -1 where only the reader of the file knows the column
	recoded        bool            // the row has bytes that are not in the encoding
	fate           reading.RowFate // of a row whose values were put right
	texts          []foreign       // those of the row that are not in ASCII
}

type foreign struct {
	column int
	text   string
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

// row takes a row with a value of the batch that was looked at. Cells are those of the row, in its columns.
func (c *textCheck) row(b *scan.Batch, row int, rowCells func() []spreadsheet.Cell) {
	recoded := b.Rows[row].Recoded
	if !recoded && c.marks == nil {
		return
	}
	m, known := c.marks[row]
	if !known {
		if !recoded {
			return
		}
		m = mark{-1, -1}
	}
	r := strangeRow{number: int(b.Rows[row].Number), column: m.misread, recoded: recoded, fate: b.Fates[row]}
	if recoded || len(c.odd.first) < maxExamples || len(c.either.first) < maxExamples {
		for _, cell := range rowCells() {
			if !isASCII(cell.Text) {
				r.texts = append(r.texts, foreign{cell.Column, string(cleaning.Trim(cell.Text))})
			}
		}
		if len(r.texts) == 0 {
			return // the bytes stand behind the columns
		}
	}
	if r.recoded || m.misread >= 0 {
		c.odd.add(r)
	}
	if r.column < 0 || m.eastern >= 0 && m.eastern < r.column {
		r.column = m.eastern
	}
	c.either.add(r)
}

func (s *strangeRows) add(r strangeRow) {
	if s.count++; len(s.first) < maxExamples {
		s.first = append(s.first, r)
	}
}

// finding is what was found once all rows were seen; told are the rows with bytes that are not in the encoding, as the reader of
// the file tells them.
func (c *textCheck) finding(h *cleaning.Header, told spreadsheet.Recoded) finding {
	rows, eastern := &c.odd, c.western && c.letters.Eastern()
	if eastern {
		rows = &c.either
	}
	f := finding{count: rows.count}
	bytesAt := map[int]int{} // columns by row
	for _, cell := range told.Cells {
		bytesAt[cell.Row] = cell.Column
	}
	for column, name := range h.Names {
		at, recoded := bytesAt[h.Row]
		if c.on && (reading.Misread([]byte(name)) || recoded && at == column || eastern && reading.HasEastern([]byte(name))) {
			f.count++
			f.add(spreadsheet.Address(column, h.Row), cleaning.Trim([]byte(name)))
			break
		}
	}
	for _, r := range rows.first[:min(len(rows.first), maxExamples-len(f.examples))] {
		f.examples = append(f.examples, r.example(bytesAt))
	}
	return f
}

// example is the first cell of a row that has such a text.
func (r *strangeRow) example(bytesAt map[int]int) contract.Example {
	column := r.column
	if r.recoded {
		at, known := bytesAt[r.number]
		switch joined := r.fate; {
		case !known:
			at = r.texts[0].column
		case joined.Fate == reading.Realigned && at > joined.From:
			at = max(at-joined.Joined, joined.From)
		}
		if column < 0 || at < column {
			column = at
		}
	}
	out := contract.Example{Cell: spreadsheet.Address(column, r.number)}
	if i := slices.IndexFunc(r.texts, func(t foreign) bool { return t.column == column }); i >= 0 {
		out.Value = columns.Clip(r.texts[i].text)
	}
	return out
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
