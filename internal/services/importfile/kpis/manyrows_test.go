package kpis_test

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// TestMoreOrdersThanMemoryHolds: the order_ids are drawn, so that nothing but all of them tells which are repeated. The
// figures are those of a map. The survey keeps a quarter of a million rows in memory.
func TestMoreOrdersThanMemoryHolds(t *testing.T) {
	const rows = 320_000
	limits := spreadsheet.Limits{Keys: 200_000}
	path := filepath.Join(t.TempDir(), "orders.csv")
	f, err := os.Create(path)
	require.NoError(t, err)
	w := bufio.NewWriter(f)
	_, _ = w.WriteString("order_id,order_date,revenue,channel\n")
	draw := rand.New(rand.NewPCG(21, 22))
	seen := make(map[uint64]bool, rows)
	ids := make([]uint64, 0, rows)
	var want contract.RowCounts
	var cents, all int64 // of the first row of each order_id; of all rows
	var examples []contract.Example
	byChannel := map[string]int64{}
	for i := range rows {
		id := draw.Uint64()
		if i > rows-100_000 && i%4 == 0 { // after the memory's share
			id = ids[draw.IntN(len(ids))]
		}
		ids = append(ids, id)
		revenue, channel := draw.Int64N(100_000), "Channel "+string(rune('A'+draw.IntN(3)))
		fmt.Fprintf(w, "%016x-order,2026-01-02,%d.%02d,%s\n", id, revenue/100, revenue%100, channel)
		all += revenue
		if want.Read++; seen[id] {
			if want.DuplicateOrderID++; len(examples) < 5 {
				examples = append(examples, contract.Example{Cell: fmt.Sprintf("A%d", i+2), Value: fmt.Sprintf("%016x-order", id)})
			}
			continue
		}
		seen[id] = true
		want.Written++
		cents += revenue
		byChannel[channel] += revenue
	}
	require.NoError(t, w.Flush())
	require.NoError(t, f.Close())

	// The amounts differ, so that rows are found to be order lines: all count, and the order_ids once.
	a, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.KPIs, Limits: limits})
	require.NoError(t, err)
	require.NoError(t, a.KPIError)
	require.Equal(t, contract.RowIsOrderLine, a.KPIs.RowIs)
	require.Equal(t, contract.RowCounts{Read: rows, Written: rows}, a.Rows)
	require.InDelta(t, float64(all)/100, a.KPIs.TotalRevenue, 1e-6)
	require.Equal(t, want.Written, a.KPIs.Orders)

	a, err = analysis.File(t.Context(), path, analysis.Options{Parts: analysis.KPIs | analysis.Rules, Limits: limits, Read: contract.ReadOptions{RowIs: contract.RowIsOrder}})
	require.NoError(t, err)
	require.NoError(t, a.KPIError)
	require.Equal(t, want, a.Rows)
	require.InDelta(t, float64(cents)/100, a.KPIs.TotalRevenue, 1e-6)
	require.Equal(t, want.Written, a.KPIs.Orders)
	for _, share := range a.KPIs.RevenueByChannel {
		require.InDelta(t, float64(byChannel[share.Key])/100, share.Revenue, 1e-6, share.Key)
	}
	for _, check := range a.Profile.Validation.Checks {
		if check.ID == "order_id_unique" {
			require.Equal(t, want.DuplicateOrderID, check.Count)
			require.Equal(t, examples, check.Examples)
		}
	}
	require.NoError(t, a.RulesError)
	for _, o := range a.Rules.Outcomes {
		if o.Rule.ID == "order_id_key" { // it is told by the cleaning, of some rows at the end only
			require.Equal(t, want.DuplicateOrderID, o.Count)
			require.Equal(t, examples, o.Examples)
		}
	}
}
