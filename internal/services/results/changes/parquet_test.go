package changes

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"sync/atomic"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/collector"
	"fabricportal/internal/services/results/dataset"
)

// sold is a row as the notebook writes it.
type sold struct {
	OrderID  *string    `parquet:"order_id,optional,dict"`
	Date     *time.Time `parquet:"order_date,optional,date"`
	Region   *string    `parquet:"region,optional,dict"`
	Channel  string     `parquet:"channel,dict"`
	Category string     `parquet:"product_category,dict"`
	Customer string     `parquet:"customer"`
	Quantity int64      `parquet:"quantity"`
	Price    float64    `parquet:"unit_price"`
	Revenue  *float64   `parquet:"revenue,optional"`
	Note     *string    `parquet:"note,optional"`
	A        int64      `parquet:"a"`
	B        string     `parquet:"b,dict"`
}

func soldRow(i int) sold {
	day := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i%365)
	price := float64(i%9999) / 100
	return sold{
		OrderID: new(fmt.Sprintf("SO-2025-%07d", i)), Date: &day, Region: new([]string{"North", "South", "East", "West"}[i%4]), Channel: []string{"Web", "Store", "Phone"}[i%3],
		Category: fmt.Sprint("Category ", i%12), Customer: fmt.Sprint("Customer ", i%50_000), Quantity: int64(i%7 + 1), Price: price, Revenue: new(price * float64(i%7+1)), A: int64(i), B: "constant",
	}
}

// parquetOf writes rows, piece by piece, into a file and opens it.
func parquetOf(t testing.TB, n int, row func(i int) (sold, bool)) *dataset.Table {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sales_cleaned.parquet")
	f, err := os.Create(path)
	require.NoError(t, err)
	w := parquet.NewGenericWriter[sold](f, parquet.Compression(&parquet.Snappy), parquet.MaxRowsPerRowGroup(1<<20))
	var rows []sold
	for i := range n {
		if r, ok := row(i); ok {
			rows = append(rows, r)
		}
		if len(rows) == 10_000 || i == n-1 {
			_, err := w.Write(rows)
			require.NoError(t, err)
			rows = rows[:0]
		}
	}
	require.NoError(t, w.Close())
	require.NoError(t, f.Close())
	table, err := dataset.Open(t.Context(), path)
	require.NoError(t, err)
	t.Cleanup(func() { _ = table.Close() })
	return table
}

// later is a row of the run after: some are gone, some have another price, and some are new.
func later(i int) (sold, bool) {
	r := soldRow(i)
	switch {
	case i%100 == 7:
		return r, false
	case i%50 == 3:
		r.Quantity++
		*r.Revenue = r.Price * float64(r.Quantity)
	case i%1000 == 11:
		*r.OrderID = "NEW-" + *r.OrderID
	case i%1000 == 12:
		r.OrderID = nil
	}
	return r, true
}

func TestRealFiles(t *testing.T) {
	const n = 20_000
	before, after := parquetOf(t, n, func(i int) (sold, bool) { return soldRow(i), true }), parquetOf(t, n, later)
	r := compared(t, before.All(), after.All(), 0)
	defer r.Close()
	require.Equal(t, [3]int64{n / 1000, n/100 + 2*n/1000, n / 50}, [3]int64{r.Parts[Added].Orders, r.Parts[Removed].Orders, r.Parts[Changed].Orders})
	require.EqualValues(t, n/1000, r.Sides[After].WithoutID)
	for _, o := range all(t, r, Changed) {
		require.Len(t, o.Changes, map[bool]int{true: 1, false: 2}[o.Revenue == [2]float64{}], "%+v", o) // quantity and revenue; of a price of 0 only the former
	}
	steps := r.Bridge()
	var sum Cents
	for _, s := range steps[:len(steps)-1] {
		sum += s.Money
	}
	require.Equal(t, steps[len(steps)-1].Money, sum)
	var columns []string
	for _, b := range r.Breakdowns {
		columns = append(columns, b.Column)
	}
	require.Equal(t, []string{"region", "channel", "product_category", "note", "b", ByMonth, ByDay}, columns, "50,000 customers are no groups")
	require.Equal(t, []string{"customer"}, r.Ungrouped)
}

// A million rows against a million: the memory of the desktop has room for it.
func TestAMillionRowsInBoundedMemory(t *testing.T) {
	if testing.Short() || os.Getenv("PORTAL_LARGE") == "" {
		t.Skip("takes a minute: set PORTAL_LARGE=1")
	}
	const n = 1_000_000
	before, after := parquetOf(t, n, func(i int) (sold, bool) { return soldRow(i), true }), parquetOf(t, n, later)
	for _, whole := range []bool{false, true} {
		collector.Tune()
		runtime.GC()
		var most atomic.Uint64
		end := make(chan struct{})
		ended := make(chan struct{})
		go func() {
			defer close(ended)
			for {
				select {
				case <-end:
					return
				case <-time.After(20 * time.Millisecond):
					var m runtime.MemStats
					runtime.ReadMemStats(&m)
					most.Store(max(most.Load(), m.HeapInuse+m.StackInuse))
				}
			}
		}()
		began := time.Now()
		second := Table(after.All())
		if whole { // all is removed
			second = &made{columns: after.Columns()}
		}
		r := compared(t, before.All(), second, 0)
		close(end)
		<-ended
		t.Logf("whole %v: %v, at most %d MB, %d changed, %d removed", whole, time.Since(began).Round(time.Millisecond), most.Load()>>20, r.Parts[Changed].Orders, r.Parts[Removed].Orders)
		require.Less(t, most.Load(), uint64(160<<20))
		r.Close()
	}
}
