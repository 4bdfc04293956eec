// Package kpiview shows a KPI snapshot: four tiles, the line over time, the three breakdowns. Import, Results and Archive
// share it.
package kpiview

import (
	"fabricportal/contract"
	"fabricportal/internal/gui/words"
)

// Figure is a KPI ready to be drawn.
type Figure struct{ Caption, Value, Note string }

// Figures are revenue, orders, average order and conversion.
func Figures(k *contract.KPIs) [4]Figure {
	f := [4]Figure{{Caption: words.T("Revenue")}, {Caption: words.T("Orders")}, {Caption: words.T("Average order")}, {Caption: words.T("Conversion")}}
	for i := range f {
		f[i].Value = "–"
	}
	if k == nil {
		return f
	}
	f[0].Value, f[0].Note = words.Short(k.TotalRevenue), words.Amount(k.TotalRevenue)
	f[1].Value = words.Count(k.Orders)
	if k.UndatedOrders > 0 {
		f[1].Note = words.N(k.UndatedOrders, "{{.N}} without a date", "{{.N}} without a date")
	}
	if k.AOV != nil {
		f[2].Value, f[2].Note = words.Amount(*k.AOV), words.T("revenue / orders")
	} else {
		f[2].Note = words.T("there are no orders")
	}
	rate, ok := k.Conversion.Rate()
	if !ok {
		f[3].Note = words.T("visitors are not known")
		return f
	}
	f[3].Value, f[3].Note = words.Percent(rate, 2), definition(k.Conversion.Definition)
	if p := k.Conversion.Period; p != nil {
		f[3].Note += " · " + words.Days(p.From, p.To)
	}
	return f
}

// definition is how the conversion rate is computed, in the user's language.
func definition(d string) string {
	switch d {
	case contract.ConvertingPerTotal:
		return words.T("converting visitors / total visitors")
	case contract.OrdersPerTotal:
		return words.T("orders / total visitors")
	}
	return d
}

// ConversionDetail is the figures behind the rate, such as 49,080 of 1,428,571 visitors; "" without them.
func ConversionDetail(k *contract.KPIs) string {
	if k == nil || k.Conversion == nil {
		return ""
	}
	c := k.Conversion
	part := k.Orders
	switch {
	case c.ConvertingVisitors != nil:
		part = *c.ConvertingVisitors
	case c.Source == contract.ConversionOfFile:
		part = c.Orders
	}
	return words.T("{{.Part}} of {{.All}}", "Part", words.Count(part), "All", words.Count(c.TotalVisitors))
}
