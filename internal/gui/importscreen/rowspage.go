package importscreen

import (
	"context"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/verdict"
	"fabricportal/internal/services/results/dataset"
)

// rowsPage is the whole file as a table: its rows are read when they are first looked at, and given back with the file.
type rowsPage struct {
	content fyne.CanvasObject
	screen  *Screen
	shell   *shell.Shell
	panel   *datatable.Panel
	slot    *tasks.Slot
	strip   *walkStrip
	note    *controls.Banner // what is to be known of the rows as a whole
	inRow   *controls.Text   // what was found in the chosen row
	again   *controls.Button
	cancel  *controls.Button

	visible bool
	of      string // the choice that is shown, as choice.key; "" for none
	about   int64  // rows that it has, as far as is known
	started bool
	file    *fileTable // nil until all rows are here
	marks   *rowMarks
	wanted  *verdict.Key // the finding that is gone to once they are
	next    bool         // or the first cell in which anything was found
}

// fileTable is the rows of a file, or those that a finding is about.
type fileTable struct {
	*dataset.FileRows
	only atomic.Pointer[hits.Cells] // nil for all
}

// Look works out a question.
func (f *fileTable) Look(ctx context.Context, q dataset.Query, p dataset.Progress) (datatable.View, error) {
	v, err := f.View(ctx, q, f.only.Load(), p)
	if err != nil {
		return nil, err
	}
	return v, nil
}

func newRowsPage(s *Screen) *rowsPage {
	p := &rowsPage{screen: s, shell: s.shell, slot: s.shell.Runner.NewSlot()}
	p.again = controls.NewQuiet("import.rows.again", words.T("Read all rows"), func() { p.started = false; p.open() })
	p.cancel = controls.NewQuiet("import.rows.cancel", words.T("Cancel"), p.stop)
	p.strip = newWalkStrip(p)
	p.panel = datatable.New(s.shell, "import.rows.table", p.strip.check, p.again, p.cancel)
	p.panel.About(datatable.Subject{
		Fixed: true, AsIs: true, None: words.T("The file has no rows below its header."), Chosen: p.tell,
		Mark: func(cells []dataset.Cell, column int) datatable.Mark { return p.marks.mark(cells, column) },
	})
	p.inRow = controls.NewText("").Sized(style.Caption).Fitted(controls.Cut)
	p.note = controls.NewBanner().Closable("import.rows.note.close")
	p.content = controls.Border(controls.Column(style.Small, p.note.Container, p.strip.content), p.inRow, nil, nil, controls.Pad(style.Small, 0, 0, 0, p.panel.Content))
	p.update()
	return p
}

// look says whether the page is in sight: the rows are read when it first is.
func (p *rowsPage) look(visible bool) {
	p.visible = visible
	p.open()
}

// show is told the chosen file, each time something about it may have changed.
func (p *rowsPage) show(c choice) {
	key := ""
	if c.analysis != nil && c.analysis.Profile != nil {
		key = c.key()
	}
	if key == p.of {
		return
	}
	p.leave()
	if p.of = key; key == "" {
		return
	}
	p.about = c.analysis.Profile.RowCount
	p.panel.Preview(firstRows(c.analysis), p.about)
	p.strip.offer(&c.analysis.Result)
	p.open()
}

// leave gives back the rows that are shown.
func (p *rowsPage) leave() {
	p.slot.Cancel()
	p.panel.Leave()
	p.panel.Forget()
	p.note.Set(controls.StateBusy, "")
	p.file, p.marks, p.started, p.wanted, p.next = nil, nil, false, nil, false
	p.strip.end()
	p.update()
}

// firstRows are those that were read first, until all are here.
func firstRows(a *shell.Analysis) datatable.Few {
	few := datatable.Few{Names: []string{rowTitle()}, Right: []bool{true}}
	for _, c := range a.Profile.Columns {
		few.Right = append(few.Right, c.Type == "integer" || c.Type == "decimal")
	}
	if v := a.Preview; v != nil && len(v.Numbers) == len(v.Rows) {
		few.Names = append(few.Names, v.Names...)
		for i, row := range cellTexts(v.Rows) {
			few.Cells = append(few.Cells, append([]string{words.Plain(float64(v.Numbers[i]))}, row...))
		}
		return few
	}
	for _, c := range a.Profile.Columns {
		few.Names = append(few.Names, c.Name)
	}
	for _, row := range cellTexts(a.Profile.SampleRows) {
		few.Cells = append(few.Cells, append([]string{""}, row...))
	}
	return few
}

// rowTitle is what the column of the rows' numbers is called.
func rowTitle() string { return words.T("Row") }

// open reads all rows, where they are looked at and not here.
func (p *rowsPage) open() {
	if p.of == "" || p.started || !p.visible {
		return
	}
	p.started = true
	c, key, title, beyond := p.screen.chosen, p.of, rowTitle(), words.T("Behind the last column")
	p.note.Set(controls.StateBusy, "")
	tasks.Start(p.slot, func(ctx context.Context, report func(done, total int64)) (*dataset.FileRows, error) {
		o := p.screen.options(c, func(r analysis.Progress) { report(r.Bytes, r.Total) })
		seen := func(f *dataset.FileRows) {
			view := f.All()
			first, err := view.Shown(ctx, 0, firstShown, nil)
			if err != nil {
				return // it is read on, or that has ended
			}
			p.shell.Runner.UI(func() {
				if p.of == key && p.file == nil && p.slot.Busy() {
					p.panel.Grow(view, first, p.about)
				}
			})
		}
		how := dataset.FileReading{Title: title, Beyond: beyond, Known: c.analysis.Profile, Seen: seen}
		var f *dataset.FileRows
		var err error
		if c.source == thisPC {
			f, err = p.screen.actions.RowsLocal(ctx, c.row.path, o, how)
		} else {
			f, err = p.screen.actions.RowsRemote(ctx, c.remote, o, how)
		}
		if err == nil && ctx.Err() != nil {
			_ = f.Close()
		}
		return f, err
	}, func(done, total int64) { p.strip.reading(done, total) }, func(f *dataset.FileRows, err error) {
		if err != nil {
			p.note.Set(controls.StateBad, words.T("Only the first rows can be shown: {{.Why}}", "Why", p.shell.Error(err)))
		} else {
			p.opened(f, c)
		}
		p.update()
	})
	p.update()
}

// firstShown is how many rows are shown at once while more are read.
const firstShown = 256

// opened takes all rows.
func (p *rowsPage) opened(f *dataset.FileRows, c choice) {
	p.file = &fileTable{FileRows: f}
	p.marks = newRowMarks(f.Findings, func(of verdict.Finding) string {
		said, _ := of.Words(words.Writer(), f.Result.Profile, p.shell.Error)
		return said
	})
	p.panel.Show(p.file)
	p.strip.offer(f.Result)
	switch {
	case f.Result.Incomplete != nil:
		p.note.Set(controls.StateWarn, words.T("Only a part of the file was read: {{.Why}}", "Why", p.shell.Error(f.Result.Incomplete)))
	case f.Result.Profile.File.SHA256 != c.analysis.Profile.File.SHA256:
		p.note.Set(controls.StateWarn, words.T("{{.Name}} has changed since it was checked. These are its rows now: choose it again, so that it is checked as it is.", "Name", c.row.name))
	}
	if p.wanted != nil {
		key := *p.wanted
		p.wanted = nil
		p.walk(key)
	} else if p.next {
		p.strip.step(1)
	}
	p.next = false
}

// stop ends the reading; the rows that are shown stay the first ones.
func (p *rowsPage) stop() {
	if !p.slot.Busy() {
		return
	}
	p.slot.Cancel()
	p.wanted = nil
	p.panel.Leave()
	p.panel.Preview(firstRows(p.screen.chosen.analysis), p.about)
	p.note.Set(controls.StateNeutral, words.T("Reading was cancelled: only the first rows are shown."))
	p.update()
}

// walk goes to the first cell of a finding; to its cells once the rows are here.
func (p *rowsPage) walk(key verdict.Key) {
	if p.file == nil {
		p.wanted = &key
		p.started = p.started && p.slot.Busy() // what could not be read, or was cancelled, is tried again
		p.open()
		p.update()
		return
	}
	for i, f := range p.file.Findings {
		if f.Key() == key {
			p.strip.begin(i)
			return
		}
	}
}

// stepLater goes to the first cell in which something was found once the rows are here.
func (p *rowsPage) stepLater() {
	p.next = true
	p.started = p.started && p.slot.Busy()
	p.open()
	p.update()
}

// tell says what was found in the chosen row.
func (p *rowsPage) tell() {
	if p.inRow == nil {
		return
	}
	cells := p.panel.Chosen()
	text := ""
	if p.marks != nil && cells != nil {
		for _, k := range p.marks.of(numberOf(cells)) {
			said := p.marks.said[k.finding]
			if k.column > 0 && k.column <= len(p.file.Columns())-1 {
				said = p.file.Columns()[k.column].Name + ": " + said
			}
			if text != "" {
				text += "  "
			}
			text += said
		}
		if text == "" {
			text = words.T("Nothing was found in this row.")
		}
		text = words.T("Row {{.N}}", "N", cells[0].Text) + " · " + text
	}
	p.inRow.Set(text)
	controls.Toggle(p.inRow, text != "")
}

func (p *rowsPage) update() {
	controls.Toggle(p.cancel, p.slot.Busy())
	controls.Toggle(p.again, p.of != "" && p.started && p.file == nil && !p.slot.Busy())
	p.strip.update()
	p.tell()
}
