package changes

import (
	"cmp"
	"slices"
	"strings"

	"fabricportal/contract"
)

// Group is a part of the change: the orders that have one value in a column.
type Group struct {
	Key     string // "" for rows without a value
	Revenue [2]Cents
	Orders  [2]int64 // an order counts where its first row stands
}

// Change is how much more revenue the group has after.
func (g Group) Change() Cents { return g.Revenue[After] - g.Revenue[Before] }

// Breakdown is the change by the values of a column. Its groups, and Rounding, add up to Change, to the cent.
type Breakdown struct {
	Column string // normalised; ByMonth and ByDay are of order_date
	Change Cents
	// Groups are those with the largest change first, whichever way it goes; of months and days, too.
	Groups []Group
	// Rounding is what is left as amounts have fractions of a cent.
	Rounding Cents
}

// Columns of a Breakdown that are none of the file.
const (
	ByMonth = "month"
	ByDay   = "day"
)

// Share is a group's part of the whole change, which may be above 1 or below 0 as others go the other way; false where the
// whole is 0.
func (b Breakdown) Share(of Cents) (float64, bool) {
	if b.Change == 0 {
		return 0, false
	}
	return float64(of) / float64(b.Change), true
}

// Top are the n groups with the largest change, how many others there are, and what they add up to.
func (b Breakdown) Top(n int) (top []Group, others int, rest Group) {
	n = min(max(n, 0), len(b.Groups))
	for _, g := range b.Groups[n:] {
		for side := range 2 {
			rest.Revenue[side] += g.Revenue[side]
			rest.Orders[side] += g.Orders[side]
		}
	}
	return b.Groups[:n], len(b.Groups) - n, rest
}

// finish sorts the groups and works out what is left.
func (b *Breakdown) finish() {
	slices.SortFunc(b.Groups, func(x, y Group) int {
		return cmp.Or(cmp.Compare(distance(y.Change()), distance(x.Change())),
			cmp.Compare(max(y.Revenue[Before], y.Revenue[After]), max(x.Revenue[Before], x.Revenue[After])), strings.Compare(x.Key, y.Key))
	})
	b.Rounding = b.Change
	for _, g := range b.Groups {
		b.Rounding -= g.Change()
	}
}

func distance(c Cents) Cents { return max(c, -c) }

// noValue is the key of rows without a value in kpis.json.
const noValue = "(none)"

// Groups are the breakdowns that two snapshots have, whose rows are not at hand: by channel, region, category and period. lacking
// are columns that only one of the two has.
func Groups(before, after *contract.KPIs) (list []Breakdown, lacking []string) {
	if before == nil || after == nil {
		return nil, nil
	}
	both := [2]*contract.KPIs{before, after}
	change := centsOf(after.TotalRevenue) - centsOf(before.TotalRevenue)
	for _, part := range []struct {
		column string
		of     func(*contract.KPIs) []contract.Share
	}{
		{"region", func(k *contract.KPIs) []contract.Share { return k.RevenueByRegion }},
		{"channel", func(k *contract.KPIs) []contract.Share { return k.RevenueByChannel }},
		{"product_category", func(k *contract.KPIs) []contract.Share { return k.RevenueByProductCategory }},
	} {
		sides := [2][]contract.Share{part.of(before), part.of(after)}
		if len(sides[Before]) == 0 || len(sides[After]) == 0 {
			if len(sides[Before])+len(sides[After]) > 0 {
				lacking = append(lacking, part.column)
			}
			continue
		}
		c := collected{}
		for side, shares := range sides {
			for _, s := range shares {
				c.add(side, s.Key, centsOf(s.Revenue), s.Orders)
			}
		}
		list = append(list, c.breakdown(part.column, change))
	}
	for _, by := range []string{ByMonth, ByDay} {
		if b, ok := periods(both, by, change); ok {
			list = append(list, b)
		}
	}
	return list, lacking
}

// periods is the change by month, or by day where both series have days.
func periods(both [2]*contract.KPIs, by string, change Cents) (Breakdown, bool) {
	length := len("2006-01")
	if by == ByDay {
		length = len("2006-01-02")
	}
	c := collected{}
	for side, k := range both {
		if len(k.TimeSeries.Points) == 0 && k.UndatedOrders == 0 {
			return Breakdown{}, false
		}
		for _, p := range k.TimeSeries.Points {
			if len(p.Period) < length {
				return Breakdown{}, false
			}
			c.add(side, p.Period[:length], centsOf(p.Revenue), p.Orders)
		}
		if k.UndatedOrders > 0 || k.UndatedRevenue != 0 {
			c.add(side, noValue, centsOf(k.UndatedRevenue), k.UndatedOrders)
		}
	}
	return c.breakdown(by, change), true
}

type collected map[string]*Group

func (c collected) add(side int, key string, revenue Cents, orders int64) {
	if key == noValue {
		key = ""
	}
	g := c[key]
	if g == nil {
		g = &Group{Key: key}
		c[key] = g
	}
	g.Revenue[side] += revenue
	g.Orders[side] += orders
}

func (c collected) breakdown(column string, change Cents) Breakdown {
	b := Breakdown{Column: column, Change: change, Groups: make([]Group, 0, len(c))}
	for _, g := range c {
		b.Groups = append(b.Groups, *g)
	}
	b.finish()
	return b
}
