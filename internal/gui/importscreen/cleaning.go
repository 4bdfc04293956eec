package importscreen

import (
	"slices"

	"fyne.io/fyne/v2"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/cleaning"
)

// cleaningPage shows what the notebook will make of the rows, before it happens.
type cleaningPage struct {
	content fyne.CanvasObject
	summary *controls.Text
	changes *datatable.Rows[changeRow]
}

// changeRow is a change, ready to be drawn.
type changeRow struct {
	key, where, what, before, after string
	state                           controls.State
}

func newCleaningPage() *cleaningPage {
	p := &cleaningPage{summary: controls.NewText("").Fitted(controls.Wrap).AtMost(6)}
	columns := []datatable.Column{
		{Title: words.T("Where"), Width: 110, Mark: true}, {Title: words.T("What"), Width: 150, Grow: 1}, {Title: words.T("Now"), Width: 120, Grow: 1}, {Title: words.T("Then"), Width: 120, Grow: 1},
	}
	p.changes = datatable.NewRows("import.change", columns, changeCells, func(r changeRow) string { return r.key }, nil,
		controls.NewEmpty(words.T("Nothing changes"), words.T("Names, dates and numbers stay as they are. No row is left out.")))
	p.content = controls.Border(controls.Pad(0, style.Small, 0, 0, p.summary), nil, nil, nil, p.changes.Container)
	return p
}

func changeCells(r changeRow) []datatable.Cell {
	return []datatable.Cell{{Text: r.where, Shape: r.state.Shape, Tint: r.state.Color}, {Text: r.what}, {Text: r.before}, {Text: r.after}}
}

func (p *cleaningPage) show(a *shell.Analysis) {
	p.summary.Set(cleaningSummary(a))
	p.changes.Set(changeRows(a.Cleaning))
}

// cleaningSummary counts over the whole file what becomes of its rows.
func cleaningSummary(a *shell.Analysis) string {
	n := a.Rows
	if n.Read == 0 {
		return words.T("It is not known how this file will be cleaned.")
	}
	text := words.N(n.Read, "{{.N}} row is read and {{.Written}} are kept.", "{{.N}} rows are read and {{.Written}} are kept.", "Written", words.Count(n.Written))
	if n.DuplicateOrderID > 0 {
		text = format.Sentences(text, words.N(n.DuplicateOrderID, "{{.N}} row repeats an order_id that an earlier one has.", "{{.N}} rows repeat an order_id that an earlier one has."))
	}
	if n.WithoutOrderID > 0 {
		text = format.Sentences(text, words.N(n.WithoutOrderID, "{{.N}} row has no order_id.", "{{.N}} rows have no order_id."))
	}
	if n.InvalidDates+n.InvalidNumbers > 0 {
		text = format.Sentences(text, words.N(n.InvalidDates+n.InvalidNumbers, "{{.N}} cell becomes empty, being no date or number.", "{{.N}} cells become empty, being no date or number."))
	}
	if a.Incomplete != nil {
		text = format.Sentences(text, words.T("This is for the part of the file that was read."))
	}
	if c := a.Cleaning; c != nil && !c.Whole {
		text = format.Sentences(text, words.N(c.Rows, "Below are the changes in the first {{.N}} row.", "Below are the changes in the first {{.N}} rows."))
	}
	return text
}

func changeRows(p *cleaning.Preview) []changeRow {
	if p == nil {
		return nil
	}
	var lost, emptied, written []changeRow // what costs most stands first
	for _, c := range p.Changes {
		r := changeRow{key: c.Cell + string(c.Kind) + words.Count(int64(c.Row)), where: c.Cell, what: c.Column, before: c.Before, after: c.After, state: controls.StateNeutral}
		to := &written
		switch c.Kind {
		case cleaning.WithoutID:
			to = &lost
			r.where, r.what, r.state = words.T("Row {{.N}}", "N", words.Count(int64(c.Row))), words.T("left out: no order_id"), controls.StateWarn
		case cleaning.Repeated:
			to = &lost
			r.where, r.what, r.state = words.T("Row {{.N}}", "N", words.Count(int64(c.Row))), words.T("left out: repeated order_id"), controls.StateWarn
		case cleaning.Emptied:
			to = &emptied
			r.after, r.state = words.T("empty"), controls.StateWarn
		case cleaning.Reread:
			r.what = words.T("{{.Column}}, stored as text", "Column", c.Column)
		case cleaning.Trimmed:
			r.what = words.T("{{.Column}}, blanks at an end", "Column", c.Column)
		}
		*to = append(*to, r)
	}
	for _, r := range p.Renamed {
		written = append(written, changeRow{key: "name " + r.To, where: words.T("Header"), what: words.T("Name of the column"), before: r.From, after: r.To, state: controls.StateNeutral})
	}
	return slices.Concat(lost, emptied, written)
}
