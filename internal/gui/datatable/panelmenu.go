package datatable

import (
	"context"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/dataset"
)

// whole hands over a cell as it stands in the file, of which what is shown may be a part.
func (p *Panel) whole(i, row int, then func(dataset.Cell)) {
	cells := p.cache.row(row)
	if i >= len(cells) {
		return
	}
	if !cells[i].Part {
		then(cells[i])
		return
	}
	view := p.view
	tasks.Start(p.copying, func(ctx context.Context, _ func(int64, int64)) (dataset.Rows, error) {
		return view.Window(ctx, row, 1, []int{i})
	}, nil, func(rows dataset.Rows, err error) {
		if err != nil {
			p.state.Set(controls.StateBad, p.shell.Error(err))
			return
		}
		then(rows.Cells[0][0])
	})
}

// menu offers what can be done with a column or with the chosen rows.
func (p *Panel) menu(col, row int, at fyne.Position) {
	if col >= len(p.shown) {
		return
	}
	i := p.shown[col]
	var items []*fyne.MenuItem
	if row >= 0 {
		items = append(items,
			fyne.NewMenuItem(words.T("Copy the cell"), func() {
				p.whole(i, row, func(c dataset.Cell) { p.shell.Copy(lettering.Copy(p.text(c, p.view.Columns()[i]))) })
			}),
			fyne.NewMenuItem(words.T("Copy the chosen rows"), p.copyChosen),
			fyne.NewMenuItem(words.T("Show only rows with this value"), func() { p.only(i, row) }),
			fyne.NewMenuItemSeparator())
	}
	items = append(items,
		fyne.NewMenuItem(words.T("Sort ascending"), func() { p.order(i, false) }),
		fyne.NewMenuItem(words.T("Sort descending"), func() { p.order(i, true) }),
		fyne.NewMenuItem(words.T("Filter…"), func() { p.editFilter(i) }),
		fyne.NewMenuItem(words.T("Hide the column"), func() { p.hide(p.view.Columns()[i].Name, true) }),
		fyne.NewMenuItem(words.T("Columns…"), p.chooseColumns))
	p.shell.Dialogs.Menu(at, items...)
}

func (p *Panel) order(i int, down bool) {
	p.query.Sort = []dataset.Order{{Column: i, Descending: down}}
	p.ask(0)
}

// Search is the entry for what is searched in all columns.
func (p *Panel) Search() fyne.Focusable { return p.search }
