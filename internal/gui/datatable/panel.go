package datatable

import (
	"context"
	"maps"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/dataset"
)

// Panel is the table with its search, filters and choice of columns.
type Panel struct {
	Content fyne.CanvasObject

	shell   *shell.Shell
	name    string // of the controls, and of what is remembered
	asking  *tasks.Slot
	reading *tasks.Slot
	copying *tasks.Slot
	values  *tasks.Slot
	finding *tasks.Slot

	table    Table // nil while only the first rows are here
	view     View
	cache    *cache
	query    dataset.Query
	answered dataset.Query // that the view is of; another one may be under way
	hidden   map[string]bool
	widths   map[string]float32
	shown    []int   // columns of the view that are shown, in order
	of       Subject // what the rows are, where they are not those of a run
	growing  bool    // more rows come
	landing  *landing
	total    int64 // rows in the whole file; 0 where not known

	distant distant
	failing bool // the last rows in sight could not be read

	grid    *surface
	empty   *controls.Empty
	search  *controls.Entry
	chips   *fyne.Container
	status  *controls.Text
	stop    *controls.Button
	columns *controls.Button
	state   *controls.Banner
}

// New makes an empty panel; name is for the probe and for what is remembered, extra stands right of the search.
func New(sh *shell.Shell, name string, extra ...fyne.CanvasObject) *Panel {
	p := &Panel{shell: sh, name: name, cache: newCache()}
	p.asking, p.reading, p.copying, p.values = sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot(), sh.Runner.NewSlot()
	p.finding = sh.Runner.NewSlot()
	p.recall()
	p.grid = newSurface(name)
	p.grid.dispatch = sh.Runner.UI
	p.grid.cell = p.cell
	p.grid.onMoved = p.read
	p.grid.onSort = p.sortBy
	p.grid.onMenu = p.menu
	p.grid.onWidths = p.remember
	p.grid.onFit = p.fit
	p.grid.onChosen = p.tell
	p.grid.onCopy = p.copyChosen
	p.empty = controls.NewEmpty(words.T("No rows"), "")
	p.search = controls.NewEntry(name+".search", words.T("Search in all columns"), nil)
	p.search.OnChanged = func(text string) {
		p.query.Search = strings.TrimSpace(text)
		p.ask(searchDelay)
	}
	p.columns = controls.NewButton(name+".columns", words.T("Columns…"), p.chooseColumns)
	p.chips = controls.Line(style.Small)
	p.status = controls.NewCaption("").Fitted(controls.Cut)
	p.stop = controls.NewQuiet(name+".stop", words.T("Cancel"), p.cancel)
	p.stop.Hide()
	p.state = controls.NewBanner()
	p.distant.set(p)
	tools := controls.Line(style.Small, controls.Width(240, p.search), p.columns, p.chips, controls.Fill())
	for _, o := range extra {
		tools.Add(o)
	}
	body := controls.Panel(1, container.NewStack(p.grid, p.empty.Container))
	p.Content = controls.Border(controls.Pad(0, style.Small, 0, 0, controls.Column(style.Small, tools, p.distant.question.Container, p.state.Container, p.distant.going.Container)),
		controls.Pad(style.Tight, 0, 0, 0, controls.Border(nil, nil, nil, p.stop, p.status)), nil, nil, body)
	p.update()
	return p
}

// searchDelay is how long is waited for another letter.
const searchDelay = 200 * time.Millisecond

// Preview shows the first rows of a table of total rows (0: not known) while there is no more of it here.
func (p *Panel) Preview(f Few, total int64) {
	p.total = total
	if p.table != nil {
		return
	}
	if v, ok := p.view.(few); ok && slices.Equal(columnNames(v.columns), f.Names) && slices.EqualFunc(v.cells, f.Cells, slices.Equal) {
		p.tell()
		return
	}
	few := newFew(f) // they are in memory
	p.use(few, few.window(0, len(few.cells), nil))
}

func columnNames(columns []dataset.Column) []string {
	var out []string
	for _, c := range columns {
		out = append(out, c.Name)
	}
	return out
}

// Show shows a table and closes the one before it.
func (p *Panel) Show(t Table) {
	old := p.table
	p.table = t
	p.total = int64(t.Rows())
	p.State(controls.StateBusy, "")
	p.query.Filters = slices.DeleteFunc(p.query.Filters, func(f dataset.Filter) bool { return f.Column >= len(t.Columns()) })
	p.query.Sort = slices.DeleteFunc(p.query.Sort, func(o dataset.Order) bool { return o.Column >= len(t.Columns()) })
	p.ask(0)
	if old != nil {
		p.shell.Runner.Go(func(context.Context) { _ = old.Close() }) // readers of it end with an error, which is dropped
	}
}

// Total is how many rows the whole table has; 0 where not known.
func (p *Panel) Total() int64 { return p.total }

// Whole tells whether the shown rows are of all, and not of the first ones only: these stay in sight until the first question to the
// whole table is worked out.
func (p *Panel) Whole() bool {
	_, first := p.view.(few)
	return p.table != nil && p.view != nil && !first
}

// Leave goes back to a preview; what was shown belongs to another run.
func (p *Panel) Leave() {
	p.asking.Cancel()
	p.reading.Cancel()
	old := p.table
	p.table, p.view = nil, nil
	p.distant.hide()
	if old != nil {
		p.shell.Runner.Go(func(context.Context) { _ = old.Close() })
	}
}

// State says what is being done or why there are only the first rows; "" says nothing.
func (p *Panel) State(s controls.State, sentence string) {
	p.distant.going.Set(s, "")
	p.state.Set(s, sentence)
}

// Shown is the rows and the columns that are shown, nil where there is no table.
func (p *Panel) Shown() (View, []int) { return p.view, p.shown }

// ask works out the query after a moment in which it may change again.
func (p *Panel) ask(wait time.Duration) {
	p.drawChips()
	table, query := p.table, p.query
	if table == nil {
		p.tell()
		return
	}
	query.Filters, query.Sort = slices.Clone(query.Filters), slices.Clone(query.Sort)
	if p.asksForAll(query) {
		if p.Whole() {
			return // what is shown stays
		}
		query = dataset.Query{}
	}
	type answer struct {
		view View
		rows dataset.Rows
	}
	away, hidden := p.away(), maps.Clone(p.hidden)
	tasks.Start(p.asking, func(ctx context.Context, report func(int64, int64)) (answer, error) {
		if err := after(ctx, wait); err != nil {
			return answer{}, err
		}
		v, err := table.Look(ctx, query, func(done, total int) { report(int64(done), int64(total)) })
		if err != nil {
			return answer{}, err
		}
		rows, err := v.Shown(ctx, 0, pageRows, needed(away, v.Columns(), hidden)) // so that nothing is empty for a moment
		return answer{v, rows}, err
	}, func(done, total int64) {
		if total <= 0 {
			return
		}
		p.status.Set(words.T("Searching and sorting: {{.Part}}", "Part", words.Percent(float64(done)/float64(total), 0)))
		controls.Toggle(p.stop, true)
	}, func(a answer, err error) {
		controls.Toggle(p.stop, false)
		if err != nil {
			p.state.Set(controls.StateBad, p.shell.Error(err))
			p.tell()
			return
		}
		p.state.Set(controls.StateBad, "")
		p.answered = query
		p.use(a.view, a.rows)
		p.land()
	})
}

// fail says what went wrong.
func (p *Panel) fail(err error) { p.state.Set(controls.StateBad, p.shell.Error(err)) }

// cancel gives up the question that is being worked out, and stays with the rows that are shown.
func (p *Panel) cancel() {
	p.asking.Cancel()
	controls.Toggle(p.stop, false)
	p.tell()
}

// use shows a view from its first row. Its first rows are there before it is drawn: the columns' widths are worked out from them.
func (p *Panel) use(v View, first dataset.Rows) {
	p.view, p.growing = v, false
	p.cache = newCache()
	p.reading.Cancel()
	p.cache.put(spread(first, len(v.Columns())), v.Rows())
	p.grid.top, p.grid.chosen, p.grid.current = 0, span{-1, -1}, place{-1, -1}
	p.update()
}

// update gives the grid its columns.
func (p *Panel) update() {
	if p.view == nil {
		p.grid.set(nil, 0)
		hint := words.T("The cleaned data can't be shown yet.")
		if p.of.None != "" {
			hint = p.of.None
		}
		p.empty.Set(words.T("No rows"), hint)
		p.empty.Shown(true)
		p.tell()
		return
	}
	all, query := p.view.Columns(), p.applied()
	p.shown = p.shown[:0]
	var columns []column
	for i, c := range all {
		if p.hidden[c.Name] {
			continue
		}
		p.shown = append(p.shown, i)
		g := column{name: c.Name, right: c.Kind.Number(), width: p.width(i, c)}
		for _, o := range query.Sort {
			if o.Column == i {
				g.sorted = 1
				if o.Descending {
					g.sorted = -1
				}
			}
		}
		g.filtered = slices.ContainsFunc(query.Filters, func(f dataset.Filter) bool { return f.Column == i })
		columns = append(columns, g)
	}
	if p.grid.fixed = 0; p.of.Fixed && len(p.shown) > 1 && p.shown[0] == 0 {
		p.grid.fixed = 1
	}
	p.grid.set(columns, p.view.Rows())
	if p.table == nil { // the first rows are missing, which says nothing of the others
		p.empty.Set(words.T("No rows yet"), words.T("They appear when the whole table has been fetched."))
	} else {
		p.empty.Set(words.T("No row matches"), words.T("Remove a filter, or search for something else."))
	}
	p.empty.Shown(p.view.Rows() == 0)
	p.read()
	p.tell()
}

// width is a column's remembered width, else what its name and first cells need.
func (p *Panel) width(i int, c dataset.Column) float32 {
	if w, ok := p.widths[c.Name]; ok {
		return w
	}
	return fitting(c.Name, p.written(i, c, 0, measured), usualMost)
}

// written are a column's cells in those rows from one to another (excluded) that are here.
func (p *Panel) written(i int, c dataset.Column, from, to int) []string {
	var out []string
	for row := from; row < to; row++ {
		if cells := p.cache.row(row); i < len(cells) {
			out = append(out, p.text(cells[i], c))
		}
	}
	return out
}

func (p *Panel) cell(row, col int) cell {
	if p.view == nil || col >= len(p.shown) {
		return cell{known: true}
	}
	cells := p.cache.row(row)
	i := p.shown[col]
	if i >= len(cells) {
		return cell{}
	}
	out := cell{text: p.text(cells[i], p.view.Columns()[i]), known: true}
	if p.of.Mark != nil {
		out.mark = p.of.Mark(cells, i)
	}
	return out
}

// sortBy goes on to the next way to sort by a column: upwards, downwards, not.
func (p *Panel) sortBy(col int) {
	if p.table == nil || col >= len(p.shown) {
		return
	}
	i := p.shown[col]
	var order []dataset.Order
	switch {
	case len(p.query.Sort) == 0 || p.query.Sort[0].Column != i:
		order = []dataset.Order{{Column: i}}
	case !p.query.Sort[0].Descending:
		order = []dataset.Order{{Column: i, Descending: true}}
	}
	p.query.Sort = order
	p.ask(0)
}

// copyMost bounds how many rows go to the clipboard.
const copyMost = 100_000

// copyChosen puts the chosen rows on the clipboard, as spreadsheets take them.
func (p *Panel) copyChosen() {
	if p.view == nil || p.grid.chosen.none() {
		return
	}
	a, b := p.grid.chosen.bounds()
	n := min(b-a+1, copyMost)
	view, columns := p.view, slices.Clone(p.shown)
	p.tellCopying(n)
	tasks.Start(p.copying, func(ctx context.Context, _ func(int64, int64)) (lettering.Copied, error) {
		text, err := view.TSV(ctx, a, n, columns, true)
		return lettering.Copy(text), err
	}, nil, func(text lettering.Copied, err error) {
		if err != nil {
			p.state.Set(controls.StateBad, p.shell.Error(err))
			return
		}
		p.shell.Copy(text)
		p.status.Set(words.N(int64(n), "{{.N}} row copied", "{{.N}} rows copied"))
	})
}
