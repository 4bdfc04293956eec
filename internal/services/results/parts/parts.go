// Package parts computes the figures of a part of the published rows, such as those of one region, by the rules by which kpis.json has those
// of all (contract/RULES.md, Sums and What stands beside the sums): exact sums, different orders, the same keys.
//
// Whether the rows at hand are those of the document is not believed but computed: what all rows come to is compared with kpis.json to the
// cent, and what differs there is not split.
package parts

import (
	"context"
	"slices"

	"fabricportal/contract"
	"fabricportal/internal/services/results/dataset"
)

// Dimension is what rows are told apart by.
type Dimension int

// The dimensions: the columns of groups, and the days and months of order_date.
const (
	Channel Dimension = iota
	Region
	Category
	Period
	Dimensions // how many there are

	groups = Period // so many come first
)

// columns are the dimensions' columns in the cleaned rows.
var columns = [Dimensions]string{"channel", "region", "product_category", "order_date"}

// Column is the dimension's column in the cleaned rows.
func (d Dimension) Column() string { return columns[d] }

// NoValue is the key of the rows without a value.
const NoValue = "(none)"

// Filter chooses rows: by dimension the keys of which a row must have one; none is all rows. Keys are those of kpis.json. Periods are days or
// months, YYYY-MM-DD or YYYY-MM.
type Filter [Dimensions][]string

// All tells whether the filter chooses all rows.
func (f Filter) All() bool {
	for _, keys := range f {
		if len(keys) > 0 {
			return false
		}
	}
	return true
}

// Part is the figures of a part of the rows.
type Part struct {
	Filter Filter
	Rows   int64
	// KPIs are the figures of the part, in the form of kpis.json. What can't be known of a part is not there: a conversion, as visitors are those of
	// all, but for that of days of which the file says the visitors; what was left out of the rows; order_ids in another case.
	KPIs *contract.KPIs
	// Around are, for each dimension of groups, the groups of the rows that the filter's other dimensions choose: what could be chosen in place of
	// the dimension's own keys. Series is the same by the document's periods.
	Around [groups][]contract.Share
	Series contract.TimeSeries
	// WithoutAmount are the rows of which the amount is missing, where it is not known whether it could not be read (with money that is not in the
	// rows) or was not there; else they are in KPIs.Missing.
	WithoutAmount int64
	// Elsewhere are the orders that have a line in the part, and count where their first line stands. -1 where that is not known.
	Elsewhere int64
}

// Rows are the cleaned rows; *dataset.Table is one.
type Rows interface {
	Columns() []dataset.Column
	Rows() int
	Scan(ctx context.Context, columns []int, progress dataset.Progress, take func(from, n int, pieces []dataset.Piece) error) error
}

// Figure is what can be found to differ from the document.
type Figure int

// The figures.
const (
	Totals    Figure = iota // revenue, orders, average: nothing is split without them
	ByChannel               // nothing can be chosen by it; so the next three
	ByRegion
	ByCategory
	ByPeriod
	Currencies
	Statuses
	Amounts  // how many orders have no amount, or no date
	Visitors // those of the file
)

// Fault says why a figure can't be split.
type Fault struct {
	Figure Figure
	Column string // that the rows lack, or that is of another kind than the figures need; "" where they have it
	// What the rows come to and what the document says, where these are Totals that differ.
	Found, Said float64
	TooMany     bool // there are more rows than can be told apart here
}

// Source is rows of which parts are computed.
type Source struct {
	// Whole is what all rows come to.
	Whole *Part
	// Faults are what can't be split.
	Faults []Fault

	rows   Rows
	kpis   *contract.KPIs
	at     layout
	orders *orders // nil where each row is an order
}

// layout is where the columns stand; -1 for none.
type layout struct {
	groups                                       [groups]int
	day, revenue, id, currency, status, visitors int
}

// mostRows is how many rows there may be: a bit or two each are kept, and rows have numbers of 32 bits.
const mostRows = 1 << 26

// Open looks at all rows, and compares what they come to with the document. Progress is in rows, of which some are read twice. Errors are those of
// Scan; that figures differ is none.
func Open(ctx context.Context, rows Rows, k *contract.KPIs, progress dataset.Progress) (*Source, error) {
	s := &Source{rows: rows, kpis: k}
	s.at = s.find()
	for _, need := range []struct {
		at   int
		name string
	}{{s.at.revenue, "revenue"}, {s.at.id, "order_id"}} {
		if need.at < 0 {
			s.Faults = []Fault{{Figure: Totals, Column: need.name}}
			return s, nil
		}
	}
	if rows.Rows() > mostRows {
		s.Faults = []Fault{{Figure: Totals, TooMany: true}}
		return s, nil
	}
	if k.RowIs == contract.RowIsOrderLine {
		var err error
		if s.orders, err = findOrders(ctx, rows, s.at.id, s.at.revenue, progress); err != nil {
			return nil, err
		}
	}
	var err error
	if s.Whole, err = s.compute(ctx, Filter{}, progress); err != nil {
		return nil, err
	}
	s.Faults = s.compare()
	return s, nil
}

// Part computes the figures of a part. Progress is in rows. Errors are those of Scan, among them the context's.
func (s *Source) Part(ctx context.Context, f Filter, progress dataset.Progress) (*Part, error) {
	p, err := s.compute(ctx, f, progress)
	if err != nil {
		return nil, err
	}
	s.leaveOut(p)
	return p, nil
}

// leaveOut takes out of a part what is not known of it, as it differs for all rows: nothing wrong is said.
func (s *Source) leaveOut(p *Part) {
	k := p.KPIs
	if s.has(Currencies) {
		k.Currencies = []contract.CurrencySum{}
	}
	if s.has(Visitors) {
		k.Conversion = nil
	}
	if s.has(Statuses) {
		k.ReturnedOrCancelled = nil
	}
	if s.has(Amounts) {
		k.OrdersWithoutAmount, k.AOVWithAmount, k.UndatedOrders, k.UndatedRevenue, k.Missing, p.WithoutAmount = 0, nil, 0, 0, nil, 0
	}
	if s.has(ByPeriod) {
		k.TimeSeries.Points, p.Series.Points = []contract.Point{}, []contract.Point{}
	}
	for d, shares := range []*[]contract.Share{&k.RevenueByChannel, &k.RevenueByRegion, &k.RevenueByProductCategory} {
		if s.has(ByChannel + Figure(d)) {
			*shares, p.Around[d] = []contract.Share{}, nil
		}
	}
}

// Splits tells whether rows can be chosen by a dimension.
func (s *Source) Splits(d Dimension) bool {
	return s.Whole != nil && !slices.ContainsFunc(s.Faults, func(f Fault) bool { return f.Figure == Totals || f.Figure == ByChannel+Figure(d) })
}

// has tells whether a figure is at fault.
func (s *Source) has(f Figure) bool {
	return slices.ContainsFunc(s.Faults, func(x Fault) bool { return x.Figure == f })
}

// find finds the columns.
func (s *Source) find() layout {
	all := s.rows.Columns()
	named := func(name string, kinds ...dataset.Kind) int {
		return slices.IndexFunc(all, func(c dataset.Column) bool {
			return c.Name == name && (len(kinds) == 0 || slices.Contains(kinds, c.Kind))
		})
	}
	l := layout{
		day: named("order_date", dataset.Date), revenue: named("revenue", dataset.Decimal, dataset.Integer), id: named("order_id"), currency: -1, status: -1, visitors: -1,
	}
	for d := range l.groups {
		l.groups[d] = named(columns[d])
	}
	if len(s.kpis.Currencies) > 0 {
		l.currency = currencyColumn(all)
	}
	if r := s.kpis.ReturnedOrCancelled; r != nil {
		l.status = named(r.Column)
	}
	if c := s.kpis.Conversion; c != nil && c.Source == contract.ConversionOfFile && c.Column != nil {
		l.visitors = named(*c.Column)
	}
	return l
}
