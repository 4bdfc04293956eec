package anomalies

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

// TestASnapshotIsLookedAtByDayAndByMonth: each mark knows how far back it was compared, and what was usual in words.
func TestASnapshotIsLookedAtByDayAndByMonth(t *testing.T) {
	k := contract.KPIs{TimeSeries: days(300, func(i int, d time.Time) float64 {
		if i == 100 || d.Month() == time.September {
			return week(d) / 4
		}
		return week(d)
	})}
	all := Of(&k, nil)
	require.Len(t, all, 2)
	require.True(t, all[0].Daily() && all[0].Any() && !all[1].Daily() && all[1].Any())
	m := all[0].Marks[OfRevenue][0]
	require.Equal(t, "2025-04-16", m.Period)
	require.Equal(t, "Wed 16 Apr 2025", m.Name(format.English))
	require.Equal(t, "the 8 Wednesdays before: 1,050", m.Before(format.English))
	require.Equal(t, []int{8, 1}, []int{all[0].Back(m, m.Earlier[0]), all[0].Back(m, m.Earlier[7])})
	require.Equal(t, 105.0, OfOrders.Of(all[0].Points[m.Earlier[0]]))
	month := all[1].Marks[OfOrders]
	require.Equal(t, []string{"2025-09"}, periods(month))
	require.Equal(t, 1, all[1].Back(month[0], 7))
	require.Contains(t, month[0].Before(format.English), "months before")
	require.Nil(t, Of(&contract.KPIs{}, nil))
}

// TestAMonthThatMayBeAPartIsNotMarked: without the profile of its file nobody knows how far the first and the last month of a series go.
func TestAMonthThatMayBeAPartIsNotMarked(t *testing.T) {
	k := contract.KPIs{TimeSeries: contract.TimeSeries{Granularity: monthly}}
	for m := range 10 {
		k.TimeSeries.Points = append(k.TimeSeries.Points, contract.Point{Period: time.Date(2025, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), Revenue: 1000})
	}
	k.TimeSeries.Points[9].Revenue = 200
	require.Empty(t, In(&k, nil, k.TimeSeries, OfRevenue))
	whole := &contract.ImportProfile{DateRange: &contract.DateRange{Min: "2025-01-01", Max: "2025-10-31"}}
	require.Equal(t, []string{"2025-10"}, periods(In(&k, whole, k.TimeSeries, OfRevenue)))
	part := &contract.ImportProfile{DateRange: &contract.DateRange{Min: "2025-01-01", Max: "2025-10-09"}}
	require.Empty(t, In(&k, part, k.TimeSeries, OfRevenue))
}
