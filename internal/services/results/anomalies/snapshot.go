package anomalies

import (
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/results/comparison"
)

// A Figure is what of a snapshot is looked at.
type Figure string

// The figures.
const (
	OfRevenue Figure = "revenue"
	OfOrders  Figure = "orders"
)

// Figures are all of them, in the order in which they are told.
var Figures = []Figure{OfRevenue, OfOrders}

// value is what a figure is of a point.
func (f Figure) value() Value {
	if f == OfOrders {
		return Orders
	}
	return Revenue
}

// In finds the marks of a figure in a series of a snapshot: its own, its days added up, or that of a part of it. The profile of the snapshot's
// file, which may be nil, knows whether the first and the last month are whole; where it is not known they are not looked at.
func In(k *contract.KPIs, profile *contract.ImportProfile, s contract.TimeSeries, f Figure) []Mark {
	parts, known := comparison.Parts(k, profile, s), comparison.ExtentOf(k, profile)
	return Find(s, f.value(), func(at int) bool {
		if _, open := parts[at]; open {
			return true
		}
		return s.Granularity == monthly && (at == 0 && known.From.IsZero() || at == len(s.Points)-1 && known.To.IsZero())
	})
}

// monthly is the granularity of a series by month.
const monthly = "monthly"

// Series is a series of a snapshot with its marks.
type Series struct {
	contract.TimeSeries
	Marks map[Figure][]Mark
}

// Any tells whether something is marked.
func (s Series) Any() bool { return len(s.Marks[OfRevenue])+len(s.Marks[OfOrders]) > 0 }

// Daily tells whether the series is by day.
func (s Series) Daily() bool { return s.Granularity != monthly }

// Of looks at the series of a snapshot by what it is kept, then by month where that is another; nothing where there is none. The profile of its
// file may be nil: without it a month that may not be over is not looked at.
func Of(k *contract.KPIs, profile *contract.ImportProfile) []Series {
	if k == nil || len(k.TimeSeries.Points) == 0 {
		return nil
	}
	all := []contract.TimeSeries{k.TimeSeries}
	if k.TimeSeries.Granularity != monthly {
		all = append(all, Monthly(k.TimeSeries))
	}
	var out []Series
	for _, s := range all {
		found := Series{s, map[Figure][]Mark{}}
		for _, f := range Figures {
			found.Marks[f] = In(k, profile, s, f)
		}
		out = append(out, found)
	}
	return out
}

// Monthly is a series with the days of each month added up.
func Monthly(s contract.TimeSeries) contract.TimeSeries {
	if s.Granularity == monthly {
		return s
	}
	out := contract.TimeSeries{Granularity: monthly}
	for _, p := range s.Points {
		if len(p.Period) < 7 {
			continue
		}
		month := p.Period[:7]
		if n := len(out.Points); n == 0 || out.Points[n-1].Period != month {
			out.Points = append(out.Points, contract.Point{Period: month})
		}
		last := &out.Points[len(out.Points)-1]
		last.Revenue += p.Revenue
		last.Orders += p.Orders
	}
	return out
}

// Back is how many weeks, of a month how many months, an earlier period of a mark lies before it.
func (s Series) Back(m Mark, earlier int) int {
	layout := time.DateOnly
	if !m.Daily {
		layout = "2006-01"
	}
	at, err := time.Parse(layout, m.Period)
	before, err2 := time.Parse(layout, s.Points[earlier].Period)
	switch {
	case err != nil || err2 != nil:
		return 0
	case m.Daily:
		return int(at.Sub(before).Hours()) / (7 * 24)
	}
	return (at.Year()-before.Year())*12 + int(at.Month()-before.Month())
}

// Reach is how many weeks or months before its period a mark looks at.
func (m Mark) Reach() int {
	if m.Daily {
		return weeks
	}
	return months
}

// Of is what a figure is at a point.
func (f Figure) Of(p contract.Point) float64 { return f.value()(p) }
