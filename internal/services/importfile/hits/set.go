// Package hits keeps which cells of a file each finding is about: all of them, of a file of any length, in about a bit a row
// where they are many and two bytes each where they are few. Who counts a finding notes its cells here; who shows the file walks
// them and marks them.
package hits

import (
	"math/bits"
	"slices"
)

// Set is a set of row numbers as the file counts them, from 0 to 2³¹−1. The zero value is empty. It is not safe for use by
// several goroutines while rows are added; without, it is.
type Set struct {
	parts []part // in ascending order
	n     int64
}

// part is the rows of a set that have their upper bits in common: as a list while they are few, as bits afterwards.
type part struct {
	key  uint32
	n    int
	list []uint16
	bits []uint64
}

const (
	partBits  = 16
	partWords = 1 << partBits / 64
	// mostListed is how many rows take as much as a list as they do as bits.
	mostListed = 1 << partBits / 16
)

// Add adds a row. It is quickest where rows come in their order.
func (s *Set) Add(row int) {
	key, low := uint32(row>>partBits), uint16(row)
	at := len(s.parts) - 1
	if at < 0 || s.parts[at].key != key {
		var known bool
		if at, known = s.find(key); !known {
			s.parts = slices.Insert(s.parts, at, part{key: key})
		}
	}
	if s.parts[at].add(low) {
		s.n++
	}
}

func (s *Set) find(key uint32) (int, bool) {
	return slices.BinarySearchFunc(s.parts, key, func(p part, key uint32) int { return int(int64(p.key) - int64(key)) })
}

func (p *part) add(low uint16) bool {
	if p.bits == nil {
		at := len(p.list)
		if at > 0 && p.list[at-1] >= low {
			var known bool
			if at, known = slices.BinarySearch(p.list, low); known {
				return false
			}
		}
		if p.list = slices.Insert(p.list, at, low); len(p.list) > mostListed {
			p.bits = make([]uint64, partWords)
			for _, l := range p.list {
				p.bits[l>>6] |= 1 << (l & 63)
			}
			p.list = nil
		}
		p.n++
		return true
	}
	word, bit := &p.bits[low>>6], uint64(1)<<(low&63)
	if *word&bit != 0 {
		return false
	}
	*word |= bit
	p.n++
	return true
}

// Len is the number of rows; 0 of a nil set.
func (s *Set) Len() int64 {
	if s == nil {
		return 0
	}
	return s.n
}

// Has says whether a row is in the set.
func (s *Set) Has(row int) bool {
	if s == nil || row < 0 {
		return false
	}
	at, known := s.find(uint32(row >> partBits))
	if !known {
		return false
	}
	p, low := &s.parts[at], uint16(row)
	if p.bits != nil {
		return p.bits[low>>6]>>(low&63)&1 != 0
	}
	_, known = slices.BinarySearch(p.list, low)
	return known
}

// Before is how many rows of the set have a lower number.
func (s *Set) Before(row int) int64 {
	if s == nil || row <= 0 {
		return 0
	}
	key, low := uint32(row>>partBits), uint16(row)
	var n int64
	for i := range s.parts {
		p := &s.parts[i]
		if p.key > key {
			break
		}
		if p.key < key {
			n += int64(p.n)
			continue
		}
		if p.bits == nil {
			at, _ := slices.BinarySearch(p.list, low)
			n += int64(at)
			break
		}
		for _, w := range p.bits[:low>>6] {
			n += int64(bits.OnesCount64(w))
		}
		n += int64(bits.OnesCount64(p.bits[low>>6] & (1<<(low&63) - 1)))
	}
	return n
}

// Add all rows of another set.
func (s *Set) merge(other *Set) {
	for i := range other.parts {
		p := &other.parts[i]
		base := int(p.key) << partBits
		for _, low := range p.list {
			s.Add(base | int(low))
		}
		for i, w := range p.bits {
			for ; w != 0; w &= w - 1 {
				s.Add(base | i<<6 | bits.TrailingZeros64(w))
			}
		}
	}
}

// Bytes is the memory that the set takes.
func (s *Set) Bytes() int64 {
	var n int64
	for i := range s.parts {
		n += 64 + int64(2*cap(s.parts[i].list)+8*cap(s.parts[i].bits))
	}
	return n
}
