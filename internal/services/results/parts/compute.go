package parts

import (
	"context"
	"maps"
	mathbits "math/bits"
	"slices"
	"strconv"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/results/dataset"
)

// pass adds up the rows that a filter chooses.
type pass struct {
	of               *Source
	groups           [groups]grouping
	currency, status grouping
	days             calendar
	visitors         grouping
	visitorsOf       map[int64]uint32 // by day the group of their number
	dayOf            []int64
	hasDay           []bool

	all, undated sum
	undatedRows  int64 // as reading.missing counts them
	bare         int64 // rows without an amount, of orders without one
	bareOrders   int64
	touched      bits // the first rows of the orders that have a line in the part; nil where that is not looked for
	inside       bits // those that stand in the part
}

// compute adds up a part in one pass over the rows.
func (s *Source) compute(ctx context.Context, f Filter, progress dataset.Progress) (*Part, error) {
	p := &pass{of: s, days: newCalendar(s.at.day, f[Period]), currency: newGrouping(s.at.currency, nil), status: newGrouping(s.at.status, nil)}
	if len(f[Channel])+len(f[Region])+len(f[Category]) == 0 { // the visitors of a day are those of all its rows
		p.visitors, p.visitorsOf = newGrouping(s.at.visitors, nil), map[int64]uint32{}
	}
	wanted := []int{s.at.revenue}
	where := func(column int) int { // among the pieces
		if column < 0 {
			return -1
		}
		if i := slices.Index(wanted, column); i >= 0 {
			return i
		}
		wanted = append(wanted, column)
		return len(wanted) - 1
	}
	type source struct {
		g  *grouping
		at int
	}
	var sources []source
	for d := range p.groups {
		p.groups[d] = newGrouping(s.at.groups[d], f[d])
		sources = append(sources, source{&p.groups[d], where(s.at.groups[d])})
	}
	sources = append(sources, source{&p.currency, where(s.at.currency)}, source{&p.status, where(s.at.status)})
	if p.visitors.on {
		sources = append(sources, source{&p.visitors, where(s.at.visitors)})
	}
	day := where(s.at.day)
	if s.orders != nil && s.orders.home != nil && !f.All() {
		p.touched, p.inside = newBits(s.rows.Rows()), newBits(s.rows.Rows())
	}
	err := s.rows.Scan(ctx, wanted, progress, func(from, n int, pieces []dataset.Piece) error {
		for _, x := range sources {
			if x.at < 0 {
				continue
			}
			if err := x.g.read(&pieces[x.at], n); err != nil {
				return err
			}
		}
		p.dayOf, p.hasDay = slices.Grow(p.dayOf[:0], n)[:n], slices.Grow(p.hasDay[:0], n)[:n]
		for i := range n {
			p.hasDay[i] = false
			if day >= 0 {
				p.dayOf[i], p.hasDay[i] = pieces[day].Day(i)
			}
		}
		for i := range n {
			p.add(from+i, i, &pieces[0])
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return p.part(f), nil
}

// add takes a row: the number it has in the file, and in the batch.
func (p *pass) add(row, i int, revenue *dataset.Piece) {
	// A row that all dimensions but one choose counts for what could be chosen by that one.
	failed, only := 0, Dimension(-1)
	for d := range p.groups {
		if g := &p.groups[d]; g.chosen != nil && (!g.on || !g.in[g.numbered[i]]) {
			failed, only = failed+1, Dimension(d)
		}
	}
	if !p.days.in(p.dayOf[i], p.hasDay[i]) {
		failed, only = failed+1, Period
	}
	if failed > 1 {
		return
	}
	var u amount.Units
	value, priced := revenue.Number(i)
	if priced {
		u = amount.TenThousandths(value)
	}
	first, bare := int64(1), !priced
	if o := p.of.orders; o != nil {
		bare = o.bare.has(row)
		if !o.first.has(row) {
			first = 0
		}
	}
	for d := range p.groups {
		if g := &p.groups[d]; g.on {
			sums := &g.sums[g.numbered[i]]
			if failed == 0 {
				sums.part.add(u, first)
			}
			if failed == 0 || only == Dimension(d) {
				sums.around.add(u, first)
			}
		}
	}
	if p.hasDay[i] {
		sums := p.days.day(p.dayOf[i])
		if failed == 0 {
			sums.part.add(u, first)
		}
		if failed == 0 || only == Period {
			sums.around.add(u, first)
		}
	}
	if failed > 0 {
		return
	}
	p.all.add(u, first)
	if p.visitors.on && p.hasDay[i] {
		if n := p.visitors.numbered[i]; p.visitors.names[n] != NoValue {
			p.visitorsOf[p.dayOf[i]] = n
		}
	}
	for _, g := range []*grouping{&p.currency, &p.status} {
		if g.on {
			g.sums[g.numbered[i]].part.add(u, first)
		}
	}
	if !p.hasDay[i] {
		p.undated.add(u, first)
		if priced || first > 0 {
			p.undatedRows++
		}
	}
	if bare {
		p.bare++
		p.bareOrders += first
	}
	if p.touched != nil {
		p.touched.set(int(p.of.orders.home[row]))
		if first > 0 {
			p.inside.set(row)
		}
	}
}

// part is what the rows came to.
func (p *pass) part(f Filter) *Part {
	of := p.of.kpis
	k := &contract.KPIs{
		SchemaVersion: of.SchemaVersion, ComputedAt: of.ComputedAt, Generator: of.Generator, RunID: of.RunID, SourceFile: of.SourceFile, SourceSHA256: of.SourceSHA256,
		RowIs: of.RowIs, ReadOptions: of.ReadOptions, LeftOut: []contract.LeftOut{},
		TotalRevenue: p.all.revenue.Money(), Orders: p.all.orders,
		TimeSeries:    p.days.series("", ofPart),
		UndatedOrders: p.undated.orders, UndatedRevenue: p.undated.revenue.Money(),
	}
	if p.all.orders > 0 {
		aov := p.all.revenue.PerOrder(p.all.orders)
		k.AOV = &aov
	}
	out := &Part{Filter: f, Rows: p.all.rows, KPIs: k, Series: p.days.series(of.TimeSeries.Granularity, around)}
	for d, shares := range []*[]contract.Share{&k.RevenueByChannel, &k.RevenueByRegion, &k.RevenueByProductCategory} {
		*shares = p.groups[d].shares(ofPart)
		out.Around[d] = p.groups[d].shares(around)
	}
	if f.All() {
		k.TimeSeries = out.Series // an older document was by day for another reason
	}
	k.Missing = &contract.Missing{Undated: contract.MissingRows{Rows: p.undatedRows, Revenue: p.undated.revenue.Money()}}
	if of.Missing == nil || of.Missing.UnreadAmounts.Rows > 0 {
		out.WithoutAmount = p.bare
	} else {
		k.Missing.NoAmount.Rows = p.bare
	}
	if of.SchemaVersion >= besideSince {
		p.beside(k)
	}
	k.Conversion = p.conversion()
	for i := range p.touched {
		out.Elsewhere += int64(mathbits.OnesCount64(p.touched[i] &^ p.inside[i]))
	}
	if p.of.orders != nil && p.of.orders.home == nil && !f.All() {
		out.Elsewhere = -1
	}
	return out
}

// besideSince is the version of kpis.json that says what stands beside its sums.
const besideSince = 3

// beside is what stands beside the sums of the part.
func (p *pass) beside(k *contract.KPIs) {
	if k.OrdersWithoutAmount = p.bareOrders; p.all.orders > p.bareOrders {
		aov := p.all.revenue.PerOrder(p.all.orders - p.bareOrders)
		k.AOVWithAmount = &aov
	}
	k.Currencies = []contract.CurrencySum{}
	if p.currency.on {
		k.Currencies = p.currency.currencies()
	}
	if p.status.on {
		k.ReturnedOrCancelled = p.status.statuses(p.of.kpis.ReturnedOrCancelled.Column)
	}
}

// conversion is the rate of the days of the part, where the file says the visitors of each day: the document has found that it does so in one way.
func (p *pass) conversion() *contract.Conversion {
	if !p.visitors.on || len(p.visitorsOf) == 0 {
		return nil
	}
	days := slices.Sorted(maps.Keys(p.visitorsOf))
	c := &contract.Conversion{Definition: contract.OrdersPerTotal, Source: contract.ConversionOfFile, Column: p.of.kpis.Conversion.Column,
		Period: &contract.Period{From: reading.DayText(int32(days[0])), To: reading.DayText(int32(days[len(days)-1])), Days: int64(len(days))}}
	for _, day := range days {
		n, err := strconv.ParseInt(p.visitors.names[p.visitorsOf[day]], 10, 64)
		if err != nil {
			return nil
		}
		c.TotalVisitors += n
		c.Orders += p.days.days[day].part.orders
	}
	if c.TotalVisitors <= 0 {
		return nil
	}
	rate := amount.Rate(c.Orders, c.TotalVisitors)
	c.RateOrdersPerTotalVisitors = &rate
	return c
}

func ofPart(p *pair) *sum { return &p.part }
func around(p *pair) *sum { return &p.around }
