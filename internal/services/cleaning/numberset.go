package cleaning

import "math"

// numberSet is an exact set of doubles: an open table of their bits, 8 bytes a slot. The zero value is empty.
type numberSet struct {
	table   []uint64 // 0 is a free slot
	count   int
	hasZero bool
	shift   uint8
	last    uint64 // the number that was added last: sorted columns repeat theirs
}

func (s *numberSet) len() int {
	if s.hasZero {
		return s.count + 1
	}
	return s.count
}

// add adds a number and says whether it is new.
func (s *numberSet) add(n float64) bool {
	bits := math.Float64bits(n)
	if bits == s.last {
		fresh := bits == 0 && !s.hasZero
		s.hasZero = s.hasZero || bits == 0
		return fresh
	}
	s.last = bits
	if bits == 0 {
		fresh := !s.hasZero
		s.hasZero = true
		return fresh
	}
	if s.table == nil {
		s.table, s.shift = make([]uint64, 64), 64-6
	}
	if !s.put(bits) {
		return false
	}
	s.count++
	if s.count*4 > len(s.table)*3 {
		old := s.table
		s.table, s.shift = make([]uint64, 2*len(old)), s.shift-1
		for _, b := range old {
			if b != 0 {
				s.put(b)
			}
		}
	}
	return true
}

// put stores the bits and says whether they are new.
func (s *numberSet) put(bits uint64) bool {
	mask := uint64(len(s.table) - 1)
	// Multiplied by 2^64 / golden ratio, the upper bits are spread evenly (Knuth, 6.4).
	for i := bits * 0x9E3779B97F4A7C15 >> s.shift; ; i = (i + 1) & mask {
		switch s.table[i] {
		case bits:
			return false
		case 0:
			s.table[i] = bits
			return true
		}
	}
}
