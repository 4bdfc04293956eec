package kpiview

import (
	"math"
	"slices"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/contract"
	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/anomalies"
	"fabricportal/internal/services/results/comparison"
)

// Odd are the points of a series that are unlike those before (docs/anomalies.md), by revenue or by orders. parts are those that
// are not whole.
func Odd(s contract.TimeSeries, parts map[int]comparison.Part, orders bool) []anomalies.Mark {
	value := anomalies.Revenue
	if orders {
		value = anomalies.Orders
	}
	return anomalies.Find(s, value, func(at int) bool {
		_, open := parts[at]
		return open
	})
}

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
			return readout(i) + " · " + earlierText(m)
		}
		return readout(i)
	}
	return s
}

// weekday is the short name of a day's weekday, and the name of several of it.
func weekday(iso string) (one, several string) {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return "", ""
	}
	switch day.Weekday() {
	case time.Monday:
		return words.T("Mon"), words.T("Mondays")
	case time.Tuesday:
		return words.T("Tue"), words.T("Tuesdays")
	case time.Wednesday:
		return words.T("Wed"), words.T("Wednesdays")
	case time.Thursday:
		return words.T("Thu"), words.T("Thursdays")
	case time.Friday:
		return words.T("Fri"), words.T("Fridays")
	case time.Saturday:
		return words.T("Sat"), words.T("Saturdays")
	case time.Sunday:
	}
	return words.T("Sun"), words.T("Sundays")
}

// oddNumber writes a value of a mark: as exactly as its size asks for.
func oddNumber(v float64) string {
	if math.Abs(v) >= 100 || v == math.Trunc(v) {
		return words.Decimal(v, 0)
	}
	return words.Amount(v)
}

// oddName is a marked period in words, such as "Mon 3 Nov 2025".
func oddName(m anomalies.Mark) string {
	if !m.Daily {
		return words.Day(m.Period)
	}
	one, _ := weekday(m.Period)
	return one + " " + words.Day(m.Period)
}

// earlierText says what was usual before a mark: "the 8 Mondays before: 9,800 to 10,400".
func earlierText(m anomalies.Mark) string {
	low, high := oddNumber(m.Low), oddNumber(m.High)
	usual := low
	if low != high {
		usual = words.T("{{.Low}} to {{.High}}", "Low", low, "High", high)
	}
	periods := words.T("months")
	if m.Daily {
		_, periods = weekday(m.Period)
	}
	if m.Usual < len(m.Earlier) {
		return words.T("{{.Usual}} of the {{.N}} {{.Periods}} before: {{.Range}}", "Usual", m.Usual, "N", len(m.Earlier), "Periods", periods, "Range", usual)
	}
	return words.T("the {{.N}} {{.Periods}} before: {{.Range}}", "N", len(m.Earlier), "Periods", periods, "Range", usual)
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
		rows = append(rows, oddRow{oddName(m), oddNumber(m.Value), earlierText(m), m.Above()})
	}
	list.Set(rows)
	said := words.T("Unlike the same weekdays of the weeks before. A holiday, a campaign and missing rows look alike: look at the day's orders.")
	if len(marks) > 0 && !marks[0].Daily {
		said = words.T("Unlike the months before. A campaign and missing rows look alike: look at the month's orders.")
	}
	const mostRows, high = 8, 44 // in sight; of a row with a note
	return controls.Border(controls.Pad(0, style.Small, 0, 0, controls.NewText(said).Fitted(controls.Wrap)), nil, nil, nil,
		controls.Tall(float32(min(len(rows), mostRows)*high+4), list.Container))
}
