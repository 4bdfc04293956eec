package profile

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
			s.add(n)
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

func TestShareIsRoundedHalfToEven(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        float64
	}{{0, 0, 0}, {1, 3, 0.333333}, {2, 3, 0.666667}, {1, 2_000_000, 0}, {3, 2_000_000, 0.000002}, {5, 5, 1}, {math.MaxInt64 / 2, math.MaxInt64 - 1, 0.5}} {
		require.Equal(t, c.want, share(c.part, c.whole), c)
	}
}
