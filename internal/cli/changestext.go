package cli

import (
	"strings"

	"fabricportal/internal/format"
	"fabricportal/internal/plaintext"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
)

// signed writes money that is added or taken away.
func signed(c changes.Cents) string {
	if c > 0 {
		return "+" + format.Money(c.Money())
	}
	return format.Money(c.Money())
}

var stepNames = map[changes.StepKind]string{
	changes.StepBefore: "before", changes.StepAdded: "added", changes.StepRemoved: "removed", changes.StepChanged: "changed",
	changes.StepWithoutID: "rows without an order_id", changes.StepRounding: "rounding", changes.StepAfter: "after",
}

// printChanges prints the bridge, the groups of each column, and the orders.
func (p Program) printChanges(pair changes.Pair, r *changes.Result, top int) error {
	var rows [][]string
	for side, name := range [2]string{"before", "after"} {
		run := pair.Runs[side]
		revenue, orders := format.None, format.None
		if k := pair.KPIs[side]; k != nil {
			revenue, orders = format.Money(k.TotalRevenue), format.Count(k.Orders)
		}
		rows = append(rows, []string{name, run.ID.String(), run.InputFile, when(run.FinishedAt), revenue, orders})
	}
	if err := p.table([]string{"", "RUN", "FILE", "FINISHED", "REVENUE", "ORDERS"}, rows); err != nil {
		return err
	}
	parts := pair.Parts
	if r != nil {
		parts = r.Breakdowns
		rows = nil
		for _, s := range r.Bridge() {
			row := []string{stepNames[s.Kind], signed(s.Money), format.Count(s.Orders), format.Count(s.Rows)}
			switch s.Kind {
			case changes.StepBefore, changes.StepAfter:
				row[1] = format.Money(s.Money.Money())
			case changes.StepRounding:
				row[2], row[3] = "", ""
			case changes.StepWithoutID:
				row[2] = ""
			}
			rows = append(rows, row)
		}
		p.print("")
		if err := p.table([]string{"REVENUE", "MONEY", "ORDERS", "ROWS"}, rows); err != nil {
			return err
		}
	}
	for _, b := range parts {
		p.print("")
		if err := p.table([]string{"BY " + strings.ToUpper(b.Column), "BEFORE", "AFTER", "CHANGE", "OF THE CHANGE", "ORDERS"}, groupRows(b, top)); err != nil {
			return err
		}
	}
	if r == nil {
		return nil
	}
	for k := range kindNames {
		if err := p.printOrders(r, changes.Kind(k), top); err != nil {
			return err
		}
	}
	return nil
}

func groupRows(b changes.Breakdown, n int) [][]string {
	var rows [][]string
	line := func(name string, g changes.Group) []string {
		share := format.None
		if part, ok := b.Share(g.Change()); ok {
			share = format.English.Percent(part, 1)
		}
		return []string{name, format.Money(g.Revenue[changes.Before].Money()), format.Money(g.Revenue[changes.After].Money()), signed(g.Change()), share,
			format.Count(g.Orders[changes.Before]) + " → " + format.Count(g.Orders[changes.After])}
	}
	top, others, rest := b.Top(n)
	for _, g := range top {
		name := g.Key
		if name == "" {
			name = "(no value)"
		}
		rows = append(rows, line(name, g))
	}
	if others > 0 {
		rows = append(rows, line(format.N(int64(others), "{{.N}} other", "{{.N}} others"), rest))
	}
	if b.Rounding != 0 {
		rows = append(rows, []string{"rounding", "", "", signed(b.Rounding), "", ""})
	}
	return rows
}

func (p Program) printOrders(r *changes.Result, k changes.Kind, top int) error {
	list, err := r.List(k, 0, top)
	if err != nil || len(list) == 0 {
		return err
	}
	var rows [][]string
	for _, o := range list {
		row := []string{o.ID, format.Money(o.Revenue[changes.Before]), format.Money(o.Revenue[changes.After])}
		switch {
		case k == changes.Added:
			row[1] = format.None
		case k == changes.Removed:
			row[2] = format.None
		case len(o.Changes) == 0:
			row = append(row, format.Fill("of its rows, {{.Before}} before and {{.After}} after are not the same", "Before", o.Unpaired[changes.Before], "After", o.Unpaired[changes.After]))
		default:
			row = append(row, changedText(o.Changes))
		}
		rows = append(rows, row)
	}
	if more := r.Parts[k].Orders - int64(len(list)); more > 0 {
		rows = append(rows, []string{format.N(more, "{{.N}} more", "{{.N}} more"), "", ""})
	}
	p.print("")
	head := []string{strings.ToUpper(kindNames[k]) + " ORDER", "BEFORE", "AFTER"}
	if k == changes.Changed {
		head = append(head, "WHAT CHANGED")
	}
	return p.table(head, rows)
}

// changedText names the cells of an order that changed.
func changedText(list []changes.CellChange) string {
	const most = 40 // of a value
	text := func(c dataset.Cell) string {
		if c.Text == "" {
			return "(no value)"
		}
		return plaintext.Line(c.Text, most)
	}
	var parts []string
	for _, c := range list {
		parts = append(parts, c.Column+": "+text(c.Cells[changes.Before])+" → "+text(c.Cells[changes.After]))
	}
	return strings.Join(parts, "; ")
}
