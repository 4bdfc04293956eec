package parts

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/results/dataset"
)

// million writes a million rows, of three lines an order where rows are lines.
func million(b *testing.B, lines bool) string {
	b.Helper()
	r := rand.New(rand.NewPCG(3, 4))
	path := filepath.Join(b.TempDir(), "million.parquet")
	f, err := os.Create(path)
	require.NoError(b, err)
	w := parquet.NewGenericWriter[sale](f, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(1_000_000))
	pick := func(of ...string) *string { s := of[r.IntN(len(of))]; return &s }
	part := make([]sale, 0, 10_000)
	for i := range 1_000_000 {
		x, day := float64(r.IntN(1e7))/100, 20089+r.Int32N(365)
		s := sale{ID: fmt.Sprintf("SO-2025-%07d", i), Day: &day, Channel: pick("Web", "Store", "Phone", "Partner"), Region: pick("North", "South", "East", "West", "Centre"),
			Category: pick("Shoes", "Hats", "Bags", "Coats", "Belts", "Socks"), Revenue: &x}
		if lines {
			s.ID = fmt.Sprintf("SO-2025-%07d", i/3)
		}
		if part = append(part, s); len(part) == cap(part) {
			_, err := w.Write(part)
			require.NoError(b, err)
			part = part[:0]
		}
	}
	require.NoError(b, w.Close())
	require.NoError(b, f.Close())
	return path
}

// BenchmarkPartOfMillionRows: the first look at all rows, and a part of them thereafter. heapMB is what is kept after it.
func BenchmarkPartOfMillionRows(b *testing.B) {
	ctx := context.Background()
	for name, rowIs := range map[string]string{"orders": contract.RowIsOrder, "lines": contract.RowIsOrderLine} {
		path := million(b, rowIs == contract.RowIsOrderLine)
		k := &contract.KPIs{SchemaVersion: 3, RowIs: rowIs, Missing: &contract.Missing{}, TimeSeries: contract.TimeSeries{Granularity: "daily"}}
		b.Run("first look at "+name, func(b *testing.B) {
			for b.Loop() {
				table, err := dataset.Open(ctx, path)
				require.NoError(b, err)
				_, err = Open(ctx, table, k, nil)
				require.NoError(b, err)
				require.NoError(b, table.Close())
			}
		})
		b.Run("a part of "+name, func(b *testing.B) {
			table, err := dataset.Open(ctx, path)
			require.NoError(b, err)
			defer table.Close()
			s, err := Open(ctx, table, k, nil)
			require.NoError(b, err)
			for b.Loop() {
				_, err := s.Part(ctx, Filter{Region: {"North"}, Period: {"2025-03"}}, nil)
				require.NoError(b, err)
			}
			runtime.GC()
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.ReportMetric(float64(m.HeapAlloc)/1e6, "heapMB")
			runtime.KeepAlive(s)
		})
	}
}
