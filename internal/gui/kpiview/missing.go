package kpiview

import (
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/words"
)

// MissingText says in rows and in money what is missing from the sums, what is in them but on no day, and what was left out as no
// order; "" where all is there.
func MissingText(m *contract.Missing, left []contract.LeftOut) string {
	var out []string
	if parts := missingParts(m); len(parts) > 0 {
		out = append(out, words.T("Not in these sums: {{.What}}.", "What", strings.Join(parts, " · ")))
	}
	if m != nil && m.Undated.Rows > 0 {
		out = append(out, words.T("In the sums, but on no day: {{.What}}.", "What", priced(words.N(m.Undated.Rows, "{{.N}} order without a date", "{{.N}} orders without a date"), m.Undated.Revenue)))
	}
	if parts := leftParts(left); len(parts) > 0 {
		out = append(out, words.T("Left out, as they are no orders: {{.What}}.", "What", strings.Join(parts, " · ")))
	}
	return strings.Join(out, " ")
}

// priced is rows beside their money.
func priced(what string, revenue float64) string {
	return words.T("{{.What}} ({{.Amount}})", "What", what, "Amount", words.Amount(revenue))
}

func missingParts(m *contract.Missing) []string {
	var parts []string
	add := func(c contract.Cause, what string) { parts = append(parts, priced(what, c.Revenue)) }
	for _, c := range m.Causes() {
		switch c.ID {
		case "unread_amounts":
			add(c, words.N(c.Rows, "{{.N}} amount can't be read", "{{.N}} amounts can't be read"))
		case "no_amount":
			add(c, words.N(c.Rows, "{{.N}} order has no amount", "{{.N}} orders have no amount"))
		case "no_order_id":
			add(c, words.N(c.Rows, "{{.N}} row has no order_id", "{{.N}} rows have no order_id"))
		case "repeated_order_id":
			add(c, words.N(c.Rows, "{{.N}} row repeats an order_id", "{{.N}} rows repeat an order_id"))
		case "shifted_rows":
			add(c, words.N(c.Rows, "{{.N}} row is shifted", "{{.N}} rows are shifted"))
		}
	}
	return parts
}

func leftParts(left []contract.LeftOut) []string {
	var parts []string
	for _, l := range left {
		if l.Rows == 0 {
			continue
		}
		what := words.N(l.Rows, "{{.N}} note", "{{.N}} notes")
		switch l.Kind {
		case "total":
			what = words.N(l.Rows, "{{.N}} total", "{{.N}} totals")
		case "suspect":
			what = words.N(l.Rows, "{{.N}} possible total", "{{.N}} possible totals")
		case "header":
			what = words.N(l.Rows, "{{.N}} repeated header", "{{.N}} repeated headers")
		case "end":
			what = words.N(l.Rows, "{{.N}} row at the end", "{{.N}} rows at the end")
		case "rule":
			what = words.N(l.Rows, "{{.N}} row without a letter or digit", "{{.N}} rows without a letter or digit")
		}
		if l.Revenue != 0 {
			what = priced(what, l.Revenue)
		}
		parts = append(parts, what)
	}
	return parts
}

// MissingFrom is MissingText of a snapshot's figures, behind what else stands beside them; "" also for one of before, which does not say.
func MissingFrom(k *contract.KPIs) string {
	if k == nil {
		return ""
	}
	return strings.TrimSpace(besideText(&k.Beside) + " " + MissingText(k.Missing, k.LeftOut))
}

// MissingState is a warning where money is missing from a snapshot's sums, or where they hold what not everybody would count; what was
// left out as no order is news only.
func MissingState(k *contract.KPIs) controls.State {
	if k != nil && (len(k.Missing.Causes()) > 0 || len(k.Facts()) > 0) {
		return controls.StateWarn
	}
	return controls.StateNeutral
}
