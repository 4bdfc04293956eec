package importscreen

import (
	"context"

	"fyne.io/fyne/v2"

	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/services/results/dataset"
)

// walkStrip stands above the rows: it says which finding's cells are walked, and goes from one to the next.
type walkStrip struct {
	content  fyne.CanvasObject
	page     *rowsPage
	mark     *controls.Mark
	area     *controls.Area
	text     *controls.Text
	choose   *controls.Button
	previous *controls.Button
	next     *controls.Button
	only     *controls.Button
	check    *controls.Button
	close    *controls.Touch

	offered []verdict.Finding // those with cells, of the file that was checked
	walking bool
	finding int     // that is walked, of the file's; -1 for all
	at      int64   // its cell; -1 before the first
	missed  bool    // no cell of it is among the rows that are shown
	part    float64 // of the file that is read
}

func newWalkStrip(p *rowsPage) *walkStrip {
	w := &walkStrip{page: p, finding: -1, at: -1}
	w.mark, w.text = controls.NewMark("", style.Muted), controls.NewText("").Fitted(controls.Cut)
	w.choose = controls.NewQuiet("import.walk.choose", words.T("Findings…"), w.pick)
	w.previous = controls.NewQuiet("import.walk.previous", words.T("Previous"), func() { w.step(-1) })
	w.next = controls.NewQuiet("import.walk.next", words.T("Next"), func() { w.step(1) })
	w.only = controls.NewQuiet("import.walk.only", words.T("Only these rows"), w.narrow)
	w.check = controls.NewQuiet("import.walk.check", words.T("See the check"), w.back)
	w.close = controls.NewTouch("import.walk.close", controls.Pad(6, 6, 6, 6, controls.NewMark(controls.Cross, style.Muted)), func() string { return words.T("Close") }, w.end)
	var body *fyne.Container
	body, w.area = controls.Rounded(style.NeutralBk, 0, controls.Line(0,
		controls.Pad(6, 6, 10, style.Small, w.mark), w.text, controls.Fill(), w.choose, w.previous, w.next, w.only, w.close))
	w.content = body
	return w
}

// offer takes what was found in a file, before its rows are here.
func (w *walkStrip) offer(r *analysis.Result) {
	w.offered = nil
	for _, f := range verdict.Of(r) {
		if f.HasCells() {
			w.offered = append(w.offered, f)
		}
	}
	w.update()
}

// reading says how much of the file is read.
func (w *walkStrip) reading(done, total int64) {
	if total > 0 {
		w.part = float64(done) / float64(total)
		w.update()
	}
}

// begin walks the cells of a finding.
func (w *walkStrip) begin(finding int) {
	w.walking, w.finding, w.at = true, finding, -1
	w.step(1)
}

// end stops walking.
func (w *walkStrip) end() {
	w.walking, w.finding, w.at, w.missed, w.part = false, -1, -1, false, 0
	if f := w.page.file; f != nil && f.only.Load() != nil {
		f.only.Store(nil)
		w.page.panel.Again()
	}
	w.update()
}

// cells are those that are walked.
func (w *walkStrip) cells() *hits.Cells {
	if w.finding < 0 {
		return w.page.file.Every
	}
	return w.page.file.Findings[w.finding].Cells
}

// here are the findings that the current cell is walked for, the gravest first; the one that is walked before its first cell.
func (w *walkStrip) here() []int {
	at, ok := w.cells().At(w.at)
	if w.finding >= 0 || !ok {
		return []int{max(w.finding, 0)}
	}
	var out []int
	for _, k := range w.page.marks.of(at.Row) {
		if k.column == cellOf(at) {
			out = append(out, k.finding)
		}
	}
	return out
}

// mostTried is how many cells that the shown rows do not have are passed over at a time.
const mostTried = 5000

// step goes to the next cell, or by -1 to the one before, around the ends.
func (w *walkStrip) step(by int64) {
	p := w.page
	if p.file == nil || len(p.file.Findings) == 0 {
		return
	}
	if !w.walking {
		w.first()
	}
	cells, at, header := w.cells(), w.at, p.file.HeaderRow()
	n := cells.Len()
	if at < 0 && by < 0 {
		at = 0
	}
	at = ((at+by)%n + n) % n
	started, landed := at, at
	w.at = at // who presses the key twice goes two cells on
	w.update()
	p.panel.Land(func(ctx context.Context, v datatable.View) (int, bool, error) {
		for range min(n, mostTried) {
			to, _ := cells.At(started)
			landed = started
			if to.Row == header {
				return -1, true, nil
			}
			if shown, ok := v.(*dataset.FileView); ok {
				row, ok, err := shown.Find(ctx, to.Row)
				if ok || err != nil {
					return row, ok, err
				}
			}
			started = ((started+by)%n + n) % n
		}
		return 0, false, nil
	}, func(found bool) (column int) {
		w.missed = !found
		if found {
			w.at = landed
		}
		w.update()
		to, _ := cells.At(landed)
		return cellOf(to)
	})
}

// first begins to walk all that was found, behind the chosen row.
func (w *walkStrip) first() {
	w.walking, w.finding, w.at = true, -1, -1
	if cells := w.page.panel.Chosen(); cells != nil {
		if n := numberOf(cells); n > 0 {
			w.at = w.cells().Before(hits.Cell{Row: n, Column: 1 << 20}) - 1
		}
	}
}

// narrow shows only the rows of the finding, or all again.
func (w *walkStrip) narrow() {
	p := w.page
	if p.file == nil || !w.walking {
		return
	}
	switch {
	case w.missed:
		p.file.only.Store(nil)
		p.panel.Widen()
	case p.file.only.Load() != nil:
		p.file.only.Store(nil)
		p.panel.Again()
	default:
		p.file.only.Store(w.cells())
		p.panel.Again()
	}
	w.missed = false
	w.at--
	w.step(1) // the same cell, where it stands now
}

// back goes to the finding on Checks.
func (w *walkStrip) back() {
	if !w.walking || w.page.file == nil {
		return
	}
	d, key := w.page.screen.right, w.page.file.Findings[w.here()[0]].Key()
	d.tabs.ChooseName("import.checks")
	for _, r := range d.checks.Rows() {
		if r.key == key {
			d.checks.Choose(key.String())
			d.found.show(r)
		}
	}
}

// pick offers the findings to choose from.
func (w *walkStrip) pick() {
	p := w.page
	list := controls.Column(0)
	for _, f := range w.offered {
		key := f.Key()
		said, _ := f.Words(words.Writer(), p.screen.chosen.analysis.Profile, p.shell.Error)
		state := controls.StateWarn
		if f.Level <= verdict.Broken {
			state = controls.StateBad
		}
		line := controls.Border(nil, nil, controls.Pad(2, 0, 0, style.Small, controls.NewMark(state.Shape, state.Color)), nil, controls.NewText(said).Fitted(controls.Wrap).AtMost(2))
		list.Add(controls.NewTouch("import.walk.finding."+key.String(), controls.Pad(6, 6, style.Small, style.Small, controls.Width(360, line)), func() string { return said }, func() {
			p.shell.Dialogs.CloseCards()
			p.walk(key)
		}))
	}
	scroll := controls.NewVScroll("import.walk.scroll", list)
	scroll.SetMinSize(fyne.NewSize(400, min(list.MinSize().Height, 420)))
	p.shell.Dialogs.Card(w.choose, controls.Column(style.Small, controls.NewHeading(words.T("Show the cells of")), scroll))
}

func (w *walkStrip) update() {
	p := w.page
	walking := w.walking && p.file != nil
	state, text := controls.StateNeutral, ""
	switch n := int64(len(w.offered)); {
	case p.slot.Busy():
		state, text = controls.StateBusy, words.T("The rows are being read: {{.Part}}", "Part", words.Percent(w.part, 0))
	case walking:
		here := w.here()
		if state = controls.StateWarn; p.file.Findings[here[0]].Level <= verdict.Broken {
			state = controls.StateBad
		}
		said := ""
		for _, i := range here {
			said = format.Sentences(said, p.marks.said[i])
		}
		cells := w.cells()
		all := words.Count(cells.Len())
		switch at, ok := cells.At(w.at); {
		case w.missed:
			text = words.T("None of the {{.All}} cells is among the rows that are shown. {{.What}}", "All", all, "What", said)
		case ok:
			text = words.T("{{.At}} of {{.All}} · {{.Cell}}: {{.What}}", "At", words.Count(w.at+1), "All", all, "Cell", w.named(at), "What", said)
		default:
			text = said
		}
	case n > 0:
		state, text = controls.StateWarn, words.N(n, "{{.N}} finding is marked. F8: the next cell.", "{{.N}} findings are marked. F8: the next cell.")
	case p.of != "":
		state, text = controls.StateDone, words.T("Nothing in the rows asks for a look.")
	}
	w.mark.Set(state.Shape, state.Color)
	w.area.Set(state.Back)
	w.text.Set(text)
	only := words.T("Only these rows")
	switch {
	case walking && w.missed:
		only = words.T("Show all rows")
	case walking && p.file.only.Load() != nil:
		only = words.T("All rows")
	}
	if w.only.Text != only {
		w.only.SetText(only)
	}
	controls.Toggle(w.choose, len(w.offered) > 0 && !p.slot.Busy())
	for _, o := range []fyne.CanvasObject{w.previous, w.next} {
		controls.Toggle(o, p.file != nil && len(p.file.Findings) > 0)
	}
	for _, o := range []fyne.CanvasObject{w.only, w.check, w.close} {
		controls.Toggle(o, walking)
	}
}

// named is where a cell stands: its address, or its row where it is about that as a whole.
func (w *walkStrip) named(at hits.Cell) string {
	if at.Column == hits.WholeRow {
		return words.T("Row {{.N}}", "N", at.Row)
	}
	return spreadsheet.Address(at.Column, at.Row)
}
