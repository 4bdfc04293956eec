package parts

import (
	"cmp"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/kpis"
	"fabricportal/internal/services/importfile/reading"
	"fabricportal/internal/services/results/dataset"
)

// sum is the revenue and the orders of some rows.
type sum struct {
	revenue amount.Sum
	orders  int64
	rows    int64
}

func (s *sum) add(u amount.Units, first int64) {
	s.revenue.Add(u)
	s.orders += first
	s.rows++
}

func (s *sum) addSum(o *sum) {
	s.revenue.AddSum(&o.revenue)
	s.orders += o.orders
	s.rows += o.rows
}

// pair is a sum of the part, and of the rows that all dimensions but one choose.
type pair struct{ part, around sum }

// grouping is the rows by the values of a column.
type grouping struct {
	on      bool // there is such a column
	chosen  map[string]bool
	names   []string
	numbers map[string]uint32
	in      []bool // by group: chosen
	sums    []pair

	of       dataset.Piece // that known is of
	known    []uint32      // by entry of the piece: its group, plus 1
	text     []byte
	numbered []uint32 // of a batch's rows
}

func newGrouping(column int, chosen []string) grouping {
	g := grouping{on: column >= 0, numbers: map[string]uint32{}}
	if len(chosen) > 0 {
		g.chosen = map[string]bool{}
		for _, key := range chosen {
			g.chosen[key] = true
		}
	}
	return g
}

// mostGroups is that of kpis.json.
const mostGroups = 100_000

// number is the group of a key.
func (g *grouping) number(key []byte) (uint32, error) {
	if len(key) == 0 {
		key = []byte(NoValue)
	}
	if n, ok := g.numbers[string(key)]; ok {
		return n, nil
	}
	if len(g.names) > mostGroups {
		return 0, &dataset.QueryError{Said: format.Say("a column of groups has more different values than can be told apart here: look at the rows instead")}
	}
	n := uint32(len(g.names))
	name := string(key)
	g.names = append(g.names, name)
	g.numbers[name] = n
	g.in = append(g.in, g.chosen == nil || g.chosen[name])
	g.sums = append(g.sums, pair{})
	return n, nil
}

// read gives the groups of a batch's rows.
func (g *grouping) read(p *dataset.Piece, n int) error {
	g.numbered = slices.Grow(g.numbered[:0], n)[:n]
	entries := p.Entries()
	if !g.of.Same(p) || len(g.known) != entries {
		g.of = *p
		g.known = slices.Grow(g.known[:0], entries)[:entries]
		clear(g.known)
	}
	for i := range n {
		entry := 0
		if entries > 0 {
			if entry = p.Entry(i); g.known[entry] > 0 {
				g.numbered[i] = g.known[entry] - 1
				continue
			}
		}
		g.text = p.Append(g.text[:0], i)
		number, err := g.number(g.text)
		if err != nil {
			return err
		}
		g.numbered[i] = number
		if entries > 0 {
			g.known[entry] = number + 1
		}
	}
	return nil
}

// shares are the groups, the largest revenue first, equal revenue by key.
func (g *grouping) shares(which func(*pair) *sum) []contract.Share {
	out := []contract.Share{}
	var found []int
	for i := range g.sums {
		if which(&g.sums[i]).rows > 0 {
			found = append(found, i)
		}
	}
	slices.SortFunc(found, func(x, y int) int {
		return cmp.Or(which(&g.sums[y]).revenue.Compare(&which(&g.sums[x]).revenue), cmp.Compare(g.names[x], g.names[y]))
	})
	for _, i := range found {
		s := which(&g.sums[i])
		out = append(out, contract.Share{Key: g.names[i], Revenue: s.revenue.Money(), Orders: s.orders})
	}
	return out
}

// sumsBy are the part's groups by another name, of those whose name is not "".
func (g *grouping) sumsBy(name func(key string) string) map[string]*sum {
	found := map[string]*sum{}
	for i := range g.sums {
		if g.sums[i].part.rows == 0 || g.names[i] == NoValue {
			continue
		}
		as := name(g.names[i])
		if as == "" {
			continue
		}
		if found[as] == nil {
			found[as] = &sum{}
		}
		found[as].addSum(&g.sums[i].part)
	}
	return found
}

// currencies are the part's rows by their currency, as kpis.json has them.
func (g *grouping) currencies() []contract.CurrencySum {
	out := []contract.CurrencySum{}
	for name, s := range g.sumsBy(func(text string) string { return reading.CurrencyName(reading.CurrencyOf([]byte(text))) }) {
		out = append(out, contract.CurrencySum{Currency: &name, Rows: s.rows, Revenue: s.revenue.Money()})
	}
	slices.SortFunc(out, func(x, y contract.CurrencySum) int {
		return cmp.Or(cmp.Compare(y.Rows, x.Rows), cmp.Compare(*x.Currency, *y.Currency))
	})
	if n, ok := g.numbers[NoValue]; ok && g.sums[n].part.rows > 0 {
		out = append(out, contract.CurrencySum{Rows: g.sums[n].part.rows, Revenue: g.sums[n].part.revenue.Money()})
	}
	return out
}

// statuses are the part's rows that are returned or cancelled.
func (g *grouping) statuses(column string) *contract.StatusSums {
	found := g.sumsBy(func(text string) string { return reading.ReturnedOrCancelled([]byte(text)) })
	out, all := &contract.StatusSums{Column: column, Statuses: []contract.StatusSum{}}, sum{}
	for _, status := range slices.Sorted(maps.Keys(found)) {
		s := found[status]
		all.addSum(s)
		out.Statuses = append(out.Statuses, contract.StatusSum{Status: status, Rows: s.rows, Revenue: s.revenue.Money()})
	}
	out.Rows, out.Orders, out.Revenue = all.rows, all.orders, all.revenue.Money()
	return out
}

// currencyColumn is the column of currencies in the cleaned rows: the first one without a role whose name says so.
func currencyColumn(all []dataset.Column) int {
	words := contract.Words()
	return slices.IndexFunc(all, func(c dataset.Column) bool {
		role := slices.ContainsFunc(words.Roles, func(r contract.Role) bool { return r.Role == c.Name })
		return !role && reading.OfCurrencies(c.Name)
	})
}

// calendar is the rows by their day.
type calendar struct {
	on    bool
	spans [][2]int64 // the chosen days; nil for all
	days  map[int64]*pair
	near  []*pair
	first int64
}

// nearDays is how many days around the first one are found without a search.
const nearDays = 1 << 13

func newCalendar(column int, periods []string) calendar {
	c := calendar{on: column >= 0, days: map[int64]*pair{}}
	for _, p := range periods {
		from, to, ok := Span(p)
		if ok {
			c.spans = append(c.spans, [2]int64{from, to})
		} else {
			c.spans = append(c.spans, [2]int64{1, 0}) // no day is of it
		}
	}
	return c
}

// Span is the first and the last day of a period, in days since 1970-01-01.
func Span(period string) (from, to int64, ok bool) {
	if t, err := time.Parse(time.DateOnly, period); err == nil {
		return dayOf(t.Unix()), dayOf(t.Unix()), true
	}
	t, err := time.Parse("2006-01", period)
	if err != nil {
		return 0, 0, false
	}
	return dayOf(t.Unix()), dayOf(t.AddDate(0, 1, 0).Unix()) - 1, true
}

// dayOf is the day of a moment, in seconds and in days since 1970-01-01.
func dayOf(seconds int64) int64 { return int64(math.Floor(float64(seconds) / 86400)) }

// in tells whether a row of a day is chosen; known is whether it has one.
func (c *calendar) in(day int64, known bool) bool {
	if c.spans == nil {
		return true
	}
	if known {
		for _, s := range c.spans {
			if s[0] <= day && day <= s[1] {
				return true
			}
		}
	}
	return false
}

// day is the sums of a day.
func (c *calendar) day(day int64) *pair {
	if c.near == nil {
		c.near, c.first = make([]*pair, nearDays), day-nearDays/2
	}
	at := day - c.first
	near := at >= 0 && at < nearDays
	if near && c.near[at] != nil {
		return c.near[at]
	}
	p := c.days[day]
	if p == nil {
		p = &pair{}
		c.days[day] = p
	}
	if near {
		c.near[at] = p
	}
	return p
}

// series is the rows by day or by month; granularity "" is as the rules say of the days.
func (c *calendar) series(granularity string, which func(*pair) *sum) contract.TimeSeries {
	var days []int32
	for day, p := range c.days {
		if which(p).rows > 0 {
			days = append(days, int32(day))
		}
	}
	slices.Sort(days)
	if granularity == "" {
		if granularity = "monthly"; kpis.Daily(days) {
			granularity = "daily"
		}
	}
	length := len(time.DateOnly)
	if granularity == "monthly" {
		length = len("2006-01")
	}
	out := contract.TimeSeries{Granularity: granularity, Points: []contract.Point{}}
	var period sum
	for i, day := range days {
		name := reading.DayText(day)[:length]
		period.addSum(which(c.days[int64(day)]))
		if i+1 < len(days) && strings.HasPrefix(reading.DayText(days[i+1]), name) {
			continue
		}
		out.Points = append(out.Points, contract.Point{Period: name, Revenue: period.revenue.Money(), Orders: period.orders})
		period = sum{}
	}
	return out
}
