package kpiview

import (
	"slices"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/anomalies"
)

// WithOdd is a line's series with its unusual points marked, and told where one points at them.
func WithOdd(s chart.Series, marks []anomalies.Mark) chart.Series {
	if len(marks) == 0 {
		return s
	}
	told := map[int]anomalies.Mark{}
	for _, m := range marks {
		s.Odd, told[m.At] = append(s.Odd, m.At), m
	}
	readout := s.Readout
	s.Readout = func(i int) string {
		if m, ok := told[i]; ok {
			return readout(i) + " · " + m.Before(words.Writer())
		}
		return readout(i)
	}
	return s
}

// oddRow is a mark in the list.
type oddRow struct {
	name, value, earlier string
	above                bool
}

// oddCount says how many unusual periods there are; "" where there are none.
func oddCount(marks []anomalies.Mark) string {
	switch n := int64(len(marks)); {
	case n == 0:
		return ""
	case marks[0].Daily:
		return words.N(n, "{{.N}} unusual day", "{{.N}} unusual days")
	default:
		return words.N(n, "{{.N}} unusual month", "{{.N}} unusual months")
	}
}

// OddList lists marks, the latest first.
func OddList(marks []anomalies.Mark) fyne.CanvasObject {
	columns := []datatable.Column{{Width: 240, Grow: 1, Mark: true, Note: true}, {Width: 110, Right: true}}
	list := datatable.NewRows("odd", columns, func(r oddRow) []datatable.Cell {
		shape := controls.Down
		if r.above {
			shape = controls.Up
		}
		return []datatable.Cell{{Text: r.name, Shape: shape, Tint: style.Amber, Note: r.earlier}, {Text: r.value, Bold: true}}
	}, func(r oddRow) string { return r.name }, nil, nil)
	var rows []oddRow
	for _, m := range slices.Backward(marks) {
		rows = append(rows, oddRow{m.Name(words.Writer()), anomalies.Number(m.Value, words.Writer()), m.Before(words.Writer()), m.Above()})
	}
	list.Set(rows)
	said := anomalies.Meaning(len(marks) == 0 || marks[0].Daily, words.Writer())
	const mostRows, high = 8, 44 // in sight; of a row with a note
	return controls.Border(controls.Pad(0, style.Small, 0, 0, controls.NewText(said).Fitted(controls.Wrap)), nil, nil, nil,
		controls.Tall(float32(min(len(rows), mostRows)*high+4), list.Container))
}
