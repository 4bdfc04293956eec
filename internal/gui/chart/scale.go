// Package chart draws the window's charts: a line over time and sorted bars. What can be computed without drawing is
// plain functions.
package chart

import (
	"math"
	"sort"
)

// Ticks are round values that cover low to high, about n of them, from the first at or below low to the last at or
// above high. Equal bounds are widened.
func Ticks(low, high float64, n int) []float64 {
	if n < 2 {
		n = 2
	}
	if math.IsNaN(low) || math.IsNaN(high) || math.IsInf(low, 0) || math.IsInf(high, 0) {
		return []float64{0, 1}
	}
	if low > high {
		low, high = high, low
	}
	if low == high {
		if low == 0 {
			high = 1
		} else {
			low, high = math.Min(0, low), math.Max(0, high)
		}
	}
	// Values at the ends of what numbers can be have no round steps between them.
	switch span := high - low; {
	case math.IsInf(span, 0):
		return []float64{low, high}
	case span < 1e-300:
		return []float64{0, 1}
	}
	step := niceStep((high - low) / float64(n))
	first := math.Floor(low/step + 1e-9)
	last := math.Ceil(high/step - 1e-9)
	ticks := make([]float64, 0, int(last-first)+1)
	for i := first; i <= last; i++ {
		ticks = append(ticks, i*step)
	}
	return ticks
}

// niceStep is the smallest of 1, 2, 2.5, 5 times a power of ten that is not below raw.
func niceStep(raw float64) float64 {
	power := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, m := range []float64{1, 2, 2.5, 5} {
		if m*power >= raw*(1-1e-9) {
			return m * power
		}
	}
	return 10 * power
}

// Scale maps values to pixels.
type Scale struct{ Low, High, From, To float64 }

// farthest is beyond any screen; a place farther away can't be drawn.
const farthest = 1e6

// Pixel is where v lies.
func (s Scale) Pixel(v float64) float64 {
	if s.High == s.Low {
		return (s.From + s.To) / 2
	}
	at := s.From + (v-s.Low)/(s.High-s.Low)*(s.To-s.From)
	if math.IsNaN(at) {
		return s.From
	}
	return max(-farthest, min(farthest, at))
}

// Vertex is a corner of the drawn line; X counts the points.
type Vertex struct{ X, Y float64 }

// Downsample keeps, of the values that fall into one of width columns, the least and the greatest in their order, so
// that no peak is lost. Values that are as few as the columns are all kept.
func Downsample(values []float64, width int) []Vertex {
	if width < 1 {
		width = 1
	}
	n := len(values)
	if n <= 2*width {
		out := make([]Vertex, n)
		for i, v := range values {
			out[i] = Vertex{float64(i), v}
		}
		return out
	}
	out := make([]Vertex, 0, 2*width)
	for c := range width {
		from, to := c*n/width, (c+1)*n/width
		low, high := from, from
		for i := from; i < to; i++ {
			if values[i] < values[low] {
				low = i
			}
			if values[i] > values[high] {
				high = i
			}
		}
		a, b := min(low, high), max(low, high)
		out = append(out, Vertex{float64(a), values[a]})
		if b != a {
			out = append(out, Vertex{float64(b), values[b]})
		}
	}
	return out
}

// Nearest is the index of the point nearest to a place between 0 (the first point) and 1 (the last); -1 without points.
func Nearest(n int, place float64) int {
	if n == 0 {
		return -1
	}
	i := int(math.Round(place * float64(n-1)))
	return max(0, min(n-1, i))
}

// LabelEvery is which of n labels of the given width fit into width: every k-th, at least with a gap between them.
func LabelEvery(n int, label, width float32) int {
	if n <= 1 || label <= 0 {
		return 1
	}
	fit := max(int(width/(label+16)), 1)
	return max(1, int(math.Ceil(float64(n)/float64(fit))))
}

// LabelAt is which of n periods get a label of the given width within width: as many of the marks as fit, evenly, or every
// k-th period where there are fewer than three marks.
func LabelAt(n int, marks []int, label, width float32) []int {
	if len(marks) < 3 {
		marks = make([]int, n)
		for i := range marks {
			marks[i] = i
		}
	}
	if n == 0 {
		return nil
	}
	room := width * float32(marks[len(marks)-1]-marks[0]+1) / float32(n)
	every := LabelEvery(len(marks), label, max(room, 1))
	if len(marks) < n && every > 3 { // of months: half-years and years
		every = (every + 5) / 6 * 6
		if every > 6 {
			every = (every + 11) / 12 * 12
		}
	}
	var out []int
	for i := 0; i < len(marks); i += every {
		out = append(out, marks[i])
	}
	return out
}

// Bar is a row of a bar chart.
type Bar struct {
	Label string
	Value float64
	Text  string // the value as it is written at the bar
	// Readout is what is said about the bar under the mouse; "" for nothing.
	Readout string
	Chosen  bool // a part of which all else is shown
}

// Sorted is the bars by value, the greatest first, equal ones by label.
func Sorted(bars []Bar) []Bar {
	out := append([]Bar(nil), bars...)
	sort.SliceStable(out, func(i, j int) bool {
		if out[i].Value != out[j].Value {
			return out[i].Value > out[j].Value
		}
		return out[i].Label < out[j].Label
	})
	return out
}
