// Package chart draws the two kinds of chart of the results: a line over time with a read-out under the pointer, and
// sorted bars with their values beside them.
package chart

import "math"

// ticks returns the values of the grid lines from 0 to at least top: round steps, about n of them.
func ticks(top float64, n int) []float64 {
	if top <= 0 || math.IsInf(top, 0) || math.IsNaN(top) {
		return []float64{0, 1}
	}
	raw := top / float64(n)
	mag := math.Pow(10, math.Floor(math.Log10(raw)))
	step := mag * 10
	for _, m := range []float64{1, 2, 2.5, 5} {
		if raw <= m*mag {
			step = m * mag
			break
		}
	}
	out := []float64{0}
	for v := step; ; v += step {
		out = append(out, v)
		if v >= top {
			return out
		}
	}
}

// nearest is the index of the point at x of a plot that is width wide and holds n points from edge to edge.
func nearest(x, width float32, n int) int {
	if n < 2 || width <= 0 {
		return 0
	}
	i := int(math.Round(float64(x / width * float32(n-1))))
	return min(max(i, 0), n-1)
}
