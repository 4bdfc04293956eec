package results

import (
	"context"
	"errors"
	"strings"

	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/gui/kpiview"
	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/tasks"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/results/dataset"
)

// wantRows fetches all rows once they are looked at; until then the first ones are enough.
func (s *Screen) wantRows() {
	r := s.latest
	k := keyOf(r)
	if s.tabs == nil || s.tabs.ChosenName() != "results.data" || r.KPIs == nil || r.Mixed || k == s.opened || k == s.failedAt {
		return
	}
	s.fetchRows(r, dataset.Ask)
}

// answerDied opens rows that were open when the program died, as the user has decided.
func (s *Screen) answerDied(how dataset.How) {
	s.died.Set(controls.StateWarn, "")
	s.fetchRows(s.latest, how)
}

func (s *Screen) fetchRows(r feeds.Results, how dataset.How) {
	k := keyOf(r)
	s.opened = k
	s.data.State(controls.StateBusy, words.T("Fetching all rows. Until then the first ones are shown."))
	tasks.Start(s.opening, func(ctx context.Context, report func(done, total int64)) (datatable.Table, error) {
		return s.actions.Table(ctx, r, how, report)
	}, func(done, total int64) {
		if total > 0 {
			s.data.State(controls.StateBusy, words.T("Fetching all rows: {{.Done}} of {{.All}}", "Done", words.Size(done), "All", words.Size(total)))
			if len(s.part.chips) > 0 {
				s.busy(words.T("Fetching all rows: {{.Done}} of {{.All}}", "Done", words.Size(done), "All", words.Size(total)))
			}
		}
	}, func(t datatable.Table, err error) {
		if k != keyOf(s.latest) { // other results were published meanwhile
			if err == nil {
				s.shell.Runner.Go(func(context.Context) { _ = t.Close() })
			}
			return
		}
		if _, ok := errors.AsType[*dataset.DiedError](err); ok {
			s.opened, s.failedAt = key{}, k
			s.data.State(controls.StateBusy, "")
			s.rowsFailed(err)
			s.died.Set(controls.StateWarn, words.T("These rows were open when the program ended unexpectedly last time. Until you decide, the first ones are shown."))
			return
		}
		if err != nil {
			s.opened, s.failedAt = key{}, k
			s.rowsFailed(err)
			s.data.State(controls.StateWarn, words.T("Only the first rows can be shown. {{.Why}}", "Why", s.shell.Error(err)))
			return
		}
		s.rowsCame(t)
	})
}

// filesCard offers the published files.
func (s *Screen) filesCard() {
	row := func(name, text, file string, open bool) *controls.Button {
		return controls.NewQuiet(name, text, func() {
			s.shell.Dialogs.CloseCards()
			s.fetch(file, open)
		})
	}
	s.shell.Dialogs.Card(s.files, controls.Column(style.Tight,
		controls.NewQuiet("results.rows.csv", words.T("Save the rows as filtered, as CSV"), func() {
			s.shell.Dialogs.CloseCards()
			s.saveRows()
		}),
		row("results.csv.open", words.T("Open CSV"), artifacts.CSVFile, true),
		row("results.csv.download", words.T("Download CSV"), artifacts.CSVFile, false),
		row("results.parquet.download", words.T("Download Parquet"), artifacts.ParquetFile, false)))
}

// fetch downloads a published file, and opens it where that was asked for.
func (s *Screen) fetch(name string, open bool) {
	s.save(words.T("Downloading {{.Name}}", "Name", name), func(ctx context.Context, report func(done, total int64)) (string, error) {
		return s.actions.Download(ctx, artifacts.CurrentFolder+"/"+name, "", report)
	}, func(part string) (string, string) {
		return words.T("Downloading {{.Name}}: {{.Part}}", "Name", name, "Part", part), words.T("downloading {{.Name}}, {{.Part}}", "Name", name, "Part", part)
	}, open)
}

// population is what a workbook can be of.
type population int

const (
	all population = iota
	part
	filtered
)

// askExport writes a workbook. With a part or a filter it asks of which rows: a workbook is of one population, and figures are of all rows or of
// the part.
func (s *Screen) askExport() {
	filter := s.data.Filters()
	view, _ := s.data.Shown()
	if view == nil || !s.data.Whole() {
		filter = nil
	}
	shown := s.part.shown
	if len(filter) == 0 && shown == nil {
		s.export(all)
		return
	}
	choice := func(name, text string, of population) *controls.Button {
		return controls.NewQuiet(name, text, func() {
			s.shell.Dialogs.CloseCards()
			s.export(of)
		})
	}
	said := func(text string) *controls.Text { return controls.NewCaption(text).Fitted(controls.Wrap).AtMost(4) }
	rows := controls.Column(style.Tight)
	if shown != nil {
		rows.Add(said(words.T("Part: {{.Part}}", "Part", kpiview.PartText(shown.Filter))))
	}
	if len(filter) > 0 {
		rows.Add(said(words.T("Filtered by {{.What}}", "What", strings.Join(filter, " · "))))
	}
	rows.Add(choice("results.excel.all", words.N(s.data.Total(), "All {{.N}} row, with figures and charts", "All {{.N}} rows, with figures and charts"), all))
	if shown != nil {
		rows.Add(choice("results.excel.part", words.N(shown.Rows, "The {{.N}} row of the part, with its figures and charts", "The {{.N}} rows of the part, with their figures and charts"), part))
	}
	if len(filter) > 0 {
		rows.Add(choice("results.excel.filtered", words.N(int64(view.Rows()), "The {{.N}} filtered row, without the figures of all", "The {{.N}} filtered rows, without the figures of all"), filtered))
	}
	s.shell.Dialogs.Card(s.excel, rows)
}

// export writes a workbook of all rows with the figures, of the part with its own, or of the rows as they are filtered, which it names.
func (s *Screen) export(what population) {
	r := s.latest
	if r.KPIs == nil {
		return
	}
	s.failedAt = key{} // what could not be fetched is tried again
	view, columns := s.data.Shown()
	shown, table := s.part.shown, s.part.table
	if !s.data.Whole() {
		columns = nil
	}
	columns = append([]int(nil), columns...)
	var of Population
	ask := query{} // of the table, where the view is not of what is written
	switch what {
	case filtered:
		of.Filter = s.data.Filters()
		if shown != nil {
			of.Filter = append(kpiview.PartTexts(shown.Filter), of.Filter...)
		}
	case part:
		if shown == nil {
			return
		}
		of.Part, of.Notes = kpiview.PartTexts(shown.Filter), append(s.unknown(), kpiview.PartNotes(shown, r.KPIs)...)
		ask.Filters, r.KPIs = s.part.source.Conditions(shown.Filter), shown.KPIs
		view = nil
	case all:
		if !s.data.Whole() || len(s.data.Filters()) > 0 || shown != nil {
			view = nil
		}
		table = nil // it may be closed, or not here
	}
	s.save(words.T("Writing the workbook"), func(ctx context.Context, report func(done, total int64)) (string, error) {
		if view == nil {
			if table == nil {
				t, err := s.actions.Table(ctx, r, dataset.Ask, nil)
				if err != nil {
					return "", err
				}
				defer func() { _ = t.Close() }()
				table = t
			}
			var err error
			if view, err = table.Look(ctx, ask, nil); err != nil {
				return "", err
			}
		}
		return s.actions.ExportExcel(ctx, r, view, columns, of, report)
	}, func(part string) (string, string) {
		return words.T("Writing the workbook: {{.Part}}", "Part", part), words.T("writing the workbook, {{.Part}}", "Part", part)
	}, false)
}

// saveRows writes the rows as they are filtered and sorted, without what a spreadsheet would take for a formula.
func (s *Screen) saveRows() {
	view, columns := s.data.Shown()
	if !s.data.Whole() || view == nil {
		s.shell.Dialogs.Tell(words.T("The rows are not here yet"), words.T("Open Data and wait until all rows have been fetched."))
		return
	}
	r, columns := s.latest, append([]int(nil), columns...)
	s.save(words.T("Writing the rows"), func(ctx context.Context, report func(done, total int64)) (string, error) {
		return s.actions.ExportCSV(ctx, r, view, columns, report)
	}, func(part string) (string, string) {
		return words.T("Writing the rows: {{.Part}}", "Part", part), words.T("writing the rows, {{.Part}}", "Part", part)
	}, false)
}

// save does work that ends in a file of this computer, and says how far it is.
func (s *Screen) save(begin string, work func(ctx context.Context, report func(done, total int64)) (string, error), going func(part string) (here, footer string), open bool) {
	if s.saving.Busy() {
		return
	}
	s.enable(false)
	s.saved.Going(begin)
	tasks.Start(s.saving, work, func(done, total int64) {
		if total > 0 {
			here, footer := going(words.Percent(float64(done)/float64(total), 0))
			s.saved.Going(here)
			s.shell.Transfer(footer)
		}
	}, func(path string, err error) {
		s.shell.Transfer("")
		s.enable(true)
		if err != nil {
			s.saved.Failed(err)
			return
		}
		s.saved.At(path)
		if open {
			s.saved.Open()
		}
	})
}

func (s *Screen) enable(yes bool) {
	for _, b := range []*controls.Button{s.files, s.excel} {
		b.Enabled(yes)
	}
}
