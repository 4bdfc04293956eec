package dataset

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNumbersTakeAsFewBytesAsTheyNeed(t *testing.T) {
	for name, c := range map[string]struct {
		values []int64
		bytes  int64
	}{
		"none":        {nil, 0},
		"all alike":   {[]int64{7, 7, 7, 7}, 0},
		"one byte":    {[]int64{-5, 250, 0, 7}, 4},
		"two":         {[]int64{-5, 251, 0, 7}, 8},
		"two, full":   {[]int64{100, 100 + math.MaxUint16, 101, 102}, 8},
		"four":        {[]int64{100, 101 + math.MaxUint16, 101, 102}, 16},
		"four, full":  {[]int64{math.MinInt32, math.MaxInt32, 0, 1}, 16},
		"eight":       {[]int64{math.MinInt32, math.MaxInt32 + 1, 0, 1}, 32},
		"all of them": {[]int64{math.MinInt64, math.MaxInt64, 0, -1}, 32},
	} {
		for _, withNull := range []bool{false, true} {
			b := newBuilder(Integer, len(c.values))
			for _, x := range c.values {
				b.whole(x)
				if withNull {
					b.null()
				}
			}
			v := b.finish()
			per := 1
			if withNull {
				per = 2
			}
			require.Equal(t, c.bytes*int64(per), v.wholes.size(), name)
			for i, x := range c.values {
				require.Equal(t, x, v.whole(i*per), name)
				require.False(t, v.isNull(i*per), name)
				require.True(t, !withNull || v.isNull(i*per+1), name)
			}
		}
	}
}

func TestHundredthsAreTheAmountsThatTheyWere(t *testing.T) {
	for name, c := range map[string]struct {
		values []float64
		bytes  int64 // of all
	}{
		"cents":                 {[]float64{0.01, 0.29, 1.15, 655.35}, 8},
		"below zero":            {[]float64{-0.01, 19_999_999.99, 0, 4.35}, 16},
		"a tenth of a cent":     {[]float64{0.01, 0.005, 0, 0}, 32},
		"nearly a cent":         {[]float64{0.01, math.Nextafter(0.29, 1), 0, 0}, 32},
		"no end":                {[]float64{math.Inf(1), math.Inf(-1), 0, 0.5}, 32},
		"more than fit":         {[]float64{21_474_836.48, 0, 0, 0}, 32},
		"as many as fit":        {[]float64{21_474_836.47, -21_474_836.47, 0, 0}, 16},
		"smaller than any cent": {[]float64{math.SmallestNonzeroFloat64, 0, 0, 0}, 32},
	} {
		b := newBuilder(Decimal, len(c.values))
		for _, x := range c.values {
			b.real(x)
		}
		b.null()
		v := b.finish()
		for i, x := range c.values {
			require.Equal(t, math.Float64bits(x), math.Float64bits(v.real(i)), name)
		}
		require.True(t, v.isNull(len(c.values)), name)
		require.Equal(t, c.bytes/4*5, v.size()-8, name) // the nulls' bits take 8
	}
}

func TestCodesOfTextsAreNarrow(t *testing.T) {
	for _, c := range []struct{ texts, bytes int }{{3, 1}, {254, 1}, {255, 2}, {65_534, 2}, {65_535, 4}} {
		b := newBuilder(Text, c.texts+1)
		b.null()
		for i := range c.texts {
			require.True(t, b.text([]byte{byte(i), byte(i >> 8), byte(i >> 16)}))
		}
		v := b.finish()
		require.EqualValues(t, c.bytes*(c.texts+1), v.codes.size(), c.texts)
		require.True(t, v.isNull(0))
		for _, i := range []int{0, 1, c.texts - 1} {
			require.False(t, v.isNull(i+1))
			require.Equal(t, []byte{byte(i), byte(i >> 8), byte(i >> 16)}, v.text(i+1))
		}
	}
}
