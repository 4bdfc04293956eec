package kpis

import (
	"math"
	"math/big"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAmountsAreExactWhateverTheOrder adds numbers of all sizes in two orders and compares with big integers.
func TestAmountsAreExactWhateverTheOrder(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 8))
	for _, scale := range []float64{1, 1e6, 1e15, 1e30} {
		var values []units
		want := new(big.Int)
		for range 2000 {
			u := tenThousandths(r.NormFloat64() * scale)
			values = append(values, u)
			whole, accuracy := big.NewFloat(float64(u)).Int(nil)
			require.Equal(t, big.Exact, accuracy)
			want.Add(want, whole)
		}
		var forward, backward amount
		for i := range values {
			forward.add(values[i])
			backward.add(values[len(values)-1-i])
		}
		require.Zero(t, want.Cmp(forward.total()))
		require.Zero(t, want.Cmp(backward.total()))
		require.Zero(t, forward.compare(&backward))
		forward.add(1)
		require.Equal(t, 1, forward.compare(&backward))
		require.Equal(t, -1, backward.compare(&forward))
	}
}

func TestSumsNearTheLimitOf64Bits(t *testing.T) {
	var a amount
	for range 10 {
		a.add(units(1 << 61))
	}
	require.Equal(t, new(big.Int).Lsh(big.NewInt(10), 61), a.total())
	a.add(tenThousandths(math.MaxFloat64))
	require.False(t, math.IsInf(a.money(), 0))
}

func TestRoundingIsHalfToEven(t *testing.T) {
	for _, c := range []struct {
		ten  int64
		want float64
	}{{50, 0}, {150, 0.02}, {250, 0.02}, {251, 0.03}, {-50, 0}, {-150, -0.02}, {-250, -0.02}, {-251, -0.03}, {10_050, 1}, {123_456_789_050, 12345678.9}} {
		a := amount{small: c.ten}
		require.Equal(t, c.want, a.money()+0, c.ten)
	}
	require.Equal(t, units(1250), tenThousandths(0.125))
	require.Equal(t, units(0), tenThousandths(0.00005))
	require.Equal(t, units(2), tenThousandths(0.00015000000000000001))
	a := amount{small: 5 * 10_000}
	require.Equal(t, 1.67, a.perOrder(3))
	require.Equal(t, 0.034356, rate(49_080, 1_428_571))
}
