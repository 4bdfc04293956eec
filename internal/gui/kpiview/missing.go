package kpiview

import (
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/gui/words"
)

// MissingText says in rows and in money what is missing from the sums and what was left out; "" where nothing is.
func MissingText(m *contract.Missing, left []contract.LeftOut) string {
	var parts []string
	add := func(rows int64, revenue float64, one, many string) {
		if rows > 0 {
			parts = append(parts, words.T("{{.What}} ({{.Amount}})", "What", words.Counted(rows, one, many), "Amount", words.Amount(revenue)))
		}
	}
	for _, c := range m.Causes() {
		switch c.ID {
		case "unread_amounts":
			add(c.Rows, c.Revenue, "amount can't be read", "amounts can't be read")
		case "no_amount":
			add(c.Rows, c.Revenue, "order has no amount", "orders have no amount")
		case "no_order_id":
			add(c.Rows, c.Revenue, "row has no order_id", "rows have no order_id")
		case "repeated_order_id":
			add(c.Rows, c.Revenue, "row repeats an order_id", "rows repeat an order_id")
		case "shifted_rows":
			add(c.Rows, c.Revenue, "row is shifted", "rows are shifted")
		case "undated":
			add(c.Rows, c.Revenue, "order has no date", "orders have no date")
		}
	}
	for _, l := range left {
		switch l.Kind {
		case "total", "suspect":
			add(l.Rows, l.Revenue, "total is left out", "totals are left out")
		case "header":
			add(l.Rows, l.Revenue, "repeated header is left out", "repeated headers are left out")
		case "end":
			add(l.Rows, l.Revenue, "row at the end is left out", "rows at the end are left out")
		default:
			add(l.Rows, l.Revenue, "note is left out", "notes are left out")
		}
	}
	return strings.Join(parts, " · ")
}

// MissingFrom is MissingText of a snapshot's figures; "" also for one of before, which does not say.
func MissingFrom(k *contract.KPIs) string {
	if k == nil {
		return ""
	}
	return MissingText(k.Missing, k.LeftOut)
}
