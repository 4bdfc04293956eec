package reading

import (
	"context"
	"hash/maphash"

	"fabricportal/contract"
)

// mostExamples is how many rows of a kind are named.
const mostExamples = 5

// leftOut are the rows of a kind.
type leftOut struct {
	rows  counted
	first []int64
}

func (l *leftOut) add(number int, revenue float64) {
	l.rows.add(revenue)
	if len(l.first) < mostExamples {
		l.first = append(l.first, int64(number))
	}
}

// evaluation is what a table's rows come to when their values are read in one way.
type evaluation struct {
	kinds   [rowKinds]leftOut
	unsure  int64      // totals that may be orders
	shifted [3]counted // by shift
	// Rows without an order_id: orders, and rows of other kinds.
	noID, otherNoID counted
	ledger          ledger
	fates           fates
}

func (e *evaluation) close() { e.ledger.close() }

// evaluator looks at rows.
type evaluator struct {
	*evaluation
	reader  *reader
	source  *source
	kindsOf kindFinder
	align   aligner
	ids     idHasher
	sortOut bool // rows that are no orders are looked for
}

// evaluate reads a table, of which the evidence was seen before. Rows are not sorted out where the options count all of
// them.
func (s *source) evaluate(ctx context.Context, r *reader, e *evidence, given contract.ReadOptions) (*evaluation, error) {
	seed := maphash.MakeSeed()
	v := &evaluator{evaluation: &evaluation{ledger: ledger{most: mostInMemory}}, reader: r, source: s, ids: idHasher{seed: seed}, sortOut: given.RowsNoOrders != contract.Count}
	v.kindsOf = kindFinder{reader: r, columns: s.positions(), declared: declaredTotals(s.file)}
	for _, name := range s.header.Names {
		v.kindsOf.headers = append(v.kindsOf.headers, NormalizedName(name))
	}
	v.align = aligner{reader: r, columns: s.positions(), width: len(s.header.Names), usual: e.usualFields(len(s.header.Names)), delimiter: s.delimiter, splits: e.splits}
	_, err := s.each(ctx, &seed, func(row *row) error {
		v.row(row)
		return nil
	})
	if err == nil {
		err = v.ledger.err
	}
	if err != nil {
		v.close()
		return nil, s.file.Unkept(err)
	}
	return v.evaluation, nil
}

// declaredTotals are the rows that a workbook's table declares as its totals, as far as the reader of the file tells them.
func declaredTotals(file any) []int {
	if t, ok := file.(interface{ TotalsRows() []int }); ok {
		return t.TotalsRows()
	}
	return nil
}

func (v *evaluator) row(r *row) {
	values := &r.values
	revenue, hasRevenue := v.reader.amount(&values[columnRevenue])
	if v.source.last >= 0 && r.index >= v.source.last {
		v.kinds[isEnd].add(r.number, revenue)
		v.fates.add(r.number, isEnd, &aligned{})
		return
	}
	day, hasDay, dated := v.reader.day(&values[columnDate])
	var a aligned
	if v.source.isText() {
		a = v.align.look(r, v.odd(values, dated, hasRevenue))
	}
	kind := foundKind{}
	switch {
	case a.shift == canRealign:
		values = &a.values
		revenue, hasRevenue = a.amount, true
		day, hasDay, _ = v.reader.day(&values[columnDate])
		v.kindsOf.count(revenue, true)
		v.shifted[canRealign].add(revenue)
	case a.shift == canNotRealign:
		v.shifted[canNotRealign].add(a.amount)
	case v.sortOut:
		kind = v.kindsOf.look(r, dated, revenue, hasRevenue)
	}
	if kind.kind != isOrder {
		v.kinds[kind.kind].add(r.number, revenue)
		if kind.kind == isTotal && !kind.certain {
			v.unsure++
		}
	}
	if kind.kind != isOrder || a.shift != inPlace {
		v.fates.add(r.number, kind.kind, &a)
	}
	if a.shift == canNotRealign {
		return
	}
	e := entry{amount: revenue, day: day, row: int32(r.number), kind: kind.kind, shift: a.shift, dated: hasDay, hash: r.hash}
	if !hasRevenue {
		e.money = unpriced
		if value := &values[columnRevenue]; !v.reader.isNull(value) {
			e.money, e.amount = unread, LikelyAmount(*value)
		}
	}
	switch id := &values[columnID]; {
	case id.Kind != Null:
		e.id, e.lost = v.ids.hash(id), LostDigits(*id, LosesDigitsFrom(v.source.file.Format()))
		v.ledger.add(&e)
	case kind.kind == isOrder:
		v.noID.add(e.value())
	default:
		v.otherNoID.add(e.value())
	}
}

// odd says that a value of a date or an amount is there and can't be read.
func (v *evaluator) odd(values *[columnCount]Value, dated, hasRevenue bool) bool {
	if !dated && !v.reader.isNull(&values[columnDate]) || !hasRevenue && !v.reader.isNull(&values[columnRevenue]) {
		return true
	}
	for _, column := range amountColumns[1:] {
		value := &values[column]
		if value.Kind == Null {
			continue
		}
		if _, ok := v.reader.amount(value); !ok && !v.reader.isNull(value) {
			return true
		}
	}
	return false
}
