package verdict

import (
	"cmp"
	"math"
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/drift"
)

// checkOf is the check whose rows a cause of what is missing is about.
var checkOf = map[string]string{
	"unread_amounts": "revenue_valid", "no_amount": "revenue_valid", "no_order_id": "order_id_present", "repeated_order_id": "order_id_unique", "undated": "order_date_valid",
}

// missingTotal is the check that sums up what several others have found: its money is told with them, and it is none beside them.
const missingTotal = "amounts_complete"

// priced adds the money that the documents know of: to the checks that have named the rows, and as findings of their own where none
// has. Only the documents are asked, so that a run's evidence says the same, in the same order.
func (l Findings) priced(p *contract.ImportProfile, k *contract.KPIs) Findings {
	if p.Reading == nil {
		return l
	}
	total := slices.IndexFunc(l, func(f Finding) bool { return f.ID == missingTotal && f.Kind == Check && f.Level <= Warns })
	told := false
	var own Findings
	for _, c := range p.Reading.Missing.Causes() {
		m := &Money{Rows: c.Rows, Revenue: c.Revenue, Of: Lacking}
		if c.ID == "undated" {
			m.Of = Undated
		} else if c.ID != "no_amount" { // which is no part of that check
			told = true
		}
		of := slices.IndexFunc(l, func(f Finding) bool { return f.Kind == Check && f.ID == checkOf[c.ID] && f.Level <= Warns })
		if of < 0 {
			own = append(own, Finding{Kind: LeftOut, ID: c.ID, Level: Warns, Column: named(p, columnOf[checkOf[c.ID]]), Count: c.Rows, Rows: c.Rows, Money: m})
			continue
		}
		l[of].Money = l[of].Money.plus(m)
		if total >= 0 && m.Of == Lacking && !slices.Contains(l[of].Also, missingTotal) {
			l[of].Also = append(l[of].Also, missingTotal)
		}
	}
	m := p.Reading.Missing
	for i := range l {
		if l[i].Kind == Check && l[i].ID == "revenue_valid" && l[i].Level <= Warns && m.UnreadAmounts.Rows+m.NoAmount.Rows == l[i].Count {
			l[i].Said = revenueSentence(m, p.RowCount)
		}
		if l[i].Kind == Check && l[i].Level <= Warns && l[i].Money == nil {
			l[i].Money = beside(l[i], p, k)
		}
	}
	if total >= 0 && told {
		l = slices.Delete(l, total, total+1)
	}
	return append(l, own...)
}

// revenueSentence tells amounts that can't be read from those that are not there, which the check counts as one.
func revenueSentence(m contract.Missing, rows int64) *format.Said {
	unread, none := m.UnreadAmounts.Rows, m.NoAmount.Rows
	of := func(n int64) *format.Said {
		return format.SayN(rows, "{{.Found}} of {{.N}} row", "{{.Found}} of {{.N}} rows", "Found", n)
	}
	switch {
	case none == 0:
		return format.SayN(unread, "{{.Rows}} has a revenue that is no number.", "{{.Rows}} have a revenue that is no number.", "Rows", of(unread))
	case unread == 0:
		return format.SayN(none, "{{.Rows}} has no revenue.", "{{.Rows}} have no revenue.", "Rows", of(none))
	}
	return format.SayN(none, "{{.Unread}}, and {{.N}} row has none.", "{{.Unread}}, and {{.N}} rows have none.",
		"Unread", format.SayN(unread, "{{.Rows}} has a revenue that is no number", "{{.Rows}} have a revenue that is no number", "Rows", of(unread)))
}

// plus is the money of two causes whose rows are different ones.
func (m *Money) plus(other *Money) *Money {
	if m == nil {
		return other
	}
	var sum amount.Sum
	sum.Add(amount.TenThousandths(m.Revenue))
	sum.Add(amount.TenThousandths(other.Revenue))
	return &Money{Rows: m.Rows + other.Rows, Revenue: sum.Money(), Of: m.Of}
}

// beside is the money of a check about rows that nothing is missing of; nil where it is not known, as of several currencies, which
// have no sum.
func beside(f Finding, p *contract.ImportProfile, k *contract.KPIs) *Money {
	switch {
	case f.ID == "rows_left_out":
		m := &Money{Of: NoOrders}
		var sum amount.Sum
		for _, left := range p.Reading.LeftOut {
			if left.Rows == 0 {
				continue
			}
			m.Rows += left.Rows
			sum.Add(amount.TenThousandths(left.Revenue))
			m.Parts = append(m.Parts, left)
		}
		m.Revenue = sum.Money()
		return m
	case k == nil:
	case f.ID == "returned_or_cancelled" && k.ReturnedOrCancelled != nil:
		return &Money{Rows: k.ReturnedOrCancelled.Rows, Revenue: k.ReturnedOrCancelled.Revenue, Of: Counted}
	case f.ID == "one_currency" && len(k.Currencies) == 2 && k.Currencies[1].Currency != nil:
		return &Money{Rows: k.Currencies[1].Rows, Revenue: k.Currencies[1].Revenue, Of: Counted}
	}
	return nil
}

// ofOptions are what people have decided of how the file is read.
func ofOptions(r *contract.Reading) Findings {
	if r == nil {
		return nil
	}
	var out Findings
	for _, f := range r.Found {
		if f.Source != contract.SourceGiven || slices.ContainsFunc(out, func(o Finding) bool { return o.ID == f.Option }) {
			continue
		}
		out = append(out, Finding{Kind: ReadOption, ID: f.Option, Level: Noted, Count: 1, Options: &r.Options})
	}
	return out
}

// ofDrift is what moved since the file whose results are published. It is no fault of this file, and is not counted with what is:
// who checks the file without the other one counts the same.
func ofDrift(list []drift.Finding) Findings {
	var out Findings
	for _, d := range list {
		level := Moved
		if d.Severity == drift.Notice {
			level = Noted
		}
		out = append(out, Finding{Kind: Drift, ID: string(d.Kind), Level: level, Column: d.Column, Count: 1, Said: d.Said})
	}
	return out
}

// first are the checks without which no figure means anything: they stand before what costs money.
var first = []string{"reading_decided", "rows_present", "required_columns"}

// weight is what a finding's place within its level goes by: what is missing from the sums or the series before what is counted in
// them, and then what has no money; each the largest first, whatever its sign.
func (f Finding) weight() (class int, money float64) {
	switch {
	case slices.Contains(first, f.ID) && f.Kind == Check:
		return 0, 0
	case f.Level > Warns || f.Money == nil || f.Money.Revenue == 0 || f.Money.Of == NoOrders:
		return 3, 0
	case f.Money.Of == Lacking || f.Money.Of == Undated:
		return 1, math.Abs(f.Money.Revenue)
	case f.Kind == Check && f.ID != "returned_or_cancelled" && f.ID != "one_currency":
		return 3, 0 // a rule has told the money, and evidence knows no rules
	case f.Kind == HiddenRows: // as above
		return 3, 0
	}
	return 2, math.Abs(f.Money.Revenue)
}

// compare puts findings in order. That all below is of a part of the file, or not of the chosen rules, is said before it.
func compare(a, b Finding) int {
	place := func(f Finding) int {
		if f.Kind == Incomplete || f.Kind == RulesNotApplied {
			return -1
		}
		return int(f.Level)
	}
	classA, moneyA := a.weight()
	classB, moneyB := b.weight()
	return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(classA, classB), cmp.Compare(moneyB, moneyA))
}
