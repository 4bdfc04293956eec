package export

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
)

func TestWhatStandsBesideTheSumsStandsInTheWorkbook(t *testing.T) {
	k := &contract.KPIs{TotalRevenue: 9.25, Orders: 4, Conversion: &contract.Conversion{Definition: contract.OrdersPerTotal, RateOrdersPerTotalVisitors: new(0.02), Period: &contract.Period{From: "2025-01-01", To: "2025-01-03"}},
		Beside: contract.Beside{OrdersWithoutAmount: 2, AOVWithAmount: new(15.0), OrderIDsByCase: 4,
			Currencies:          []contract.CurrencySum{{Currency: new("=EUR"), Rows: 3, Revenue: 7.25}, {Rows: 1, Revenue: 2}},
			ReturnedOrCancelled: &contract.StatusSums{Column: "status", Rows: 3, Revenue: 6}}}
	path := filepath.Join(t.TempDir(), "o.xlsx")
	_, err := Excel(t.Context(), path, Book{KPIs: k, Written: time.Now()}, nil)
	require.NoError(t, err)
	f, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer f.Close()
	rows, err := f.GetRows("KPIs", excelize.Options{RawCellValue: true})
	require.NoError(t, err)
	for _, want := range [][]string{{"Average without orders that have no amount", "15", "2"}, {"Revenue in =EUR", "7.25", "3"}, {"Revenue without a currency", "2", "1"},
		{"Counted though returned or cancelled", "6", "3"}, {"order_ids that differ in case only", "4"}, {"Conversion is of the days", "2025-01-01 – 2025-01-03"}} {
		require.Contains(t, rows, want)
	}
}

// TestAStrayDateDoesNotStretchTheAxis: Excel draws dates in their distance, texts side by side.
func TestAStrayDateDoesNotStretchTheAxis(t *testing.T) {
	for last, kind := range map[string]excelize.CellType{"2025-02-01": excelize.CellTypeUnset, "2061-02-01": excelize.CellTypeSharedString} {
		path := filepath.Join(t.TempDir(), "o.xlsx")
		k := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "daily", Points: []contract.Point{{Period: "2025-01-01", Revenue: 1, Orders: 1}, {Period: last, Revenue: 1, Orders: 1}}}}
		_, err := Excel(t.Context(), path, Book{KPIs: k, Written: time.Now()}, nil)
		require.NoError(t, err)
		f, err := excelize.OpenFile(path)
		require.NoError(t, err)
		for _, cell := range []string{"A2", "A3"} {
			got, err := f.GetCellType("Over time", cell)
			require.NoError(t, err)
			require.Equal(t, kind, got, "%s %s", last, cell)
		}
		require.NoError(t, f.Close())
	}
}

func TestAMonthThatIsNotOverSaysSoInTheWorkbook(t *testing.T) {
	k := &contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "monthly", Points: []contract.Point{{Period: "2025-08", Revenue: 1}, {Period: "2025-09", Revenue: 1}}}}
	p := &contract.ImportProfile{DateRange: &contract.DateRange{Min: "2025-08-01", Max: "2025-09-26"}}
	for _, profile := range []*contract.ImportProfile{nil, p} {
		path := filepath.Join(t.TempDir(), "o.xlsx")
		_, err := Excel(t.Context(), path, Book{KPIs: k, Profile: profile, Written: time.Now()}, nil)
		require.NoError(t, err)
		f, err := excelize.OpenFile(path)
		require.NoError(t, err)
		defer f.Close()
		rows, err := f.GetRows("Over time")
		require.NoError(t, err)
		if profile == nil {
			require.Len(t, rows[0], 3)
			continue
		}
		require.Equal(t, "Not whole", rows[0][3])
		require.Len(t, rows[1], 3)
		require.Equal(t, "only to 2025-09-26", rows[2][3])
	}
}
