package chart_test

import (
	"math"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/chart"
)

func TestTicksAreRoundAndCoverTheValues(t *testing.T) {
	require.Equal(t, []float64{0, 10000, 20000, 30000, 40000, 50000}, chart.Ticks(0, 43210, 5))
	require.InDeltaSlice(t, []float64{0, 0.2, 0.4, 0.6, 0.8, 1}, chart.Ticks(0, 0, 5), 1e-9)
	require.Equal(t, []float64{-2, 0, 2, 4, 6, 8}, chart.Ticks(-1, 7.5, 5))
	require.Equal(t, []float64{0, 1}, chart.Ticks(math.NaN(), 3, 5))
	random := rand.New(rand.NewPCG(1, 2))
	for range 5000 {
		a, b := (random.Float64()-0.5)*math.Pow(10, random.Float64()*12), (random.Float64()-0.5)*math.Pow(10, random.Float64()*12)
		n := 2 + random.IntN(11)
		ticks := chart.Ticks(a, b, n)
		low, high := min(a, b), max(a, b)
		slack := (high - low) * 1e-6
		require.LessOrEqual(t, ticks[0], low+slack, "%v to %v", low, high)
		require.GreaterOrEqual(t, ticks[len(ticks)-1], high-slack, "%v to %v", low, high)
		require.LessOrEqual(t, len(ticks), n+2)
	}
}

func TestScale(t *testing.T) {
	s := chart.Scale{Low: 0, High: 10, From: 100, To: 0}
	require.Equal(t, 100.0, s.Pixel(0))
	require.Equal(t, 25.0, s.Pixel(7.5))
	require.Equal(t, 50.0, chart.Scale{Low: 3, High: 3, From: 0, To: 100}.Pixel(3))
}

func TestDownsampleKeepsPeaks(t *testing.T) {
	values := make([]float64, 10_000)
	values[1234], values[8765] = 99, -99
	got := chart.Downsample(values, 100)
	require.LessOrEqual(t, len(got), 200)
	require.Contains(t, got, chart.Vertex{X: 1234, Y: 99})
	require.Contains(t, got, chart.Vertex{X: 8765, Y: -99})
	for i := 1; i < len(got); i++ {
		require.Greater(t, got[i].X, got[i-1].X, "the points stay in their order")
	}
	require.Equal(t, []chart.Vertex{{X: 0, Y: 5}, {X: 1, Y: 6}}, chart.Downsample([]float64{5, 6}, 100))
	require.Empty(t, chart.Downsample(nil, 100))
}

func TestNearest(t *testing.T) {
	require.Equal(t, -1, chart.Nearest(0, 0.5))
	require.Equal(t, 0, chart.Nearest(5, -3))
	require.Equal(t, 2, chart.Nearest(5, 0.5))
	require.Equal(t, 4, chart.Nearest(5, 1.2))
	require.Equal(t, 0, chart.Nearest(1, 1))
}

func TestLabelsDoNotOverlap(t *testing.T) {
	require.Equal(t, 1, chart.LabelEvery(4, 60, 400))
	require.Equal(t, 73, chart.LabelEvery(365, 60, 400))
	require.Equal(t, 365, chart.LabelEvery(365, 60, 10))
}

func TestBarsAreSorted(t *testing.T) {
	in := []chart.Bar{{Label: "b", Value: 1}, {Label: "c", Value: 7}, {Label: "a", Value: 1}}
	require.Equal(t, []chart.Bar{{Label: "c", Value: 7}, {Label: "a", Value: 1}, {Label: "b", Value: 1}}, chart.Sorted(in))
	require.Equal(t, "b", in[0].Label, "the caller's order stays")
}

func TestAnyNumberHasAPlace(t *testing.T) {
	for _, v := range [][2]float64{{-1e308, 1.7e308}, {0, 5e-324}, {-5e-324, 0}, {0, 1.7e308}, {math.NaN(), 1}, {0, math.Inf(1)}} {
		ticks := chart.Ticks(v[0], v[1], 5)
		require.GreaterOrEqual(t, len(ticks), 2)
		require.Less(t, len(ticks), 20)
		s := chart.Scale{Low: ticks[0], High: ticks[len(ticks)-1], From: 0, To: 100}
		for _, x := range v {
			require.LessOrEqual(t, math.Abs(s.Pixel(x)), 1e6)
		}
	}
}

func TestLabelsStandAtTheBeginningsOfMonths(t *testing.T) {
	var marks []int
	day := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 365 {
		if day.AddDate(0, 0, i).Day() == 1 {
			marks = append(marks, i)
		}
	}
	require.Equal(t, marks, chart.LabelAt(365, marks, 60, 1200))
	at := chart.LabelAt(365, marks, 80, 900)
	require.Equal(t, []int{0, 59, 120, 181, 243, 304}, at, "each second month, not each 37 days")
	require.Equal(t, []int{0, 181}, chart.LabelAt(365, marks, 80, 400), "half-years before anything odd")
	require.Equal(t, []int{0, 10, 20}, chart.LabelAt(30, []int{0}, 80, 300), "within a month any day may have one")
	require.Equal(t, []int{0}, chart.LabelAt(1, nil, 80, 300))
	require.Empty(t, chart.LabelAt(0, nil, 80, 300))
}
