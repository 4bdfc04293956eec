package changed

import (
	"strings"

	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/changes"
)

// unread are the documents that are not known, each with its reason.
func unread(p changes.Pair) []string {
	var out []string
	for _, why := range p.Unread {
		out = append(out, words.Writer().Sentence(why))
	}
	return out
}

// pairNotes say what is not compared of two runs by their figures.
func pairNotes(p changes.Pair) []string {
	out := unread(p)
	for _, column := range p.Lacking {
		out = append(out, words.T("Only one of the two runs has {{.Column}}, so that there is no change by it.", "Column", columnWord(column)))
	}
	return out
}

// mismatchText says that rows are not those of their run's figures; "" where they are.
func mismatchText(p changes.Pair, r *changes.Result) string {
	var out []string
	for _, m := range r.Mismatches(p.KPIs) {
		out = append(out, words.T("The rows of {{.File}} add up to {{.Rows}}, its figures say {{.KPI}}. What stands here is of the rows.",
			"File", p.Runs[m.Side].InputFile, "Rows", words.Amount(m.Rows.Money()), "KPI", words.Amount(m.KPI.Money())))
		if m.Rows == m.KPI {
			out[len(out)-1] = words.T("The rows of {{.File}} are {{.Rows}} orders, its figures say {{.KPI}}. What stands here is of the rows.",
				"File", p.Runs[m.Side].InputFile, "Rows", words.Count(m.Orders), "KPI", words.Count(m.Known))
		}
	}
	return strings.Join(out, " ")
}

// rowNotes say what can't be told apart, and what was not compared, of the rows.
func rowNotes(p changes.Pair, r *changes.Result) []string {
	out := unread(p)
	if sentence := mismatchText(p, r); sentence != "" {
		out = append(out, sentence)
	}
	for side, when := range [2]string{words.T("Before"), words.T("After")} {
		s := r.Sides[side]
		if s.Repeated > 0 {
			out = append(out, words.N(s.Repeated, "{{.When}}: {{.N}} order_id stands in several rows, {{.Rows}} in all. Its rows are compared together.",
				"{{.When}}: {{.N}} order_ids stand in several rows, {{.Rows}} in all. The rows of each are compared together.", "When", when, "Rows", words.Count(s.RepeatedRows)))
		}
		if s.WithoutID > 0 {
			out = append(out, words.N(s.WithoutID, "{{.When}}: {{.N}} row without an order_id can't be matched ({{.Money}}).", "{{.When}}: {{.N}} rows without an order_id can't be matched ({{.Money}}).",
				"When", when, "Money", words.Amount(s.WithoutIDRevenue.Money())))
		}
		if len(s.Only) > 0 {
			out = append(out, words.T("{{.When}}: only this run has the columns {{.Columns}}. They are not compared.", "When", when, "Columns", strings.Join(s.Only, ", ")))
		}
	}
	if o := r.OtherCase; o.Orders > 0 {
		out = append(out, words.N(o.Orders, "{{.N}} removed order was added again with an order_id in another case, such as {{.A}} and {{.B}}: {{.Before}} before, {{.After}} after.",
			"{{.N}} removed orders were added again with an order_id in another case, such as {{.A}} and {{.B}}: {{.Before}} before, {{.After}} after.",
			"A", o.Examples[0][changes.Before], "B", o.Examples[0][changes.After], "Before", words.Amount(o.Revenue[changes.Before].Money()), "After", words.Amount(o.Revenue[changes.After].Money())))
	}
	if r.UnpairedOrders > 0 {
		out = append(out, words.N(r.UnpairedOrders, "{{.N}} changed order has several rows that are not the same: which became which is not to be told.",
			"{{.N}} changed orders have several rows that are not the same: which became which is not to be told."))
	}
	if len(r.Ungrouped) > 0 {
		out = append(out, words.T("Not by group, as there are too many different values: {{.Columns}}.", "Columns", strings.Join(r.Ungrouped, ", ")))
	}
	for _, c := range r.Retyped {
		out = append(out, words.T("{{.Column}} holds values of another kind now. Those that read the same count as the same.", "Column", c.Column))
	}
	return out
}
