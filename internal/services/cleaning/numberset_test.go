package cleaning

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumberSetCountsAsAMapDoes(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, spread := range []int{1, 10, 1000, 1_000_000} {
		var s numberSet
		reference := map[float64]bool{}
		for range 20_000 {
			n := float64(r.IntN(2*spread) - spread)
			if r.IntN(4) == 0 {
				n /= 8
			}
			require.Equal(t, !reference[n], s.add(n))
			reference[n] = true
			require.Equal(t, len(reference), s.len())
		}
	}
	var s numberSet
	for _, n := range []float64{math.MaxFloat64, math.SmallestNonzeroFloat64, 0, 0, -math.MaxFloat64, 0} {
		s.add(n)
	}
	require.Equal(t, 4, s.len())
}
