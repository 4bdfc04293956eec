package importscreen

import (
	"fmt"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/frame"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/verdict"
)

// columnRow is a column of the file, ready to be drawn.
type columnRow struct {
	at                                int // its place in the profile
	name, kind, nulls, distinct, span string
	odd                               bool // something in it is worth a look
	histogram                         *contract.Histogram
}

// shape is the bars of its histogram; none where it has none.
func (r columnRow) shape() []int64 {
	if r.histogram == nil {
		return nil
	}
	return r.histogram.Counts
}

// columnRows are the columns; what is to be looked at is what Checks says.
func columnRows(p *contract.ImportProfile, found verdict.Findings) []columnRow {
	out := make([]columnRow, 0, len(p.Columns))
	for i, c := range p.Columns {
		span := ""
		if c.Min != nil || c.Max != nil {
			span = ValueText(c.Min, c) + " … " + ValueText(c.Max, c)
		}
		out = append(out, columnRow{i, c.NormalizedName, kind(c.Type), words.Share(c.NullShare), words.Count(c.DistinctCount), span, found.At(c.NormalizedName), c.Histogram})
	}
	return out
}

var columnColumns = []datatable.Column{
	{Title: "Name", Width: 110, Grow: 1, Mark: true}, {Title: "Type", Width: 64}, {Title: "Empty", Width: 56, Right: true},
	{Title: "Distinct", Width: 60, Right: true}, {Title: "Range", Width: 120, Grow: 1.2}, {Title: "Shape", Width: 90, Bars: true, Spare: true},
}

func columnCells(r columnRow) []datatable.Cell {
	empty := datatable.Cell{Text: r.nulls}
	if r.nulls == "0 %" {
		empty.Color = style.Muted
	}
	name := datatable.Cell{Text: r.name}
	if r.odd {
		name.Shape, name.Tint = controls.Triangle, style.Warn
	}
	return []datatable.Cell{name, {Text: r.kind, Color: style.Muted}, empty, {Text: r.distinct}, {Text: r.span}, {Bars: r.shape()}}
}

// columnPane is what is known of the chosen column.
type columnPane struct {
	content fyne.CanvasObject
	title   *controls.Text
	shape   *controls.Histogram
	ends    *controls.Text
	facts   *fyne.Container
	odd     *fyne.Container
	body    *fyne.Container
	nothing *controls.Empty
}

func newColumnPane() *columnPane {
	p := &columnPane{title: controls.NewHeading("").Fitted(controls.Cut), shape: controls.NewHistogram(), ends: controls.NewCaption("").Fitted(controls.Cut), facts: container.NewStack(), odd: controls.Column(style.Tight)}
	left := controls.NewVScroll("import.column.facts", controls.Column(style.Small, p.title, p.facts))
	right := controls.NewVScroll("import.column.shape", controls.Column(style.Small, p.shape, p.ends, p.odd))
	p.body = controls.Equal(style.Large, left, right)
	p.nothing = controls.NewEmpty(words.T("Choose a column"), words.T("Its values and its unusual cells are shown here."))
	p.content = controls.Border(controls.Pad(0, style.Small, 0, 0, controls.Rule()), nil, nil, nil, container.NewStack(p.body, p.nothing.Container))
	return p
}

// show draws the column at a place of the profile; -1 for none.
func (p *columnPane) show(of *contract.ImportProfile, at int) {
	controls.Toggle(p.body, at >= 0)
	p.nothing.Shown(at < 0)
	if of == nil || at < 0 || at >= len(of.Columns) {
		return
	}
	c := of.Columns[at]
	title := c.Name
	if c.NormalizedName != c.Name {
		title += " › " + c.NormalizedName
	}
	p.title.Set(title)
	p.facts.Objects = []fyne.CanvasObject{frame.Facts(columnFacts(c))}
	p.facts.Refresh()
	controls.Toggle(p.shape, c.Histogram != nil)
	controls.Toggle(p.ends, c.Histogram != nil)
	if h := c.Histogram; h != nil {
		p.shape.Set(h.Counts)
		p.ends.Set(ValueText(h.From, c) + " … " + ValueText(h.To, c))
	}
	p.odd.RemoveAll()
	add := func(state controls.State, text string) {
		banner := controls.NewBanner()
		banner.Set(state, text)
		p.odd.Add(banner.Container)
	}
	for _, o := range oddities(c) {
		add(controls.StateWarn, o)
	}
	if c.BlankEnds > 0 { // they are taken away, and Checks does not warn of them
		add(controls.StateNeutral, words.N(c.BlankEnds, "{{.N}} text has blanks at an end.", "{{.N}} texts have blanks at an end."))
	}
	if len(p.odd.Objects) == 0 {
		p.odd.Add(controls.NewCaption(words.T("All cells are of the column's type.")))
	}
	for _, f := range c.MostFrequent {
		p.odd.Add(controls.NewText(ValueText(f.Value, c) + "  ·  " + words.Count(f.Count)).Sized(style.Caption).Fitted(controls.Cut))
	}
}

func columnFacts(c contract.Column) []frame.Fact {
	distinct := words.Count(c.DistinctCount)
	if !c.DistinctExact {
		distinct = words.T("about {{.N}}", "N", distinct)
	}
	facts := []frame.Fact{
		{Name: words.T("Type"), Value: kind(c.Type)}, {Name: words.T("Empty"), Value: words.Count(c.NullCount) + " · " + words.Share(c.NullShare)},
		{Name: words.T("Distinct"), Value: distinct},
	}
	if c.Min != nil || c.Max != nil {
		facts = append(facts, frame.Fact{Name: words.T("Range"), Value: ValueText(c.Min, c) + " … " + ValueText(c.Max, c)})
	}
	if n := c.Numbers; n != nil {
		facts = append(facts,
			frame.Fact{Name: words.T("Mean"), Value: words.Decimal(n.Mean, 2)}, frame.Fact{Name: words.T("Median"), Value: words.Decimal(n.Median, 2)},
			frame.Fact{Name: words.T("Middle half"), Value: words.Decimal(n.Q1, 2) + " … " + words.Decimal(n.Q3, 2)},
			frame.Fact{Name: words.T("Sum"), Value: words.Amount(n.Sum)},
			frame.Fact{Name: words.T("Zeros, negatives"), Value: words.Count(n.Zeros) + ", " + words.Count(n.Negatives)})
	}
	if l := c.Lengths; l != nil {
		facts = append(facts, frame.Fact{Name: words.T("Length"), Value: fmt.Sprintf("%d … %d", l.Min, l.Max)})
	}
	if c.Formulas > 0 {
		facts = append(facts, frame.Fact{Name: words.T("Formulas"), Value: words.Count(c.Formulas)})
	}
	return facts
}

// oddities are what is not like the rest of a column, each with the cells where it begins.
func oddities(c contract.Column) []string {
	var out []string
	if n := c.Misfits.Count; n > 0 {
		out = append(out, words.N(n, "{{.N}} cell is of another type: {{.Where}}", "{{.N}} cells are of another type: {{.Where}}", "Where", where(c.Misfits.Examples, n)))
	}
	if s := c.StoredAsText; s.Numbers+s.Dates > 0 {
		out = append(out, words.N(s.Numbers+s.Dates, "{{.N}} number or date is stored as text: {{.Where}}", "{{.N}} numbers or dates are stored as text: {{.Where}}", "Where", where(s.Examples, s.Numbers+s.Dates)))
	}
	names := make([]string, 0, len(c.Errors))
	for e := range c.Errors {
		names = append(names, e)
	}
	sort.Strings(names)
	for _, e := range names {
		out = append(out, words.N(c.Errors[e], "{{.N}} cell holds the error {{.Error}}.", "{{.N}} cells hold the error {{.Error}}.", "Error", e))
	}
	return out
}

// where names the first of n cells, with what stands in them.
func where(examples []contract.Example, n int64) string { return verdict.Where(examples, n, "") }

// paneLayout gives the lower object two fifths of the height, the upper one the rest.
type paneLayout struct{}

func (paneLayout) MinSize(o []fyne.CanvasObject) fyne.Size {
	return fyne.NewSize(max(o[0].MinSize().Width, 320), o[0].MinSize().Height+style.Roomy(120))
}

func (paneLayout) Layout(o []fyne.CanvasObject, size fyne.Size) {
	lower := max(style.Roomy(130), min(style.Roomy(230), size.Height*0.42))
	o[0].Resize(fyne.NewSize(size.Width, size.Height-lower))
	o[1].Move(fyne.NewPos(0, size.Height-lower))
	o[1].Resize(fyne.NewSize(size.Width, lower))
}
