package dataset

import (
	"bufio"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/rows"
)

// manyOrders writes a text file of so many orders in 18 columns.
func manyOrders(b *testing.B, n int) string {
	b.Helper()
	path := filepath.Join(b.TempDir(), "many.csv")
	file, err := os.Create(path)
	require.NoError(b, err)
	w := bufio.NewWriter(file)
	fmt.Fprintln(w, "order_id,order_date,channel,region,product_category,quantity,unit_price,discount,revenue,customer,note,country,currency,shipping,weight,created_at,paid,coupon")
	for i := range n {
		revenue := fmt.Sprintf("%d.%02d", i%2000, i%100)
		if i%5000 == 77 {
			revenue = "n/k"
		}
		fmt.Fprintf(w, "O-%09d,2025-%02d-%02d,Web,North,Toys %d,%d,%d.99,0.%02d,%s,Customer %d,some words of a note %d,DE,EUR,%d.5,%d,2025-01-01 10:%02d:%02d,true,C%d\n",
			i, 1+i%12, 1+i%28, i%40, 1+i%9, i%500, i%30, revenue, i%90_000, i, i%20, i%777, i%60, i%60, i%100)
	}
	require.NoError(b, w.Flush())
	require.NoError(b, file.Close())
	return path
}

// BenchmarkFileRows keeps a million rows: how long, what stays in memory, and how long a window of them takes.
func BenchmarkFileRows(b *testing.B) {
	path := manyOrders(b, 1_000_000)
	info, err := os.Stat(path)
	require.NoError(b, err)
	for _, with := range []bool{false, true} {
		b.Run(map[bool]string{false: "analysed", true: "kept"}[with], func(b *testing.B) {
			for b.Loop() {
				o := analysis.Options{Parts: analysis.Profile | analysis.KPIs | analysis.Rules}
				if with {
					o.Keep = &rows.Keeper{}
				}
				_, err := analysis.File(b.Context(), path, o)
				require.NoError(b, err)
				if with {
					o.Keep.Close()
				}
			}
			b.SetBytes(info.Size())
		})
	}
	keeper := &rows.Keeper{}
	r, err := analysis.File(b.Context(), path, analysis.Options{Keep: keeper, Parts: analysis.Profile | analysis.KPIs | analysis.Rules})
	require.NoError(b, err)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f, err := OpenFileRows(b.Context(), keeper, r, FileReading{Title: "Row", Beyond: "Behind"})
	require.NoError(b, err)
	defer f.Close()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.Logf("on disk %.0f %% of the file; in memory %.1f MB, of which %.2f MB are the cells of %d findings", 100*float64(f.kept.Size())/float64(info.Size()),
		float64(after.HeapAlloc)/(1<<20), float64(int64(after.HeapAlloc)-int64(before.HeapAlloc))/(1<<20), len(f.Findings))
	b.Run("window", func(b *testing.B) {
		at := 0
		for b.Loop() {
			at = (at + 123_457) % 999_000
			got, err := f.All().Shown(b.Context(), at, 60, nil)
			require.NoError(b, err)
			require.Len(b, got.Cells, 60)
		}
	})
	b.Run("sort", func(b *testing.B) {
		for b.Loop() {
			f.table.Release()
			_, err := f.View(b.Context(), Query{Sort: []Order{{Column: 9, Descending: true}}}, nil, nil)
			require.NoError(b, err)
		}
	})
	b.Run("search", func(b *testing.B) {
		for b.Loop() {
			f.table.Release()
			_, err := f.View(b.Context(), Query{Search: "note 77777"}, nil, nil)
			require.NoError(b, err)
		}
	})
	b.Run("walk", func(b *testing.B) {
		i := int64(0)
		for b.Loop() {
			i = (i + 1) % f.Findings[0].Cells.Len()
			at, _ := f.Findings[0].Cells.At(i)
			_, ok, err := f.All().Find(b.Context(), at.Row)
			require.NoError(b, err)
			require.True(b, ok)
		}
	})
}
