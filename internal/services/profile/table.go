package profile

import (
	"fabricportal/contract"
	"fabricportal/internal/services/cleaning"
	"fabricportal/internal/services/spreadsheet"
)

// table takes the rows of a file one by one and keeps what the profile says of them.
type table struct {
	csv        bool
	sampleRows int
	each       func(*cleaning.Row)

	header   cleaning.Header
	cleaner  *cleaning.Cleaner
	rowCount int64
	columns  []column
	values   []cleaning.Value // of the current row; null but for the columns in filled
	filled   []int
	checks   rowChecks
	days     dayRange // of order_date
	sample   [][]any
}

// add takes the next row of the file: the first one with a value is the header.
func (t *table) add(cells []spreadsheet.Cell, number int) {
	if t.cleaner == nil {
		header, ok := cleaning.ReadHeader(cells, number)
		if !ok {
			return
		}
		t.header = header
		t.cleaner = cleaning.NewCleaner(&t.header)
		t.columns = make([]column, len(header.Names))
		t.values = make([]cleaning.Value, len(header.Names))
		return
	}
	// Only what the last row filled is emptied: a sheet may be 16,384 columns wide with a few cells a row.
	for _, i := range t.filled {
		t.values[i] = cleaning.Value{}
	}
	t.filled = t.filled[:0]
	for _, c := range cells {
		if c.Column >= len(t.columns) {
			break
		}
		if v := cleaning.Read(c, t.csv); v.Kind != cleaning.Null {
			t.values[c.Column] = v
			t.filled = append(t.filled, c.Column)
		}
	}
	if len(t.filled) == 0 {
		return
	}
	t.rowCount++
	for _, i := range t.filled {
		t.columns[i].add(t.values[i])
	}
	row := t.cleaner.Clean(t.values)
	t.checks.add(row, number)
	if row.HasDay {
		t.days.add(row.Day)
	}
	if len(t.sample) < t.sampleRows {
		t.sample = append(t.sample, t.sampleOf(cells))
	}
	if t.each != nil {
		t.each(row)
	}
}

// sampleOf is the current row as it stands in the document.
func (t *table) sampleOf(cells []spreadsheet.Cell) []any {
	out := make([]any, len(t.columns))
	for _, c := range cells {
		if c.Column >= len(out) {
			break
		}
		switch v := t.values[c.Column]; v.Kind {
		case cleaning.Integer, cleaning.Decimal:
			out[c.Column] = v.Num
		case cleaning.Boolean:
			out[c.Column] = v.Num != 0
		case cleaning.Date, cleaning.DateTime:
			out[c.Column] = v.TimeText()
		case cleaning.Text:
			out[c.Column] = string(c.Text)
		}
	}
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
		return t.days.of("order_date")
	}
	for i := range t.columns {
		if kind := t.columns[i].kind(); kind == cleaning.Date || kind == cleaning.DateTime {
			var days dayRange
			for _, v := range []cleaning.Value{t.columns[i].first, t.columns[i].last} {
				day, _ := v.Day()
				days.add(day)
			}
			return days.of(t.header.Normalized[i])
		}
	}
	return nil
}

// dayRange is the first and last of some days.
type dayRange struct {
	any         bool
	first, last int32
}

func (r *dayRange) add(day int32) {
	if !r.any || day < r.first {
		r.first = day
	}
	if !r.any || day > r.last {
		r.last = day
	}
	r.any = true
}

func (r *dayRange) of(column string) *contract.DateRange {
	if !r.any {
		return nil
	}
	return &contract.DateRange{Column: column, Min: cleaning.DayText(r.first), Max: cleaning.DayText(r.last)}
}
