package amount

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func sum(units ...float64) *Sum {
	var s Sum
	for _, u := range units {
		s.Add(Units(u))
	}
	return &s
}

func TestWhatIsMissingCountsFromHalfAPercentOn(t *testing.T) {
	for _, c := range []struct {
		missing, total float64
		share          float64
		matters        bool
	}{
		{0, 0, 0, false}, {0, 100, 0, false}, {1, 0, 1, true}, {1, 199, 0.005, true}, {1, 200, 0.004975, false}, {1, -199, 0.005, true},
		{1, math.MaxFloat64, 0, false}, {math.MaxFloat64, 1, 1, true},
	} {
		require.Equal(t, c.share, Share(sum(c.missing), sum(c.total)), c)
		require.Equal(t, c.matters, Matters(sum(c.missing), sum(c.total)), c)
	}
}

func TestTwoSumsDifferFromHalfAPercentOn(t *testing.T) {
	for _, c := range []struct {
		a, b float64
		want bool
	}{{0, 0, false}, {5, 5, false}, {0, 1, true}, {199, 200, true}, {200, 201, false}, {-200, -199, true}, {-1, 1, true}, {math.MaxFloat64, 1, true}} {
		require.Equal(t, c.want, Differ(sum(c.a), sum(c.b)), c)
		require.Equal(t, c.want, Differ(sum(c.b), sum(c.a)), c)
	}
}

func TestASumIsNearUnits(t *testing.T) {
	require.True(t, sum(100, 20).Near(170, 50))
	require.False(t, sum(100, 20).Near(171, 50))
	require.True(t, sum(100, 20).Near(70, 50))
	require.False(t, sum(100, 20).Near(69, 50))
	require.False(t, sum(-1<<61, -1<<61, -1<<61).Near(1<<62-1, 50))
	require.False(t, sum(1).Near(math.MaxFloat64, 50))
	require.True(t, sum(math.MaxFloat64).Near(math.MaxFloat64, 50))
	require.False(t, sum(math.MaxFloat64).Near(1, 50))

	large := sum(math.MaxFloat64)
	large.AddSum(sum(7))
	large.AddSum(sum(-math.MaxFloat64))
	require.Zero(t, large.Compare(sum(7)))
	small := sum(3)
	small.AddSum(sum(4))
	require.Zero(t, small.Compare(sum(7)))
}
