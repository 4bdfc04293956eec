package hits

import (
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestCellsAreFoundByTheirPlaces(t *testing.T) {
	for name, rows := range map[string]int{"few": 300, "dense": 200_000} {
		t.Run(name, func(t *testing.T) {
			r := rand.New(rand.NewPCG(1, 2))
			var c Cells
			want := map[Cell]bool{}
			for range rows {
				cell := Cell{r.IntN(300_000), r.IntN(3) + 2}
				want[cell] = true
				c.Add(cell.Row, cell.Column)
			}
			var sorted []Cell
			for cell := range want {
				sorted = append(sorted, cell)
			}
			slices.SortFunc(sorted, func(a, b Cell) int {
				if a.Row != b.Row {
					return a.Row - b.Row
				}
				return a.Column - b.Column
			})
			require.Equal(t, int64(len(sorted)), c.Len())
			for i := 0; i < len(sorted); i += max(1, len(sorted)/500) {
				got, ok := c.At(int64(i))
				require.True(t, ok)
				require.Equal(t, sorted[i], got)
				require.Equal(t, int64(i), c.Before(got))
				require.True(t, c.Has(got.Row, got.Column))
				require.True(t, c.InRow(got.Row))
				require.Equal(t, want[Cell{got.Row, 4}], c.Has(got.Row, 4))
			}
			_, ok := c.At(c.Len())
			require.False(t, ok)
			_, ok = c.At(-1)
			require.False(t, ok)
			require.Less(t, c.Bytes(), int64(3*300_000/8+rows*4+10_000))

			var both Cells
			both.Add(1, WholeRow)
			both.Merge(&c)
			require.Equal(t, c.Len()+1, both.Len())
			require.True(t, both.Has(1, 77), "a finding about a row is about each of its cells")
		})
	}
}

func TestNobodyHasToAskWhetherCellsAreWanted(t *testing.T) {
	var none *Book
	none.Of(Key{Kind: Check, Code: "a"}).Add(1, 2)
	none.New().Merge(&Cells{})
	none.Set(Key{}, nil)
	require.Nil(t, none.Find(Key{}))
	require.Zero(t, none.New().Len())

	var b Book
	b.Of(Key{Kind: Check, Code: "a"}).Add(1, 2)
	b.Of(Key{Kind: Check, Code: "a"}).Add(1, 2)
	require.Equal(t, int64(1), b.Find(Key{Kind: Check, Code: "a"}).Len(), "a cell counts once")
	require.Nil(t, b.Find(Key{Kind: Rule, Code: "a"}))
	require.Positive(t, b.Bytes())
}
