// Package archive is the screen Archive: the past runs, what each left, and Restore.
package archive

import (
	"path"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/readoptions"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// runRow is a run of the table, ready to be drawn.
type runRow struct {
	id, when, who, file, status, took, revenue, orders string
	state                                              controls.State
	unusual                                            comparison.Unusual
	lacks                                              bool // something is missing from its sums
}

// totalsOf are the figures of a run in a list, which has no more of them; nil where there are none that can be read: the side says why.
func totalsOf(r runs.Run) *contract.KPIs {
	if r.KPIs == nil {
		return nil
	}
	k, err := contract.DecodeTotals("kpis.json", r.KPIs)
	if err != nil {
		return nil
	}
	return &k
}

// figuresOf are the figures of a run that was read whole; nil where there are none.
func figuresOf(r runs.Run) (*contract.KPIs, error) {
	if r.KPIs == nil {
		return nil, nil
	}
	read := contract.Decode[contract.KPIs]
	if len(r.KPIs) <= contract.MaxTotals { // of a run that is still shown as the list has it
		read = contract.DecodeTotals
	}
	k, err := read("kpis.json of run "+r.ID.String(), r.KPIs)
	if err != nil {
		return nil, err
	}
	return &k, nil
}

// StatusWords are a run's state in form and words.
func StatusWords(s runs.Status) (controls.State, string) {
	switch s {
	case runs.Succeeded:
		return controls.StateDone, words.T("Succeeded")
	case runs.Failed:
		return controls.StateBad, words.T("Failed")
	case runs.Running:
		return controls.StateBusy, words.T("Running")
	case runs.Queued:
		return controls.StateBusy, words.T("Queued")
	default:
		return controls.StateBusy, words.T("Submitted")
	}
}

func rowOf(r runs.Run, now time.Time) runRow {
	row := runRow{id: r.ID.String(), when: words.When(r.CreatedAt, now), who: r.TriggeredBy, file: r.InputFile}
	row.state, row.status = StatusWords(r.Status)
	if took, ok := r.Took(); ok {
		row.took = words.Duration(took)
	}
	if k := totalsOf(r); k != nil {
		row.revenue, row.orders = words.Short(k.TotalRevenue), words.Count(k.Orders)
		row.lacks = len(k.Missing.Causes()) > 0
	}
	return row
}

var runColumns = []datatable.Column{
	{Title: "When", Width: 104}, {Title: "Who", Width: 36, Grow: 0.4}, {Title: "File", Width: 50, Grow: 1.4}, {Title: "State", Width: 104, Mark: true},
	{Title: "Duration", Width: 98, Right: true, Mark: true}, {Title: "Revenue", Width: 96, Right: true, Mark: true}, {Title: "Orders", Width: 84, Right: true},
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
	return []datatable.Cell{
		{Text: r.when}, {Text: r.who}, {Text: r.file}, {Text: r.status, Shape: r.state.Shape, Tint: r.state.Color},
		took, revenue, {Text: r.orders},
	}
}

// Facts is the head of a run's detail; k are its figures, nil where there are none.
func Facts(r runs.Run, k *contract.KPIs, now time.Time) []frame.Fact {
	_, status := StatusWords(r.Status)
	facts := []frame.Fact{
		{Name: words.T("State"), Value: status}, {Name: words.T("File"), Value: r.InputFile}, {Name: words.T("By"), Value: r.TriggeredBy},
		{Name: words.T("Started"), Value: words.When(r.CreatedAt, now)},
	}
	if took, ok := r.Took(); ok {
		facts = append(facts, frame.Fact{Name: words.T("Duration"), Value: words.Duration(took)})
	}
	if r.NotebookVersion != "" {
		facts = append(facts, frame.Fact{Name: words.T("Notebook"), Value: words.T("version {{.V}}", "V", r.NotebookVersion)})
	}
	if r.AppVersion != "" {
		facts = append(facts, frame.Fact{Name: words.T("Program"), Value: words.T("version {{.V}}", "V", r.AppVersion)})
	}
	if r.JobID != "" {
		facts = append(facts, frame.Fact{Name: words.T("Fabric job"), Value: r.JobID})
	}
	if k != nil {
		if read := readoptions.Said(k.ReadOptions); read != "" {
			facts = append(facts, frame.Fact{Name: words.T("How it was read"), Value: read})
		}
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

var fileColumns = []datatable.Column{{Title: "File", Width: 120, Grow: 1, Note: true}, {Title: "Size", Width: 60, Right: true}}

func fileCells(r fileRow) []datatable.Cell {
	return []datatable.Cell{{Text: r.name, Note: r.path}, {Text: r.size, Color: style.Muted}}
}

// Restorable tells whether a run can be restored now, and why not.
func Restorable(r *runs.Run, f feeds.Frame, now time.Time) (bool, string) {
	switch {
	case r == nil:
		return false, words.T("Choose a run to restore it.")
	case r.Status == runs.Failed:
		return false, words.T("This run failed, so there is nothing to restore.")
	case r.Status != runs.Succeeded:
		return false, words.T("This run has not ended yet.")
	}
	if busy, why := frame.Busy(f, now); busy {
		return false, why
	}
	return true, ""
}
