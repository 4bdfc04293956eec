package kpis

import (
	"cmp"
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/cleaning"
)

const (
	noValue   = "(none)"
	dailyUpTo = 400 // days from the first date to the last
)

// group is the revenue and the orders of a part of the rows.
type group struct {
	revenue amount.Sum
	orders  int64
}

func (g *group) add(u amount.Units) {
	g.revenue.Add(u)
	g.orders++
}

// sums adds up the cleaned rows.
type sums struct {
	all      group
	undated  int64
	channel  breakdown
	region   breakdown
	category breakdown
	days     map[int32]*group
}

func (s *sums) add(row *cleaning.Row) {
	var u amount.Units
	if row.Priced {
		u = amount.TenThousandths(row.Revenue)
	}
	s.all.add(u)
	s.channel.add(row, row.Columns.Channel, u)
	s.region.add(row, row.Columns.Region, u)
	s.category.add(row, row.Columns.ProductCategory, u)
	if !row.HasDay {
		s.undated++
		return
	}
	day := s.days[row.Day]
	if day == nil {
		if s.days == nil {
			s.days = map[int32]*group{}
		}
		day = &group{}
		s.days[row.Day] = day
	}
	day.add(u)
}

// breakdown is the groups of a column's values.
type breakdown struct {
	groups map[string]*group
	key    []byte
}

func (b *breakdown) add(row *cleaning.Row, column int, u amount.Units) {
	if column < 0 {
		return
	}
	b.key = row.At(column).AppendText(b.key[:0])
	if len(b.key) == 0 {
		b.key = append(b.key, noValue...)
	}
	g := b.groups[string(b.key)]
	if g == nil {
		if b.groups == nil {
			b.groups = map[string]*group{}
		}
		g = &group{}
		b.groups[string(b.key)] = g
	}
	g.add(u)
}

// shares are the groups, the largest revenue first, equal revenue by key.
func (b *breakdown) shares() []contract.Share {
	keys := make([]string, 0, len(b.groups))
	for key := range b.groups {
		keys = append(keys, key)
	}
	slices.SortFunc(keys, func(a, c string) int {
		return cmp.Or(b.groups[c].revenue.Compare(&b.groups[a].revenue), cmp.Compare(a, c))
	})
	out := make([]contract.Share, 0, len(keys))
	for _, key := range keys {
		out = append(out, contract.Share{Key: key, Revenue: b.groups[key].revenue.Money(), Orders: b.groups[key].orders})
	}
	return out
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

func (s *sums) document(p *contract.ImportProfile, funnel *contract.Funnel) *contract.KPIs {
	k := &contract.KPIs{
		SchemaVersion:            contract.Version,
		ComputedAt:               p.GeneratedAt,
		Generator:                p.Generator,
		SourceFile:               p.File.Name,
		SourceSHA256:             p.File.SHA256,
		TotalRevenue:             s.all.revenue.Money(),
		Orders:                   s.all.orders,
		RevenueByChannel:         s.channel.shares(),
		RevenueByRegion:          s.region.shares(),
		RevenueByProductCategory: s.category.shares(),
		TimeSeries:               s.series(),
		UndatedOrders:            s.undated,
		Conversion:               conversion(s.all.orders, funnel),
	}
	if s.all.orders > 0 {
		aov := s.all.revenue.PerOrder(s.all.orders)
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
		known, rate := *converting, amount.Rate(*converting, funnel.TotalVisitors)
		c.Definition, c.ConvertingVisitors, c.RateConvertingVisitorsPerTotalVisitors = contract.ConvertingPerTotal, &known, &rate
		return c
	}
	r := amount.Rate(orders, funnel.TotalVisitors)
	c.Definition, c.RateOrdersPerTotalVisitors = contract.OrdersPerTotal, &r
	return c
}
