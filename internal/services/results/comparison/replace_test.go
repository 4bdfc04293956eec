package comparison

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

func summed(k *contract.KPIs) *contract.KPIs {
	for _, p := range k.TimeSeries.Points {
		k.TotalRevenue += p.Revenue
		k.Orders += p.Orders
	}
	return k
}

func TestWhatARunReplacesIsSaidBefore(t *testing.T) {
	published := func(from string, n int, revenue float64) Current {
		return Current{KPIs: summed(days(from, n, revenue)), Profile: &contract.ImportProfile{RowCount: int64(2 * n)}}
	}
	year := published("2025-01-01", 365, 10)
	for name, c := range map[string]struct {
		from    string
		days    int
		revenue float64
		reasons []ReasonKind
	}{
		"the same":            {"2025-01-01", 365, 10, nil},
		"a month more":        {"2025-01-01", 396, 10, nil},
		"a year that slides":  {"2025-02-01", 365, 11, nil},
		"twice as long":       {"2025-01-01", 730, 10, nil},
		"one month":           {"2025-12-01", 31, 10, []ReasonKind{CoversLess, ShrinkingSum, ShrinkingCount}},
		"an older year":       {"2024-01-01", 366, 10, []ReasonKind{EndsEarlier}},
		"a part of the money": {"2025-01-01", 365, 7, []ReasonKind{ShrinkingSum}},
		"cents for euros":     {"2025-01-01", 365, 1000, []ReasonKind{GrowingSum}},
		"ten years":           {"2016-01-01", 3653, 10, []ReasonKind{GrowingSum, GrowingCount}},
	} {
		now := summed(days(c.from, c.days, c.revenue))
		r := PreviewRun(year, now, &contract.ImportProfile{RowCount: int64(2 * c.days)})
		var kinds []ReasonKind
		for _, reason := range r.Reasons {
			kinds = append(kinds, reason.Kind)
		}
		assert.Equal(t, c.reasons, kinds, name)
		assert.Equal(t, 365, r.Before.Days())
		assert.Equal(t, c.days, r.After.Days())
		assert.Equal(t, float64(2*c.days), *r.Rows.After)
		require.Len(t, r.Figures, 4)
	}
	r := PreviewRun(year, summed(days("2025-12-01", 31, 10)), nil)
	assert.InDelta(t, -0.915, *r.Reasons[1].Change.Relative, 0.001)
	assert.Nil(t, r.Rows.After)
	from, to := r.After.Names()
	assert.Equal(t, []string{"2025-12-01", "2025-12-31"}, []string{from, to})

	assert.True(t, PreviewRun(Current{}, year.KPIs, nil).Nothing)
	assert.True(t, PreviewRun(Current{Publishing: true}, year.KPIs, nil).Unknown)
	assert.True(t, PreviewRun(Current{Unread: []error{errors.New("It has another form.")}}, year.KPIs, nil).Unknown)
	none := PreviewRun(year, &contract.KPIs{}, nil)
	assert.Equal(t, CoversLess, none.Reasons[0].Kind, "a file without a dated order")

	// A series by month reaches to the end of its last month, where the profile does not know better.
	months := Current{KPIs: monthlyOf(summed(days("2024-01-01", 600, 1)))}
	assert.Equal(t, time.Date(2025, 8, 31, 0, 0, 0, 0, time.UTC), PreviewRun(months, year.KPIs, nil).Before.To)
}
