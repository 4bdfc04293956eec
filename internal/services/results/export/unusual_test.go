package export

import (
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
)

// TestUnusualDaysStandInTheWorkbook: marked over time, and on a sheet of their own each beside the days that it was compared with.
func TestUnusualDaysStandInTheWorkbook(t *testing.T) {
	k := contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "daily"}}
	for i := range 70 {
		day := time.Date(2025, 1, 6+i, 0, 0, 0, 0, time.UTC) // a Monday and after
		if i == 35 {
			continue // no order at all on one of the Mondays
		}
		p := contract.Point{Period: day.Format(time.DateOnly), Revenue: 1000 + float64(day.Weekday())*100, Orders: 100}
		if i == 63 {
			p.Revenue = 150
		}
		k.TimeSeries.Points = append(k.TimeSeries.Points, p)
	}
	german := map[string]string{"Unusual days": "Auffällige Tage", "Unusual": "Auffällig", "Revenue": "Umsatz", "Mon": "Mo.", "Mondays": "Montage", "Mar": "Mär.", ".": ",", ",": ".",
		"the {{.N}} {{.Periods}} before: {{.Range}}": "die {{.N}} {{.Periods}} davor: {{.Range}}", "{{.N}} weeks before": "{{.N}} Wochen davor", "The week before": "Die Woche davor"}
	path := filepath.Join(t.TempDir(), "odd.xlsx")
	report, err := Excel(t.Context(), path, Book{KPIs: &k, Written: time.Now(), Word: func(s string) string {
		if said, ok := german[s]; ok {
			return said
		}
		return s
	}}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"KPIs", "Over time", "Auffällige Tage"}, report.Sheets)
	book, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer book.Close()
	over, err := book.GetRows("Over time")
	require.NoError(t, err)
	require.Equal(t, []string{"Day", "Umsatz", "Orders", "Auffällig"}, over[0])
	marked := 0
	for _, row := range over[1:] {
		if len(row) > 3 {
			require.Equal(t, []string{"2025-03-10", "150.00", "100", "Umsatz"}, row)
			marked++
		}
	}
	require.Equal(t, 1, marked)
	rows, err := book.GetRows("Auffällige Tage")
	require.NoError(t, err)
	require.Equal(t, []string{"Die Woche davor", "2 Wochen davor"}, rows[0][7:9])
	require.Len(t, rows[0], 15)
	require.Equal(t, []string{"Mo. 10 Mär. 2025", "Umsatz", "150.00", "1,100.00", "1,100.00", "-86.36%", "die 7 Montage davor: 1.100"}, rows[1][:7])
	require.Equal(t, []string{"1,100.00", "1,100.00", "1,100.00", "", "1,100.00", "1,100.00", "1,100.00", "1,100.00"}, rows[1][7:], "the Monday without an order is empty")
	require.Contains(t, rows[3][0], "look at the day's orders")

	quiet := k
	quiet.TimeSeries.Points = k.TimeSeries.Points[:30]
	report, err = Excel(t.Context(), path, Book{KPIs: &quiet, Written: time.Now()}, nil)
	require.NoError(t, err)
	require.Equal(t, []string{"KPIs", "Over time"}, report.Sheets, "nothing is unusual: no sheet of it")
}
