package columns

import (
	"cmp"
	"math"
	"slices"
)

// sketchShift leaves of a double its sign, its exponent and 7 bits of its fraction: buckets 0.8 % wide.
const sketchShift = 45

// Numbers of one sign and exponent have buckets that lie together, since most columns have few of those.
const (
	octaveBits = 64 - 7 - sketchShift
	octaves    = 1 << octaveBits
)

type octave [1 << 7]uint32

// octavePages is in how many pieces the octaves' places are kept: of most columns one or two are needed.
const octavePages = 1 << 6

// sketch counts numbers in buckets. The zero value is empty.
type sketch struct {
	places []*[octaves / octavePages]uint16 // of each octave, counting from 1; 0 where it has no numbers
	counts []octave
	n      int64
	most   int   // octaves; mostOctaves where 0
	wider  uint8 // an octave is of so many bits of the exponent less, and a bucket so often doubled
}

// mostOctaves bounds what a sketch takes: no column but one made for it has numbers of so many exponents.
const mostOctaves = 1 << 9

func (s *sketch) add(bits uint64, n uint32) {
	if s.places == nil {
		s.places = make([]*[octaves / octavePages]uint16, octavePages)
	}
	number := bits >> (64 - octaveBits + s.wider)
	page := &s.places[number/(octaves/octavePages)]
	if *page == nil {
		*page = new([octaves / octavePages]uint16)
	}
	place := &(*page)[number%(octaves/octavePages)]
	if *place == 0 {
		if len(s.counts) >= cmp.Or(s.most, mostOctaves) {
			s.widen()
			s.add(bits, n)
			return
		}
		if len(s.counts) == cap(s.counts) {
			s.counts = slices.Grow(s.counts, 1+len(s.counts)/4) // doubled, half of it would be empty in each of many columns
		}
		s.counts = append(s.counts, octave{})
		*place = uint16(len(s.counts))
	}
	s.counts[*place-1][bits>>(sketchShift+s.wider)%uint64(len(octave{}))] += n
	s.n += int64(n)
}

// widen makes one octave of two, with buckets of twice the width.
func (s *sketch) widen() {
	fine := *s
	*s = sketch{most: s.most, wider: s.wider + 1}
	fine.each(0, octaves>>fine.wider, func(bits uint64, n uint32) { s.add(bits, n) })
}

// each gives the beginning of each bucket of some octaves, with its count, in their order.
func (s *sketch) each(from, to int, take func(bits uint64, n uint32)) {
	for number := from; number < to; number++ {
		page := s.places[number/(octaves/octavePages)]
		if page == nil || page[number%(octaves/octavePages)] == 0 {
			continue
		}
		for bucket, n := range s.counts[page[number%(octaves/octavePages)]-1] {
			if n > 0 {
				take(uint64(number)<<(64-octaveBits+s.wider)|uint64(bucket)<<(sketchShift+s.wider), n)
			}
		}
	}
}

// weighted is a number that occurs so many times.
type weighted struct {
	value float64
	count int64
}

// sorted are the buckets' middles in ascending order, none outside of [low, high].
func (s *sketch) sorted(low, high float64) []weighted {
	if s.n == 0 {
		return nil
	}
	var out []weighted
	take := func(bits uint64, n uint32) {
		middle := math.Float64frombits(bits | 1<<(sketchShift+s.wider-1))
		if bits == 0 {
			middle = 0 // the bucket of 0 holds nothing else but numbers too small to matter
		}
		out = append(out, weighted{min(max(middle, low), high), int64(n)})
	}
	half := octaves / 2 >> s.wider
	s.each(half, 2*half, take) // the negative ones, from 0 down
	slices.Reverse(out)
	s.each(0, half, take)
	return out
}

// quantile interpolates linearly at position p x (n-1) of the numbers in ascending order, as numpy does by default.
func quantile(sorted []weighted, n int64, p float64) float64 {
	position := p * float64(n-1)
	lower := math.Floor(position)
	part := position - lower
	a, b := nth(sorted, int64(lower)), nth(sorted, min(int64(lower)+1, n-1))
	if math.IsInf(b-a, 0) { // no double holds the distance
		return a*(1-part) + b*part
	}
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

// mostSpans is how many spans of time a column's instants are counted in: of a year they are of two hours or less.
const mostSpans = 1 << 13

// spans counts instants in at most mostSpans spans of equal length, which doubles when they become too many. The zero value
// has none.
type spans struct {
	counts counter // by the number of the span, a signed one
	length int64   // milliseconds
	most   int     // mostSpans where 0
}

func (s *spans) add(millis int64, n uint32) {
	if s.length == 0 {
		s.length = 60_000
	}
	s.counts.add(uint64(floorDiv(millis, s.length)), n)
	for s.counts.n > cmp.Or(s.most, mostSpans) {
		s.length *= 2
		wider := counter{tight: s.counts.tight}
		s.counts.each(func(v *slot) { wider.add(uint64(floorDiv(int64(v.key), 2)), v.count) })
		s.counts = wider
	}
}

// each gives the middle of every span with its count, in no order.
func (s *spans) each(f func(middle, n int64)) {
	s.counts.each(func(v *slot) { f(int64(v.key)*s.length+s.length/2, int64(v.count)) })
}

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}
