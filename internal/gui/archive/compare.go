package archive

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"github.com/google/uuid"

	"fabricportal/internal/gui/changed"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
)

// figureRows are the four figures, and below them each breakdown.
func figureRows(k comparison.KPIChange) []kpiview.ChangeRow {
	out := kpiview.FigureRows(k.Figures)
	for _, part := range []struct {
		name string
		list []comparison.ShareChange
	}{{words.T("Channel"), k.Channels}, {words.T("Region"), k.Regions}, {words.T("Category"), k.Categories}} {
		list, rest := mostChanged(part.list)
		for _, s := range list {
			out = append(out, kpiview.FigureRow(part.name+" · "+lettering.Line(s.Key), s.Revenue, words.Amount))
		}
		if n := len(part.list) - len(list); n > 0 {
			out = append(out, kpiview.FigureRow(part.name+" · "+words.N(int64(n), "and {{.N}} more", "and {{.N}} more"), rest, words.Amount))
		}
	}
	return out
}

// mostKeys is how many keys of a breakdown are listed, each with its change.
const mostKeys = 200

// mostChanged are the keys of a breakdown whose money changed most, in their order, and what the others add up to.
func mostChanged(list []comparison.ShareChange) ([]comparison.ShareChange, comparison.Change) {
	if len(list) <= mostKeys {
		return list, comparison.Change{}
	}
	amount := func(c comparison.Change) float64 {
		if c.Absolute == nil {
			return 0
		}
		return math.Abs(*c.Absolute)
	}
	order := make([]int, len(list))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(amount(list[b].Revenue), amount(list[a].Revenue)) })
	var before, after float64
	for _, i := range order[mostKeys:] {
		if v := list[i].Revenue.Before; v != nil {
			before += *v
		}
		if v := list[i].Revenue.After; v != nil {
			after += *v
		}
	}
	order = order[:mostKeys]
	slices.Sort(order)
	out := make([]comparison.ShareChange, len(order))
	for at, i := range order {
		out[at] = list[i]
	}
	rest := comparison.Change{Before: &before, After: &after, Absolute: new(after - before)}
	if before != 0 {
		rest.Relative = new(after/before - 1)
	}
	return out, rest
}

// stateWords say what became of a column or a file.
func stateWords(s comparison.State) (string, controls.Shape) {
	switch s {
	case comparison.Same:
		return words.T("same"), ""
	case comparison.Changed:
		return words.T("changed"), controls.Diamond
	case comparison.Added:
		return words.T("new"), controls.Up
	case comparison.Removed:
		return words.T("gone"), controls.Down
	}
	return words.T("not known"), controls.Question
}

func columnRows(c comparison.SchemaChange) []kpiview.ChangeRow {
	if !c.Known {
		return nil
	}
	out := []kpiview.ChangeRow{kpiview.FigureRow(words.T("Rows read"), c.Rows, kpiview.Whole), kpiview.FigureRow(words.T("Rows kept"), c.Written, kpiview.Whole)}
	for _, col := range c.Columns {
		r := kpiview.ChangeRow{Name: col.Name, Before: columnWords(col.TypeBefore, col.EmptyBefore, col), After: columnWords(col.TypeAfter, col.EmptyAfter, col)}
		r.Change, r.Shape = stateWords(col.State)
		if why := driftWords(col.Drifted); why != "" {
			r.Change = why
		}
		out = append(out, r)
	}
	return out
}

// columnWords are a column's type, and how much of it is empty where some of it is on either side.
func columnWords(kind string, empty *float64, c comparison.ColumnChange) string {
	some := func(share *float64) bool { return share != nil && *share > 0 }
	if empty == nil || !some(c.EmptyBefore) && !some(c.EmptyAfter) {
		return kind
	}
	return kind + " · " + words.T("{{.Share}} empty", "Share", words.Share(*empty))
}

// driftWords say what differs of a column's values; "" where nothing does that is looked at.
func driftWords(kinds []drift.Kind) string {
	var out []string
	for _, k := range kinds {
		word := ""
		switch k {
		case drift.NullShare:
			word = words.T("empty cells")
		case drift.RangeMoved:
			word = words.T("range")
		case drift.MeanMoved:
			word = words.T("mean")
		case drift.ValuesGained, drift.ValuesLost:
			word = words.T("values")
		}
		if word != "" && !slices.Contains(out, word) {
			out = append(out, word)
		}
	}
	return strings.Join(out, ", ")
}

func fileChangeRows(list []comparison.FileChange) []kpiview.ChangeRow {
	var out []kpiview.ChangeRow
	for _, f := range list {
		r := kpiview.ChangeRow{Name: f.Name, Before: sized(f.Before), After: sized(f.After)}
		r.Change, r.Shape = stateWords(f.State)
		if f.State == comparison.Same && !f.ByHash {
			r.Change = words.T("same size")
		}
		out = append(out, r)
	}
	return out
}

func sized(f *comparison.FileInfo) string {
	if f == nil || f.Size == nil {
		return "–"
	}
	return words.Size(*f.Size)
}

// chooseOther asks which run the chosen one is compared with; the one before it is offered first.
func (s *Screen) chooseOther() {
	if s.side.detail == nil {
		return
	}
	at := s.side.detail.Run.ID
	var others []runs.Run
	first, seen := 0, false
	for _, r := range s.listed.runs {
		if r.ID == at {
			first, seen = len(others), true
			continue
		}
		if r.Status == runs.Succeeded && !s.listed.restore(r) { // a restore has no documents of its own
			others = append(others, r)
		}
	}
	if len(others) == 0 {
		s.shell.Dialogs.Tell(words.T("No other run to compare with"), words.T("A comparison needs a second run that succeeded. Remove filters or load more."))
		return
	}
	if !seen || first >= len(others) {
		first = len(others) - 1
	}
	s.compareWith(at, others[first].ID)
}

// compared is two runs side by side, ready to be drawn.
type compared struct {
	figures, columns, files []kpiview.ChangeRow
	problems                []error // why documents are not compared
}

// compareWith shows two runs side by side, the older one as before.
func (s *Screen) compareWith(a, b uuid.UUID) {
	older, newer := a, b
	var x, y runs.Run
	var names []string
	ids := map[string]uuid.UUID{}
	now := s.shell.Now()
	for _, r := range s.listed.runs {
		switch r.ID {
		case a:
			x = r
		case b:
			y = r
		}
		if r.ID != a && r.Status == runs.Succeeded && (r.ID == b || !s.listed.restore(r)) {
			name := words.When(r.CreatedAt, now) + " · " + lettering.Label(r.InputFile) + " · " + lettering.Label(r.TriggeredBy)
			names = append(names, name)
			ids[name] = r.ID
		}
	}
	if x.CreatedAt.After(y.CreatedAt) {
		older, newer = b, a
		x, y = y, x
	}
	figures, files := kpiview.NewChanges("compare.figure", controls.NewEmpty(words.T("No figures"), "")), kpiview.NewChanges("compare.file", controls.NewEmpty(words.T("No files"), ""))
	columns := kpiview.NewChanges("compare.column", controls.NewEmpty(words.T("The profiles are not known"), ""))
	said := controls.NewCaption(words.T("Reading both runs")).Fitted(controls.Wrap)
	chosen := ""
	for n, id := range ids {
		if id == b {
			chosen = n
		}
	}
	other := controls.NewSelect("compare.other", names, chosen, func(n string) {
		s.shell.Dialogs.CloseTop()
		s.compareWith(a, ids[n])
	}).Called(words.T("Compared with"))
	tabs := controls.NewTabs(8, nil,
		controls.Tab{Name: "compare.figures", Title: words.T("Figures"), Content: figures.Container},
		controls.Tab{Name: "compare.columns", Title: words.T("Columns"), Content: columns.Container},
		controls.Tab{Name: "compare.files", Title: words.T("Files"), Content: files.Container})
	why := controls.NewButton("compare.changed", words.T("What changed?"), func() { changed.Open(s.shell, s.actions, older, newer) })
	head := controls.Column(style.Small, controls.Border(nil, nil, controls.NewText(words.T("Compared with")), why, controls.Pad(0, 0, style.Small, style.Small, other)), said)
	s.shell.Dialogs.Wide(words.T("Two runs side by side"), controls.Border(head, nil, nil, nil, controls.Pad(style.Small, 0, 0, 0, tabs.Container)))
	tasks.Start(s.comparing, func(ctx context.Context, _ func(int64, int64)) (compared, error) {
		c, err := s.actions.Compare(ctx, older, newer)
		if err != nil {
			return compared{}, err
		}
		return compared{
			append(figureRows(c.KPIs), kpiview.FigureRow(words.T("Duration"), c.Duration, func(v float64) string { return words.Duration(seconds(v)) })),
			columnRows(c.Schema), append(fileChangeRows([]comparison.FileChange{c.Schema.Input}), fileChangeRows(c.Artifacts)...), c.Problems,
		}, nil
	}, nil, func(c compared, err error) {
		if err != nil {
			said.Set(s.shell.Error(err))
			return
		}
		lines := []string{words.T("Before: {{.Before}}, {{.A}} · After: {{.After}}, {{.B}}", "Before", words.When(x.CreatedAt, now), "A", x.InputFile, "After", words.When(y.CreatedAt, now), "B", y.InputFile)}
		for _, r := range []runs.Run{x, y} {
			if lacks := s.listed.told[r.ID].missing; lacks != "" {
				lines = append(lines, r.InputFile+": "+lacks)
			}
		}
		for _, why := range c.problems {
			lines = append(lines, s.shell.Error(why))
		}
		said.Set(strings.Join(lines, " · "))
		figures.Set(c.figures)
		columns.Set(c.columns)
		files.Set(c.files)
	})
}
