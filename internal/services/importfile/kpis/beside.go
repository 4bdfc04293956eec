package kpis

import (
	"cmp"
	"maps"
	"slices"
	"unicode/utf8"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/reading"
)

// What has more different values, or longer ones, is no column of currencies: a document would be full of them.
const (
	mostCurrencies  = 50
	longestCurrency = 20 // characters
)

// beside is what stands beside the sums (contract/RULES.md, What stands beside the sums).
func (s *sums) beside(p *contract.ImportProfile) contract.Beside {
	out := contract.Beside{OrdersWithoutAmount: s.unpriced, Currencies: s.currencies(), ReturnedOrCancelled: s.returnedOrCancelled()}
	if s.unpricedLines != nil && p.Reading.Options.RowIs == contract.RowIsOrderLine {
		out.OrdersWithoutAmount = s.unpricedLines.Orders
	}
	if with := s.all.orders - out.OrdersWithoutAmount; with > 0 {
		aov := s.all.revenue.PerOrder(with)
		out.AOVWithAmount = &aov
	}
	for _, c := range p.Validation.Checks {
		if c.ID == "order_id_case" {
			out.OrderIDsByCase = c.Count
		}
	}
	return out
}

// sumsBy are the groups of a column by another name, of those whose name is not "".
func (b *breakdown) sumsBy(name func(group string) string) map[string]*group {
	found := map[string]*group{}
	for i := range b.sums {
		if b.sums[i].rows == 0 || i == none {
			continue
		}
		as := name(b.names[i])
		if as == "" {
			continue
		}
		sum := found[as]
		if sum == nil {
			sum = &group{}
			found[as] = sum
		}
		sum.revenue.AddSum(&b.sums[i].revenue)
		sum.orders += b.sums[i].orders
		sum.rows += b.sums[i].rows
	}
	return found
}

// currencies are the rows by their currency.
func (s *sums) currencies() []contract.CurrencySum {
	out := []contract.CurrencySum{}
	b := &s.breakdowns[byCurrency]
	if b.column < 0 || b.over {
		return out
	}
	found := b.sumsBy(func(text string) string { return reading.CurrencyName(reading.CurrencyOf([]byte(text))) })
	if len(found) == 0 {
		return out
	}
	for name, sum := range found {
		if utf8.RuneCountInString(name) > longestCurrency {
			return out[:0]
		}
		out = append(out, contract.CurrencySum{Currency: &name, Rows: sum.rows, Revenue: sum.revenue.Money()})
	}
	slices.SortFunc(out, func(x, y contract.CurrencySum) int {
		return cmp.Or(cmp.Compare(y.Rows, x.Rows), cmp.Compare(*x.Currency, *y.Currency))
	})
	if len(b.sums) > none && b.sums[none].rows > 0 {
		out = append(out, contract.CurrencySum{Rows: b.sums[none].rows, Revenue: b.sums[none].revenue.Money()})
	}
	if len(out) > mostCurrencies {
		return out[:0]
	}
	return out
}

// returnedOrCancelled are the rows that a column of statuses calls so; nil where there is none.
func (s *sums) returnedOrCancelled() *contract.StatusSums {
	b := &s.breakdowns[byStatus]
	if b.column < 0 || b.over {
		return nil
	}
	found := b.sumsBy(func(text string) string { return reading.ReturnedOrCancelled([]byte(text)) })
	out, all := &contract.StatusSums{Column: s.names[byStatus], Statuses: []contract.StatusSum{}}, group{}
	for _, status := range slices.Sorted(maps.Keys(found)) {
		sum := found[status]
		all.revenue.AddSum(&sum.revenue)
		out.Rows, out.Orders = out.Rows+sum.rows, out.Orders+sum.orders
		out.Statuses = append(out.Statuses, contract.StatusSum{Status: status, Rows: sum.rows, Revenue: sum.revenue.Money()})
	}
	out.Revenue = all.revenue.Money()
	return out
}

// dayOfVisitors is what the rows of a day say of its visitors.
type dayOfVisitors struct {
	group uint32 // the number, as the group of a text; none where no row says it
	clash bool   // rows say different ones
}

// addVisitors takes what a row says of its day's visitors.
func (s *sums) addVisitors(day int32, number uint32) {
	if number == none {
		return
	}
	if s.visitors == nil {
		s.visitors = map[int32]*dayOfVisitors{}
	}
	of := s.visitors[day]
	switch {
	case of == nil:
		s.visitors[day] = &dayOfVisitors{group: number}
	case of.group != number:
		of.clash = true
	}
}

// mostDigits are those of a number of visitors: the sum over all days that there are is exact.
const mostDigits = 9

// visitorsOf is a number that is written in digits only.
func visitorsOf(text string) (n int64, ok bool) {
	if len(text) == 0 || len(text) > mostDigits {
		return 0, false
	}
	for i := range len(text) {
		c := text[i]
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int64(c-'0')
	}
	return n, true
}

// conversionOfFile is the rate by a column of visitors that has one number for each day (contract/RULES.md, Conversion); nil where
// the file has none.
func (s *sums) conversionOfFile() *contract.Conversion {
	b := &s.breakdowns[byVisitors]
	if len(s.visitors) == 0 || b.over {
		return nil
	}
	days := slices.Sorted(maps.Keys(s.visitors))
	c := &contract.Conversion{Definition: contract.OrdersPerTotal, Source: contract.ConversionOfFile, Column: &s.names[byVisitors],
		Period: &contract.Period{From: reading.DayText(days[0]), To: reading.DayText(days[len(days)-1]), Days: int64(len(days))}}
	for _, day := range days {
		of, orders := s.visitors[day], s.days[day].orders
		n, ok := visitorsOf(b.names[of.group])
		if !ok || of.clash || n < orders {
			return nil
		}
		c.TotalVisitors += n
		c.Orders += orders
	}
	if c.TotalVisitors == 0 {
		return nil
	}
	rate := amount.Rate(c.Orders, c.TotalVisitors)
	c.RateOrdersPerTotalVisitors = &rate
	return c
}
