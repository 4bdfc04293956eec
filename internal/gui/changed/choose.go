package changed

import (
	"context"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/runs"
)

// mostRuns is how many runs are offered; typing finds others.
const mostRuns = 200

// chooser finds another run to compare with: it takes the place of what is shown until one is chosen.
type chooser struct {
	d     *dialog
	base  uuid.UUID // the run that stays
	when  time.Time // when it was submitted; zero where it was not found
	slot  *tasks.Slot
	entry *controls.Entry
	list  *datatable.Rows[otherRun]
	none  *controls.Empty
	more  *controls.Text
	take  *controls.Button
	taken otherRun // the chosen row
	page  fyne.CanvasObject
}

// otherRun is a run that can be chosen, ready to be drawn.
type otherRun struct {
	id                      uuid.UUID
	when, file, by, revenue string
	created                 time.Time
	shown                   bool // it is one of the two that are compared now
}

func (d *dialog) newChooser(base uuid.UUID) *chooser {
	c := &chooser{d: d, base: base, slot: d.shell.Runner.NewSlot(), none: controls.NewEmpty(words.T("Looking for runs"), "")}
	c.entry = controls.NewEntry("changed.search", words.T("File, person, note or id"), nil)
	c.entry.OnChanged = func(string) { c.find() }
	c.more = controls.NewCaption("").Fitted(controls.Cut)
	columns := []datatable.Column{{Title: words.T("When"), Width: 130}, {Title: words.T("File"), Width: 220, Grow: 1.4, Named: true},
		{Title: words.T("By"), Width: 100, Grow: 0.4}, {Title: words.T("Revenue"), Width: 130, Right: true}, {Width: 120}}
	c.list = datatable.NewRows("changed.run", columns, func(r otherRun) []datatable.Cell {
		note := ""
		if r.shown {
			note = words.T("compared now")
		}
		return []datatable.Cell{{Text: r.when}, {Text: r.file}, {Text: r.by, Color: style.Muted}, {Text: r.revenue}, {Text: note, Color: style.Muted}}
	}, func(r otherRun) string { return r.id.String() }, c.pick, c.none)
	c.take = controls.NewPrimary("changed.take", words.T("Compare with this run"), c.compare)
	c.take.Enabled(false)
	buttons := controls.Line(style.Small, c.take, controls.NewButton("changed.back", words.T("Back"), d.back))
	head := controls.Border(nil, nil, nil, buttons, controls.Pad(0, 0, 0, style.Small, c.entry))
	said := controls.NewText(words.T("Choose the run to compare with. The latest stands first.")).Fitted(controls.Wrap)
	c.page = controls.Border(controls.Column(style.Small, said, head, c.more), nil, nil, nil, controls.Pad(style.Small, 0, 0, 0, c.list.Container))
	return c
}

// find looks for published runs by what is typed.
func (c *chooser) find() {
	f := runs.Filter{Status: "published", Text: strings.TrimSpace(c.entry.Text)}
	now := c.d.shell.Now()
	type found struct {
		rows []otherRun
		more bool
	}
	tasks.Start(c.slot, func(ctx context.Context, _ func(int64, int64)) (found, error) {
		list, more, err := c.d.actions.FindRuns(ctx, f, mostRuns)
		return found{otherRuns(list, now), more}, err
	}, nil, func(all found, err error) {
		if err != nil {
			c.list.Set(nil)
			c.take.Enabled(false)
			c.none.Set(words.T("The runs can't be read"), c.d.shell.Error(err))
			return
		}
		c.none.Set(words.T("No other run has published figures"), "")
		if f.Text != "" {
			c.none.Set(words.T("No published run matches"), words.T("Type less of the file's name, or who ran it."))
		}
		c.more.Set("")
		if all.more {
			c.more.Set(words.T("Only the latest {{.N}} are listed: type to find earlier ones.", "N", words.Count(mostRuns)))
		}
		rows := c.offered(all.rows)
		c.list.Set(rows)
		c.take.Enabled(slices.ContainsFunc(rows, func(r otherRun) bool { return r.id == c.taken.id }))
	})
}

// otherRuns are the published ones of runs, the latest first.
func otherRuns(all []runs.Run, now time.Time) []otherRun {
	var out []otherRun
	for _, r := range all {
		if !r.Published() {
			continue
		}
		row := otherRun{id: r.ID, when: words.When(r.CreatedAt, now), file: r.InputFile, by: r.TriggeredBy, revenue: "–", created: r.CreatedAt}
		if k, err := contract.DecodeTotals("kpis.json of run "+r.ID.String(), r.KPIs); err == nil && r.KPIs != nil { // the comparison says what can't be read
			row.revenue = words.Amount(k.TotalRevenue)
		}
		out = append(out, row)
	}
	slices.SortStableFunc(out, func(a, b otherRun) int { return b.created.Compare(a.created) })
	return out
}

// offered are the runs without the one that stays, with a word at the other that is compared now.
func (c *chooser) offered(all []otherRun) []otherRun {
	var out []otherRun
	for _, r := range all {
		if r.id == c.base {
			c.when = r.created
			continue
		}
		r.shown = r.id == c.d.pair.Runs[changes.Before].ID || r.id == c.d.pair.Runs[changes.After].ID
		out = append(out, r)
	}
	return out
}

func (c *chooser) pick(r otherRun) {
	c.taken = r
	c.take.Enabled(true)
}

// compare compares the run that stays with the chosen one: the earlier of the two is before.
func (c *chooser) compare() {
	c.slot.Cancel()
	before, after := c.taken.id, c.base
	if !c.when.IsZero() && c.taken.created.After(c.when) {
		before, after = after, before
	}
	c.d.read(before, after)
}

// chooseOther shows the runs that there are to compare with.
func (d *dialog) chooseOther() {
	d.choosing = d.newChooser(d.base)
	d.choosing.when = d.baseTime
	d.shown = d.body.Objects
	d.other.Enabled(false)
	d.notices.Hide()
	d.head.Hide()
	d.body.Objects = []fyne.CanvasObject{d.choosing.page}
	d.choosing.find()
	d.page.Refresh()
	d.shell.Window.Canvas().Focus(d.choosing.entry)
}

// back shows what was compared again.
func (d *dialog) back() {
	d.choosing.slot.Cancel()
	d.body.Objects = d.shown
	d.uncovered()
}

// uncovered takes the chooser away.
func (d *dialog) uncovered() {
	d.choosing = nil
	d.other.Enabled(true)
	d.notices.Show()
	d.head.Show()
	d.page.Refresh()
}
