package results

import (
	"context"
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
	if s.saving.Busy() {
		return
	}
	s.enable(false)
	s.saved.Download(s.saving, name, func(ctx context.Context, report func(done, total int64)) (string, error) {
		return s.actions.Download(ctx, artifacts.CurrentFolder+"/"+name, "", report)
	}, func() {
		s.enable(true)
		if open {
			s.saved.Open() // if it came
		}
	})
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
	if view == nil || !s.data.Here() {
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
	if !s.data.Whole() { // the first rows' columns may be others
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
		if !s.data.Here() || len(s.data.Filters()) > 0 || shown != nil {
			view = nil
		}
		table = nil // it may be closed, or not here
	}
	write := func() { s.write(r, view, table, ask, columns, of) }
	if view == nil && table == nil {
		s.askCost(r, words.T("The workbook needs all rows."), write)
		return
	}
	write()
}

// write writes a workbook of the rows of a view, or where there is none of what is asked of a table, or of all rows.
func (s *Screen) write(r feeds.Results, view datatable.View, table datatable.Table, ask query, columns []int, of Population) {
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
	})
}

// saveRows writes the rows as they are filtered and sorted, without what a spreadsheet would take for a formula.
func (s *Screen) saveRows() {
	view, columns := s.data.Shown()
	if !s.data.Whole() || view == nil {
		s.shell.Dialogs.Tell(words.T("The rows are not here yet"), words.T("Open Data and wait until all rows have been fetched."))
		return
	}
	r, columns := s.latest, append([]int(nil), columns...)
	write := func() {
		s.save(words.T("Writing the rows"), func(ctx context.Context, report func(done, total int64)) (string, error) {
			if view == nil {
				t, err := s.actions.Table(ctx, r, dataset.Ask, nil)
				if err != nil {
					return "", err
				}
				defer func() { _ = t.Close() }()
				if view, err = t.Look(ctx, query{}, nil); err != nil {
					return "", err
				}
			}
			return s.actions.ExportCSV(ctx, r, view, columns, report)
		}, func(part string) (string, string) {
			return words.T("Writing the rows: {{.Part}}", "Part", part), words.T("writing the rows, {{.Part}}", "Part", part)
		})
	}
	if !s.data.Here() { // what is shown of rows that are not here is all of them in their order
		view = nil
		s.askCost(r, words.T("The CSV needs all rows."), write)
		return
	}
	write()
}

// save does work that ends in a file of this computer, and says how far it is.
func (s *Screen) save(begin string, work func(ctx context.Context, report func(done, total int64)) (string, error), going func(part string) (here, footer string)) {
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
	})
}

func (s *Screen) enable(yes bool) {
	for _, b := range []*controls.Button{s.files, s.excel} {
		b.Enabled(yes)
	}
}
