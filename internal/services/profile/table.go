package profile

import (
	"context"
	"runtime"
	"sync/atomic"

	"fabricportal/contract"
	"fabricportal/internal/services/cleaning"
	"fabricportal/internal/services/panics"
	"fabricportal/internal/services/profile/columns"
	"fabricportal/internal/services/spreadsheet"
	"fabricportal/internal/services/spreadsheet/cells"
)

// table takes the cells of a file batch by batch and keeps what the profile says of them.
type table struct {
	form       columns.Form
	texts      *cells.Texts
	dict       *columns.Dictionary
	headerRow  int // where the header is to be; 0 for the first row with a value
	sampleRows int
	each       func(*cleaning.Row)

	header     cleaning.Header
	cleaner    *cleaning.Cleaner // nil until the header was found
	rowCount   int64
	hidden     int64
	columns    []columns.Column
	crew       *crew // nil until the header was found
	budget     budget
	free       []*job
	repeats    repeats
	duplicates int64 // rows that repeat another, once settled
	key        keyColumns
	checks     rowChecks
	days       columns.Days // of order_date
	sample     [][]any
	numbers    []int              // of the sample's rows, in a preview
	likely     int                // in a preview: the row that is probably the header instead
	cells      []spreadsheet.Cell // of one row
}

func newTable(ctx context.Context, file *spreadsheet.File, batches spreadsheet.Batches, opts Options) *table {
	t := &table{form: form(file), texts: batches.Texts(), dict: columns.NewDictionary(ctx, batches.Texts()), headerRow: opts.HeaderRow,
		sampleRows: sampleRows(opts.SampleRows), each: opts.Rows, budget: budget{most: mostHeld}}
	if t.texts != nil {
		t.budget.most -= t.texts.Held() / 4
	}
	return t
}

// next takes the next batch of the file and says whether there was one.
func (t *table) next(batches spreadsheet.Batches) bool {
	for t.crew != nil && t.crew.full() {
		t.finishJob()
	}
	j := &job{}
	if n := len(t.free); n > 0 {
		j, t.free = t.free[n-1], t.free[:n-1]
	}
	if !batches.Next(&j.batch) {
		return false
	}
	j.first = 0
	if t.cleaner == nil {
		j.first = t.findHeader(&j.batch)
	}
	if t.cleaner == nil {
		t.free = append(t.free, j)
		return true
	}
	if t.crew == nil {
		t.crew = newCrew(len(t.columns), t.count)
	}
	t.key.prepare(j)
	t.budget.begin(j, len(t.columns))
	t.crew.put(j)
	return true
}

// finishJob takes the rows of the first batch whose columns are counted and says whether there was one.
func (t *table) finishJob() bool {
	if t.crew == nil {
		return false
	}
	j := t.crew.first()
	if j == nil {
		return false
	}
	t.budget.end(j)
	rows := j.merged()
	t.key.start(j)
	for row := j.first; row < len(j.batch.Rows); row++ {
		if rows.Filled[row] {
			t.addRow(rows, &j.batch, row)
		}
	}
	t.free = append(t.free, j)
	return true
}

// count counts some columns of a batch, on any goroutine.
func (t *table) count(j *job, worker, from, to int) {
	for i := from; i < to; i++ {
		if j.estimate[i] {
			t.columns[i].Estimate(t.dict)
		}
		t.columns[i].Add(&j.batch, i, j.first, t.dict, &j.rows[worker], j.readings[i])
		j.held[i] = t.columns[i].Held()
	}
}

// stop ends the workers and gives back what is on disk.
func (t *table) stop() {
	t.repeats.close()
	if t.cleaner != nil {
		t.cleaner.Close()
	}
	if t.crew != nil {
		t.crew.stop()
	}
}

// findHeader looks for the header row and gives the index of the first row behind it.
func (t *table) findHeader(b *cells.Batch) int {
	for i, row := range b.Rows {
		number := int(row.Number)
		switch {
		case number < t.headerRow:
			continue
		case number > t.headerRow && t.headerRow > 0:
			return 0 // the row that is to be the header is not there
		}
		t.cells = spreadsheet.RowOf(t.cells[:0], b, t.texts, i, spreadsheet.MaxColumns)
		header, ok := cleaning.ReadHeader(t.cells, number)
		switch {
		case ok:
			t.begin(header)
			return i + 1
		case t.headerRow > 0:
			return 0
		}
	}
	return 0
}

func (t *table) begin(header cleaning.Header) {
	t.header = header
	t.cleaner = cleaning.NewCleaner(&t.header)
	t.columns = make([]columns.Column, len(header.Names))
	t.budget.most = max(t.budget.most-perColumn*len(t.columns), leastHeld)
	for i := range t.columns {
		t.columns[i].Form = t.form
	}
	if id := header.Columns().OrderID; id >= 0 {
		t.columns[id].Serials = true
	}
	t.key.init(t)
}

func (t *table) addRow(rows *columns.Rows, b *cells.Batch, row int) {
	t.rowCount++
	if b.Rows[row].Hidden {
		t.hidden++
	}
	clean := t.cleaner.Clean(t.key.row(row), int(b.Rows[row].Number))
	t.repeats.add(rows.Hash[row], rows.Fresh[row] || clean.Kept())
	t.checks.add(clean)
	if clean.HasDay {
		t.days.Add(clean.Day)
	}
	if len(t.sample) < t.sampleRows {
		t.sample = append(t.sample, t.sampleOf(b, row))
	}
	if t.each != nil && !clean.Open {
		t.each(clean)
	}
}

// settle takes what is known only once all rows are. Errors are *scratch.Error, or that of ctx.
func (t *table) settle(ctx context.Context) error {
	if t.cleaner == nil {
		return nil
	}
	err := t.cleaner.Settle(ctx, func(row *cleaning.Row) {
		t.checks.settled(row)
		if t.each != nil {
			t.each(row)
		}
	})
	if err == nil {
		t.duplicates, err = t.repeats.count(ctx)
	}
	return err
}

// sampleOf is a row as it stands in the document.
func (t *table) sampleOf(b *cells.Batch, row int) []any {
	out := make([]any, len(t.columns))
	t.cells = spreadsheet.RowOf(t.cells[:0], b, t.texts, row, len(out))
	for _, c := range t.cells {
		switch v := cleaning.Read(c, t.form == columns.Typeless); v.Kind {
		case cleaning.Integer, cleaning.Decimal:
			out[c.Column] = v.Num
		case cleaning.Boolean:
			out[c.Column] = v.Num != 0
		case cleaning.Date, cleaning.DateTime, cleaning.Time:
			out[c.Column] = v.TimeText()
		case cleaning.Text:
			out[c.Column] = string(c.Text)
		}
	}
	return out
}

// profiles are the profiles of the columns, made on all processors: those of columns with many values take their time.
func (t *table) profiles() []contract.Column {
	out := make([]contract.Column, len(t.columns))
	var next atomic.Int64
	var all panics.Group
	work := func() {
		for i := int(next.Add(1)) - 1; i < len(out); i = int(next.Add(1)) - 1 {
			out[i] = t.columns[i].Profile(i, t.header.Names[i], t.header.Normalized[i], t.rowCount, t.dict)
		}
	}
	for range min(runtime.GOMAXPROCS(0), len(out), mostWorkers) {
		all.Go(work)
	}
	all.Wait()
	return out
}

func (t *table) counts() contract.RowCounts {
	if t.cleaner == nil {
		return contract.RowCounts{}
	}
	return t.cleaner.Counts()
}

// dateRange is that of order_date, or of the first date column where there is no order_date.
func (t *table) dateRange() *contract.DateRange {
	if t.header.Index("order_date") >= 0 {
		return t.days.Range("order_date")
	}
	for i := range t.columns {
		if days, ok := t.columns[i].Days(); ok {
			return days.Range(t.header.Normalized[i])
		}
	}
	return nil
}
