package datatable

import (
	"context"
	"slices"

	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/services/results/dataset"
)

// Subject says what the rows of a panel are. The zero value is the cleaned rows of a run.
type Subject struct {
	Fixed  bool                                        // the first column stays while the others are scrolled sideways
	AsIs   bool                                        // cells are shown as they stand in a file, numbers too
	None   string                                      // said while there are no rows
	Mark   func(cells []dataset.Cell, column int) Mark // what stands out of a cell of a row; nil for nothing
	Chosen func()                                      // other rows are chosen, or in sight; nil for nobody
}

// About says what the rows are, before the first are shown.
func (p *Panel) About(s Subject) {
	p.of = s
	p.update()
}

// text is a cell as it is drawn.
func (p *Panel) text(c dataset.Cell, of dataset.Column) string {
	if p.of.AsIs {
		return c.Text
	}
	return Written(c, of)
}

// Grow shows the rows that are there by now, of about so many, while the table is still being read: what is in sight stays there.
// first are its first rows.
func (p *Panel) Grow(v View, first dataset.Rows, about int64) {
	if p.table != nil || v.Rows() == 0 {
		return
	}
	if p.total = about; p.view == nil || !p.growing {
		p.use(v, first)
		p.growing = true
		p.tell()
		return
	}
	p.view = v
	p.cache.forgetShort()
	p.grid.set(p.grid.columns, v.Rows())
	p.read()
	p.tell()
}

// forgetShort drops the page that has grown since.
func (c *cache) forgetShort() {
	for p, page := range c.pages {
		if len(page) < pageRows {
			c.bytes -= c.sizes[p]
			delete(c.pages, p)
			delete(c.sizes, p)
			c.order = slices.DeleteFunc(c.order, func(o int) bool { return o == p })
		}
	}
}

// Again asks the table once more what it shows.
func (p *Panel) Again() { p.ask(0) }

// Redraw draws the rows in sight once more, as their marks are others.
func (p *Panel) Redraw() { p.grid.redraw() }

// Narrowed tells whether a filter or a search leaves rows out.
func (p *Panel) Narrowed() bool { return len(p.query.Filters) > 0 || p.query.Search != "" }

// Forget goes back to all rows in their order, and to the first columns: what comes next has others.
func (p *Panel) Forget() {
	p.query, p.landing, p.grid.left = dataset.Query{}, nil, 0
	if p.search.Text != "" {
		p.search.Text = ""
		p.search.Refresh()
	}
	p.drawChips()
}

// Widen takes away what leaves rows out, and shows all.
func (p *Panel) Widen() {
	p.query.Filters = nil
	if p.query.Search != "" {
		p.query.Search, p.search.Text = "", ""
		p.search.Refresh()
	}
	p.ask(0)
}

// Chosen are the cells of the row that was chosen last; nil for none, or while they are being read.
func (p *Panel) Chosen() []dataset.Cell {
	if p.view == nil || p.grid.chosen.none() {
		return nil
	}
	return p.cache.row(p.grid.chosen.end)
}

// landing is a cell that is gone to once its place is known.
type landing struct {
	find func(ctx context.Context, v View) (row int, ok bool, err error)
	then func(found bool) (column int)
}

// Land goes to a cell of the view: find says, on any goroutine, in which row of it, and false where the view does not have the cell.
// Then is told that, on the window's goroutine, and says in which column. While a question is under way it waits for the answer. A
// row of -1 is the header.
func (p *Panel) Land(find func(ctx context.Context, v View) (row int, ok bool, err error), then func(found bool) (column int)) {
	p.landing = &landing{find, then}
	if !p.asking.Busy() && p.Whole() {
		p.land()
	}
}

func (p *Panel) land() {
	to, view := p.landing, p.view
	if to == nil || view == nil || !p.Whole() {
		return
	}
	p.landing = nil
	type found struct {
		row int
		ok  bool
	}
	tasks.Start(p.finding, func(ctx context.Context, _ func(int64, int64)) (found, error) {
		row, ok, err := to.find(ctx, view)
		return found{row, ok}, err
	}, nil, func(f found, err error) {
		switch {
		case view != p.view: // another question was answered meanwhile
		case err != nil:
			p.fail(err)
		default:
			if column := to.then(f.ok); f.ok {
				p.stand(f.row, column)
			}
		}
	})
}

// stand makes a cell the current one, and brings it into sight.
func (p *Panel) stand(row, column int) {
	g := p.grid
	at := -1
	if column >= 0 {
		if all := p.view.Columns(); column < len(all) && p.hidden[all[column].Name] {
			p.hide(all[column].Name, false)
		}
		at = slices.Index(p.shown, column)
	}
	g.current, g.column = place{row, at}, max(0, at)
	if at >= 0 {
		g.showColumn(at)
	}
	if row < 0 {
		g.chosen = span{-1, -1}
		g.redraw()
		p.tell()
		return
	}
	if row < g.top || row >= g.top+g.page() { // not at an edge: who walks wants to see what is around
		g.scrollTo(row-g.page()/3, g.left)
	}
	g.choose(row, false)
}
