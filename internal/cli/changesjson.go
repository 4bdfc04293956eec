package cli

import (
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
)

// The JSON form of changes. Money is in currency units.

type changesJSON struct {
	Before     runJSON         `json:"before"`
	After      runJSON         `json:"after"`
	Revenue    *figuresJSON    `json:"revenue"` // of the KPIs; null where they are not known
	Orders     *figuresJSON    `json:"orders"`
	By         []breakdownJSON `json:"by"`
	NotBy      []string        `json:"not_by"` // columns that one of the two lacks
	FetchBytes *int64          `json:"fetch_bytes"`
	Rows       *rowsJSON       `json:"rows"` // null without --rows
}

type figuresJSON struct {
	Before float64 `json:"before"`
	After  float64 `json:"after"`
	Change float64 `json:"change"`
}

type breakdownJSON struct {
	Column   string      `json:"column"`
	Change   float64     `json:"change"`
	Groups   []groupJSON `json:"groups"`
	Others   int         `json:"others"` // groups that are not listed
	Rest     *groupJSON  `json:"rest"`   // what those add up to
	Rounding float64     `json:"rounding"`
}

type groupJSON struct {
	Key          *string  `json:"key"` // null for rows without a value
	Before       float64  `json:"before"`
	After        float64  `json:"after"`
	Change       float64  `json:"change"`
	Share        *float64 `json:"share"` // of the whole change
	OrdersBefore int64    `json:"orders_before"`
	OrdersAfter  int64    `json:"orders_after"`
}

type rowsJSON struct {
	Bridge     []stepJSON     `json:"bridge"`
	Added      partJSON       `json:"added"`
	Removed    partJSON       `json:"removed"`
	Changed    partJSON       `json:"changed"`
	Same       int64          `json:"same_orders"`
	Before     sideJSON       `json:"before"`
	After      sideJSON       `json:"after"`
	OtherCase  int64          `json:"other_case_orders"`
	Unpaired   int64          `json:"unpaired_orders"`
	Mismatches []mismatchJSON `json:"mismatches"`
}

type stepJSON struct {
	Step   string  `json:"step"`
	Money  float64 `json:"money"`
	Orders int64   `json:"orders"`
	Rows   int64   `json:"rows"`
}

type sideJSON struct {
	Rows             int64    `json:"rows"`
	Orders           int64    `json:"orders"`
	Revenue          float64  `json:"revenue"`
	WithoutID        int64    `json:"rows_without_order_id"`
	WithoutIDRevenue float64  `json:"revenue_without_order_id"`
	Repeated         int64    `json:"repeated_order_ids"`
	RepeatedRows     int64    `json:"repeated_rows"`
	OnlyColumns      []string `json:"only_columns"`
}

type partJSON struct {
	Orders  int64       `json:"orders"`
	Rows    int64       `json:"rows"`
	Revenue float64     `json:"revenue"`
	List    []orderJSON `json:"list"` // those with the most money
}

type orderJSON struct {
	OrderID  string     `json:"order_id"`
	Rows     [2]int64   `json:"rows"`
	Revenue  [2]float64 `json:"revenue"`
	Change   float64    `json:"change"`
	Cells    []cellJSON `json:"cells,omitempty"`
	Unpaired *[2]int64  `json:"unpaired_rows,omitempty"`
}

type cellJSON struct {
	Column string  `json:"column"`
	Before *string `json:"before"`
	After  *string `json:"after"`
}

type mismatchJSON struct {
	Run         string  `json:"run_id"`
	RowsRevenue float64 `json:"rows_revenue"`
	KPIRevenue  float64 `json:"kpi_revenue"`
	RowsOrders  int64   `json:"rows_orders"`
	KPIOrders   int64   `json:"kpi_orders"`
}

func toChangesJSON(pair changes.Pair, r *changes.Result, top int) (changesJSON, error) {
	out := changesJSON{Before: toRunJSON(pair.Runs[changes.Before]), After: toRunJSON(pair.Runs[changes.After]), By: []breakdownJSON{}, NotBy: append([]string{}, pair.Lacking...)}
	if b, a := pair.KPIs[changes.Before], pair.KPIs[changes.After]; b != nil && a != nil {
		out.Revenue = &figuresJSON{b.TotalRevenue, a.TotalRevenue, changes.Of(a.TotalRevenue, b.TotalRevenue).Money()}
		out.Orders = &figuresJSON{float64(b.Orders), float64(a.Orders), float64(a.Orders - b.Orders)}
	}
	if size, ok := pair.Fetch(); ok && r == nil {
		out.FetchBytes = &size
	}
	parts := pair.Parts
	if r != nil {
		parts, out.NotBy = r.Breakdowns, []string{}
	}
	for _, b := range parts {
		out.By = append(out.By, toBreakdownJSON(b, top))
	}
	if r == nil {
		return out, nil
	}
	rows := &rowsJSON{Same: r.Same.Orders, OtherCase: r.OtherCase.Orders, Unpaired: r.UnpairedOrders, Mismatches: []mismatchJSON{}, Before: toSideJSON(r.Sides[changes.Before]), After: toSideJSON(r.Sides[changes.After])}
	for _, s := range r.Bridge() {
		rows.Bridge = append(rows.Bridge, stepJSON{string(s.Kind), s.Money.Money(), s.Orders, s.Rows})
	}
	for k, to := range [3]*partJSON{&rows.Added, &rows.Removed, &rows.Changed} {
		list, err := r.List(changes.Kind(k), 0, top)
		if err != nil {
			return out, err
		}
		part := r.Parts[k]
		*to = partJSON{Orders: part.Orders, Rows: part.Rows, Revenue: part.Revenue.Money(), List: []orderJSON{}}
		for _, o := range list {
			to.List = append(to.List, toOrderJSON(o))
		}
	}
	for _, m := range r.Mismatches(pair.KPIs) {
		rows.Mismatches = append(rows.Mismatches, mismatchJSON{pair.Runs[m.Side].ID.String(), m.Rows.Money(), m.KPI.Money(), m.Orders, m.Known})
	}
	out.Rows = rows
	return out, nil
}

func toBreakdownJSON(b changes.Breakdown, n int) breakdownJSON {
	out := breakdownJSON{Column: b.Column, Change: b.Change.Money(), Groups: []groupJSON{}, Rounding: b.Rounding.Money()}
	group := func(g changes.Group) groupJSON {
		j := groupJSON{known(g.Key), g.Revenue[changes.Before].Money(), g.Revenue[changes.After].Money(), g.Change().Money(), nil, g.Orders[changes.Before], g.Orders[changes.After]}
		if share, ok := b.Share(g.Change()); ok {
			j.Share = &share
		}
		return j
	}
	top, others, rest := b.Top(n)
	for _, g := range top {
		out.Groups = append(out.Groups, group(g))
	}
	if others > 0 {
		out.Others, out.Rest = others, new(group(rest))
	}
	return out
}

func toSideJSON(s changes.Side) sideJSON {
	return sideJSON{s.Rows, s.Orders, s.Revenue.Money(), s.WithoutID, s.WithoutIDRevenue.Money(), s.Repeated, s.RepeatedRows, append([]string{}, s.Only...)}
}

func toOrderJSON(o changes.Order) orderJSON {
	out := orderJSON{OrderID: o.ID, Rows: o.Rows, Revenue: o.Revenue, Change: o.Change()}
	text := func(c dataset.Cell) *string {
		if c.Null {
			return nil
		}
		return &c.Text
	}
	for _, c := range o.Changes {
		out.Cells = append(out.Cells, cellJSON{c.Column, text(c.Cells[changes.Before]), text(c.Cells[changes.After])})
	}
	if o.Unpaired != [2]int64{} {
		out.Unpaired = &o.Unpaired
	}
	return out
}
