package results

import (
	"context"
	"errors"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/dialogs"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/dataset"
)

// wantRows opens the rows once they are looked at; until then the first ones are enough.
func (s *Screen) wantRows() {
	r := s.latest
	k := keyOf(r)
	if s.tabs == nil || s.tabs.ChosenName() != "results.data" || r.KPIs == nil || r.Mixed || k == s.opened || k == s.distant || k == s.failedAt {
		return
	}
	s.openRows(r, dataset.Ask)
}

// openRows opens the rows where they are: those of a large file are read in the lakehouse as they come into sight.
func (s *Screen) openRows(r feeds.Results, how dataset.How) {
	s.bringRows(r, words.T("Opening the rows. Until then the first ones are shown."), func(ctx context.Context, report func(done, total int64)) (datatable.Table, error) {
		return s.actions.TableInPlace(ctx, r, how, report)
	})
}

// answerDied opens rows that were open when the program died, as the user has decided.
func (s *Screen) answerDied(how dataset.How) {
	s.died.Set(controls.StateWarn, "")
	s.openRows(s.latest, how)
}

// fetchRows fetches all rows to this computer and opens them.
func (s *Screen) fetchRows(r feeds.Results, how dataset.How) {
	s.bringRows(r, words.T("Fetching all rows. Until then the first ones are shown."), func(ctx context.Context, report func(done, total int64)) (datatable.Table, error) {
		return s.actions.Table(ctx, r, how, report)
	})
}

func (s *Screen) bringRows(r feeds.Results, first string, open func(ctx context.Context, report func(done, total int64)) (datatable.Table, error)) {
	k := keyOf(r)
	s.opened = k
	pace := shell.NewPace(s.shell.Now)
	if k == s.distant {
		first = words.T("Fetching all rows")
	}
	s.data.Going(first, s.stopRows)
	tasks.Start(s.opening, open, func(done, total int64) {
		if total > 0 {
			text := words.T("Fetching all rows: {{.Done}} of {{.All}}", "Done", words.Size(done), "All", words.Size(total))
			if len(s.part.chips) > 0 {
				s.busy(text)
			}
			s.data.Going(text+pace.Text(done, total), s.stopRows)
		}
	}, func(t datatable.Table, err error) {
		if k != keyOf(s.latest) { // other results were published meanwhile
			if err == nil {
				s.shell.Runner.Go(func(context.Context) { _ = t.Close() })
			}
			return
		}
		if err != nil {
			s.noRows(r, err)
			return
		}
		if d, ok := t.(datatable.Distant); ok && d.Away() > 0 {
			s.opened, s.distant = key{}, k
			s.data.Show(t)
			if len(s.part.chips) > 0 { // a part needs all of them
				s.apply()
			}
			return
		}
		s.distant = key{}
		s.rowsCame(t)
	})
}

// noRows says why rows were not opened.
func (s *Screen) noRows(r feeds.Results, err error) {
	k := keyOf(r)
	s.opened, s.failedAt = key{}, k
	s.data.State(controls.StateBusy, "")
	s.rowsFailed(err)
	if _, ok := errors.AsType[*dataset.DiedError](err); ok {
		s.died.Set(controls.StateWarn, words.T("These rows were open when the program ended unexpectedly last time. Until you decide, the first ones are shown."))
		return
	}
	if k == s.distant {
		s.data.State(controls.StateWarn, words.T("All rows can't be fetched. {{.Why}}", "Why", s.shell.Error(err)))
		return
	}
	s.data.State(controls.StateWarn, words.T("Only the first rows can be shown. {{.Why}}", "Why", s.shell.Error(err)))
	if _, ok := errors.AsType[*artifacts.RangeError](err); !ok {
		return
	}
	if bytes := r.RowsBytes(); bytes > 0 {
		s.data.Offer(words.T("The rows can't be read in part. Fetch the whole file ({{.Size}})? It stays on this computer for the next time.", "Size", words.Size(bytes)))
		return
	}
	s.data.Offer(words.T("The rows can't be read in part. Fetch the whole file? It stays on this computer for the next time."))
}

// stopRows gives up the rows that are being brought. What has arrived of them stays, so that the next try goes on.
func (s *Screen) stopRows() {
	k := s.opened
	s.opening.Cancel()
	s.opened = key{}
	if k != s.distant {
		s.failedAt = k
	}
	if len(s.part.chips) > 0 && s.part.source == nil {
		s.giveUp("")
	}
}

// costs is from how many bytes on it is asked before rows are fetched for something else than to be looked at.
const costs = 8 << 20

// askCost does what needs all rows, after it has asked where these have to be fetched first and are large.
func (s *Screen) askCost(r feeds.Results, why string, do func()) {
	if s.part.table != nil { // they are here, and open
		do()
		return
	}
	type place struct {
		here  bool
		bytes int64
	}
	tasks.Start(s.costing, func(ctx context.Context, _ func(int64, int64)) (place, error) {
		here, bytes := s.actions.RowsHere(ctx, r)
		return place{here, bytes}, nil
	}, nil, func(found place, _ error) {
		if found.here || found.bytes <= costs {
			do()
			return
		}
		s.shell.Dialogs.Ask(dialogs.Question{
			Title: words.T("Fetch the rows?"), Yes: words.T("Fetch the rows"), Do: do,
			Body: []string{why, words.T("They are not on this computer yet: {{.Size}}. They stay here for the next time.", "Size", words.Size(found.bytes))},
		})
	})
}
