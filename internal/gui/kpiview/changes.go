package kpiview

import (
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/comparison"
)

// ChangeRow is something before and after, ready to be drawn.
type ChangeRow struct {
	Name, Before, After, Change string
	Shape                       controls.Shape
	Strong                      bool
}

var changeColumns = []datatable.Column{
	{Width: 150, Grow: 1.2}, {Title: "Before", Width: 160, Grow: 0.6, Right: true}, {Title: "After", Width: 160, Grow: 0.6, Right: true}, {Title: "Change", Width: 96, Grow: 0.4, Mark: true},
}

func changeCells(r ChangeRow) []datatable.Cell {
	colour := style.Muted
	if r.Strong {
		colour = style.Text
	}
	return []datatable.Cell{{Text: r.Name, Bold: r.Strong}, {Text: r.Before}, {Text: r.After}, {Text: r.Change, Color: colour, Shape: r.Shape, Tint: style.Muted}}
}

// Comparing stands in a table of changes until they are known.
func Comparing() *controls.Empty {
	return controls.NewEmpty(words.T("Comparing with the published results"), "")
}

// NotCompared says it where they can't be known.
func NotCompared(e *controls.Empty) { e.Set(words.T("It is not known what changes"), "") }

// NewChanges is an empty table of changes; none is what it says without one.
func NewChanges(name string, none *controls.Empty) *datatable.Rows[ChangeRow] {
	columns := make([]datatable.Column, len(changeColumns))
	for i, c := range changeColumns {
		c.Title = words.T(c.Title)
		columns[i] = c
	}
	return datatable.NewRows(name, columns, changeCells, func(r ChangeRow) string { return r.Name + "\x00" + r.Before + r.After }, nil, none)
}

// FigureRow is a figure's change with its values written by write.
func FigureRow(name string, c comparison.Change, write func(float64) string) ChangeRow {
	r := ChangeRow{Name: name, Before: "–", After: "–"}
	if c.Before != nil {
		r.Before = write(*c.Before)
	}
	if c.After != nil {
		r.After = write(*c.After)
	}
	switch {
	case c.Same():
		r.Change, r.Shape = "=", ""
	case c.Relative != nil && *c.Relative > 0:
		r.Change, r.Shape = "+"+words.Percent(*c.Relative, 1), controls.Up
	case c.Relative != nil:
		r.Change, r.Shape = words.Percent(*c.Relative, 1), controls.Down
	case c.Absolute != nil && *c.Absolute > 0:
		r.Change, r.Shape = "+"+write(*c.Absolute), controls.Up
	case c.Absolute != nil:
		r.Change, r.Shape = write(*c.Absolute), controls.Down
	}
	return r
}

// Whole writes a figure that counts.
func Whole(v float64) string   { return words.Decimal(v, 0) }
func percent(v float64) string { return words.Percent(v, 2) }

// FigureRows are the four figures before and after.
func FigureRows(figures []comparison.Figure) []ChangeRow {
	var out []ChangeRow
	for _, f := range figures {
		name, write := string(f.Name), words.Amount
		switch f.Name {
		case comparison.TotalRevenue:
			name = words.T("Revenue")
		case comparison.Orders:
			name, write = words.T("Orders"), Whole
		case comparison.AOV:
			name = words.T("Average order")
		case comparison.Conversion:
			name, write = words.T("Conversion"), percent
		}
		r := FigureRow(name, f.Change, write)
		r.Strong = true
		if f.Note != "" {
			r.Change, r.Shape = "–", ""
		}
		out = append(out, r)
	}
	return out
}
