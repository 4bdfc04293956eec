package kpis

import (
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/reading"
)

const (
	// A series is daily where at most mostDays have a row, of which those that are left without one in strayPart at each end lie at
	// most dailyUpTo days apart: a stray date does not count.
	dailyUpTo = 400
	mostDays  = dailyUpTo + 1
	strayPart = 20
	// nearDays is how many days around the first one are found without a search.
	nearDays = 1 << 12
)

// group is the revenue and the orders of a part of the rows.
type group struct {
	revenue amount.Sum
	orders  int64
	rows    int64
}

// add takes a row's revenue; an order counts with its first row.
func (g *group) add(u amount.Units, first bool) {
	g.revenue.Add(u)
	g.rows++
	if first {
		g.orders++
	}
}

// sums adds up the cleaned rows.
type sums struct {
	all        group
	undated    group
	breakdowns [lookedAt]breakdown
	names      [lookedAt]string // of their columns, normalised; "" where there is none
	unpriced   int64            // rows without a revenue that is a number, where a row is an order
	// unpricedLines is what is known of lines without a revenue, where rows are order lines.
	unpricedLines *reading.Unpriced
	visitors      map[int32]*dayOfVisitors
	days          map[int32]*group
	near          []*group // of those days, by what they are behind first
	first         int32
}

// add adds a row with its groups.
func (s *sums) add(row *cleaning.Row, groups [lookedAt]uint32) {
	var u amount.Units
	switch {
	case row.Priced:
		u = amount.TenThousandths(row.Revenue)
	case !row.Line:
		s.unpriced++
	}
	s.all.add(u, !row.Repeated)
	s.breakDown(row, groups, u)
	if !row.HasDay {
		s.undated.add(u, !row.Repeated)
		return
	}
	s.day(row.Day).add(u, !row.Repeated)
	if s.breakdowns[byVisitors].column >= 0 {
		s.addVisitors(row.Day, groups[byVisitors])
	}
}

// breakDown adds a row to its groups.
func (s *sums) breakDown(row *cleaning.Row, groups [lookedAt]uint32, u amount.Units) {
	for i := range s.breakdowns {
		if b := &s.breakdowns[i]; b.column >= 0 {
			b.add(groups[i], u, row)
		}
	}
}

// day is the group of a day.
func (s *sums) day(day int32) *group {
	if s.days == nil {
		s.near, s.days, s.first = make([]*group, nearDays), map[int32]*group{}, day-nearDays/2
	}
	at := int64(day) - int64(s.first)
	near := at >= 0 && at < nearDays
	if near && s.near[at] != nil {
		return s.near[at]
	}
	g := s.days[day]
	if g == nil {
		g = &group{}
		s.days[day] = g
	}
	if near {
		s.near[at] = g
	}
	return g
}

// series is revenue and orders by day, or by month (contract/RULES.md, Time series).
func (s *sums) series() contract.TimeSeries {
	out := contract.TimeSeries{Granularity: "daily", Points: []contract.Point{}}
	days := make([]int32, 0, len(s.days))
	for day := range s.days {
		days = append(days, day)
	}
	if len(days) == 0 {
		return out
	}
	slices.Sort(days)
	length := len("2006-01-02")
	if !Daily(days) {
		out.Granularity, length = "monthly", len("2006-01")
	}
	var period group
	for i, day := range days {
		name := cleaning.DayText(day)[:length]
		period.revenue.AddSum(&s.days[day].revenue)
		period.orders += s.days[day].orders
		if i+1 < len(days) && cleaning.DayText(days[i+1])[:length] == name {
			continue
		}
		out.Points = append(out.Points, contract.Point{Period: name, Revenue: period.revenue.Money(), Orders: period.orders})
		period = group{}
	}
	return out
}

// Daily says that a series over some days, since 1970-01-01 and in ascending order, is one by day (contract/RULES.md, Time series).
func Daily(days []int32) bool {
	strays := (len(days) + strayPart - 1) / strayPart
	return len(days) <= mostDays && (len(days) <= 2*strays || days[len(days)-1-strays]-days[strays] <= dailyUpTo)
}

func (s *sums) document(p *contract.ImportProfile, funnel *contract.Funnel) *contract.KPIs {
	k := &contract.KPIs{
		SchemaVersion:            contract.KPIsVersion,
		ComputedAt:               p.GeneratedAt,
		Generator:                p.Generator,
		SourceFile:               p.File.Name,
		SourceSHA256:             p.File.SHA256,
		TotalRevenue:             s.all.revenue.Money(),
		Orders:                   s.all.orders,
		RevenueByChannel:         s.breakdowns[byChannel].shares(),
		RevenueByRegion:          s.breakdowns[byRegion].shares(),
		RevenueByProductCategory: s.breakdowns[byCategory].shares(),
		TimeSeries:               s.series(),
		UndatedOrders:            s.undated.orders,
		UndatedRevenue:           s.undated.revenue.Money(),
		RowIs:                    contract.RowIsOrder,
		Missing:                  &p.Reading.Missing,
		LeftOut:                  p.Reading.LeftOut,
		ReadOptions:              &p.Reading.Options,
		Beside:                   s.beside(p),
		Conversion:               conversion(s.all.orders, funnel),
	}
	if p.Reading.Options.RowIs == contract.RowIsOrderLine {
		k.RowIs = contract.RowIsOrderLine
	}
	if s.all.orders > 0 {
		aov := s.all.revenue.PerOrder(s.all.orders)
		k.AOV = &aov
	}
	if k.Conversion == nil {
		k.Conversion = s.conversionOfFile()
	}
	return k
}

// conversion is the rate with its definition. Figures of 0 or less are not known.
func conversion(orders int64, funnel *contract.Funnel) *contract.Conversion {
	if funnel == nil || funnel.TotalVisitors <= 0 {
		return nil
	}
	c := &contract.Conversion{TotalVisitors: funnel.TotalVisitors, Orders: orders, Source: contract.ConversionConfigured}
	if converting := funnel.ConvertingVisitors; converting != nil && *converting > 0 {
		known, rate := *converting, amount.Rate(*converting, funnel.TotalVisitors)
		c.Definition, c.ConvertingVisitors, c.RateConvertingVisitorsPerTotalVisitors = contract.ConvertingPerTotal, &known, &rate
		return c
	}
	r := amount.Rate(orders, funnel.TotalVisitors)
	c.Definition, c.RateOrdersPerTotalVisitors = contract.OrdersPerTotal, &r
	return c
}
