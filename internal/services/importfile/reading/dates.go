package reading

import (
	"fmt"
	"math"
	"time"
	_ "time/tzdata" // not every Windows has the zones

	"fabricportal/contract"
)

// DateShape is what a date written as text shows of how dates are written in its file.
type DateShape uint32

// The forms that the evidence counts, in its order, and then what else is known of a text.
const (
	YearFirst  DateShape = 1 << iota // 2025-12-31
	WithPoints                       // 31.12.2025
	DayFirst                         // 31/12/2025
	MonthFirst                       // 12/31/2025
	EitherOpen                       // 01/02/2025: neither number is above 12
	Compact                          // 20251231
	Named                            // 31 Dec 2025
	TwoDigits                        // 31.12.25
	WithTime                         // 23:59
	WithZone                         // with Z or an offset

	PlainDate      // it is a date by the plain rule
	showsDay       // a number above 12 stands first
	showsMonth     // a number above 12 stands in the second place
	pointsMonth    // and that behind points
	openSlash      // / or - between two different numbers up to 12
	openPoints     // points between two such numbers
	withPointsLast // points, and the year stands last
	from50         // the year is one of two digits, 50 or above
	undecided      // the century or the order is not known, so that it is no date yet
)

// dateForms are how the evidence names the forms of a DateShape.
var dateForms = [...]string{"2025-12-31", "31.12.2025", "31/12/2025", "12/31/2025", "01/02/2025", "20251231", "31 Dec 2025", "31.12.25", "23:59", "+01:00"}

// Moment is a date, with a time of day where the text has one.
type Moment struct {
	Millis int64 // since 1970-01-01T00:00:00, of the wall clock that counts
	Timed  bool
	Shape  DateShape
}

// Day is the moment's day, counted from 1970-01-01.
func (m Moment) Day() int32 { return DayOf(m.Millis) }

// Dates reads dates written as text (contract/RULES.md, Dates written as text). It is a value that many goroutines may
// use. The zero value knows no order and no century: texts that need them are no dates.
type Dates struct {
	order   string // of open texts: contract.DayFirst or MonthFirst; empty where it is not known
	year    bool   // a year of two digits stands first
	points  bool   // the order holds for points, too, which otherwise stand for the day first
	century int    // first of the hundred years that two digits can mean; 0 where it is not known
	zone    *time.Location
	known   bool // an order was found or given, so that all columns of a text file are read
}

// NewDates reads as the options say. An error means that the time zone is none.
func NewDates(o contract.ReadOptions) (Dates, error) {
	d := Dates{century: o.TwoDigitYears, known: o.DateOrder != ""}
	if d.year = o.DateOrder == contract.YearFirst; !d.year {
		d.order, d.points = o.DateOrder, o.DateOrder != ""
	}
	if o.TimeZone == "" {
		return d, nil
	}
	zone, err := zoneOf(o.TimeZone)
	d.zone = zone
	return d, err
}

// zoneOf is a zone by its IANA name, or an offset +HH:MM.
func zoneOf(name string) (*time.Location, error) {
	if name[0] == '+' || name[0] == '-' {
		if offset, end, ok := offsetAt([]byte(name), 0); ok && end == len(name) && len(name) == len("+01:00") {
			return time.FixedZone(name, offset), nil
		}
	} else if zone, err := time.LoadLocation(name); err == nil && name != "Local" {
		return zone, nil
	}
	return nil, fmt.Errorf("%q is no time zone", name)
}

// Read reads a trimmed text of order_date. Where it is no date the shape is 0; where it would be one if order or century
// were known, the shape says what it is.
func (d Dates) Read(text []byte) (Moment, bool) {
	if millis, timed, ok := dateIn(text); ok {
		m := d.plain(text, millis, timed)
		return m, m.Shape&undecided == 0
	}
	return d.dressed(text, true)
}

// Other reads a trimmed text of another column of a text file.
func (d Dates) Other(text []byte) (Moment, bool) {
	if millis, timed, ok := dateIn(text); ok && (!d.known || text[4] < '0' || text[4] > '9') {
		return Moment{Millis: millis, Timed: timed, Shape: PlainDate}, true
	}
	if !d.known {
		return Moment{}, false
	}
	m, ok := d.dressed(text, false)
	return m, ok
}

// plain says what a text shows that the plain rule reads. Points need not mean what that rule takes them for.
func (d Dates) plain(text []byte, millis int64, timed bool) Moment {
	m := Moment{Millis: millis, Timed: timed, Shape: PlainDate | YearFirst}
	if timed {
		m.Shape |= WithTime
	}
	if text[2] != '.' || text[5] != '.' {
		return m
	}
	first, second := decimal(text[:2]), decimal(text[3:5])
	m.Shape = PlainDate | pointShape(first, second)
	if m.Shape&openPoints != 0 {
		monthFirst, ok := d.pointsMonthFirst()
		if !ok {
			m.Shape |= undecided
		}
		if monthFirst {
			m.Millis, _ = dayMillis(decimal(text[6:10]), first, second)
		}
	}
	return m
}

// pointShape is the shape of points between two numbers and a year.
func pointShape(first, second int) DateShape {
	switch {
	case first > 12:
		return WithPoints | withPointsLast | showsDay
	case second > 12:
		return MonthFirst | withPointsLast | showsMonth | pointsMonth
	case first != second:
		return WithPoints | withPointsLast | openPoints
	}
	return WithPoints | withPointsLast
}

// Of reads the value of a cell of order_date.
func (d Dates) Of(v Value) (Moment, bool) {
	switch {
	case v.Text != nil:
		return d.Read(v.Text)
	case v.Kind == Date, v.Kind == DateTime:
		return Moment{Millis: int64(v.Num), Timed: v.Kind == DateTime}, true
	case v.Kind == Integer:
		return compactDate(v.Num)
	}
	return Moment{}, false
}

// compactDate reads YYYYMMDD.
func compactDate(n float64) (Moment, bool) {
	if n < 19000101 || n > 21001231 || n != math.Trunc(n) {
		return Moment{}, false
	}
	days := int(n)
	millis, ok := dayMillis(days/10_000, days/100%100, days%100)
	if !ok {
		return Moment{}, false
	}
	return Moment{Millis: millis, Shape: Compact}, true
}

// dayMillis is the beginning of a day, if it exists.
func dayMillis(year, month, day int) (int64, bool) {
	if year < 1 || year > 9999 || month < 1 || month > 12 || day < 1 || day > 31 {
		return 0, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	return t.UnixMilli(), t.Day() == day
}

// dressed reads what the plain rule does not; compact says that YYYYMMDD is a date.
func (d Dates) dressed(text []byte, compact bool) (Moment, bool) {
	if len(text) < 6 {
		return Moment{}, false
	}
	var room [96]byte
	b, ok := compat(room[:0], text)
	if !ok {
		return Moment{}, false
	}
	p, i, ok := dateParts(b, d.year)
	if !ok || p.shape == Compact && !compact {
		return Moment{}, false
	}
	clock, offset, shape, ok := timeAt(b, i)
	if !ok {
		return Moment{}, false
	}
	day, ok := d.day(&p)
	if !ok {
		return Moment{}, false
	}
	m := Moment{Shape: p.shape | shape, Timed: shape&WithTime != 0}
	if m.Shape&undecided != 0 {
		return m, false
	}
	m.Millis = day + int64(clock)*1000
	if shape&WithZone != 0 && d.zone != nil {
		instant := m.Millis - int64(offset)*1000
		_, here := time.UnixMilli(instant).In(d.zone).Zone()
		m.Millis = instant + int64(here)*1000
	}
	return m, true
}

// pointsMonthFirst says whether the month stands first in front of points, and whether that is known.
func (d Dates) pointsMonthFirst() (monthFirst, ok bool) {
	return d.points && d.order == contract.MonthFirst, !d.points || d.order != ""
}

// day puts the parts of a date in order. ok is false where they are no day, whatever the order and the century.
func (d Dates) day(p *parts) (millis int64, ok bool) {
	first, second := p.first, p.second
	year := p.year
	if p.shape&TwoDigits != 0 {
		if p.year >= 50 {
			p.shape |= from50
		}
		if d.century == 0 {
			p.shape |= undecided
			year = 2000 // a leap year: a day that some century has
		} else {
			year = d.century + (p.year-d.century%100+100)%100
		}
	}
	if p.ordered { // first is the month, second the day
		return dayMillis(year, first, second)
	}
	monthFirst := false
	switch {
	case first > 12:
		p.shape |= showsDay
	case second > 12:
		p.shape |= showsMonth
		if p.points {
			p.shape |= pointsMonth
		}
		monthFirst = true
	case first == second:
	case p.points:
		p.shape |= openPoints
		var ok bool
		if monthFirst, ok = d.pointsMonthFirst(); !ok {
			p.shape |= undecided
		}
	default:
		p.shape |= openSlash
		monthFirst = d.order == contract.MonthFirst
		if d.order == "" {
			p.shape |= undecided
		}
	}
	if monthFirst {
		return dayMillis(year, first, second)
	}
	return dayMillis(year, second, first)
}
