package datatable

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/results/dataset"
)

// only filters by the value of a cell.
func (p *Panel) only(i, row int) {
	p.whole(i, row, func(c dataset.Cell) {
		f := dataset.Filter{Column: i, Op: dataset.Equals, Text: c.Text}
		if c.Null {
			f = dataset.Filter{Column: i, Op: dataset.IsEmpty}
		}
		p.setFilter(i, &f)
	})
}

// setFilter replaces a column's filter; nil takes it away.
func (p *Panel) setFilter(i int, f *dataset.Filter) {
	p.query.Filters = slices.DeleteFunc(slices.Clone(p.query.Filters), func(o dataset.Filter) bool { return o.Column == i })
	if f != nil {
		p.query.Filters = append(p.query.Filters, *f)
	}
	p.ask(0)
}

func (p *Panel) filterOf(i int) (dataset.Filter, bool) {
	for _, f := range p.query.Filters {
		if f.Column == i {
			return f, true
		}
	}
	return dataset.Filter{}, false
}

// Filters are, each in a sentence, what the shown rows were chosen by; nil for all rows.
func (p *Panel) Filters() []string {
	if !p.Whole() {
		return nil
	}
	var out []string
	columns := p.table.Columns()
	for _, f := range p.answered.Filters {
		out = append(out, Sentence(f, columns[f.Column]))
	}
	if p.answered.Search != "" {
		out = append(out, words.T("any column contains “{{.Text}}”", "Text", plaintext.Line(p.answered.Search, labelChars)))
	}
	return out
}

// drawChips shows the filters, each with a way to take it away.
func (p *Panel) drawChips() {
	var out []fyne.CanvasObject
	if p.table != nil {
		columns := p.table.Columns()
		for _, f := range p.applied().Filters {
			text := Sentence(f, columns[f.Column])
			said := controls.NewCaption(text + "  ✕").Colored(style.Accent)
			body, _ := controls.Rounded(style.NeutralBk, 4, said)
			out = append(out, controls.NewTouch(p.name+".filter."+columns[f.Column].Name, body, func() string { return text }, func() { p.setFilter(f.Column, nil) }))
		}
	}
	p.chips.Objects = out
	p.chips.Refresh()
}

// labelChars is how much is shown of a column's name or of a value where one of many is named.
const labelChars = 80

// Sentence is a filter in words, such as channel: Web, Store.
func Sentence(f dataset.Filter, c dataset.Column) string {
	end := func(v *float64) string { return words.Plain(*v) }
	c.Name, f.Text = plaintext.Line(c.Name, labelChars), plaintext.Line(f.Text, labelChars)
	switch f.Op {
	case dataset.Contains:
		return words.T("{{.Column}} contains “{{.Text}}”", "Column", c.Name, "Text", f.Text)
	case dataset.NotContain:
		return words.T("{{.Column}} without “{{.Text}}”", "Column", c.Name, "Text", f.Text)
	case dataset.Equals:
		return c.Name + ": " + f.Text
	case dataset.OneOf:
		texts := f.Texts
		if len(texts) > 3 {
			return words.N(int64(len(texts)), "{{.Column}}: {{.N}} value", "{{.Column}}: {{.N}} values", "Column", c.Name)
		}
		return c.Name + ": " + plaintext.Line(strings.Join(texts, ", "), 3*labelChars)
	case dataset.NotEmpty:
		return words.T("{{.Column}} is not empty", "Column", c.Name)
	case dataset.IsEmpty:
		return words.T("{{.Column}} is empty", "Column", c.Name)
	case dataset.InRange:
		switch {
		case f.Min != nil && f.Max != nil:
			return c.Name + ": " + end(f.Min) + " – " + end(f.Max)
		case f.Min != nil:
			return c.Name + " ≥ " + end(f.Min)
		case f.Max != nil:
			return c.Name + " ≤ " + end(f.Max)
		}
	case dataset.Between:
		from, to := f.From.Format(time.DateOnly), f.To.Format(time.DateOnly)
		switch {
		case !f.From.IsZero() && !f.To.IsZero():
			return c.Name + ": " + words.Days(from, to)
		case !f.From.IsZero():
			return c.Name + " ≥ " + words.Day(from)
		case !f.To.IsZero():
			return c.Name + " ≤ " + words.Day(to)
		}
	}
	return c.Name
}

// editFilter asks for a column's filter; what is asked depends on what the column holds.
func (p *Panel) editFilter(i int) {
	if p.table == nil {
		return
	}
	c := p.table.Columns()[i]
	was, _ := p.filterOf(i)
	var extra fyne.CanvasObject
	var make func() *dataset.Filter
	switch {
	case c.Kind.Number():
		extra, make = p.askRange(i, was)
	case c.Kind == dataset.Date || c.Kind == dataset.DateTime:
		extra, make = p.askDays(i, was)
	default:
		extra, make = p.askText(i, was)
	}
	p.shell.Dialogs.Ask(dialogs.Question{
		Title: words.T("Filter by {{.Column}}", "Column", plaintext.Line(c.Name, labelChars)), Extra: []fyne.CanvasObject{extra}, Yes: words.T("Filter"),
		Do: func() { p.setFilter(i, make()) },
	})
}

func (p *Panel) askRange(i int, was dataset.Filter) (fyne.CanvasObject, func() *dataset.Filter) {
	low, high := controls.NewEntry(p.name+".from", words.T("at least"), nil), controls.NewEntry(p.name+".to", words.T("at most"), nil)
	if was.Min != nil {
		low.Text = words.Plain(*was.Min)
	}
	if was.Max != nil {
		high.Text = words.Plain(*was.Max)
	}
	return controls.Equal(style.Small, low, high), func() *dataset.Filter {
		f := dataset.Filter{Column: i, Op: dataset.InRange, Min: number(low.Text), Max: number(high.Text)}
		if f.Min == nil && f.Max == nil {
			return nil
		}
		return &f
	}
}

// number reads what a person types; nil where it is no number.
func number(text string) *float64 {
	if v, ok := words.ReadNumber(text); ok {
		return &v
	}
	return nil
}

func (p *Panel) askDays(i int, was dataset.Filter) (fyne.CanvasObject, func() *dataset.Filter) {
	low, high := controls.NewEntry(p.name+".from", words.T("from, such as 2025-01-31"), nil), controls.NewEntry(p.name+".to", words.T("to"), nil)
	if !was.From.IsZero() {
		low.Text = was.From.Format(time.DateOnly)
	}
	if !was.To.IsZero() {
		high.Text = was.To.Format(time.DateOnly)
	}
	return controls.Equal(style.Small, low, high), func() *dataset.Filter {
		f := dataset.Filter{Column: i, Op: dataset.Between, From: words.ReadDay(low.Text), To: words.ReadDay(high.Text)}
		if f.From.IsZero() && f.To.IsZero() {
			return nil
		}
		return &f
	}
}

// offered is how many values of a column are offered to choose from.
const offered = 50

// askText asks for a part of the text, or for some of the column's values, which are counted meanwhile.
func (p *Panel) askText(i int, was dataset.Filter) (fyne.CanvasObject, func() *dataset.Filter) {
	part := controls.NewEntry(p.name+".contains", words.T("contains"), nil)
	if was.Op == dataset.Contains {
		part.With(was.Text)
	}
	chosen := map[string]bool{}
	for _, t := range was.Texts {
		chosen[t] = true
	}
	if was.Op == dataset.Equals {
		chosen[was.Text] = true
	}
	list := controls.Column(2)
	note := controls.NewCaption(words.T("Counting the values"))
	scroll := controls.NewVScroll(p.name+".value.scroll", list)
	scroll.SetMinSize(fyne.NewSize(200, 220))
	table := p.table
	answer := func() *dataset.Filter {
		if text := strings.TrimSpace(part.Text); text != "" {
			return &dataset.Filter{Column: i, Op: dataset.Contains, Text: text}
		}
		if len(chosen) == 0 {
			return nil
		}
		f := dataset.Filter{Column: i, Op: dataset.OneOf}
		for t := range chosen {
			f.Texts = append(f.Texts, t)
		}
		slices.Sort(f.Texts)
		return &f
	}
	if p.away() > 0 {
		note.Set(words.T("Its values can be chosen from once all rows are on this computer."))
		return controls.Column(style.Small, part, note), answer
	}
	type found struct {
		values []dataset.Count
		all    int
	}
	tasks.Start(p.values, func(ctx context.Context, _ func(int64, int64)) (found, error) {
		values, all, err := table.Distinct(ctx, i, offered)
		return found{values, all}, err
	}, nil, func(f found, err error) {
		if err != nil {
			note.Set(p.shell.Error(err))
			return
		}
		note.Set(words.T("or one of its values:"))
		if f.all > len(f.values) {
			note.Set(words.N(int64(f.all), "or one of the {{.First}} most frequent of {{.N}} value:", "or one of the {{.First}} most frequent of {{.N}} values:",
				"First", words.Count(int64(len(f.values)))))
		}
		for _, v := range f.values {
			if v.Null {
				continue
			}
			list.Add(controls.NewCheckBox(p.name+".value."+v.Text, plaintext.Line(v.Text, labelChars)+" · "+words.Count(int64(v.Rows)), chosen[v.Text], func(yes bool) {
				if yes {
					chosen[v.Text] = true
				} else {
					delete(chosen, v.Text)
				}
			}))
		}
	})
	return controls.Column(style.Small, part, note, scroll), answer
}
