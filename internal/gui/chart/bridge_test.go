package chart

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestABridgeLeadsFromSumToSum(t *testing.T) {
	steps := []BridgeStep{{Value: 1200, Whole: true}, {Value: 300}, {Value: -50}, {Value: 12.34}, {Value: 1462.34, Whole: true}}
	from, to, low, high, cut := Levels(steps)
	require.Equal(t, []float64{0, 1200, 1500, 1450, 0}, from)
	require.Equal(t, []float64{1200, 1500, 1450, 1462.34, 1462.34}, to)
	require.Equal(t, []float64{900, 1500}, []float64{low, high}, "what is between would not be seen else")
	require.True(t, cut)

	_, _, low, _, cut = Levels([]BridgeStep{{Value: 1200, Whole: true}, {Value: -900}, {Value: 300, Whole: true}})
	require.Zero(t, low)
	require.False(t, cut)
	_, _, low, high, cut = Levels([]BridgeStep{{Value: 10, Whole: true}, {Value: -30}, {Value: -20, Whole: true}})
	require.Equal(t, []float64{-20, 10}, []float64{low, high})
	require.False(t, cut)
	_, _, low, high, _ = Levels([]BridgeStep{{Whole: true}, {}, {Whole: true}})
	require.Less(t, low, high)
}
