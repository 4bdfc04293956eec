package dataset

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
)

// sale is a row like those that the notebook writes.
type sale struct {
	OrderID   string   `parquet:"order_id,optional,dict"`
	OrderDate int32    `parquet:"order_date,optional,date"`
	Channel   string   `parquet:"channel,optional,dict"`
	Region    string   `parquet:"region,optional,dict"`
	Quantity  int64    `parquet:"quantity,optional"`
	UnitPrice float64  `parquet:"unit_price,optional"`
	Discount  *float64 `parquet:"discount,optional"`
	Revenue   float64  `parquet:"revenue,optional"`
	Express   bool     `parquet:"express,optional"`
	Customer  string   `parquet:"customer,optional,dict"`
}

// million writes a file of a million rows in one row group, or takes the one that PORTAL_BENCH_DATA names.
func million(b *testing.B) string {
	if path := os.Getenv("PORTAL_BENCH_DATA"); path != "" {
		return path
	}
	const rows = 1_000_000
	r := rand.New(rand.NewPCG(1, 2))
	path := filepath.Join(b.TempDir(), "million.parquet")
	f, err := os.Create(path)
	require.NoError(b, err)
	w := parquet.NewGenericWriter[sale](f, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(rows))
	part := make([]sale, 0, 10_000)
	for i := range rows {
		s := sale{
			OrderID: fmt.Sprintf("O-%07d", r.IntN(10_000_000)), OrderDate: 20089 + r.Int32N(365), Channel: []string{"Web", "Store", "Phone", "Partner"}[r.IntN(4)],
			Region: fmt.Sprintf("Region %d", r.IntN(12)), Quantity: r.Int64N(20), UnitPrice: float64(r.IntN(1e6)) / 100, Revenue: float64(r.IntN(1e7)) / 100,
			Express: r.IntN(2) == 0, Customer: fmt.Sprintf("customer %d", r.IntN(50_000)),
		}
		if r.IntN(2) == 0 {
			x := float64(r.IntN(30)) / 100
			s.Discount = &x
		}
		if part = append(part, s); len(part) == cap(part) || i == rows-1 {
			_, err := w.Write(part)
			require.NoError(b, err)
			part = part[:0]
		}
	}
	require.NoError(b, w.Close())
	require.NoError(b, f.Close())
	return path
}

func BenchmarkMillionRows(b *testing.B) {
	path, ctx := million(b), context.Background()
	view := func(table *Table, q Query) *View {
		v, err := table.View(ctx, q, nil)
		require.NoError(b, err)
		return v
	}
	fresh := func(name string, work func(t *Table)) {
		b.Run(name, func(b *testing.B) {
			for b.Loop() {
				table, err := Open(ctx, path)
				require.NoError(b, err)
				work(table)
				require.NoError(b, table.Close())
			}
		})
	}
	fresh("open and first 50 rows", func(t *Table) {
		_, err := t.All().Window(ctx, 0, 50, nil)
		require.NoError(b, err)
	})
	fresh("first sort by text", func(t *Table) { view(t, Query{Sort: []Order{{0, false}}}) })
	fresh("first sort by number", func(t *Table) { view(t, Query{Sort: []Order{{7, true}}}) })
	fresh("first filter", func(t *Table) { view(t, Query{Filters: []Filter{{Column: 2, Op: Contains, Text: "we"}}}) })
	fresh("first search in all columns", func(t *Table) { view(t, Query{Search: "99"}) })
	fresh("jump to the end", func(t *Table) {
		_, err := t.All().Window(ctx, t.Rows()-50, 50, []int{0, 1, 2, 3, 4, 5, 6, 7})
		require.NoError(b, err)
	})

	table, err := Open(ctx, path)
	require.NoError(b, err)
	defer table.Close()
	again := func(name string, q Query) {
		b.Run("then "+name, func(b *testing.B) {
			for b.Loop() {
				view(table, q)
			}
		})
	}
	again("sort by text", Query{Sort: []Order{{0, true}}})
	again("sort by two columns", Query{Sort: []Order{{1, false}, {7, true}}})
	again("filter", Query{Filters: []Filter{{Column: 7, Op: InRange, Min: new(float64)}, {Column: 0, Op: Contains, Text: "o-00"}}})
	again("search in all columns", Query{Search: "99"})
	b.Run("then window of a sorted view", func(b *testing.B) {
		v := view(table, Query{Sort: []Order{{0, true}}})
		for b.Loop() {
			_, err := v.Window(ctx, 500_000, 50, nil)
			require.NoError(b, err)
		}
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(float64(m.HeapAlloc)/1e6, "heapMB")
	})
}
