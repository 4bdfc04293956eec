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

// moments are sums over numbers.
type moments struct {
	n, whole, zeros, negatives int64
	low, high                  float64
	sum, lost                  float64 // Neumaier's compensated sum
	mean, squares              float64 // squares of the distances from the mean
}

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
	var m moments
	for _, w := range sorted {
		m.addWeighted(w.value, w.count)
	}
	return m
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

func (m *moments) addWeighted(v float64, n int64) {
	if v == math.Trunc(v) {
		m.whole += n
	}
	if v == 0 {
		m.zeros += n
	}
	if v < 0 {
		m.negatives += n
	}
	m.merge(moments{n: n, low: v, high: v, sum: v * float64(n), mean: v})
}

// add adds some numbers: their mean first, then the squares of their distances, which loses no digits.
func (m *moments) add(values []float64) {
	part := moments{n: int64(len(values)), low: values[0], high: values[0]}
	for _, v := range values {
		part.sum += v
		if v < part.low {
			part.low = v
		}
		if v > part.high {
			part.high = v
		}
		if v < 0 {
			part.negatives++
		}
		if v == 0 {
			part.zeros++
		}
		if v == math.Trunc(v) {
			part.whole++
		}
	}
	part.mean = part.sum / float64(len(values))
	for _, v := range values {
		part.squares += (v - part.mean) * (v - part.mean)
	}
	m.whole += part.whole
	m.zeros += part.zeros
	m.negatives += part.negatives
	m.merge(part)
}

// merge adds the sums of other numbers (Chan, Golub and LeVeque 1979).
func (m *moments) merge(o moments) {
	if m.n == 0 {
		m.low, m.high = o.low, o.high
	}
	m.low, m.high = min(m.low, o.low), max(m.high, o.high)
	total := m.sum + o.sum
	if math.Abs(m.sum) >= math.Abs(o.sum) {
		m.lost += (m.sum - total) + o.sum
	} else {
		m.lost += (o.sum - total) + m.sum
	}
	m.sum = total
	n := float64(m.n + o.n)
	distance := o.mean - m.mean
	m.mean += distance * float64(o.n) / n
	m.squares += o.squares + distance*distance*float64(m.n)*float64(o.n)/n
	m.n += o.n
}

// average is the mean by the sum, which is nearly exact; numbers whose sum is beyond a double have that of the merging.
func (m *moments) average() float64 {
	if sum := m.sum + m.lost; !math.IsInf(sum, 0) && !math.IsNaN(sum) {
		return sum / float64(m.n)
	}
	return m.mean
}

// finite keeps a figure within what a document can hold.
func finite(v float64) float64 {
	if math.IsNaN(v) {
		return 0
	}
	return min(max(v, -math.MaxFloat64), math.MaxFloat64)
}
