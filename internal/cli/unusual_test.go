package cli

import (
	"context"
	"encoding/json"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

type portalWithKPIs struct {
	Portal
	k contract.KPIs
}

func (p portalWithKPIs) KPIs(context.Context, uuid.UUID) (contract.KPIs, error) { return p.k, nil }
func (portalWithKPIs) Close()                                                   {}

// TestKPIsNameUnusualDays: as the chart does; the document itself stays as it is.
func TestKPIsNameUnusualDays(t *testing.T) {
	k := contract.KPIs{SchemaVersion: 1, SourceFile: "a.xlsx", Orders: 7, TimeSeries: contract.TimeSeries{Granularity: "daily"}}
	for i := range 70 {
		p := contract.Point{Period: time.Date(2025, 1, 6+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly), Revenue: 2000, Orders: 100}
		if i == 63 {
			p.Revenue = 150
		}
		k.TimeSeries.Points = append(k.TimeSeries.Points, p)
	}
	p := Program{Open: func(context.Context, string) (Portal, error) { return portalWithKPIs{k: k}, nil }}
	got := execute(t, p, "kpis")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Regexp(t, `Unusual revenue: Mon 10 Mar 2025 +150; the 8 Mondays before: 2,000`, got.out)
	require.NotContains(t, got.out, "Unusual orders")

	got = execute(t, p, "kpis", "--json")
	require.Equal(t, ExitDone, got.code, got.err)
	var read contract.KPIs
	require.NoError(t, json.Unmarshal([]byte(got.out), &read))
	require.Equal(t, k.TimeSeries, read.TimeSeries)
	var told struct{ Unusual []unusualJSON }
	require.NoError(t, json.Unmarshal([]byte(got.out), &told))
	require.Len(t, told.Unusual, 1)
	u := told.Unusual[0]
	require.Equal(t, "2025-03-10", u.Period)
	require.Equal(t, []float64{150, 2000, 2000, 2000}, []float64{u.Value, u.Median, u.Low, u.High})
	require.Len(t, u.Before, 8)
	require.Equal(t, beforeJSON{"2025-01-13", 2000}, u.Before[0])

	quiet := k
	quiet.TimeSeries = contract.TimeSeries{Granularity: "daily", Points: []contract.Point{}}
	got = execute(t, Program{Open: func(context.Context, string) (Portal, error) { return portalWithKPIs{k: quiet}, nil }}, "kpis", "--json")
	require.Contains(t, got.out, `"unusual": []`, "an empty list, not null")
}
