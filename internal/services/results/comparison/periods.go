package comparison

import (
	"time"

	"fabricportal/contract"
)

// PeriodKind says which earlier period a figure is compared with.
type PeriodKind string

// The kinds.
const (
	YearBefore   PeriodKind = "year_before"   // the same days a year earlier
	PeriodBefore PeriodKind = "period_before" // as many days or months directly before
	MonthBefore  PeriodKind = "month_before"  // the last month of the series and the month before it: both whole, or the same days of both
)

// PeriodChange compares a period with an earlier one. The days are YYYY-MM-DD, both included. The two are whole months, or of
// the same number of days.
type PeriodChange struct {
	Kind                 PeriodKind
	From, To             string // the period
	EarlierFrom          string
	EarlierTo            string
	All                  bool // the period is all days of the snapshot
	Revenue, Orders, AOV Change
}

// WholeMonths tells whether the period is whole months.
func (p PeriodChange) WholeMonths() bool {
	from, err := time.Parse(time.DateOnly, p.From)
	to, err2 := time.Parse(time.DateOnly, p.To)
	return err == nil && err2 == nil && span{from, to}.whole()
}

// SamePeriod compares the days of a snapshot's series with the same days before, as far as its own series or one of the
// earlier snapshots (latest first) tells of them: a year earlier, and the period directly before. A series that alone
// is known is compared within itself: its last month with the month before. The order is that of what
// says most; none is returned where no series reaches back. Only like is compared with like: a month that is not over is compared
// with the same days of the month before. profile is the snapshot's, and may be nil: without it a series by month does not
// know whether its first and its last month are whole, so that they are left out.
func SamePeriod(now *contract.KPIs, profile *contract.ImportProfile, earlier ...*contract.KPIs) []PeriodChange {
	own := seriesOf(now)
	if own == nil {
		return nil
	}
	own.known = ExtentOf(now, profile)
	known := []*series{own}
	for _, k := range earlier {
		if s := seriesOf(k); s != nil {
			s.known = ExtentOf(k, nil)
			known = append(known, s)
		}
	}
	period, ok := own.span()
	if !ok {
		return nil
	}
	all := own.all(period)
	var out []PeriodChange
	add := func(kind PeriodKind, period, before span) {
		for _, s := range known {
			if p, b, ok := alike(own, s, period, before); ok {
				c := against(kind, p, b, own.sum(p), s.sum(b))
				c.All = all && p == period
				out = append(out, c)
				return
			}
		}
	}
	add(YearBefore, period, period.yearBefore())
	add(PeriodBefore, period, period.before())
	if len(out) == 0 {
		if month := own.lastMonth(period); !month.from.After(month.to) {
			add(MonthBefore, month, month.monthBefore())
		}
	}
	return out
}

func against(kind PeriodKind, period, before span, now, then contract.Point) PeriodChange {
	aov := func(p contract.Point) *float64 {
		if p.Orders == 0 {
			return nil
		}
		return new(p.Revenue / float64(p.Orders))
	}
	return PeriodChange{
		Kind: kind, From: period.from.Format(time.DateOnly), To: period.to.Format(time.DateOnly),
		EarlierFrom: before.from.Format(time.DateOnly), EarlierTo: before.to.Format(time.DateOnly),
		Revenue: change(&then.Revenue, &now.Revenue), Orders: change(count(then.Orders), count(now.Orders)), AOV: change(aov(then), aov(now)),
	}
}

// span is days, both included, at midnight UTC.
type span struct{ from, to time.Time }

func firstOfMonth(t time.Time) time.Time {
	return time.Date(t.Year(), t.Month(), 1, 0, 0, 0, 0, time.UTC)
}
func lastOfMonth(t time.Time) time.Time { return firstOfMonth(t).AddDate(0, 1, -1) }

func (s span) days() int { return daysBetween(s.from, s.to) + 1 }

// whole tells whether the span is whole months.
func (s span) whole() bool {
	return s.from.Equal(firstOfMonth(s.from)) && s.to.Equal(lastOfMonth(s.to))
}

// slack is the number of days that an earlier series may lack at the ends of a span that it is asked for: the same days are
// left out of both sides then. Shops that are closed on the first of January have no order on it.
const slack = 3

// settled is the number of days from which on a month that is not over says something.
const settled = 7

func (s span) yearBefore() span {
	if s.whole() {
		from := s.from.AddDate(-1, 0, 0)
		return span{from, lastOfMonth(firstOfMonth(s.to).AddDate(-1, 0, 0))}
	}
	return span{s.from.AddDate(-1, 0, 0), s.to.AddDate(-1, 0, 0)}
}

func (s span) before() span {
	to := s.from.AddDate(0, 0, -1)
	if s.whole() {
		months := (s.to.Year()-s.from.Year())*12 + int(s.to.Month()-s.from.Month()) + 1
		return span{s.from.AddDate(0, -months, 0), to}
	}
	if s.from.Day() <= slack && firstOfMonth(s.from).Equal(firstOfMonth(s.to)) {
		return s.monthBefore()
	}
	return span{s.from.AddDate(0, 0, -s.days()), to}
}

// monthBefore is the month before a whole one, or the same days of it.
func (s span) monthBefore() span {
	first := firstOfMonth(s.from).AddDate(0, -1, 0)
	end := lastOfMonth(first)
	if s.whole() {
		return span{first, end}
	}
	same := span{first.AddDate(0, 0, s.from.Day()-1), first.AddDate(0, 0, s.to.Day()-1)}
	if same.to.After(end) {
		same.to = end
	}
	return same
}

// series is a time series with its periods as days; of a monthly one the first of the month.
type series struct {
	points  []contract.Point
	days    []time.Time
	monthly bool
	known   Extent
}

// seriesOf is nil where a snapshot has no series that can be read.
func seriesOf(k *contract.KPIs) *series {
	if k == nil || len(k.TimeSeries.Points) == 0 {
		return nil
	}
	s := &series{points: k.TimeSeries.Points, monthly: k.TimeSeries.Granularity == monthly}
	layout := time.DateOnly
	if s.monthly {
		layout = "2006-01"
	}
	for _, p := range s.points {
		day, err := time.Parse(layout, p.Period)
		if err != nil {
			return nil
		}
		s.days = append(s.days, day)
	}
	return s
}

// span is the days that the series tells of; of a monthly one its months that are known to be whole, if there are any.
func (s *series) span() (span, bool) {
	if !s.monthly {
		return span{s.known.From, s.known.To}, true
	}
	all := span{s.days[0], lastOfMonth(s.days[len(s.days)-1])}
	if !s.known.From.Equal(all.from) {
		all.from = all.from.AddDate(0, 1, 0)
	}
	if !s.known.To.Equal(all.to) {
		all.to = firstOfMonth(all.to).AddDate(0, 0, -1)
	}
	return all, all.from.Before(all.to)
}

// all tells whether a span is all that the series has points for.
func (s *series) all(of span) bool {
	return !s.days[0].Before(of.from) && !s.days[len(s.days)-1].After(of.to)
}

// alike cuts a period of own, and the days before that it is to be compared with, to what the other series tells of the latter. It may lack
// a few days at the ends of them.
func alike(own, other *series, period, before span) (span, span, bool) {
	all, ok := other.span()
	if !ok || other.monthly && !before.whole() {
		return period, before, false
	}
	lead, trail := max(0, daysBetween(before.from, all.from)), max(0, daysBetween(all.to, before.to))
	if lead == 0 && trail == 0 && period.whole() && before.whole() {
		return period, before, true // months are compared as months
	}
	if lead > slack || trail > slack || own.monthly || other.monthly {
		return period, before, false
	}
	before = span{before.from.AddDate(0, 0, lead), before.to.AddDate(0, 0, -trail)}
	period.from = period.from.AddDate(0, 0, lead)
	n := min(before.days(), period.days())
	if n < 1 {
		return period, before, false
	}
	before.to, period.to = before.from.AddDate(0, 0, n-1), period.from.AddDate(0, 0, n-1)
	return period, before, true
}

// daysBetween is the number of days from one to another one.
func daysBetween(from, to time.Time) int { return int(to.Sub(from).Hours() / 24) }

func (s *series) sum(of span) contract.Point {
	var sum contract.Point
	for i, day := range s.days {
		if !day.Before(of.from) && !day.After(of.to) {
			sum.Revenue += s.points[i].Revenue
			sum.Orders += s.points[i].Orders
		}
	}
	return sum
}

// lastMonth is the last month of the days that are known: as far as it goes where some of its days have passed, else the month before.
func (s *series) lastMonth(known span) span {
	to := known.to
	if !to.Equal(lastOfMonth(to)) && to.Day() < settled {
		to = firstOfMonth(to).AddDate(0, 0, -1)
	}
	from := firstOfMonth(to)
	if known.from.After(from) {
		from = known.from
	}
	return span{from, to}
}
