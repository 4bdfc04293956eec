package changed

import (
	"strings"
	"time"

	"fabricportal/internal/gui/chart"
	"fabricportal/internal/gui/lettering"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
)

// signed writes money that is added or taken away.
func signed(c changes.Cents) string {
	if c > 0 {
		return "+" + words.Amount(c.Money())
	}
	return words.Amount(c.Money())
}

// runsText names both runs.
func runsText(p changes.Pair, now time.Time) string {
	name := func(side int) string {
		r := p.Runs[side]
		when := r.CreatedAt
		if r.FinishedAt != nil {
			when = *r.FinishedAt
		}
		return words.When(when, now) + ", " + lettering.Label(r.InputFile) + ", " + lettering.Label(r.TriggeredBy)
	}
	return words.T("Before: {{.Before}} · After: {{.After}}", "Before", name(changes.Before), "After", name(changes.After))
}

// stepWord names a step of a bridge.
func stepWord(k changes.StepKind) string {
	switch k {
	case changes.StepBefore:
		return words.T("Revenue before")
	case changes.StepAdded:
		return words.T("Added orders")
	case changes.StepRemoved:
		return words.T("Removed orders")
	case changes.StepChanged:
		return words.T("Changed orders")
	case changes.StepWithoutID:
		return words.T("Without order_id")
	case changes.StepRounding:
		return words.T("Rounding")
	case changes.StepAfter:
	}
	return words.T("Revenue after")
}

// totalSteps are the revenues of both runs, as long as no more is known.
func totalSteps(p changes.Pair) []chart.BridgeStep {
	var out []chart.BridgeStep
	for side, kind := range [2]changes.StepKind{changes.StepBefore, changes.StepAfter} {
		k := p.KPIs[side]
		if k == nil {
			return nil
		}
		if side == changes.After {
			by := changes.Of(k.TotalRevenue, p.KPIs[changes.Before].TotalRevenue)
			out = append(out, chart.BridgeStep{Label: words.T("Change"), Text: signed(by), Value: by.Money()})
		}
		out = append(out, chart.BridgeStep{Label: stepWord(kind), Text: words.Amount(k.TotalRevenue), Note: words.N(k.Orders, "{{.N}} order", "{{.N}} orders"), Value: k.TotalRevenue, Whole: true})
	}
	return out
}

func bridgeSteps(r *changes.Result) []chart.BridgeStep {
	var out []chart.BridgeStep
	for _, s := range r.Bridge() {
		step := chart.BridgeStep{Label: stepWord(s.Kind), Text: signed(s.Money), Value: s.Money.Money(), Note: words.N(s.Orders, "{{.N}} order", "{{.N}} orders")}
		switch s.Kind {
		case changes.StepBefore, changes.StepAfter:
			step.Text, step.Whole = words.Amount(s.Money.Money()), true
		case changes.StepWithoutID:
			step.Note = words.N(s.Rows, "{{.N}} row", "{{.N}} rows")
		case changes.StepRounding:
			step.Note = ""
		case changes.StepAdded, changes.StepRemoved, changes.StepChanged:
		}
		out = append(out, step)
	}
	return out
}

// columnWord names what a breakdown is by.
func columnWord(column string) string {
	switch column {
	case "region":
		return words.T("Region")
	case "channel":
		return words.T("Channel")
	case "product_category":
		return words.T("Category")
	case changes.ByMonth:
		return words.T("Month")
	case changes.ByDay:
		return words.T("Day")
	}
	return column
}

// groupRow is a group, ready to be drawn.
type groupRow struct {
	name, before, after, change, share, orders string
	rest                                       bool
}

// mostGroups is how many groups of a column are listed; the others are counted in one row.
const mostGroups = 500

func groupRows(b changes.Breakdown) []groupRow {
	row := func(name string, g changes.Group) groupRow {
		by := g.Change()
		r := groupRow{name: name, before: words.Amount(g.Revenue[changes.Before].Money()), after: words.Amount(g.Revenue[changes.After].Money()), change: signed(by), share: "–"}
		if share, ok := b.Share(by); ok {
			r.share = words.Percent(share, 1)
		}
		r.orders = words.Count(g.Orders[changes.After])
		if more := g.Orders[changes.After] - g.Orders[changes.Before]; more > 0 {
			r.orders += " (+" + words.Count(more) + ")"
		} else if more < 0 {
			r.orders += " (" + words.Count(more) + ")"
		}
		return r
	}
	top, others, rest := b.Top(mostGroups)
	out := make([]groupRow, 0, len(top)+2)
	for _, g := range top {
		name := lettering.Line(g.Key)
		switch {
		case g.Key == "":
			name = words.T("(no value)")
		case b.Column == changes.ByMonth, b.Column == changes.ByDay:
			name = words.Day(g.Key)
		}
		out = append(out, row(name, g))
	}
	if others > 0 {
		r := row(words.N(int64(others), "and {{.N}} more", "and {{.N}} more"), rest)
		r.rest = true
		out = append(out, r)
	}
	if b.Rounding != 0 {
		out = append(out, groupRow{name: words.T("Rounding"), change: signed(b.Rounding), rest: true})
	}
	return out
}

// orderRow is an order, ready to be drawn. Which of the texts count depends on its kind.
type orderRow struct {
	id, before, after, change, what string
	rest                            bool
}

// mostOrders is how many orders of a kind are listed; the workbook has all.
const mostOrders = 1000

func orderRows(r *changes.Result, k changes.Kind) ([]orderRow, error) {
	list, err := r.List(k, 0, mostOrders)
	if err != nil {
		return nil, err
	}
	columns := r.Columns(k)
	facts := factsOf(columns)
	out := make([]orderRow, 0, len(list)+1)
	for _, o := range list {
		by := o.Change()
		row := orderRow{id: lettering.Line(o.ID), before: words.Amount(o.Revenue[changes.Before]), after: words.Amount(o.Revenue[changes.After]), change: words.Amount(by)}
		if by > 0 {
			row.change = "+" + row.change
		}
		if k == changes.Changed {
			row.what = changedText(o, columns)
		} else {
			var parts []string
			for _, at := range facts {
				if c := o.Cells[at]; c.Text != "" {
					parts = append(parts, valueText(columns[at].Kind, c))
				}
			}
			if n := max(o.Rows[changes.Before], o.Rows[changes.After]); n > 1 {
				parts = append(parts, words.N(n, "{{.N}} row", "{{.N}} rows"))
			}
			row.what = strings.Join(parts, " · ")
		}
		out = append(out, row)
	}
	if more := r.Parts[k].Orders - int64(len(list)); more > 0 {
		out = append(out, orderRow{id: words.N(more, "and {{.N}} more", "and {{.N}} more"), what: words.T("with less money each: see the Excel export"), rest: true})
	}
	return out, nil
}

// factsOf are the columns that say most of an order, beside its number and its money.
func factsOf(columns []dataset.Column) []int {
	var out []int
	for _, name := range []string{"order_date", "region", "channel", "product_category", "product"} {
		for i, c := range columns {
			if c.Name == name {
				out = append(out, i)
				break
			}
		}
	}
	return out
}

// valueText writes a cell in the words of the window.
func valueText(kind dataset.Kind, c dataset.Cell) string {
	switch {
	case c.Text == "":
		return words.T("(no value)")
	case kind.Number():
		return words.Grouped(c.Text)
	case kind == dataset.Date:
		return words.Day(c.Text)
	}
	return lettering.Label(c.Text)
}

// changedText names the cells of an order that are not the same.
func changedText(o changes.Order, columns []dataset.Column) string {
	if len(o.Changes) == 0 {
		return words.T("several rows: {{.Before}} before and {{.After}} after are not the same", "Before", o.Unpaired[changes.Before], "After", o.Unpaired[changes.After])
	}
	parts := make([]string, len(o.Changes))
	for i, c := range o.Changes {
		kind := dataset.Text
		for _, col := range columns {
			if col.Name == c.Column {
				kind = col.Kind
			}
		}
		parts[i] = lettering.Label(c.Column) + ": " + valueText(kind, c.Cells[changes.Before]) + " › " + valueText(kind, c.Cells[changes.After])
	}
	return strings.Join(parts, " · ")
}
