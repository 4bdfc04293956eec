package kpis

import (
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
)

const (
	dailyUpTo = 400 // days from the first date to the last
	// nearDays is how many days around the first one are found without a search.
	nearDays = 1 << 12
)

// group is the revenue and the orders of a part of the rows.
type group struct {
	revenue amount
	orders  int64
}

func (g *group) add(units units) {
	g.revenue.add(units)
	g.orders++
}

// sums adds up the cleaned rows.
type sums struct {
	all        group
	undated    int64
	breakdowns [3]breakdown // by channel, region and product category
	days       map[int32]*group
	near       []*group // of those days, by what they are behind first
	first      int32
}

// add adds a row with its groups.
func (s *sums) add(row *cleaning.Row, groups [3]uint32) {
	var u units
	if row.Priced {
		u = tenThousandths(row.Revenue)
	}
	s.all.add(u)
	for i := range s.breakdowns {
		if b := &s.breakdowns[i]; b.column >= 0 {
			b.add(groups[i], u)
		}
	}
	if !row.HasDay {
		s.undated++
		return
	}
	s.day(row.Day).add(u)
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

// series is revenue and orders by day, or by month where the dates span more than 400 days.
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
	if days[len(days)-1]-days[0] > dailyUpTo {
		out.Granularity, length = "monthly", len("2006-01")
	}
	var period group
	for i, day := range days {
		name := cleaning.DayText(day)[:length]
		period.revenue.addAmount(&s.days[day].revenue)
		period.orders += s.days[day].orders
		if i+1 < len(days) && cleaning.DayText(days[i+1])[:length] == name {
			continue
		}
		out.Points = append(out.Points, contract.Point{Period: name, Revenue: period.revenue.money(), Orders: period.orders})
		period = group{}
	}
	return out
}

func (s *sums) document(p *contract.ImportProfile, funnel *contract.Funnel) *contract.KPIs {
	k := &contract.KPIs{
		SchemaVersion:            contract.Version,
		ComputedAt:               p.GeneratedAt,
		Generator:                p.Generator,
		SourceFile:               p.File.Name,
		SourceSHA256:             p.File.SHA256,
		TotalRevenue:             s.all.revenue.money(),
		Orders:                   s.all.orders,
		RevenueByChannel:         s.breakdowns[0].shares(),
		RevenueByRegion:          s.breakdowns[1].shares(),
		RevenueByProductCategory: s.breakdowns[2].shares(),
		TimeSeries:               s.series(),
		UndatedOrders:            s.undated,
		Conversion:               conversion(s.all.orders, funnel),
	}
	if s.all.orders > 0 {
		aov := s.all.revenue.perOrder(s.all.orders)
		k.AOV = &aov
	}
	return k
}

// conversion is the rate with its definition. Figures of 0 or less are not known.
func conversion(orders int64, funnel *contract.Funnel) *contract.Conversion {
	if funnel == nil || funnel.TotalVisitors <= 0 {
		return nil
	}
	c := &contract.Conversion{TotalVisitors: funnel.TotalVisitors, Source: "configured"}
	if converting := funnel.ConvertingVisitors; converting != nil && *converting > 0 {
		known, rate := *converting, rate(*converting, funnel.TotalVisitors)
		c.Definition, c.ConvertingVisitors, c.RateConvertingVisitorsPerTotalVisitors = contract.ConvertingPerTotal, &known, &rate
		return c
	}
	r := rate(orders, funnel.TotalVisitors)
	c.Definition, c.RateOrdersPerTotalVisitors = contract.OrdersPerTotal, &r
	return c
}
