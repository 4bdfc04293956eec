package gui

import (
	"fmt"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/layout"
	"fyne.io/fyne/v2/widget"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/parts"
	"fabricportal/internal/gui/theme"
)

// profileView shows what is in a file.
type profileView struct {
	root fyne.CanvasObject

	profile *contract.ImportProfile // nil while there is none

	title, summary, verdict, note *widget.Label
	pages                         []fyne.CanvasObject
	buttons                       []*widget.Button
	bar                           *fyne.Container
	columns, rows, checks, kpis   *parts.Table
	kpiNote                       *widget.Label
}

func newProfileView() *profileView {
	v := &profileView{
		title: parts.Bold(""), summary: parts.Label(""), verdict: parts.Label(""), note: parts.Wrapped(""), kpiNote: parts.Wrapped(""),
	}
	v.title.SizeName = theme.SizeText
	v.columns = parts.NewTable([]parts.Column{
		{Title: lang.L("Column"), Width: 140, Grow: true}, {Title: lang.L("Becomes"), Width: 140, Grow: true}, {Title: lang.L("Type"), Width: 75},
		{Title: lang.L("Empty"), Width: 70, Right: true}, {Title: lang.L("Distinct"), Width: 75, Right: true}, {Title: lang.L("Smallest … largest"), Width: 250, Grow: true},
	}, nil)
	v.rows = parts.NewTable(nil, nil)
	v.checks = parts.NewTable([]parts.Column{
		{Title: lang.L("Check"), Width: 85}, {Title: lang.L("Finding"), Width: 380, Grow: true}, {Title: lang.L("First cells"), Width: 220, Grow: true},
	}, nil)
	v.kpis = parts.NewTable([]parts.Column{{Title: lang.L("Figure"), Width: 300, Grow: true}, {Title: lang.L("Value"), Width: 160, Right: true}}, nil)
	v.pages = []fyne.CanvasObject{v.columns, v.rows, v.checks, container.NewBorder(v.kpiNote, nil, nil, nil, v.kpis)}
	v.bar = container.New(layout.NewCustomPaddedHBoxLayout(4))
	for i, name := range []string{lang.L("Columns"), lang.L("Rows"), lang.L("Checks"), lang.L("KPIs it will give")} {
		b := widget.NewButton(name, func() { v.page(i) })
		v.buttons = append(v.buttons, b)
		v.bar.Add(b)
	}
	head := container.New(layout.NewCustomPaddedVBoxLayout(-6), v.title, v.summary, v.verdict)
	v.root = container.NewBorder(container.NewVBox(head, v.note, v.bar), nil, nil, nil, container.NewStack(v.pages...))
	v.page(0)
	v.clear(lang.L("No file chosen"), lang.L("Choose a file on the left, or open one of this computer: it is profiled here, over all its rows, before anything goes anywhere."))
	return v
}

func (v *profileView) page(i int) {
	for k, p := range v.pages {
		if k == i {
			p.Show()
			v.buttons[k].Importance = widget.HighImportance
		} else {
			p.Hide()
			v.buttons[k].Importance = widget.LowImportance
		}
		v.buttons[k].Refresh()
	}
}

// clear shows a title and a note only.
func (v *profileView) clear(title, note string) {
	v.profile = nil
	parts.SetText(v.title, title)
	parts.SetText(v.note, note)
	parts.Show(v.note, true)
	v.note.Importance = widget.MediumImportance
	v.note.Refresh()
	for _, o := range []fyne.CanvasObject{v.summary, v.verdict, v.bar} {
		parts.Show(o, false)
	}
	v.columns.SetRows(nil)
	v.rows.SetColumns(nil, nil)
	v.checks.SetRows(nil)
	v.kpis.SetRows(nil)
	for _, p := range v.pages {
		p.Hide()
	}
}

// failed says why there is no profile.
func (v *profileView) failed(title, sentence string) {
	v.clear(title, sentence)
	v.note.Importance = widget.DangerImportance
	v.note.Refresh()
}

func (v *profileView) show(title string, a Analysis) {
	p := a.Profile
	v.profile = p
	parts.SetText(v.title, title)
	parts.SetText(v.summary, summaryLine(p, time.Now()))
	parts.SetText(v.verdict, verdictLine(p))
	v.verdict.Importance = verdictImportance(p)
	v.verdict.Refresh()
	for _, o := range []fyne.CanvasObject{v.summary, v.verdict, v.bar} {
		parts.Show(o, true)
	}
	incomplete := !p.Complete && p.IncompleteReason != nil
	parts.Show(v.note, incomplete)
	if incomplete {
		parts.SetText(v.note, lang.L("Incomplete: ")+*p.IncompleteReason)
		v.note.Importance = widget.DangerImportance
		v.note.Refresh()
	}
	v.columns.SetRows(columnRows(p))
	columns, rows := sampleTable(p)
	v.rows.SetColumns(columns, rows)
	v.checks.SetRows(checkRows(p))
	v.kpis.SetRows(kpiRows(a.KPIs))
	parts.SetText(v.kpiNote, a.Reason)
	parts.Show(v.kpiNote, a.Reason != "")
	v.page(0)
}

func summaryLine(p *contract.ImportProfile, now time.Time) string {
	facts := []string{format.Count(p.RowCount) + " " + lang.L("rows"), fmt.Sprintf("%d %s", p.ColumnCount, lang.L("columns"))}
	if d := p.DateRange; d != nil {
		facts = append(facts, format.Day(d.Min)+" – "+format.Day(d.Max))
	}
	facts = append(facts, format.Bytes(p.File.SizeBytes))
	if p.File.LastModified != nil {
		facts = append(facts, lang.L("changed")+" "+format.Time(p.File.LastModified.Time, now))
	}
	if p.Sheet != nil && len(p.Sheets) > 1 {
		facts = append(facts, fmt.Sprintf(lang.L("sheet %s of %d"), *p.Sheet, len(p.Sheets)))
	}
	return strings.Join(facts, " · ")
}

func verdictLine(p *contract.ImportProfile) string {
	passed := 0
	for _, c := range p.Validation.Checks {
		if c.Passed {
			passed++
		}
	}
	return fmt.Sprintf("✓ %d %s     ! %d %s     ✗ %d %s", passed, lang.L("checks passed"), p.Validation.Warnings, lang.L("warnings"), p.Validation.Errors, lang.L("errors"))
}

func verdictImportance(p *contract.ImportProfile) widget.Importance {
	switch p.Validation.Status {
	case contract.ValidationFailed:
		return widget.DangerImportance
	case contract.ValidationWarnings:
		return widget.WarningImportance
	}
	return widget.SuccessImportance
}

func firstError(p *contract.ImportProfile) string {
	for _, c := range p.Validation.Checks {
		if !c.Passed && c.Severity == "error" {
			return c.Message
		}
	}
	return ""
}

func columnRows(p *contract.ImportProfile) [][]string {
	var rows [][]string
	for _, c := range p.Columns {
		span := ""
		if c.Min != nil && c.Max != nil {
			span = valueText(c.Min) + " … " + valueText(c.Max)
		}
		rows = append(rows, []string{
			visibleBlanks(c.Name), c.NormalizedName, lang.L(c.Type), format.Percent(c.NullShare), format.Count(c.DistinctCount), span,
		})
	}
	return rows
}

// visibleBlanks shows blanks at the ends of a name, which nobody would see otherwise.
func visibleBlanks(s string) string {
	trimmed := strings.TrimSpace(s)
	if trimmed == s || trimmed == "" {
		return s
	}
	before, after, _ := strings.Cut(s, trimmed)
	return strings.Repeat("␣", len([]rune(before))) + trimmed + strings.Repeat("␣", len([]rune(after)))
}

func valueText(v any) string {
	switch x := v.(type) {
	case nil:
		return ""
	case string:
		return x
	case bool:
		return fmt.Sprint(x)
	case float64:
		if x == float64(int64(x)) {
			return fmt.Sprint(int64(x))
		}
		return strings.TrimRight(strings.TrimRight(fmt.Sprintf("%.6f", x), "0"), ".")
	}
	return fmt.Sprint(v)
}

func sampleTable(p *contract.ImportProfile) ([]parts.Column, [][]string) {
	var columns []parts.Column
	for _, c := range p.Columns {
		number := c.Type == "integer" || c.Type == "decimal"
		columns = append(columns, parts.Column{Title: strings.TrimSpace(c.Name), Width: 130, Right: number})
	}
	var rows [][]string
	for _, r := range p.SampleRows {
		row := make([]string, len(r))
		for i, v := range r {
			row[i] = valueText(v)
		}
		rows = append(rows, row)
	}
	return columns, rows
}

func checkRows(p *contract.ImportProfile) [][]string {
	var rows [][]string
	for _, c := range p.Validation.Checks {
		mark := "✓ " + lang.L("passed")
		switch {
		case c.Passed:
		case c.Severity == "error":
			mark = "✗ " + lang.L("error")
		default:
			mark = "! " + lang.L("warning")
		}
		var cells []string
		for _, e := range c.Examples {
			cells = append(cells, e.Cell+" “"+e.Value+"”")
		}
		rows = append(rows, []string{mark, c.Message, strings.Join(cells, ", ")})
	}
	return rows
}

func kpiRows(k *contract.KPIs) [][]string {
	if k == nil {
		return nil
	}
	rows := [][]string{{lang.L("Revenue"), format.Money(k.TotalRevenue)}, {lang.L("Orders"), format.Count(k.Orders)}}
	if k.AOV != nil {
		rows = append(rows, []string{lang.L("Average order"), format.Money(*k.AOV)})
	}
	if rate, ok := k.Conversion.Rate(); ok {
		rows = append(rows, []string{lang.L("Conversion") + " (" + k.Conversion.Definition + ")", format.Percent(rate)})
	}
	for _, b := range []struct {
		name   string
		shares []contract.Share
	}{{lang.L("channel"), k.RevenueByChannel}, {lang.L("region"), k.RevenueByRegion}, {lang.L("category"), k.RevenueByProductCategory}} {
		for _, share := range b.shares {
			rows = append(rows, []string{lang.L("Revenue") + ", " + b.name + " " + share.Key, format.Money(share.Revenue)})
		}
	}
	return rows
}
