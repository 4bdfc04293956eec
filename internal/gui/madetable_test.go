package gui

import (
	"context"

	"fabricportal/internal/gui/datatable"
	"fabricportal/internal/services/results/dataset"
)

// madeRows is a table of so many rows, which are made when they are asked for.
type madeRows int

func (m madeRows) Columns() []dataset.Column {
	columns, _ := salesRows(0)
	var out []dataset.Column
	for _, c := range columns {
		kind := dataset.Text
		switch c {
		case "quantity":
			kind = dataset.Integer
		case "unit_price", "revenue":
			kind = dataset.Decimal
		case "order_date":
			kind = dataset.Date
		}
		out = append(out, dataset.Column{Name: c, Kind: kind})
	}
	return out
}

func (m madeRows) Rows() int    { return int(m) }
func (m madeRows) Close() error { return nil }

func (m madeRows) Look(_ context.Context, q dataset.Query, _ dataset.Progress) (datatable.View, error) {
	if q.Search != "" || len(q.Filters) > 0 {
		return m / 4, nil
	}
	return m, nil
}

func (m madeRows) Distinct(context.Context, int, int) ([]dataset.Count, int, error) {
	return []dataset.Count{{Text: "Web", Rows: 333_334}, {Text: "Store", Rows: 333_333}, {Text: "Phone", Rows: 333_333}}, 3, nil
}

func (m madeRows) Window(_ context.Context, from, n int, _ []int) (dataset.Rows, error) {
	_, rows := salesRows(2000)
	out := dataset.Rows{From: from}
	for i := from; i < min(from+n, int(m)); i++ {
		var cells []dataset.Cell
		for _, text := range rows[i%2000] {
			cells = append(cells, dataset.Cell{Text: text})
		}
		out.Cells = append(out.Cells, cells)
	}
	return out, nil
}

func (m madeRows) Shown(ctx context.Context, from, n int, columns []int) (dataset.Rows, error) {
	return m.Window(ctx, from, n, columns)
}

func (m madeRows) TSV(context.Context, int, int, []int, bool) (string, error) { return "", nil }
