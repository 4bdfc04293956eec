package comparison

import (
	"time"

	"fabricportal/contract"
)

// Extent is the first and the last day (midnight UTC) that the dated orders of a snapshot are of; a day that is not known is zero.
type Extent struct{ From, To time.Time }

// ExtentOf says which days a snapshot's series reaches over. A series by month does not know where in its first and last month
// the orders begin and end: the profile of the same file does, which may be nil. The day on which the figures were computed
// is not over, and no part of the extent.
func ExtentOf(k *contract.KPIs, p *contract.ImportProfile) Extent {
	s := seriesOf(k)
	if s == nil {
		return Extent{}
	}
	first, last := s.days[0], s.days[len(s.days)-1]
	if !s.monthly {
		if last.Equal(computed(k)) && last.After(first) {
			last = last.AddDate(0, 0, -1)
		}
		return Extent{first, last}
	}
	var e Extent
	if p == nil || p.DateRange == nil {
		return e
	}
	// Rows that were dropped may be the ones that the profile's range ends with.
	if day, err := time.Parse(time.DateOnly, p.DateRange.Min); err == nil && firstOfMonth(day).Equal(first) {
		e.From = day
	}
	if day, err := time.Parse(time.DateOnly, p.DateRange.Max); err == nil && firstOfMonth(day).Equal(last) {
		e.To = day
	}
	return e
}

// computed is the day on which a snapshot was computed.
func computed(k *contract.KPIs) time.Time {
	t := k.ComputedAt.UTC()
	return time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC)
}

// Part is a point of a series that is not of its whole period: its value is no fall, and no rise. From and To are the days
// (YYYY-MM-DD) that it is of; "" at the side at which the period is whole.
type Part struct{ From, To string }

// Parts are the points of a series by month that are known to be of a part of it only, by their place. The series may be the snapshot's
// own, or its days added up. Of a series by day it is the day on which the figures were computed.
func Parts(k *contract.KPIs, p *contract.ImportProfile, series contract.TimeSeries) map[int]Part {
	out := map[int]Part{}
	s := seriesOf(&contract.KPIs{TimeSeries: series})
	if s == nil {
		return out
	}
	end := len(s.days) - 1
	if !s.monthly {
		if end > 0 && s.days[end].Equal(computed(k)) {
			out[end] = Part{To: series.Points[end].Period}
		}
		return out
	}
	e := ExtentOf(k, p)
	if !e.From.IsZero() && e.From.After(s.days[0]) {
		out[0] = Part{From: e.From.Format(time.DateOnly)}
	}
	switch last := s.days[end]; {
	case !e.To.IsZero() && e.To.Before(lastOfMonth(last)):
		part := out[end]
		part.To = e.To.Format(time.DateOnly)
		out[end] = part
	case e.To.IsZero() && last.Equal(firstOfMonth(computed(k))):
		part := out[end]
		part.To = computed(k).Format(time.DateOnly)
		out[end] = part
	}
	return out
}

// SameDays tells whether two snapshots are of the same days, as far as it is known.
func SameDays(a, b *contract.KPIs) bool {
	x, y := seriesOf(a), seriesOf(b)
	if x == nil || y == nil {
		return true
	}
	if x.monthly != y.monthly {
		return firstOfMonth(x.days[0]).Equal(firstOfMonth(y.days[0])) && firstOfMonth(x.days[len(x.days)-1]).Equal(firstOfMonth(y.days[len(y.days)-1]))
	}
	return x.days[0].Equal(y.days[0]) && x.days[len(x.days)-1].Equal(y.days[len(y.days)-1])
}
