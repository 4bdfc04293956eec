package columns

import (
	"math"
)

// numbers keeps what is said of a column's numbers: each with its count while they are few, sums and sketches after.
type numbers struct {
	n      int64   // cells
	values counter // by the bits of the double; empty once there were too many
	many   bool

	distinct hyperLogLog
	sketch   sketch
	pending  []float64
	total    moments
}

// moments are sums over numbers, in a unit in which none of them is more than a double holds, and in distances from one of the
// numbers, so that large numbers that lie near each other lose no digits.
type moments struct {
	n, whole, zeros, negatives int64
	low, high                  float64
	unit, pivot                float64
	total                      compensated // of the numbers, in units
	mean, squares              float64     // of the distances from the pivot, and of the squares of those from the mean
}

// compensated is a sum with what was lost of it by rounding (Neumaier 1974).
type compensated struct{ sum, lost float64 }

func (c *compensated) add(v float64) {
	total := c.sum + v
	if math.Abs(c.sum) >= math.Abs(v) {
		c.lost += (c.sum - total) + v
	} else {
		c.lost += (v - total) + c.sum
	}
	c.sum = total
}

func (c *compensated) value() float64 { return c.sum + c.lost }

// largestUnits is how many units the largest number has at most: its square is far from the largest double.
const largestUnits = 1e100

// add counts a number and says whether it is known to be new.
func (s *numbers) add(bits uint64) (fresh bool) {
	s.n++
	if s.many {
		s.pending = append(s.pending, math.Float64frombits(bits))
		return false
	}
	return s.values.add(bits, 1).count == 1
}

// flush is called after each batch.
func (s *numbers) flush() {
	if !s.many {
		if s.values.full() {
			s.estimate()
		}
		return
	}
	if len(s.pending) == 0 {
		return
	}
	for _, v := range s.pending {
		bits := math.Float64bits(v)
		s.distinct.add(hashWord(bits))
		s.sketch.add(bits, 1)
	}
	s.total.add(s.pending)
	s.pending = s.pending[:0]
}

func (s *numbers) estimate() {
	sorted := s.sorted()
	s.total = sums(sorted)
	freeList(sorted)
	s.many = true
	s.values.each(func(v *slot) {
		s.distinct.add(hashWord(v.key))
		s.sketch.add(v.key, v.count)
	})
	s.values = counter{}
}

// sums are the moments of numbers in ascending order, that were counted one by one.
func sums(sorted []weighted) moments {
	m := moments{unit: 1}
	if len(sorted) == 0 {
		return m
	}
	m.low, m.high = sorted[0].value, sorted[len(sorted)-1].value
	m.unit = max(1, math.Abs(m.low)/largestUnits, math.Abs(m.high)/largestUnits)
	m.pivot = sorted[len(sorted)/2].value / m.unit
	var total partials
	var distances, squares compensated
	for _, w := range sorted {
		m.count(w.value, w.count)
		v, n := w.value/m.unit, float64(w.count)
		total.add(v * n)
		total.add(math.FMA(v, n, -v*n)) // what the product has lost
		distances.add((v - m.pivot) * n)
	}
	m.total.add(total.value())
	m.mean = distances.value() / float64(m.n)
	for _, w := range sorted {
		d := w.value/m.unit - m.pivot - m.mean
		squares.add(d * d * float64(w.count))
	}
	m.squares = squares.value()
	return m
}

// partials are an exact sum, as doubles that have no digits in common (Shewchuk 1997).
type partials []float64

func (p *partials) add(v float64) {
	kept := (*p)[:0]
	for _, part := range *p {
		if math.Abs(v) < math.Abs(part) {
			v, part = part, v
		}
		sum := v + part
		if lost := part - (sum - v); lost != 0 {
			kept = append(kept, lost)
		}
		v = sum
	}
	*p = append(kept, v)
}

func (p partials) value() float64 {
	sum := 0.0
	for _, part := range p {
		sum += part
	}
	return sum
}

// count counts a number that occurs so many times.
func (m *moments) count(v float64, n int64) {
	m.n += n
	if v == math.Trunc(v) {
		m.whole += n
	}
	if v == 0 {
		m.zeros += n
	}
	if v < 0 {
		m.negatives += n
	}
}

// whole says that no number has a fraction.
func (s *numbers) whole() bool {
	if s.many {
		return s.total.whole == s.n
	}
	whole := true
	s.values.each(func(v *slot) {
		number := math.Float64frombits(v.key)
		whole = whole && number == math.Trunc(number)
	})
	return whole
}

// sorted are the numbers in ascending order, or their sketch.
func (s *numbers) sorted() []weighted {
	if s.many {
		return s.sketch.sorted(s.total.low, s.total.high)
	}
	out := newList(s.values.n)
	s.values.each(func(v *slot) { out = append(out, weighted{math.Float64frombits(v.key), int64(v.count)}) })
	return sortWeighted(out)
}

// count is the number of different numbers, and whether it is exact.
func (s *numbers) count() (int64, bool) {
	if s.many {
		return s.distinct.estimate(), false
	}
	return int64(s.values.n), true
}

// figures are the sums over all numbers, and the numbers in ascending order or their sketch.
func (s *numbers) figures() (moments, []weighted) {
	sorted := s.sorted()
	if s.many {
		return s.total, sorted
	}
	return sums(sorted), sorted
}

// add adds some numbers to others: their mean first, then the squares of their distances, which loses no digits.
func (m *moments) add(values []float64) {
	before := float64(m.n)
	sum, distances := 0.0, 0.0
	per := 1 / m.unit
	for _, v := range values {
		sum += v * per
		distances += v*per - m.pivot
		if v < m.low {
			m.low = v
		}
		if v > m.high {
			m.high = v
		}
		if v < 0 {
			m.negatives++
		}
		if v == 0 {
			m.zeros++
		}
		if v == math.Trunc(v) {
			m.whole++
		}
	}
	m.n += int64(len(values))
	m.total.add(sum)
	mean, squares := distances/float64(len(values)), 0.0
	for _, v := range values {
		d := v*per - m.pivot - mean
		squares += d * d
	}
	// As Chan, Golub and LeVeque (1979) join two such sums.
	share := float64(len(values)) / float64(m.n)
	m.squares += squares + (mean-m.mean)*(mean-m.mean)*before*share
	m.mean += (mean - m.mean) * share
}

// finite keeps a figure within what a document can hold.
func finite(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(v, -math.MaxFloat64), math.MaxFloat64)
}
