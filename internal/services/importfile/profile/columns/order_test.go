package columns

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumbersAreSortedAsTheyCompare(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for name, next := range map[string]func() float64{
		"all doubles": func() float64 {
			for {
				if v := math.Float64frombits(random.Uint64()); !math.IsNaN(v) && v != 0 {
					return v
				}
			}
		},
		"whole":  func() float64 { return float64(random.IntN(1000)) },
		"signed": func() float64 { return math.Round(random.NormFloat64()*1e6) / 128 },
		"one":    func() float64 { return 7 },
		"the extreme": func() float64 {
			return []float64{math.Inf(-1), -math.MaxFloat64, math.Inf(1), 5e-324, -5e-324, 0}[random.IntN(6)]
		},
	} {
		for _, n := range []int{0, 1, fewWeighted, fewWeighted + 1, 20_000} {
			list := make([]weighted, n)
			want := make([]float64, n)
			for i := range list {
				list[i] = weighted{next(), int64(i)}
				want[i] = list[i].value
			}
			before := slices.Clone(list)
			slices.Sort(want)
			sorted := sortWeighted(list)
			got, own := make([]float64, len(sorted)), make([]float64, len(sorted))
			for i, w := range sorted {
				got[i], own[i] = w.value, before[w.count].value
			}
			require.Equal(t, want, got, name)
			require.Equal(t, want, own, "the counts come with their numbers")
		}
	}
}

func BenchmarkSortWeighted(b *testing.B) {
	random := rand.New(rand.NewPCG(1, 2))
	list := make([]weighted, 50_000)
	for i := range list {
		list[i] = weighted{random.Float64() * 1e4, 1}
	}
	for b.Loop() {
		freeList(sortWeighted(append(newList(len(list)), list...)))
	}
}
