package datatable

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

// What is remembered stands in the program's preferences as lines: hidden columns by name, and widths as NAME=WIDTH.
func (p *Panel) hiddenKey() string { return p.name + ".hidden" }

// widthKey was NAME.widths, in which versions up to 0.1 kept all columns as they happened to be when one of them was moved.
func (p *Panel) widthKey() string { return p.name + ".columnwidths" }

func (p *Panel) recall() {
	p.hidden, p.widths = map[string]bool{}, map[string]float32{}
	for _, n := range lines(p.shell.Prefs.String(p.hiddenKey())) {
		p.hidden[n] = true
	}
	for _, l := range lines(p.shell.Prefs.String(p.widthKey())) {
		name, text, _ := strings.Cut(l, "=")
		if w, err := strconv.ParseFloat(text, 32); err == nil && float32(w) >= leastWidth && float32(w) <= mostWidth {
			p.widths[name] = float32(w)
		}
	}
}

// mostRemembered bounds how many columns are remembered.
const mostRemembered = 5000

func lines(s string) []string {
	if s == "" {
		return nil
	}
	return strings.SplitN(s, "\n", mostRemembered)
}

// remember keeps the width that a person has given a column; the others stay as wide as their content asks.
func (p *Panel) remember(col int) {
	if col >= len(p.grid.columns) {
		return
	}
	p.widths[p.grid.columns[col].name] = p.grid.columns[col].width
	p.keepWidths()
}

// fit gives a column the width that its first rows and those in sight ask for, and forgets the one that it was given.
func (p *Panel) fit(col int) {
	if p.view == nil || col >= len(p.shown) {
		return
	}
	i := p.shown[col]
	c := p.view.Columns()[i]
	from, to := p.grid.inSight()
	width := fitting(c.Name, append(p.written(i, c, 0, measured), p.written(i, c, from, to)...), fitMost)
	if delete(p.widths, c.Name); width != p.width(i, c) { // what a narrower one would cut stays as it is asked for
		p.widths[c.Name] = width
	}
	p.keepWidths()
	p.grid.columns[col].width = width
	p.grid.clamp()
	p.grid.redraw()
}

func (p *Panel) keepWidths() {
	names := slices.Sorted(maps.Keys(p.widths))
	out := make([]string, 0, len(names))
	for _, n := range names[:min(len(names), mostRemembered)] {
		out = append(out, fmt.Sprintf("%s=%.0f", n, p.widths[n]))
	}
	p.shell.Prefs.SetString(p.widthKey(), strings.Join(out, "\n"))
}

// hide hides a column or shows it again.
func (p *Panel) hide(name string, yes bool) {
	shown := 0
	for _, c := range p.view.Columns() {
		if !p.hidden[c.Name] {
			shown++
		}
	}
	if yes && shown <= 1 { // one stays
		return
	}
	if yes {
		p.hidden[name] = true
	} else {
		delete(p.hidden, name)
		p.came()
	}
	var out []string
	for _, c := range p.view.Columns() {
		if p.hidden[c.Name] {
			out = append(out, c.Name)
		}
	}
	p.shell.Prefs.SetString(p.hiddenKey(), strings.Join(out, "\n"))
	p.update()
}

// offeredColumns is how many columns are offered at once; the others are found by their names.
const offeredColumns = 100

// chooseColumns opens a card with all columns to choose from.
func (p *Panel) chooseColumns() {
	if p.view == nil {
		return
	}
	list, more := controls.Column(2), controls.NewCaption("")
	offer := func(part string) {
		list.RemoveAll()
		left := 0
		for _, c := range p.view.Columns() {
			switch {
			case !strings.Contains(strings.ToLower(c.Name), strings.ToLower(part)):
			case len(list.Objects) == offeredColumns:
				left++
			default:
				list.Add(controls.NewCheckBox(p.name+".column."+c.Name, c.Name, !p.hidden[c.Name], func(yes bool) { p.hide(c.Name, !yes) }))
			}
		}
		more.Set(words.N(int64(left), "and {{.N}} more: type a part of its name", "and {{.N}} more: type a part of the name"))
		controls.Toggle(more, left > 0)
	}
	find := controls.NewEntry(p.name+".column.find", words.T("Part of a name"), nil)
	find.OnChanged = offer
	find.Hidden = len(p.view.Columns()) <= offeredColumns
	offer("")
	all := controls.NewQuiet(p.name+".column.all", words.T("Show all"), func() {
		p.hidden = map[string]bool{}
		p.came()
		p.shell.Prefs.SetString(p.hiddenKey(), "")
		p.update()
		for _, o := range list.Objects {
			o.(*controls.CheckBox).SetChecked(true)
		}
	})
	scroll := controls.NewVScroll(p.name+".column.scroll", list)
	scroll.SetMinSize(fyne.NewSize(220, min(list.MinSize().Height, 420)))
	p.shell.Dialogs.Card(p.columns, controls.Column(style.Small, controls.NewHeading(words.T("Columns")), find, scroll, more, all))
}
