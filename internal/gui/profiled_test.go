package gui

import (
	"math"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/rules"
)

// profiled is a file as the profile of version 2 tells it.
func profiled(name string) Analysis {
	a := analysis(name, nil)
	p := a.Profile
	p.ColumnCount, p.HeaderRow, p.Sheet = 8, new(int64(3)), new("Orders")
	p.Sheets = []contract.Sheet{{Name: "Orders", HasData: true}, {Name: "Returns", HasData: true}}
	hump := func(middle float64) []int64 {
		out := make([]int64, 20)
		for i := range out {
			out[i] = int64(4000 * math.Exp(-math.Pow(float64(i)-middle, 2)/18))
		}
		return out
	}
	number := func(name, kind string, low, high, middle float64) contract.Column {
		return contract.Column{
			Name: name, NormalizedName: name, Type: kind, DistinctCount: 31_204, DistinctExact: true, Min: low, Max: high,
			Histogram: &contract.Histogram{From: low, To: high, Counts: hump(middle)},
			Numbers:   &contract.Numbers{Sum: 6_699_399.27, Mean: 133.99, Q1: 41.2, Median: 98.5, Q3: 187.3, Zeros: 12, Negatives: 0},
		}
	}
	text := func(name string, distinct int64, top ...string) contract.Column {
		c := contract.Column{Name: name, NormalizedName: name, Type: "text", DistinctCount: distinct, Lengths: &contract.Lengths{Min: 3, Max: 14, Mean: 7}}
		for i, v := range top {
			c.MostFrequent = append(c.MostFrequent, contract.Frequency{Value: v, Count: int64(20_000 / (i + 1))})
		}
		return c
	}
	revenue := number("revenue", "decimal", 0.99, 12_400, 4)
	revenue.Misfits = contract.Misfits{Count: 7, Examples: []contract.Example{{Cell: "H17", Value: "n/a"}, {Cell: "H981", Value: "12,5 EUR"}, {Cell: "H2204", Value: "?"}}}
	revenue.Errors = map[string]int64{"#N/A": 3}
	date := contract.Column{Name: "Order Date", NormalizedName: "order_date", Type: "date", NullShare: 0.001, NullCount: 46, DistinctCount: 365, DistinctExact: true, Min: "2025-01-01", Max: "2025-12-31", Histogram: &contract.Histogram{From: "2025-01-01", To: "2025-12-31", Counts: hump(14)}}
	p.Columns = []contract.Column{text("order_id", 49_997), date, revenue, text("channel", 4, "Web", "Store", "Marketplace", "Phone"), text("region", 4, "North", "South"), text("product_category", 5, "Electronics", "Books"), number("quantity", "integer", 1, 12, 2), number("unit_price", "decimal", 0.5, 999, 8)}
	p.Validation.Checks = append(p.Validation.Checks, contract.Check{ID: "revenue_valid", Severity: "warning", Count: 7, Message: "7 values of revenue are no numbers.", Examples: revenue.Misfits.Examples})
	a.Rules = &rules.Report{Set: "sales", Rows: 50_046, Outcomes: []rules.Outcome{
		{Rule: rules.Rule{ID: "price_range", Severity: rules.Warning}, Checked: true, Count: 2, Said: format.Say("unit_price lies between 0 and 500."), Examples: []contract.Example{{Cell: "G44", Value: "999"}}},
		{Rule: rules.Rule{ID: "key", Severity: rules.Error}, Checked: true, Passed: true, Said: format.Say("order_id is different in every row.")},
	}}
	a.Drift = []drift.Finding{{Kind: drift.ColumnNew, Column: "region", Said: format.Say("The column region is new.")}, {Kind: drift.RowCount, Said: format.Say("It has 50,046 rows; the one before had 4,315.")}}
	a.KPIs = year()
	names, rows := salesRows(40)
	p.SampleRows = nil
	for _, r := range rows {
		var cells []any
		for _, c := range r {
			cells = append(cells, c)
		}
		p.SampleRows = append(p.SampleRows, cells)
	}
	a.Preview = &profile.Preview{Names: names, Rows: p.SampleRows}
	return a
}
