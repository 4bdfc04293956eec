// Package changed is the dialog What changed?: what made the difference between two runs, by group and by order.
package changed

import (
	"context"
	"errors"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"github.com/google/uuid"

	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/saved"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// Actions is what the dialog asks for.
type Actions interface {
	// FindRuns returns at most limit runs that a filter lets through, the latest first, and whether there are more.
	FindRuns(ctx context.Context, f runs.Filter, limit int) ([]runs.Run, bool, error)
	// WhatChanged reads two runs; uuid.Nil as after is the published run, as before the run that published before it.
	WhatChanged(ctx context.Context, before, after uuid.UUID) (changes.Pair, error)
	// ChangedRows compares their rows, which are fetched where they are not on this computer. The result is closed by who asked.
	// A *dataset.DiedError says that it is to be asked how.
	ChangedRows(ctx context.Context, p changes.Pair, how dataset.How, progress func(stage changes.Stage, done, total int64)) (*changes.Result, error)
	// ExportChanges writes a workbook into the folder for downloads and returns its path; progress is in orders. The result may be nil.
	ExportChanges(ctx context.Context, p changes.Pair, r *changes.Result, progress shell.Progress) (string, error)
}

// Dialog is an open dialog.
type dialog struct {
	shell   *shell.Shell
	actions Actions
	reading *tasks.Slot
	saving  *tasks.Slot
	closed  bool

	pair   changes.Pair
	result *changes.Result // nil until the rows were compared

	runs    *controls.Text
	bridge  *chart.Bridge
	content *fyne.Container
	asks    *controls.Banner // offers to compare the rows, and tells how far that is
	compare *controls.Button
	anew    *controls.Button
	cancel  *controls.Button
	saved   *saved.Banner
	excel   *controls.Button
	body    *fyne.Container
	parts   []changes.Breakdown
	groups  *datatable.Rows[groupRow]
	nothing *controls.Empty

	other    *controls.Button // leads to another run to compare with
	head     *fyne.Container
	notices  *fyne.Container
	base     uuid.UUID // the run that is compared with others; uuid.Nil until it is known
	baseTime time.Time // when it was submitted
	choosing *chooser  // nil while no run is being chosen
	shown    []fyne.CanvasObject
	page     *fyne.Container // all of it: laid out anew where its head comes or goes
}

// Open opens the dialog for two runs; uuid.Nil as of Actions.WhatChanged.
func Open(sh *shell.Shell, actions Actions, before, after uuid.UUID) {
	d := &dialog{shell: sh, actions: actions, reading: sh.Runner.NewSlot(), saving: sh.Runner.NewSlot()}
	d.runs = controls.NewCaption(words.T("Reading both runs")).Fitted(controls.Wrap).AtMost(3)
	d.bridge = chart.NewBridge()
	d.compare = controls.NewButton("changed.compare", words.T("Compare the orders"), func() { d.compareRows(dataset.Ask) })
	d.anew = controls.NewButton("changed.anew", words.T("Fetch them anew"), func() { d.compareRows(dataset.Anew) })
	d.cancel = controls.NewButton("changed.cancel", words.T("Cancel"), d.stop)
	d.asks = controls.NewBanner(d.compare, d.anew, d.cancel)
	d.saved = saved.New(sh, "changed.open")
	d.excel = controls.NewButton("changed.excel", words.T("Export to Excel"), d.export)
	d.excel.Enabled(false)
	d.other = controls.NewButton("changed.other", words.T("Another run…"), d.chooseOther)
	d.nothing = controls.NewEmpty("", "")
	d.body = container.NewStack()
	d.offer(nil)
	d.head = controls.Column(style.Small, controls.Border(nil, nil, nil, controls.Pad(0, 0, style.Small, 0, d.other), d.runs), d.bridge)
	d.notices = controls.NewNotices([]*controls.Banner{d.saved.Banner}, d.asks).Container
	d.content = controls.Over(d.notices, d.body)
	d.page = controls.Border(d.head, nil, nil, nil, controls.Pad(style.Small, 0, 0, 0, d.content))
	sh.Dialogs.Wide(words.T("What changed?"), d.page).OnClose(d.close)
	d.base = after
	d.read(before, after)
}

// read reads two runs in place of those that are shown.
func (d *dialog) read(before, after uuid.UUID) {
	d.reading.Cancel()
	d.forget()
	d.offer(nil)
	d.say(controls.StateNeutral, "")
	d.bridge.Set(nil)
	d.runs.Set(words.T("Reading both runs"))
	d.nothing.Set(words.T("Reading both runs"), "")
	d.body.Objects = []fyne.CanvasObject{d.nothing.Container}
	d.excel.Enabled(false)
	d.uncovered()
	d.other.Enabled(d.base != uuid.Nil)
	tasks.Start(d.reading, func(ctx context.Context, _ func(int64, int64)) (changes.Pair, error) {
		return d.actions.WhatChanged(ctx, before, after)
	}, nil, func(p changes.Pair, err error) {
		if err != nil {
			d.runs.Set("")
			d.nothing.Set(words.T("The runs can't be compared"), d.shell.Error(err))
			return
		}
		if d.base == uuid.Nil {
			d.base = p.Runs[changes.After].ID
		}
		for _, r := range p.Runs {
			if r.ID == d.base {
				d.baseTime = r.CreatedAt
			}
		}
		d.other.Enabled(true)
		d.showPair(p)
	})
}

// close ends what is under way, and gives back what it took.
func (d *dialog) close() {
	d.closed = true
	d.reading.Cancel()
	if !d.saving.Busy() { // else what writes the file closes it
		d.forget()
	}
}

func (d *dialog) forget() {
	if d.result != nil {
		d.result.Close()
		d.result = nil
	}
}

// offer shows some of the buttons beside what is asked.
func (d *dialog) offer(shown *controls.Button) {
	for _, b := range []*controls.Button{d.compare, d.anew, d.cancel} {
		controls.Toggle(b, b == shown)
	}
}

func (d *dialog) showPair(p changes.Pair) {
	d.pair = p
	d.runs.Set(runsText(p, d.shell.Now()))
	d.bridge.Set(totalSteps(p))
	d.excel.Enabled(true)
	d.parts = p.Parts
	notes := pairNotes(p)
	d.build(notes, nil)
	size, known := p.Fetch()
	switch {
	case known && size == 0:
		d.compareRows(dataset.Ask)
	case known:
		d.compare.SetText(words.T("Fetch {{.Size}} and compare the orders", "Size", words.Size(size)))
		d.ask(words.T("Which orders made the difference? The rows are not on this computer yet."), d.compare)
	default:
		d.compare.SetText(words.T("Fetch the rows and compare the orders"))
		d.ask(words.T("Which orders made the difference? The rows are not on this computer yet, and how large they are is not known."), d.compare)
	}
}

func (d *dialog) ask(sentence string, button *controls.Button) {
	d.offer(button)
	d.say(controls.StateNeutral, sentence)
}

// say says how the comparison of the orders stands; what stands below makes room for it.
func (d *dialog) say(state controls.State, sentence string) {
	d.asks.Set(state, sentence)
	d.content.Refresh()
}

// compared is the rows' result, ready to be drawn.
type compared struct {
	result *changes.Result
	orders [3][]orderRow
}

// compareRows compares the orders, after it has fetched what is not here.
func (d *dialog) compareRows(how dataset.How) {
	d.offer(d.cancel)
	d.say(controls.StateBusy, words.T("Comparing the orders"))
	p := d.pair
	tasks.Start(d.reading, func(ctx context.Context, report func(done, total int64)) (compared, error) {
		r, err := d.actions.ChangedRows(ctx, p, how, func(stage changes.Stage, done, total int64) {
			if stage == changes.Fetching {
				report(-done, total) // below 0: bytes
				return
			}
			report(done, total)
		})
		if err != nil {
			return compared{}, err
		}
		c := compared{result: r}
		for k := range c.orders {
			if c.orders[k], err = orderRows(r, changes.Kind(k)); err != nil {
				r.Close()
				return compared{}, err
			}
		}
		if err := ctx.Err(); err != nil { // nobody waits for it any more
			r.Close()
			return compared{}, err
		}
		return c, nil
	}, func(done, total int64) {
		if total <= 0 {
			return
		}
		if done <= 0 {
			d.say(controls.StateBusy, words.T("Fetching the rows: {{.Done}} of {{.All}}", "Done", words.Size(-done), "All", words.Size(total)))
			return
		}
		d.say(controls.StateBusy, words.T("Comparing the orders: {{.Part}}", "Part", words.Percent(float64(done)/float64(total), 0)))
	}, func(c compared, err error) {
		if _, died := errors.AsType[*dataset.DiedError](err); died {
			d.offer(d.anew)
			d.say(controls.StateWarn, words.T("The rows of a run were open when the program ended unexpectedly last time."))
			return
		}
		if err != nil {
			d.offer(d.compare)
			d.compare.SetText(words.T("Try again"))
			d.say(controls.StateWarn, words.T("The orders can't be compared. {{.Why}}", "Why", d.shell.Error(err)))
			return
		}
		d.showRows(c)
	})
}

// stop ends the comparison of the orders; it can be begun again.
func (d *dialog) stop() {
	d.reading.Cancel()
	d.compare.SetText(words.T("Compare the orders"))
	d.ask(words.T("The orders were not compared."), d.compare)
}

func (d *dialog) showRows(c compared) {
	d.result = c.result
	d.offer(nil)
	d.say(controls.StateNeutral, "")
	if sentence := mismatchText(d.pair, c.result); sentence != "" {
		d.say(controls.StateWarn, sentence)
	}
	d.bridge.Set(bridgeSteps(c.result))
	d.parts = c.result.Breakdowns
	d.build(rowNotes(d.pair, c.result), &c)
}

func (d *dialog) export() {
	if d.saving.Busy() {
		return
	}
	p, r := d.pair, d.result
	d.excel.Enabled(false)
	d.other.Enabled(false) // what is being written holds the rows
	d.saved.Going(words.T("Writing the workbook"))
	d.content.Refresh()
	tasks.Start(d.saving, func(ctx context.Context, report func(done, total int64)) (string, error) {
		return d.actions.ExportChanges(ctx, p, r, report)
	}, func(done, total int64) {
		if total > 0 {
			part := words.Percent(float64(done)/float64(total), 0)
			d.saved.Going(words.T("Writing the workbook: {{.Part}}", "Part", part))
			d.shell.Transfer(words.T("writing the workbook, {{.Part}}", "Part", part))
		}
	}, func(path string, err error) {
		d.shell.Transfer("")
		d.excel.Enabled(true)
		d.other.Enabled(true)
		if d.closed {
			d.forget()
		}
		if err != nil {
			d.saved.Failed(err)
			if d.closed { // else nobody would learn of it
				d.shell.Dialogs.Tell(words.T("The workbook was not written"), d.shell.Error(err))
			}
			return
		}
		d.saved.At(path)
		d.content.Refresh()
	})
}
