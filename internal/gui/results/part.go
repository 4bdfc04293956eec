package results

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync/atomic"

	"fyne.io/fyne/v2"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/results/parts"
)

// chip is a key that was clicked.
type chip struct {
	d   parts.Dimension
	key string
}

// drill is the part of the results that is shown. What was clicked stands in chips; what is drawn is of shown, which follows when it is worked out.
type drill struct {
	working *tasks.Slot
	asking  *tasks.Slot

	chips  []chip      // in the order in which they were clicked
	shown  *parts.Part // nil is all
	table  datatable.Table
	open   atomic.Pointer[datatable.Table] // table, for whoever closes it
	source *parts.Source                   // of the table; nil while its rows were not looked at
	begins bool                            // they are being looked at
	asks   bool                            // a person is being asked for them
	say    func()                          // says again how the figures of all stand to those before

	line    *fyne.Container  // the source of the figures, or the chips in its place
	keys    *fyne.Container  // the chips
	doing   *controls.Text   // what can be done, or is being done
	details *controls.Button // ids and versions of what is shown
	note    *controls.Banner
}

// fetchesKey remembers that rows are fetched for parts without being asked about.
const fetchesKey = "results.part.fetch"

// choose is what a click on a bar or a point does: all else shows that part. The same once more takes it away; more adds it to what is chosen of
// its dimension.
func (s *Screen) choose(d parts.Dimension, key string, more bool) {
	one := chip{d, key}
	if at := slices.Index(s.part.chips, one); at >= 0 {
		s.part.chips = slices.Delete(slices.Clone(s.part.chips), at, at+1)
	} else {
		kept := slices.Clone(s.part.chips)
		if !more {
			kept = slices.DeleteFunc(kept, func(c chip) bool { return c.d == d })
		}
		s.part.chips = append(kept, one)
	}
	s.apply()
}

// Escape takes the last chip away; false where there is none.
func (s *Screen) Escape() bool {
	n := len(s.part.chips)
	if n > 0 {
		s.part.chips = s.part.chips[: n-1 : n-1]
		s.apply()
	}
	return n > 0
}

// showAll takes all chips away.
func (s *Screen) showAll() {
	s.part.chips = nil
	s.apply()
}

// wanted is what the chips choose.
func (d *drill) wanted() (f parts.Filter) {
	for _, c := range d.chips {
		f[c.d] = append(f[c.d], c.key)
	}
	for i := range f {
		slices.Sort(f[i])
	}
	return f
}

// apply shows what the chips choose, as soon as that is known.
func (s *Screen) apply() {
	p := &s.part
	p.note.Set(controls.StateWarn, "")
	p.working.Cancel()
	s.drawChips()
	if len(p.chips) == 0 {
		s.busy("")
		s.showPart(nil)
		return
	}
	if p.source == nil {
		s.needRows()
		return
	}
	for _, c := range p.chips {
		if !p.source.Splits(c.d) {
			s.giveUp(s.faults(c.d))
			return
		}
	}
	f, source := p.wanted(), p.source
	if p.shown != nil && slices.EqualFunc(p.shown.Filter[:], f[:], slices.Equal) {
		s.busy("")
		return
	}
	tasks.Start(p.working, func(ctx context.Context, report func(int64, int64)) (*parts.Part, error) {
		return source.Part(ctx, f, func(done, total int) { report(int64(done), int64(total)) })
	}, func(done, total int64) {
		if total > busyRows {
			s.busy(words.T("Working out the part: {{.Part}}", "Part", words.Percent(float64(done)/float64(total), 0)))
		}
	}, func(found *parts.Part, err error) {
		s.busy("")
		if err != nil {
			s.giveUp(words.T("The part can't be shown. {{.Why}}", "Why", s.shell.Error(err)))
			return
		}
		s.showPart(found)
	})
}

// busyRows is from how many rows on it is said how far a part is: of fewer it is there at once.
const busyRows = 500_000

// giveUp goes back to what is shown, and says why.
func (s *Screen) giveUp(why string) {
	p := &s.part
	p.chips = nil
	if p.shown != nil {
		for d, keys := range p.shown.Filter {
			for _, key := range keys {
				p.chips = append(p.chips, chip{parts.Dimension(d), key})
			}
		}
	}
	s.drawChips()
	s.busy("")
	p.note.Set(controls.StateWarn, why)
}

// showPart draws a part; nil is all.
func (s *Screen) showPart(found *parts.Part) {
	p := &s.part
	was := p.shown
	p.shown = found
	s.drawFigures()
	s.drawChips()
	if was != found {
		s.showRows()
	}
	if found != nil {
		s.shell.Prefs.SetBool(usedKey, true)
		p.note.Set(controls.StateWarn, strings.Join(s.unknown(), " "))
	}
}

// usedKey remembers that a part was chosen once: it needs no more telling that it can be.
const usedKey = "results.part.used"

// drawFigures draws what is shown, of all or of the part.
func (s *Screen) drawFigures() {
	r, p := s.latest, &s.part
	if p.shown == nil {
		s.tiles.Set(r.KPIs, r.Profile)
		s.tiles.SetRows(r.Preview.Total)
		s.charts.Set(r.KPIs, r.Profile)
		if p.say != nil {
			p.say()
		}
		return
	}
	s.tiles.SetPart(p.shown, r.KPIs, r.Profile)
	s.charts.SetPart(p.shown, r.KPIs, r.Profile)
}

// unknown is what is not known of parts.
func (s *Screen) unknown() []string {
	var out []string
	for _, f := range s.part.source.Faults {
		if f.Figure >= parts.Currencies {
			out = append(out, kpiview.FaultText(f))
		}
	}
	return out
}

// faults says why nothing can be chosen by a dimension.
func (s *Screen) faults(d parts.Dimension) string {
	for _, f := range s.part.source.Faults {
		if f.Figure == parts.Totals || f.Figure == parts.ByChannel+parts.Figure(d) {
			return kpiview.FaultText(f)
		}
	}
	return ""
}

// needRows gets the rows that a part is computed from: those that are here, or after it was asked once, as they may be large.
func (s *Screen) needRows() {
	r := s.latest
	k := keyOf(r)
	switch {
	case r.KPIs == nil:
		return
	case s.part.asks:
		return
	case s.part.table != nil:
		s.lookAt()
		return
	case r.Mixed:
		s.giveUp(words.T("The published files are being updated. A part can be shown when they are whole."))
		return
	case k == s.opened: // they are on their way
		s.busy(words.T("Fetching the rows"))
		return
	}
	s.busy(words.T("Fetching the rows"))
	type place struct {
		here  bool
		bytes int64
	}
	tasks.Start(s.part.asking, func(ctx context.Context, _ func(int64, int64)) (place, error) {
		here, bytes := s.actions.RowsHere(ctx, r)
		return place{here, bytes}, nil
	}, nil, func(found place, _ error) {
		if keyOf(s.latest) != k || len(s.part.chips) == 0 || s.part.source != nil {
			return
		}
		if found.here || s.shell.Prefs.Bool(fetchesKey) {
			s.fetchRows(r, dataset.Ask)
			return
		}
		s.busy("")
		wanted := s.part.chips
		body := words.T("The figures of a part are computed from the rows, which are not on this computer yet. They stay here for the next time.")
		if found.bytes > 0 {
			body = words.T("The figures of a part are computed from the rows, which are not on this computer yet: {{.Size}}. They stay here for the next time.", "Size", words.Size(found.bytes))
		}
		s.part.asks = true
		s.shell.Dialogs.Ask(dialogs.Question{
			Title: words.T("Fetch the rows?"), Body: []string{body}, Yes: words.T("Fetch the rows"),
			Do: func() {
				s.part.chips = wanted
				s.drawChips()
				s.shell.Prefs.SetBool(fetchesKey, true)
				if keyOf(s.latest) == k && k != s.opened { // they may have come meanwhile
					s.busy(words.T("Fetching the rows"))
					s.fetchRows(s.latest, dataset.Ask)
				}
			},
		}).OnClose(func() { // whatever is answered: Do comes after it
			s.part.asks = false
			s.giveUp("")
		})
	})
}

// rowsCame takes the rows that were fetched.
func (s *Screen) rowsCame(t datatable.Table) {
	s.part.table = t
	s.part.close(s.part.open.Swap(&t))
	s.showRows()
	if len(s.part.chips) > 0 {
		s.lookAt()
	}
}

// rowsFailed says that there are no rows, where a part waits for them.
func (s *Screen) rowsFailed(err error) {
	if len(s.part.chips) == 0 {
		return
	}
	if _, ok := errors.AsType[*dataset.DiedError](err); ok {
		s.giveUp(words.T("A part needs the rows, which were open when the program ended unexpectedly last time. Decide about them under Data."))
		return
	}
	s.giveUp(words.T("The part can't be shown. {{.Why}}", "Why", s.shell.Error(err)))
}

// lookAt adds up all rows, and so finds what can be split.
func (s *Screen) lookAt() {
	p := &s.part
	if p.source != nil || p.begins {
		return
	}
	rows, ok := p.table.(parts.Rows)
	if !ok {
		s.giveUp("")
		return
	}
	k, kpis := keyOf(s.latest), s.latest.KPIs
	p.begins = true
	s.busy(words.T("Adding up the rows"))
	tasks.Start(p.asking, func(ctx context.Context, report func(int64, int64)) (*parts.Source, error) {
		return parts.Open(ctx, rows, kpis, func(done, total int) { report(int64(done), int64(total)) })
	}, func(done, total int64) {
		if total > busyRows {
			s.busy(words.T("Adding up the rows: {{.Part}}", "Part", words.Percent(float64(done)/float64(total), 0)))
		}
	}, func(found *parts.Source, err error) {
		p.begins = false
		if keyOf(s.latest) != k {
			return
		}
		if err != nil {
			s.giveUp(words.T("The part can't be shown. {{.Why}}", "Why", s.shell.Error(err)))
			return
		}
		p.source = found
		var can [parts.Dimensions]bool
		for d := range can {
			can[d] = found.Splits(parts.Dimension(d))
		}
		s.charts.Let(can)
		s.apply()
	})
}

// leaveRows closes the rows, which are of other results than are shown now. What was chosen is chosen of these, too.
func (s *Screen) leaveRows() {
	p := &s.part
	p.working.Cancel()
	p.asking.Cancel()
	s.opening.Cancel()
	p.begins, p.source, p.shown = false, nil, nil
	s.data.Leave()
	s.charts.Let([parts.Dimensions]bool{true, true, true, true})
	p.table = nil
	if old := p.open.Swap(nil); old != nil {
		s.shell.Runner.Go(func(context.Context) { p.close(old) })
	}
}

// close closes rows that were open, which notes that they were closed in peace.
func (d *drill) close(t *datatable.Table) {
	if t != nil {
		_ = (*t).Close() // nothing was written
	}
}

// showRows has the table show the rows of the part.
func (s *Screen) showRows() {
	p := &s.part
	if p.table == nil {
		return
	}
	some := partly{Table: p.table}
	if p.shown != nil {
		some.chosen = p.source.Conditions(p.shown.Filter)
	}
	s.data.Show(some)
}

// partly is the rows of a part: whatever is asked is asked of these. The table stays open, as others are asked of it, too.
type partly struct {
	datatable.Table
	chosen []dataset.Filter
}

func (p partly) Look(ctx context.Context, q dataset.Query, progress dataset.Progress) (datatable.View, error) {
	q.Filters = slices.Concat(p.chosen, q.Filters)
	return p.Table.Look(ctx, q, progress)
}

func (partly) Close() error { return nil }

// showThese leads from a card to the rows of which something is missing.
func (s *Screen) showThese(rows kpiview.Rows) {
	s.shell.Dialogs.CloseCards()
	s.tabs.ChooseName("results.data")
	name := "revenue"
	if rows == kpiview.RowsWithoutDate {
		name = "order_date"
	}
	for i, c := range s.columns() {
		if c == name {
			s.data.Only(dataset.Filter{Column: i, Op: dataset.IsEmpty})
		}
	}
}

func (s *Screen) columns() []string {
	if s.part.table == nil {
		return s.latest.Preview.Columns
	}
	var out []string
	for _, c := range s.part.table.Columns() {
		out = append(out, c.Name)
	}
	return out
}

// Shows is how many chips the figures are of.
func (s *Screen) Shows() int {
	n := 0
	if s.part.shown != nil {
		for _, keys := range s.part.shown.Filter {
			n += len(keys)
		}
	}
	return n
}
