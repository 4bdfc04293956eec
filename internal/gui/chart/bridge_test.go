package chart

import (
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/style"
	"fabricportal/internal/gui/words"
)

func TestAFigureOfABridgeIsNeverCut(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(style.New())
	s := BridgeStep{Text: "+123,456,789,012.34", Value: 123_456_789_012.34}
	require.Equal(t, s.Text, s.fitting(300))
	require.Equal(t, "+"+words.Short(s.Value), s.fitting(60))
	s.Whole, s.Text = true, "123,456,789,012.34"
	require.Equal(t, words.Short(s.Value), s.fitting(60))
}

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
