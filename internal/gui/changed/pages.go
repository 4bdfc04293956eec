package changed

import (
	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/changes"
)

// build makes the pages: the groups, the orders where they were compared, and what there is to know of it.
func (d *dialog) build(notes []string, c *compared) {
	tabs := []controls.Tab{{Name: "changed.groups", Title: words.T("By group"), Content: d.groupPage()}}
	if c != nil {
		for k, title := range [3]string{
			words.T("Added ({{.N}})", "N", c.result.Parts[changes.Added].Orders), words.T("Removed ({{.N}})", "N", c.result.Parts[changes.Removed].Orders),
			words.T("Changed ({{.N}})", "N", c.result.Parts[changes.Changed].Orders),
		} {
			tabs = append(tabs, controls.Tab{Name: [3]string{"changed.added", "changed.removed", "changed.changed"}[k], Title: title, Content: orderPage(changes.Kind(k), c.orders[k])})
		}
	}
	if len(notes) > 0 {
		lines := controls.Column(style.Small)
		for _, n := range notes {
			lines.Add(controls.NewText(n).Fitted(controls.Wrap))
		}
		tabs = append(tabs, controls.Tab{Name: "changed.notes", Title: words.T("Notes ({{.N}})", "N", len(notes)), Content: controls.NewVScroll("changed.notes.scroll", controls.Pad(0, 0, 0, 12, lines))})
	}
	d.body.Objects = []fyne.CanvasObject{controls.NewTabsWith(controls.Pad(0, style.Tight, 0, 0, d.excel), style.Small, nil, tabs...).Container}
	d.body.Refresh()
}

func (d *dialog) groupPage() fyne.CanvasObject {
	none := controls.NewEmpty(words.T("No groups"), words.T("The figures of one of the runs are not known, or the two have no column in common."))
	columns := []datatable.Column{
		{Title: words.T("Group"), Width: 150, Grow: 1.4}, {Title: words.T("Before"), Width: 110, Grow: 0.5, Right: true}, {Title: words.T("After"), Width: 110, Grow: 0.5, Right: true},
		{Title: words.T("Change"), Width: 130, Right: true}, {Title: words.T("Of the change"), Width: 104, Right: true}, {Title: words.T("Orders"), Width: 120, Grow: 0.3, Right: true},
	}
	d.groups = datatable.NewRows("changed.group", columns, groupCells, func(r groupRow) string { return r.name + "\x00" + r.before + r.after }, nil, none)
	if len(d.parts) == 0 {
		return d.groups.Container
	}
	var names []string
	places := map[string]int{}
	for i, b := range d.parts {
		name := columnWord(b.Column)
		names, places[name] = append(names, name), i
	}
	show := func(i int) { d.groups.Set(groupRows(d.parts[i])) }
	show(0)
	by := controls.NewSelect("changed.by", names, names[0], func(name string) { show(places[name]) }).Called(words.T("Broken down by"))
	said := controls.NewCaption(words.T("The largest change first. The groups add up to the whole change.")).Fitted(controls.Cut)
	head := controls.Border(nil, nil, controls.Line(style.Small, controls.NewText(words.T("Broken down by")), controls.Width(190, by)), nil, controls.Pad(style.Small, 0, style.Medium, 0, said))
	return controls.Border(controls.Pad(0, style.Small, 0, 0, head), nil, nil, nil, d.groups.Container)
}

func groupCells(r groupRow) []datatable.Cell {
	colour := style.Text
	if r.rest {
		colour = style.Muted
	}
	return []datatable.Cell{
		{Text: r.name, Color: colour}, {Text: r.before, Color: style.Muted}, {Text: r.after, Color: style.Muted},
		{Text: r.change, Bold: !r.rest, Color: colour}, {Text: r.share, Color: colour}, {Text: r.orders, Color: style.Muted},
	}
}

func orderPage(k changes.Kind, rows []orderRow) fyne.CanvasObject {
	none := controls.NewEmpty([3]string{words.T("No order was added"), words.T("No order was removed"), words.T("No order was changed")}[k], "")
	columns := []datatable.Column{{Title: words.T("Order"), Width: 150, Grow: 0.5}, {Title: words.T("Revenue"), Width: 120, Grow: 0.2, Right: true}, {Title: words.T("Details"), Width: 260, Grow: 2}}
	if k == changes.Changed {
		columns = []datatable.Column{
			{Title: words.T("Order"), Width: 140, Grow: 0.4}, {Title: words.T("Before"), Width: 96, Grow: 0.2, Right: true}, {Title: words.T("After"), Width: 96, Grow: 0.2, Right: true},
			{Title: words.T("Change"), Width: 110, Grow: 0.2, Right: true}, {Title: words.T("What changed"), Width: 240, Grow: 2},
		}
	}
	cells := func(r orderRow) []datatable.Cell {
		colour := style.Text
		if r.rest {
			colour = style.Muted
		}
		id, what := datatable.Cell{Text: r.id, Color: colour}, datatable.Cell{Text: r.what, Color: style.Muted}
		switch k {
		case changes.Added:
			return []datatable.Cell{id, {Text: r.after}, what}
		case changes.Removed:
			return []datatable.Cell{id, {Text: r.before}, what}
		case changes.Changed:
		}
		what.Color = colour
		return []datatable.Cell{id, {Text: r.before, Color: style.Muted}, {Text: r.after, Color: style.Muted}, {Text: r.change, Bold: true}, what}
	}
	t := datatable.NewRows([3]string{"changed.add", "changed.remove", "changed.change"}[k], columns, cells, func(r orderRow) string { return r.id }, nil, none)
	t.Set(rows)
	return t.Container
}
