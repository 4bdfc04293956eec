package columns

import (
	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
)

const (
	// dayOne is 0001-01-01, counted from 1970-01-01. Readers give no day before it and none after the year 9999.
	dayOne       = -719_162
	millisPerDay = 24 * 60 * 60 * 1000

	maxGaps = 5
)

// Days is a set of days. It has a bit for each day since year 1, so that a single wild date among those of today makes it
// 456 KB at most. The zero value is empty.
type Days struct {
	first, last uint32 // counted from dayOne
	set         bitset
}

// Add adds a day, counted from 1970-01-01, of the years 1 to 9999.
func (d *Days) Add(day int32) {
	i := uint32(day - dayOne)
	if !d.set.add(i) {
		return
	}
	if d.set.n == 1 {
		d.first = i
	}
	d.first, d.last = min(d.first, i), max(d.last, i)
}

func (d *Days) addMillis(millis int64) { d.Add(int32(floorDiv(millis, millisPerDay))) }

// Range is what the document says of the days of a column; nil where there are none.
func (d *Days) Range(column string) *contract.DateRange {
	if d.set.n == 0 {
		return nil
	}
	out := &contract.DateRange{Column: column, Min: dayText(d.first), Max: dayText(d.last),
		MissingDays: int64(d.last) - int64(d.first) + 1 - int64(d.set.n), Gaps: []contract.Gap{}}
	for day := d.first; len(out.Gaps) < maxGaps; {
		from := d.set.next(day, false)
		if from > d.last {
			break
		}
		day = d.set.next(from, true)
		out.Gaps = append(out.Gaps, contract.Gap{From: dayText(from), To: dayText(day - 1)})
	}
	return out
}

func dayText(i uint32) string { return cleaning.DayText(int32(i) + dayOne) }
