package cleaning

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/scratch"
)

// cleaned is what there is to know of a row.
func cleaned(r *Row) string {
	return fmt.Sprintf("%d %q repeated=%t day=%d %t bad=%t revenue=%g %t channel=%q", r.Number, r.OrderID, r.Repeated, r.Day, r.HasDay, r.BadDate, r.Revenue, r.Priced,
		r.At(r.Columns.Channel).AppendText(nil))
}

// rowsOf cleans a table with so many order_ids in memory, and gives its rows in their order.
func rowsOf(t require.TestingT, h *Header, table [][]Value, most int) ([]string, contract.RowCounts) {
	c := NewCleaner(h)
	defer c.Close()
	c.seen.set.Most = most
	out := make([]string, len(table))
	var open []int
	values := make([]Value, len(h.Names))
	for i, row := range table {
		copy(values, row)
		r := c.Clean(values, i)
		if r.Open {
			require.False(t, r.Kept())
			open = append(open, i)
			continue
		}
		out[i] = cleaned(r)
	}
	clear(values) // a cleaner keeps what it needs of them
	var settled []int
	require.NoError(t, c.Settle(context.Background(), func(r *Row) {
		require.False(t, r.Open)
		settled = append(settled, r.Number)
		out[r.Number] = cleaned(r)
	}))
	require.True(t, slices.Equal(open, settled), "the open rows, in their order")
	return out, c.Counts()
}

func TestWhatFewOrderIDsInMemoryChange(t *testing.T) {
	header := Header{Normalized: []string{"note", "order_id", "order_date", "revenue", "quantity", "channel"}}
	header.Names = header.Normalized
	value := rapid.Custom(func(t *rapid.T) Value {
		switch rapid.IntRange(0, 4).Draw(t, "kind") {
		case 0:
			return Value{}
		case 1:
			return NumberValue(rapid.SampledFrom([]float64{17, 0, -1, 1.5, 45000}).Draw(t, "number"))
		case 2:
			return Value{Kind: Date, Num: 86_400_000 * float64(rapid.IntRange(0, 9).Draw(t, "day"))}
		}
		return Value{Kind: Text, Text: []byte(rapid.SampledFrom([]string{"17", "a", "b", "2026-01-02", "ä and so on", "1.5"}).Draw(t, "text"))}
	})
	rapid.Check(t, func(t *rapid.T) {
		table := rapid.SliceOfN(rapid.SliceOfN(value, 6, 6), 0, 60).Draw(t, "table")
		want, counts := rowsOf(t, &header, table, -1)
		got, fewer := rowsOf(t, &header, table, rapid.IntRange(1, 5).Draw(t, "in memory"))
		require.Equal(t, want, got)
		require.Equal(t, counts, fewer)
	})
}

func TestANumberAndItsTextAreOneOrderID(t *testing.T) {
	header := Header{Names: []string{"order_id"}, Normalized: []string{"order_id"}}
	c := NewCleaner(&header)
	defer c.Close()
	require.True(t, c.Clean([]Value{NumberValue(17)}, 2).Kept())
	require.True(t, c.Clean([]Value{{Kind: Text, Text: []byte("17")}}, 3).Repeated)
	require.True(t, c.Clean([]Value{{Kind: Text, Text: []byte("017")}}, 4).Kept())
	require.False(t, c.Clean([]Value{{}}, 5).Kept())
	require.Equal(t, contract.RowCounts{Read: 4, Written: 2, WithoutOrderID: 1, DuplicateOrderID: 1}, c.Counts())
}

func TestWithoutAFolderForTemporaryFilesTheCountsAreNotKnown(t *testing.T) {
	missing := t.TempDir() + "/gone"
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	header := Header{Names: []string{"order_id"}, Normalized: []string{"order_id"}}
	c := NewCleaner(&header)
	defer c.Close()
	c.seen.set.Most = 3
	for i := range 10 {
		c.Clean([]Value{NumberValue(float64(i))}, i)
	}
	require.ErrorAs(t, c.Settle(t.Context(), nil), new(*scratch.Error))
}
