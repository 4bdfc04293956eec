package analysis

import (
	"context"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// watch finds out whether the plain rules are enough to read a file. If a profile is made, the profile hands it the rows. If not, it reads the cells it needs itself.
type watch struct {
	given contract.ReadOptions
	file  *scan.File
	told  bool

	plain   *reading.Plain // nil where the file has no header
	columns reading.Columns
	csv     bool
	texts   *cells.Texts
	cleaner *cleaning.Cleaner
	values  []cleaning.Value
	room    []spreadsheet.Cell
	current reading.PlainRow
}

func (w *watch) Begin(_ context.Context, t *scan.Table) error {
	w.plain, w.columns = reading.NewPlain(w.file.File, &t.Header, w.given), t.Header.Columns()
	w.csv, w.texts = t.Format == spreadsheet.CSV, t.Texts
	if !w.told {
		w.cleaner, w.values = cleaning.NewCleaner(&t.Header, cleaning.How{Keys: t.How.Keys}), make([]cleaning.Value, len(t.Header.Names))
	}
	return nil
}

// Rows looks at the rows where nobody tells them.
func (w *watch) Rows(b *scan.Batch) error {
	if w.told {
		return nil
	}
	for i := b.First; i < len(b.Rows); i++ {
		w.room = spreadsheet.RowOf(w.room[:0], &b.Batch, w.texts, i, len(w.values))
		clear(w.values)
		filled := false
		for _, c := range w.room {
			w.values[c.Column] = cleaning.Read(c, w.csv)
			filled = filled || w.values[c.Column].Kind != cleaning.Null
		}
		if filled {
			w.row(b, i, w.cleaner.Clean(w.values, int(b.Rows[i].Number), reading.Kept))
		}
	}
	return nil
}

// row looks at a row as the cleaning sees it.
func (w *watch) row(b *scan.Batch, index int, row *cleaning.Row) {
	if w.plain.Needed() { // as where one of the columns is not there
		return
	}
	w.current = reading.PlainRow{
		ID: &row.Values[w.columns.OrderID], Repeated: row.Repeated, Dated: row.HasDay, Revenue: &row.Values[w.columns.Revenue],
		Amounts: row.Priced, Fields: int(b.Rows[index].Fields),
	}
	w.plain.Row(&w.current)
}

// repeated tells of a row that repeats an order_id, if this was not yet known when the row was read.
func (w *watch) repeated() { w.plain.Repeated() }

// surveyNeeded says whether it has to be found how the file is read; p has made the profile, nil where there is none.
func (w *watch) surveyNeeded(p *profile.Profiler) bool {
	if w.plain == nil {
		return len(w.file.Sheets()) > 1 // another sheet may hold the orders
	}
	counts := contract.RowCounts{}
	switch {
	case w.cleaner != nil:
		counts = w.cleaner.Counts()
	case p != nil:
		counts = p.Counts()
	}
	long := int64(0)
	if form := w.file.TextForm(); form != nil {
		long = form.LongRows.Count
	}
	return counts.InvalidNumbers > 0 || w.file.EscapedQuotes() > 0 || w.plain.SurveyNeeded(long)
}

func (w *watch) close() {
	if w.cleaner != nil {
		w.cleaner.Close()
	}
}
