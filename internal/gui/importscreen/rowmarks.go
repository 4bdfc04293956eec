package importscreen

import (
	"strconv"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/services/results/dataset"
)

// rowMarks says which cells stand out, and why.
type rowMarks struct {
	findings []dataset.FileFinding
	said     []string           // of each finding, of one of its cells
	known    map[int][]cellMark // by the row's number, of rows that were drawn
}

// cellMark is a finding about a cell of a row.
type cellMark struct {
	column  int // of the table: 0 is the row's number, which stands for the whole row
	finding int
}

// mostMarked is how many rows' marks are remembered.
const mostMarked = 4096

func newRowMarks(found []dataset.FileFinding, whole func(verdict.Finding) string) *rowMarks {
	m := &rowMarks{findings: found, known: map[int][]cellMark{}}
	for _, f := range found {
		m.said = append(m.said, ofCell(f.Finding, whole(f.Finding)))
	}
	return m
}

// of are the marks of a row, the gravest findings first.
func (m *rowMarks) of(number int) []cellMark {
	marks, known := m.known[number]
	if known {
		return marks
	}
	for i, f := range m.findings {
		for _, column := range f.Cells.ColumnsIn(number) {
			marks = append(marks, cellMark{max(column+1, 0), i})
		}
	}
	if len(m.known) >= mostMarked {
		clear(m.known)
	}
	m.known[number] = marks
	return marks
}

// numberOf is the number of a row by its cells; 0 where it is not known.
func numberOf(cells []dataset.Cell) int {
	if len(cells) == 0 {
		return 0
	}
	n, err := strconv.Atoi(cells[0].Text)
	if err != nil {
		return 0
	}
	return n
}

// mark is how a cell is drawn. The number of a row is in the colour of the gravest that is found in it.
func (m *rowMarks) mark(cells []dataset.Cell, column int) datatable.Mark {
	out := datatable.Mark{}
	if column == 0 {
		out.Color = style.Muted
	}
	if m == nil {
		return out
	}
	for _, k := range m.of(numberOf(cells)) {
		front, back := colours(m.findings[k.finding].Level)
		if column == 0 && out.Color == style.Muted {
			out.Color = front
		}
		if k.column != column {
			continue
		}
		if out.Back == "" {
			out.Back = back
		}
		if out.Note != "" {
			out.Note += " "
		}
		out.Note += m.said[k.finding]
	}
	return out
}

func colours(of verdict.Level) (front, back fyne.ThemeColorName) {
	if of <= verdict.Broken {
		return style.Bad, style.BadBack
	}
	return style.Warn, style.WarnBack
}

// cellOf is a cell's column in the table.
func cellOf(at hits.Cell) int { return max(at.Column+1, 0) }
