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

// Days is a set of days. It has a bit for each day between the first and the last, so that a single wild date among those of
// today makes it 456 KB at most. The zero value is empty.
type Days struct {
	first, last uint32 // counted from dayOne
	base        uint32 // what the set counts from, a multiple of 64
	set         bitset
	most        int  // bytes; 0: as many as all days take
	given       bool // up, as they took more
}

// Add adds a day, counted from 1970-01-01, of the years 1 to 9999.
func (d *Days) Add(day int32) {
	i := uint32(day - dayOne)
	if d.given || !d.reach(i) || !d.set.add(i-d.base) {
		return
	}
	if d.set.n == 1 {
		d.first = i
	}
	d.first, d.last = min(d.first, i), max(d.last, i)
}

// reach makes the set begin at a day or before it; false where that gives it up.
func (d *Days) reach(i uint32) bool {
	if d.set.n == 0 {
		d.base = i &^ 63
		return true
	}
	if d.most > 0 && int(max(i, d.last)-min(i, d.first)) > 8*d.most {
		*d = Days{most: d.most, given: true}
		return false
	}
	if i >= d.base {
		return true
	}
	// Some more than is needed, as who goes down a little may go on.
	more := min((d.base-i+63)/64+uint32(len(d.set.words)/2), d.base/64)
	d.set.words = append(make([]uint64, more, int(more)+len(d.set.words)), d.set.words...)
	d.base -= 64 * more
	return true
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
		from := d.base + d.set.next(day-d.base, false)
		if from > d.last {
			break
		}
		day = d.base + d.set.next(from-d.base, true)
		out.Gaps = append(out.Gaps, contract.Gap{From: dayText(from), To: dayText(day - 1)})
	}
	return out
}

func dayText(i uint32) string { return cleaning.DayText(int32(i) + dayOne) }
