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
	MonthBefore  PeriodKind = "month_before"  // the last whole month of the series and the month before it
)

// PeriodChange compares a period with an earlier one. The days are YYYY-MM-DD, both included.
type PeriodChange struct {
	Kind                 PeriodKind
	From, To             string // the period
	EarlierFrom          string
	EarlierTo            string
	Revenue, Orders, AOV Change
}

// SamePeriod compares the days of a snapshot's series with the same days before, as far as its own series or one of the
// earlier snapshots (latest first) tells of them: a year earlier, and the period directly before. A series that alone
// is known is compared within itself: its last whole month with the month before. The order is that of what
// says most; none is returned where no series reaches back.
func SamePeriod(now *contract.KPIs, earlier ...*contract.KPIs) []PeriodChange {
	if now == nil {
		return nil
	}
	own := seriesOf(now)
	if own == nil {
		return nil
	}
	known := []*series{own}
	for _, k := range earlier {
		if s := seriesOf(k); s != nil {
			known = append(known, s)
		}
	}
	var out []PeriodChange
	add := func(kind PeriodKind, period, before span) {
		for _, s := range known {
			if s.covers(before) {
				out = append(out, against(kind, period, before, own.sum(period), s.sum(before)))
				return
			}
		}
	}
	period := own.span().widened()
	add(YearBefore, period, period.yearBefore())
	add(PeriodBefore, period, period.before())
	if len(out) == 0 {
		if month, ok := own.lastMonth(); ok {
			add(MonthBefore, month, month.before())
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

func (s span) days() int { return int(s.to.Sub(s.from).Hours()/24) + 1 }

// whole tells whether the span is whole months.
func (s span) whole() bool {
	return s.from.Equal(firstOfMonth(s.from)) && s.to.Equal(lastOfMonth(s.to))
}

// slack is the number of days without orders at the ends of a month that don't keep it from being whole: a series has
// no points for them.
const slack = 3

// widened is the span to whole months where only a few days are missing at their ends.
func (s span) widened() span {
	wide := span{firstOfMonth(s.from), lastOfMonth(s.to)}
	if s.from.AddDate(0, 0, -slack).After(wide.from) || s.to.AddDate(0, 0, slack).Before(wide.to) {
		return s
	}
	return wide
}

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
	return span{s.from.AddDate(0, 0, -s.days()), to}
}

// series is a time series with its periods as days; of a monthly one the first of the month.
type series struct {
	points  []contract.Point
	days    []time.Time
	monthly bool
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

func (s *series) span() span {
	all := span{s.days[0], s.days[len(s.days)-1]}
	if s.monthly {
		all.to = lastOfMonth(all.to)
	}
	return all
}

// covers tells whether the series tells of all days of a span, but for a few at its ends.
func (s *series) covers(want span) bool {
	if s.monthly && !want.whole() {
		return false
	}
	all := s.span()
	return !all.from.After(want.from.AddDate(0, 0, slack)) && !all.to.Before(want.to.AddDate(0, 0, -slack))
}

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

// lastMonth is the last month that the series covers to its end.
func (s *series) lastMonth() (span, bool) {
	all := s.span().widened()
	to := all.to
	if !to.Equal(lastOfMonth(to)) {
		to = firstOfMonth(to).AddDate(0, 0, -1)
	}
	month := span{firstOfMonth(to), to}
	return month, s.covers(month)
}
