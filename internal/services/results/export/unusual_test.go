package export

import (
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/results/anomalies"
)

// oddMonday are ten weeks of which one Monday has far less revenue than the others.
func oddMonday() contract.KPIs {
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
	return k
}

// TestUnusualDaysStandInTheWorkbook: marked over time, and on a sheet of their own each beside the days that it was compared with.
func TestUnusualDaysStandInTheWorkbook(t *testing.T) {
	k := oddMonday()
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

// The words of the sheets of what is unusual: by day and by month, without those that the package which finds it has listed itself.
func unusualTexts(t *testing.T) map[string]bool {
	t.Helper()
	days, months := oddMonday(), contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: "monthly"}}
	for i := range 24 {
		p := contract.Point{Period: time.Date(2023, time.January+time.Month(i), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), Revenue: 1000, Orders: 100}
		if i == 20 {
			p.Revenue = 10
		}
		months.TimeSeries.Points = append(months.TimeSeries.Points, p)
	}
	asked, found := map[string]bool{}, map[string]bool{}
	note := func(to map[string]bool) func(string) string {
		return func(s string) string { to[s] = true; return s }
	}
	for _, k := range []*contract.KPIs{&days, &months} {
		report, err := Excel(t.Context(), filepath.Join(t.TempDir(), "odd.xlsx"), Book{KPIs: k, Word: note(asked)}, nil)
		require.NoError(t, err)
		require.Len(t, report.Sheets, 3)
		w := format.Writer{Text: note(found)}
		for _, s := range anomalies.Of(k, nil) {
			anomalies.Meaning(s.Daily(), w)
			for _, m := range slices.Concat(s.Marks[anomalies.OfRevenue], s.Marks[anomalies.OfOrders]) {
				m.Name(w)
				m.Before(w)
			}
		}
	}
	for s := range found {
		delete(asked, s)
	}
	return asked
}
