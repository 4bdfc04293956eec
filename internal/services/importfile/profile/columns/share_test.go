package columns

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestShareIsRoundedHalfToEven(t *testing.T) {
	for _, c := range []struct {
		part, whole int64
		want        float64
	}{{0, 0, 0}, {1, 3, 0.333333}, {2, 3, 0.666667}, {1, 2_000_000, 0}, {3, 2_000_000, 0.000002}, {5, 5, 1}, {math.MaxInt64 / 2, math.MaxInt64 - 1, 0.5}} {
		require.Equal(t, c.want, Share(c.part, c.whole), c)
	}
}
