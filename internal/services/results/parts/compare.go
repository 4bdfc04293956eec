package parts

import (
	"slices"

	"fabricportal/contract"
)

// compare finds where what all rows come to is not what the document says: the rows are of another version, lack a column, or were cleaned by other
// rules. All is compared to the cent.
func (s *Source) compare() []Fault {
	var out []Fault
	here, said := s.Whole.KPIs, s.kpis
	switch {
	case here.TotalRevenue != said.TotalRevenue:
		return []Fault{{Figure: Totals, Found: here.TotalRevenue, Said: said.TotalRevenue}}
	case here.Orders != said.Orders:
		return []Fault{{Figure: Totals, Found: float64(here.Orders), Said: float64(said.Orders)}}
	case !equal(here.AOV, said.AOV):
		return []Fault{{Figure: Totals}}
	}
	for d, pair := range [groups][2][]contract.Share{
		{here.RevenueByChannel, said.RevenueByChannel}, {here.RevenueByRegion, said.RevenueByRegion}, {here.RevenueByProductCategory, said.RevenueByProductCategory},
	} {
		switch {
		case s.at.groups[d] < 0 && len(pair[1]) == 0: // the file had no such column: there is nothing to choose
		case s.at.groups[d] < 0:
			out = append(out, Fault{Figure: ByChannel + Figure(d), Column: columns[d]})
		case !slices.Equal(pair[0], pair[1]):
			out = append(out, Fault{Figure: ByChannel + Figure(d)})
		}
	}
	switch {
	case s.at.day < 0:
		out = append(out, Fault{Figure: ByPeriod, Column: columns[Period]})
	case !slices.Equal(here.TimeSeries.Points, said.TimeSeries.Points):
		out = append(out, Fault{Figure: ByPeriod})
	}
	if said.SchemaVersion >= besideSince {
		if len(said.Currencies) > 0 && !slices.EqualFunc(here.Currencies, said.Currencies, sameCurrency) {
			out = append(out, Fault{Figure: Currencies})
		}
		if r := said.ReturnedOrCancelled; r != nil && !sameStatuses(here.ReturnedOrCancelled, r) {
			out = append(out, Fault{Figure: Statuses})
		}
	}
	if c := said.Conversion; c != nil && c.Source == contract.ConversionOfFile && !sameConversion(here.Conversion, c) {
		out = append(out, Fault{Figure: Visitors})
	}
	if s.amountsDiffer() {
		out = append(out, Fault{Figure: Amounts})
	}
	return out
}

func (s *Source) amountsDiffer() bool {
	here, said := s.Whole.KPIs, s.kpis
	if here.UndatedOrders != said.UndatedOrders {
		return true
	}
	if said.SchemaVersion >= besideSince && (here.OrdersWithoutAmount != said.OrdersWithoutAmount || !equal(here.AOVWithAmount, said.AOVWithAmount)) {
		return true
	}
	if m := said.Missing; m != nil {
		return here.UndatedRevenue != said.UndatedRevenue || here.Missing.Undated != m.Undated || m.UnreadAmounts.Rows == 0 && here.Missing.NoAmount.Rows != m.NoAmount.Rows
	}
	return false
}

func equal(a, b *float64) bool { return a == b || a != nil && b != nil && *a == *b }

func sameConversion(a, b *contract.Conversion) bool {
	return a != nil && a.TotalVisitors == b.TotalVisitors && a.Orders == b.Orders && equal(a.RateOrdersPerTotalVisitors, b.RateOrdersPerTotalVisitors) &&
		a.Period != nil && b.Period != nil && *a.Period == *b.Period
}

func sameCurrency(a, b contract.CurrencySum) bool {
	return a.Rows == b.Rows && a.Revenue == b.Revenue && (a.Currency == b.Currency || a.Currency != nil && b.Currency != nil && *a.Currency == *b.Currency)
}

func sameStatuses(a, b *contract.StatusSums) bool {
	return a != nil && a.Rows == b.Rows && a.Orders == b.Orders && a.Revenue == b.Revenue && slices.Equal(a.Statuses, b.Statuses)
}
