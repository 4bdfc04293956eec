package profile

import (
	"context"
	"runtime"

	"fabricportal/contract"
	"fabricportal/internal/panics"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/profile/columns"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// table takes the cells of a file batch by batch and keeps what the profile says of them.
type table struct {
	form       columns.Form
	texts      *cells.Texts
	dict       *columns.Dictionary
	sampleRows int
	hits       *hits.Book // nil where nobody asks for all cells that were found
	each       func(b *scan.Batch, index int, row *cleaning.Row)
	watch      func(*scan.Batch, int, *cleaning.Row)

	header     cleaning.Header
	how        cleaning.How
	id         int // the column of order_ids; -1 for none
	found      *Found
	dressed    *cleaning.Dressing
	cleaner    *cleaning.Cleaner // nil until the header was found
	rowCount   int64
	hidden     int64
	shifted    contract.Ragged // rows that an unquoted delimiter has shifted
	columns    []columns.Column
	jobs       [scan.MostUnderWay]*job // by slot
	counted    *columns.Rows
	unsaved    [][2]int64 // by column: formulas without a saved value, and with an empty text; nil while there are none
	never      bool       // the workbook may never have been calculated
	budget     budget
	repeats    repeats
	duplicates int64 // rows that repeat another, once settled
	passedOver bool  // a row was left out whose order_id was not looked at
	key        keyColumns
	checks     rowChecks
	textual    textCheck
	recoded    spreadsheet.Recoded // rows with bytes that are not in the file's encoding
	money      currencyCheck
	casing     caseCheck
	statuses   statusCheck
	days       columns.Days // of order_date
	sample     [][]any
	numbers    []int              // of the sample's rows, in a preview
	guessing   bool               // in a preview: the kinds of its cells are noted
	kinds      []uint             // of the sample's cells, by column, a bit for each
	unread     int                // cells of the sample whose texts were not read
	likely     int                // in a preview: the row that is probably the header instead
	cells      []spreadsheet.Cell // of one row
}

// job is what is kept of a batch while it is counted.
type job struct {
	rows     [scan.MostWorkers]columns.Rows // what each worker's columns say of the rows
	used     [scan.MostWorkers]bool
	readings [][]cleaning.Reading // by column
	held     []int                // bytes, by column, once it is counted
	estimate []bool               // by column: its values are estimated from this batch on, or an earlier one
}

// Begin takes the header.
func (t *table) Begin(ctx context.Context, of *scan.Table) error {
	t.how = of.How
	t.begin(of.Header, of.Texts)
	t.dict = columns.NewDictionary(ctx, of.Texts)
	t.budget.most = mostHeld
	if t.texts != nil {
		t.budget.most -= t.texts.Held() / 4
	}
	t.budget.most = max(t.budget.most-perColumn*len(t.columns), leastHeld)
	t.cleaner = cleaning.NewCleaner(&t.header, t.how)
	t.key.init(t)
	t.textual.begin(of)
	t.money.column, t.statuses.column = t.header.CurrencyColumn(), t.header.StatusColumn()
	t.casing.set.Most = t.how.Keys
	t.noteCells()
	t.checks.losesFrom, t.checks.unpriced = reading.LosesDigitsFrom(formatOf(t.form)), t.how.Unpriced
	if t.each != nil {
		t.cleaner.Late = t.key.late
	}
	return ctx.Err() // when it has ended, what is known of the texts may not be all
}

// begin takes what a preview needs too.
func (t *table) begin(header cleaning.Header, texts *cells.Texts) {
	t.header, t.texts = header, texts
	t.dressed = t.how.Dress(&t.header, t.form == columns.Typeless)
	t.columns = make([]columns.Column, len(header.Names))
	for i := range t.columns {
		t.columns[i].Form, t.columns[i].Position, t.columns[i].Dressing = t.form, i, t.dressed
		t.columns[i].Among(len(t.columns))
	}
	if header.Index("order_date") >= 0 {
		for i := range t.columns {
			t.columns[i].NoDays() // the document has those of order_date
		}
	}
	c := header.Columns()
	for _, column := range [...]int{c.Channel, c.Region, c.ProductCategory} {
		if column >= 0 {
			t.columns[column].Groups = true
		}
	}
	if t.id = c.OrderID; t.id >= 0 {
		t.columns[t.id].Keys = true
	}
}

// Put prepares for a batch.
func (t *table) Put(b *scan.Batch) {
	if t.jobs[b.Slot] == nil {
		t.jobs[b.Slot] = &job{}
	}
	j := t.jobs[b.Slot]
	clear(j.used[:])
	t.key.prepare(j, len(b.Rows))
	t.budget.begin(j, len(t.columns))
}

// Columns counts some columns of a batch.
func (t *table) Columns(b *scan.Batch, worker, from, to int, first bool) {
	j := t.jobs[b.Slot]
	if first {
		j.used[worker] = true
		j.rows[worker].Reset(len(b.Rows))
	}
	for i := from; i < to; i++ {
		if j.estimate[i] {
			t.columns[i].Estimate(t.dict)
		}
		t.columns[i].Add(&b.Batch, i, b.First, t.dict, &j.rows[worker], j.readings[i])
		j.held[i] = t.columns[i].Held()
	}
}

// Rows takes the rows of a batch whose columns are counted.
func (t *table) Rows(b *scan.Batch) error {
	j := t.jobs[b.Slot]
	t.budget.end(j)
	t.counted = j.merged()
	t.key.start(j, &b.Batch)
	t.countUnsaved(t.counted)
	t.textual.look(b, len(t.columns))
	t.money.look(t, b)
	t.statuses.look(t, b)
	for row := b.First; row < len(b.Rows); row++ {
		if t.counted.Filled[row] {
			t.addRow(t.counted, b, row)
		}
	}
	return nil
}

// countUnsaved counts the formulas without a value in rows that have one.
func (t *table) countUnsaved(rows *columns.Rows) {
	if rows == nil || len(rows.Unsaved) == 0 {
		return
	}
	if t.unsaved == nil {
		t.unsaved = make([][2]int64, len(t.columns))
	}
	for _, u := range rows.Unsaved {
		switch {
		case !rows.Filled[u.Row]:
		case u.Saved:
			t.unsaved[u.Column][1]++
		default:
			t.unsaved[u.Column][0]++
		}
	}
}

// merged is what all columns say of the job's rows.
func (j *job) merged() *columns.Rows {
	var all *columns.Rows
	for w := range j.rows {
		switch {
		case !j.used[w]:
		case all == nil:
			all = &j.rows[w]
		default:
			all.Merge(&j.rows[w])
		}
	}
	return all
}

// close gives back what is on disk.
func (t *table) close() {
	t.repeats.close()
	t.checks.orders.close()
	t.casing.set.Close()
	if t.cleaner != nil {
		t.cleaner.Close()
	}
}

func (t *table) addRow(rows *columns.Rows, b *scan.Batch, row int) {
	t.rowCount++
	if b.Rows[row].Hidden {
		t.hidden++
	}
	fate := reading.Kept
	if b.Fates != nil {
		fate = t.fateOf(b, row)
	}
	clean := t.cleaner.Clean(t.key.row(row), int(b.Rows[row].Number), fate)
	// A row with a new order_id equals no earlier one, unless it is one that was passed over.
	t.repeats.at(int(b.Rows[row].Number))
	t.repeats.add(rows.Hash[row], rows.Fresh[row] || clean.Kept() && !clean.Repeated && !t.passedOver)
	t.casing.add(clean)
	t.checks.add(clean, func(column int) cleaning.Value { return t.stored(&b.Batch, row, column) })
	if b.Rows[row].Recoded > 0 || t.textual.marks != nil {
		t.textual.row(b, row, len(t.columns), func() []spreadsheet.Cell {
			t.cells = spreadsheet.RowOf(t.cells[:0], &b.Batch, t.texts, row, len(t.columns))
			return t.cells
		})
	}
	if column := clean.Columns.Revenue; column >= 0 {
		v := &clean.Values[column]
		if v.Text != nil && (t.dressed != nil || v.Kind == cleaning.Text) && !leftOut(fate) {
			t.money.revenue(clean, v.Text)
		}
	}
	if clean.HasDay && clean.Fate != reading.NoOrder {
		t.days.Add(clean.Day)
	}
	if len(t.sample) < t.sampleRows {
		t.sample = append(t.sample, t.sampleOf(&b.Batch, row))
	}
	if t.watch != nil {
		t.watch(b, row, clean)
	}
	if t.each != nil && !clean.Open {
		t.each(b, row, clean)
	}
}

// fateOf says what becomes of a row, and counts those that a delimiter has shifted.
func (t *table) fateOf(b *scan.Batch, row int) reading.Fate {
	fate := b.Fates[row].Fate
	if fate == reading.Shifted || fate == reading.Realigned {
		if t.shifted.Count++; t.shifted.Count <= maxExamples {
			t.shifted.Rows = append(t.shifted.Rows, int64(b.Rows[row].Number))
		}
	}
	t.passedOver = t.passedOver || leftOut(fate)
	return fate
}

// settle takes what is known only once all rows are. Errors are *scratch.Error, or that of ctx.
func (t *table) settle(ctx context.Context) error {
	if t.cleaner == nil {
		return nil
	}
	err := t.cleaner.Settle(ctx, func(row *cleaning.Row) {
		t.casing.add(row)
		t.checks.settled(row, row.At)
		if t.each != nil {
			t.each(nil, 0, row)
		}
	})
	t.checks.settle()
	if err == nil {
		err = t.checks.orders.settle(t.checks.badRevenue.cells)
	}
	if err == nil {
		err = t.casing.settle(ctx, t.id)
	}
	if err == nil {
		t.duplicates, err = t.repeats.count(ctx)
	}
	return err
}

// stored is a value of a row as it is stored.
func (t *table) stored(b *cells.Batch, row, column int) cleaning.Value {
	t.cells = spreadsheet.RowOf(t.cells[:0], b, t.texts, row, column+1)
	for _, c := range t.cells {
		if c.Column == column {
			return t.read(c)
		}
	}
	return cleaning.Value{}
}

// read reads a cell as it is stored.
func (t *table) read(c spreadsheet.Cell) cleaning.Value {
	v := cleaning.Read(c, t.form == columns.Typeless)
	if v.Text != nil && c.Column == t.id && t.form == columns.Typeless {
		return cleaning.ReadKey(v.Text)
	}
	return v
}

// sampleOf is a row as it stands in the document.
func (t *table) sampleOf(b *cells.Batch, row int) []any {
	out := make([]any, len(t.columns))
	t.cells = spreadsheet.RowOf(t.cells[:0], b, t.texts, row, len(out))
	for _, c := range t.cells {
		if spreadsheet.Unread(c) {
			out[c.Column], t.unread = Unread{}, t.unread+1
			continue
		}
		v := t.read(c)
		if t.form == columns.Typeless {
			v = t.dressed.Read(c.Column, v) // in other files a sample shows what is stored
		}
		t.guess(c.Column, v.Kind)
		switch v.Kind {
		case cleaning.Integer, cleaning.Decimal:
			out[c.Column] = v.Num
		case cleaning.Boolean:
			out[c.Column] = v.Num != 0
		case cleaning.Date, cleaning.DateTime, cleaning.Time:
			out[c.Column] = v.TimeText()
		case cleaning.Text:
			out[c.Column] = columns.Shown(c.Text)
		}
	}
	return out
}

// profiles are the profiles of the columns, made on all processors: those of columns with many values take their time.
func (t *table) profiles() []contract.Column {
	out := make([]contract.Column, len(t.columns))
	panics.Each(len(out), min(runtime.GOMAXPROCS(0), scan.MostWorkers), func(i int) {
		out[i] = t.columns[i].Profile(i, t.header.Names[i], t.header.Normalized[i], t.rowCount, t.dict)
		formulas := t.formulas(i)
		out[i].Formulas, out[i].FormulasUncached = formulas.All, formulas.Uncached(t.never)
	})
	return out
}

func (t *table) formulas(column int) columns.Formulas {
	if t.unsaved == nil {
		return t.columns[column].Formulas(0, 0)
	}
	return t.columns[column].Formulas(t.unsaved[column][1], t.unsaved[column][0])
}

func (t *table) counts() contract.RowCounts {
	if t.cleaner == nil {
		return contract.RowCounts{}
	}
	return t.cleaner.Counts()
}

// dateRange is that of order_date, or of the first date column where there is no order_date. In a table of very many columns
// it is the first whose days don't lie scattered over centuries.
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
