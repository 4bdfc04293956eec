package columns

import "math"

// sketchShift leaves of a double its sign, its exponent and 7 bits of its fraction: buckets 0.8 % wide.
const sketchShift = 45

// sketch counts numbers in buckets. The zero value is empty.
type sketch struct {
	counts []uint32
	n      int64
}

func (s *sketch) add(bits uint64, n uint32) {
	if s.counts == nil {
		s.counts = make([]uint32, 1<<(64-sketchShift))
	}
	s.counts[bits>>sketchShift] += n
	s.n += int64(n)
}

// weighted is a number that occurs so many times.
type weighted struct {
	value float64
	count int64
}

// sorted are the buckets' middles in ascending order, none outside of [low, high].
func (s *sketch) sorted(low, high float64) []weighted {
	var out []weighted
	take := func(bucket int) {
		n := s.counts[bucket]
		if n == 0 {
			return
		}
		middle := math.Float64frombits(uint64(bucket)<<sketchShift | 1<<(sketchShift-1))
		if bucket == 0 {
			middle = 0 // the bucket of 0 holds nothing else but numbers too small to matter
		}
		out = append(out, weighted{min(max(middle, low), high), int64(n)})
	}
	half := len(s.counts) / 2
	for bucket := len(s.counts) - 1; bucket >= half; bucket-- {
		take(bucket)
	}
	for bucket := range half {
		take(bucket)
	}
	return out
}

// quantile interpolates linearly at position p x (n-1) of the numbers in ascending order, as numpy does by default.
func quantile(sorted []weighted, n int64, p float64) float64 {
	position := p * float64(n-1)
	lower := math.Floor(position)
	part := position - lower
	a, b := nth(sorted, int64(lower)), nth(sorted, min(int64(lower)+1, n-1))
	// As numpy interpolates, so that the last bit is the same.
	if part >= 0.5 {
		return b - (b-a)*(1-part)
	}
	return a + (b-a)*part
}

func nth(sorted []weighted, i int64) float64 {
	for _, w := range sorted {
		if i < w.count {
			return w.value
		}
		i -= w.count
	}
	return sorted[len(sorted)-1].value
}

// bins is the number of bins of a histogram.
const bins = 20

// histogram counts values in bins of equal width over [low, high].
func histogram(values []weighted, low, high float64) []int64 {
	if low == high {
		var total int64
		for _, w := range values {
			total += w.count
		}
		return []int64{total}
	}
	counts := make([]int64, bins)
	for _, w := range values {
		counts[bin(w.value, low, high)] += w.count
	}
	return counts
}

func bin(v, low, high float64) int {
	if width := high - low; !math.IsInf(width, 0) {
		return min(bins-1, int(math.Floor((v-low)/width*bins)))
	}
	// The width of a range that goes over nearly all doubles is none that a double holds.
	return min(bins-1, int(math.Floor((v/2-low/2)/(high/2-low/2)*bins)))
}

// spans counts instants in at most exactValues spans of equal length, which doubles when they become too many.
type spans struct {
	counts map[int64]int64
	length int64 // milliseconds
}

func (s *spans) add(millis, n int64) {
	if s.counts == nil {
		s.counts, s.length = map[int64]int64{}, 60_000
	}
	s.counts[floorDiv(millis, s.length)] += n
	for len(s.counts) > exactValues {
		s.length *= 2
		wider := make(map[int64]int64, len(s.counts)/2)
		for span, n := range s.counts {
			wider[floorDiv(span, 2)] += n
		}
		s.counts = wider
	}
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
