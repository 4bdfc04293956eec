// Package archive is the screen Archive: the past runs, what each left, and Restore.
package archive

import (
	"path"
	"time"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// runRow is a run of the table, ready to be drawn.
type runRow struct {
	id, when, who, file, note, status, took, revenue, orders string
	state                                                    controls.State
	unusual                                                  comparison.Unusual
	lacks                                                    bool // something is missing from its sums
	nested                                                   bool // a restore below the run that it published
	published                                                bool
}

// StatusWords are a run's state in form and words.
func StatusWords(r runs.Run, restore bool) (controls.State, string) {
	switch r.Status {
	case runs.Succeeded:
		if restore {
			return controls.StateDone, words.T("Restored")
		}
		return controls.StateDone, words.T("Succeeded")
	case runs.Failed:
		if r.Cancelled() {
			return controls.StateNeutral, words.T("Cancelled")
		}
		return controls.StateBad, words.T("Failed")
	case runs.Running:
		return controls.StateBusy, words.T("Running")
	case runs.Queued:
		return controls.StateBusy, words.T("Queued")
	default:
		return controls.StateBusy, words.T("Submitted")
	}
}

func rowOf(r runs.Run, restore bool, t told, now time.Time) runRow {
	row := runRow{id: r.ID.String(), when: words.When(r.CreatedAt, now), who: lettering.Line(r.TriggeredBy), file: lettering.Line(r.InputFile)}
	row.state, row.status = StatusWords(r, restore)
	if took, ok := r.Took(); ok {
		row.took = words.Duration(took)
	}
	if t.known {
		row.revenue, row.orders, row.lacks = t.figures[0].Value, t.figures[1].Value, t.lacks
	}
	return row
}

// runColumns are the columns of the table, as wide as what mostly stands in them asks in the window's language: the file has what is left.
func runColumns(now time.Time) []datatable.Column {
	const mark = 12 + style.Small
	wide := func(texts ...string) float32 {
		least := float32(0)
		for _, t := range texts {
			least = max(least, nameFace.Width(t))
		}
		return least/style.Scaled(1) + 4 // a column's width is of normal letters, and grows with them
	}
	yesterday, earlier := now.AddDate(0, 0, -1), time.Date(now.Year(), now.Month(), 1, 20, 58, 0, 0, now.Location()).AddDate(0, -2, 27)
	when := wide(words.When(yesterday, now), words.When(earlier, now))
	const longestState = 94 // a longer word is cut, and whole where the mouse is: the file needs the room more
	state := min(longestState, wide(words.T("Succeeded"), words.T("Published"), words.T("Restored"), words.T("Cancelled"), words.T("Failed")))
	return []datatable.Column{
		{Title: words.T("When"), Width: when}, {Title: words.T("Who"), Width: 30, Grow: 0.25, Spare: true}, {Title: words.T("File"), Width: 50, Grow: 1.4, Mark: true, Named: true},
		{Title: words.T("State"), Width: state + mark, Grow: 0.25, Mark: true}, {Title: words.T("Duration"), Width: wide("88 min 8 s") + mark, Right: true, Mark: true, Spare: true},
		{Title: words.T("Revenue"), Width: wide(words.Short(888_800_000)) + mark, Right: true, Mark: true}, {Title: words.T("Orders"), Width: wide("888,888"), Right: true},
	}
}

func runCells(r runRow) []datatable.Cell {
	took := datatable.Cell{Text: r.took, Color: style.Muted}
	if r.unusual != comparison.Usual { // far from what runs take otherwise
		took.Color, took.Tint, took.Shape = style.Warn, style.Warn, controls.Up
		if r.unusual == comparison.Short {
			took.Shape = controls.Down
		}
	}
	revenue := datatable.Cell{Text: r.revenue}
	if r.lacks { // the side says what
		revenue.Shape, revenue.Tint = controls.Triangle, style.Warn
	}
	when, file, state := datatable.Cell{Text: r.when}, datatable.Cell{Text: r.file}, datatable.Cell{Text: r.status, Shape: r.state.Shape, Tint: r.state.Color}
	if r.nested {
		when.Indent = style.Small
		when.Color, file.Color = style.Muted, style.Muted
		if r.state == controls.StateDone { // the shape says that it belongs to the row above
			state.Shape, state.Tint, state.Color = controls.Under, style.Muted, style.Muted
		}
	}
	if r.published {
		state.Shape, state.Tint, when.Bold = controls.Disc, style.Accent, true
	}
	if r.note != "" {
		file.Shape, file.Tint, file.Text = controls.Slip, style.Accent, r.file+" · "+r.note
	}
	return []datatable.Cell{
		when, {Text: r.who}, file, state,
		took, revenue, {Text: r.orders},
	}
}

// factsOf is the head of a run's detail.
func factsOf(r runs.Run, restore bool, t told, now time.Time) []frame.Fact {
	_, status := StatusWords(r, restore)
	facts := []frame.Fact{
		{Name: words.T("State"), Value: status}, {Name: words.T("File"), Value: r.InputFile}, {Name: words.T("By"), Value: r.TriggeredBy},
		{Name: words.T("Started"), Value: words.When(r.CreatedAt, now)},
	}
	if took, ok := r.Took(); ok {
		facts = append(facts, frame.Fact{Name: words.T("Duration"), Value: words.Duration(took)})
	}
	if t.read != "" {
		facts = append(facts, frame.Fact{Name: words.T("How it was read"), Value: t.read})
	}
	return facts
}

// fileRow is an artifact, ready to be drawn.
type fileRow struct{ id, name, kind, size, path string }

func fileRows(list []runs.Artifact) []fileRow {
	out := make([]fileRow, 0, len(list))
	for _, a := range list {
		size := "–"
		if a.Size != nil {
			size = words.Size(*a.Size)
		}
		out = append(out, fileRow{a.ID.String(), path.Base(a.Path), a.Type, size, a.Path})
	}
	return out
}

// moreFiles says how many files are not listed; "" where all are.
func moreFiles(hidden int) string {
	if hidden == 0 {
		return ""
	}
	return words.N(int64(hidden), "{{.N}} more file is not shown.", "{{.N}} more files are not shown.")
}

var fileColumns = []datatable.Column{{Title: "File", Width: 120, Grow: 1, Note: true, Named: true}, {Title: "Size", Width: 60, Right: true}}

func fileCells(r fileRow) []datatable.Cell {
	return []datatable.Cell{{Text: r.name, Note: r.path}, {Text: r.size, Color: style.Muted}}
}
