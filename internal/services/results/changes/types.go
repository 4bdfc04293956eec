// Package changes says what made the difference between two runs: by group (regions, months and the like), and order by
// order where the cleaned rows of both are at hand. All adds up to the change of the KPI, to the cent: what can't be told apart is
// a part of its own, and never left out.
//
// An order is the rows of one order_id. Rows of any number are compared: they are laid into buckets on disk, and matched one
// bucket after the other.
package changes

import (
	"context"
	"math"

	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/results/dataset"
)

// The two sides of a pair of figures or tables.
const (
	Before = 0
	After  = 1
)

// Cents is money in hundredths of a currency unit.
type Cents int64

// Money is the cents in currency units.
func (c Cents) Money() float64 { return float64(c) / 100 }

// mostCents is the amount beyond which a double has no cents.
const mostCents = 1 << 53

func centsOf(money float64) Cents {
	return Cents(max(-mostCents, min(mostCents, math.Round(money*100))))
}

// Of is how much more one amount of money is than another one, in cents.
func Of(after, before float64) Cents { return centsOf(after) - centsOf(before) }

func centsOfSum(s *amount.Sum) Cents { return centsOf(s.Money()) }

// Table is the cleaned rows of a run; *dataset.View is one.
type Table interface {
	Columns() []dataset.Column
	Rows() int
	Window(ctx context.Context, from, n int, columns []int) (dataset.Rows, error)
}

// Kind is what became of an order.
type Kind int

// The kinds.
const (
	Added   Kind = iota // its order_id is in the run after only
	Removed             // in the run before only
	Changed             // in both, with a cell or a row that is not the same
	kinds
)

// Part is the orders of a kind.
type Part struct {
	Orders int64
	Rows   int64 // of Changed, those of the run after
	// Revenue of the orders; of Changed, how much more it is in the run after.
	Revenue Cents
	// LeftOut of the orders are in no list, as they are too many: those with the least money. LeftOutRevenue is theirs.
	LeftOut        int64
	LeftOutRevenue Cents
}

// Side is what the rows of one run are.
type Side struct {
	Rows    int64
	Orders  int64 // different order_ids
	Revenue Cents // of all rows
	// WithoutID is the rows that have no order_id, which can't be matched, and their revenue.
	WithoutID        int64
	WithoutIDRevenue Cents
	// Repeated is the order_ids that stand in several rows, and RepeatedRows these rows.
	Repeated, RepeatedRows int64
	// Only are columns that the other run has not: they are not compared.
	Only []string
}

// OtherCase is orders of which the order_id stands in both runs, in upper and lower case that differs. They count as removed and
// added: whether they are the same order is not to be told.
type OtherCase struct {
	Orders   int64 // removed ones that were added in another case
	Revenue  [2]Cents
	Examples [][2]string // at most five
}

// Retyped is a column whose values are of another kind in the run after.
type Retyped struct {
	Column string
	Kinds  [2]dataset.Kind
}

// CellChange is a cell of an order before and after.
type CellChange struct {
	Column string
	Cells  [2]dataset.Cell
}

// Order is one order that is not the same in both runs.
type Order struct {
	ID      string
	Rows    [2]int64
	Revenue [2]float64     // currency units, up to four decimals; 0 where it is not
	Cells   []dataset.Cell // Added, Removed: its first row, as Result.Columns
	Changes []CellChange   // Changed: the cells of the row that is not the same
	// Unpaired is how many of its rows are in one run only, where they are several: which became which is not to be told. Of an order
	// with more than 4,096 rows these are all.
	Unpaired [2]int64
}

// Change is how much more revenue the order has in the run after, with four decimals.
func (o Order) Change() float64 {
	change := o.Revenue[After] - o.Revenue[Before]
	if math.Abs(change) > 1<<40 { // has no four decimals
		return change
	}
	return math.Round(change*10_000) / 10_000
}

// Progress is told how far the work is, in steps of its own.
type Progress func(done, total int64)

// Result is what became of the rows. Close it: it keeps the orders on disk.
type Result struct {
	Sides   [2]Side
	Parts   [3]Part // by Kind
	Same    Part    // orders that are the same in both; their revenue is that of the run after
	Retyped []Retyped
	// OtherCase are orders among Added and Removed.
	OtherCase OtherCase
	// UnpairedOrders is how many of the changed orders have several rows that are not the same: their columns are not compared.
	UnpairedOrders int64
	Breakdowns     []Breakdown
	Ungrouped      []string // columns with too many different values for a Breakdown

	columns [2][]dataset.Column
	lists   [kinds]*list
}

// Columns are those of an Order's Cells.
func (r *Result) Columns(k Kind) []dataset.Column {
	if k == Removed {
		return r.columns[Before]
	}
	return r.columns[After]
}

// Listed is how many orders of a kind there are in the list.
func (r *Result) Listed(k Kind) int { return len(r.lists[k].entries) }

// List gives n orders of a kind from place from on (both cut to what there is), those with the most money first. Errors are
// *scratch.Error.
func (r *Result) List(k Kind, from, n int) ([]Order, error) {
	from = min(max(from, 0), r.Listed(k))
	n = min(max(n, 0), r.Listed(k)-from)
	out := make([]Order, 0, n)
	for _, e := range r.lists[k].entries[from : from+n] {
		o, err := r.lists[k].read(e)
		if err != nil {
			return nil, err
		}
		for i := range o.Changes { // they are kept by their places
			o.Changes[i].Column = r.columns[After][o.places[i]].Name
		}
		out = append(out, o.Order)
	}
	return out, nil
}

// Close gives the space on disk back.
func (r *Result) Close() {
	for _, l := range r.lists {
		if l != nil {
			l.close()
		}
	}
}
