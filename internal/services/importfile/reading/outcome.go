package reading

import (
	"fabricportal/contract"
	"fabricportal/internal/services/importfile/amount"
)

// outcome is what an evaluation comes to: which rows are in the sums, what a row is, and what is to be asked.
type outcome struct {
	*evaluation
	given   contract.ReadOptions
	choice  choice // while nothing is asked
	figures *figures
	rowIs   string // contract.RowIsOrder or RowIsOrderLine
	// What has to be asked, of the rows, of what a row is.
	askOrders, askShifted, askRow bool
}

// newOutcome decides what the rows of an evaluation say. Errors are *scratch.Error.
func newOutcome(ev *evaluation, given contract.ReadOptions) (*outcome, error) {
	o := &outcome{evaluation: ev, given: given}
	o.choice = choice{count: given.RowsNoOrders == contract.Count, realign: given.ShiftedRows == contract.Realign}
	if err := o.settle(); err != nil {
		return nil, err
	}
	o.askOrders = given.RowsNoOrders == "" && ev.unsure+ev.kinds[isSuspect].rows.rows > 0
	if given.ShiftedRows == "" && ev.shifted[canRealign].rows > 0 {
		var missing amount.Sum
		missing.AddSum(&ev.shifted[canRealign].abs)
		missing.AddSum(&ev.shifted[canNotRealign].abs)
		o.askShifted = amount.Matters(&missing, &o.sums().total)
	}
	return o, nil
}

// with is the outcome of another choice of rows.
func (o *outcome) with(c choice) (*outcome, error) {
	other := *o
	other.choice = c
	return &other, other.settle()
}

// settle counts the rows of the choice and decides what a row is.
func (o *outcome) settle() error {
	var err error
	if o.figures, err = o.ledger.figures(o.choice); err != nil {
		return err
	}
	o.rowIs, o.askRow = o.given.RowIs, false
	if o.rowIs != "" {
		return nil
	}
	f := o.figures
	o.rowIs = contract.RowIsOrder
	switch {
	case f.lost:
		o.askRow = true
	case f.same > 0 || f.different == 0 && f.otherPriced:
		if o.askRow = amount.Differ(&f.first.total, &f.lines.total); !o.askRow && f.different > 0 {
			o.rowIs = contract.RowIsOrderLine
		}
	case f.different > 0:
		o.rowIs = contract.RowIsOrderLine
	}
	return nil
}

// sums are those of what a row is.
func (o *outcome) sums() *sums {
	if o.rowIs == contract.RowIsOrderLine {
		return &o.figures.lines
	}
	return &o.figures.first
}

// reading are the figures that a person is shown of a reading.
func (o *outcome) reading() contract.PossibleReading {
	s := o.sums()
	total, orders := s.total.Money(), o.figures.orders
	r := contract.PossibleReading{TotalRevenue: &total, Orders: &orders}
	if s.hasDay {
		first, last := DayText(s.firstDay), DayText(s.lastDay)
		r.FirstDay, r.LastDay = &first, &last
	}
	return r
}

// leftOut are the rows that are no orders, and those behind the data.
func (o *outcome) leftOut() []contract.LeftOut {
	out := []contract.LeftOut{}
	for kind := isHeader; kind < rowKinds; kind++ {
		if l := &o.kinds[kind]; l.rows.rows > 0 && (kind == isEnd || !o.choice.count) {
			out = append(out, contract.LeftOut{Kind: kindNames[kind], Rows: l.rows.rows, Revenue: l.rows.sum.Money(), First: l.first})
		}
	}
	return out
}

// missing is what the sums lack.
type missing struct {
	unread, noID, repeated, shifted, undated counted
	noAmount                                 int64
}

func (o *outcome) missing() *missing {
	var m missing
	s := o.sums()
	m.unread, m.undated, m.noAmount = s.unread, s.undated, s.noAmount
	m.noID.addAll(&o.noID)
	if o.choice.count {
		m.noID.addAll(&o.otherNoID)
	}
	if o.rowIs == contract.RowIsOrder {
		m.repeated = o.figures.repeated
	}
	m.shifted.addAll(&o.shifted[canNotRealign])
	if !o.choice.realign {
		m.shifted.addAll(&o.shifted[canRealign])
	}
	return &m
}

// cause is a part of what is missing, by the name that it has in the documents.
type cause struct {
	name string
	rows *counted
}

// causes are the parts of what is missing that no person has decided.
func (o *outcome) causes(m *missing) []cause {
	list := []cause{{"unread_amounts", &m.unread}, {"no_order_id", &m.noID}}
	if o.given.RowIs == "" {
		list = append(list, cause{"repeated_order_id", &m.repeated})
	}
	if o.given.ShiftedRows == "" {
		list = append(list, cause{"shifted_rows", &m.shifted})
	}
	return list
}

// document is what is missing as the documents have it, with the sum of what counts for its share.
func (o *outcome) document(m *missing) (doc contract.Missing, absolute *amount.Sum) {
	doc = contract.Missing{UnreadAmounts: m.unread.document(), NoAmount: contract.MissingRows{Rows: m.noAmount}, NoOrderID: m.noID.document(),
		RepeatedOrderID: m.repeated.document(), ShiftedRows: m.shifted.document(), Undated: m.undated.document()}
	absolute = new(amount.Sum)
	for _, cause := range o.causes(m) {
		absolute.AddSum(&cause.rows.abs)
	}
	doc.Share = amount.Share(absolute, &o.sums().total)
	return doc, absolute
}

func (c *counted) document() contract.MissingRows {
	return contract.MissingRows{Rows: c.rows, Revenue: c.sum.Money()}
}
