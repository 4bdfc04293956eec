package cleaning

import (
	"bytes"
	"hash/maphash"
)

// digestFrom is the length from which a text is kept as a digest of 128 bits, so that a set's memory depends on the
// number of its texts, not on their lengths.
const digestFrom = 64

// TextSet is an exact set of texts that keeps them one after the other in one piece of memory. The zero value is empty.
type TextSet struct {
	table  []slot
	ends   []uint64
	arena  []byte
	seeds  [3]maphash.Seed
	digest [17]byte
	last   int // position of the text that was looked for last: columns repeat their texts
}

type slot struct {
	hash  uint32
	index uint32 // counts from 1; 0 is a free slot
}

// Len is the number of texts.
func (s *TextSet) Len() int { return len(s.ends) }

// Add adds a text and says whether it is new.
func (s *TextSet) Add(text []byte) bool {
	if s.table == nil {
		s.table = make([]slot, 64)
		s.seeds = [3]maphash.Seed{maphash.MakeSeed(), maphash.MakeSeed(), maphash.MakeSeed()}
	}
	if len(text) >= digestFrom {
		text = s.digested(text)
	}
	if len(s.ends) > 0 && bytes.Equal(s.at(s.last), text) {
		return false
	}
	hash := uint32(maphash.Bytes(s.seeds[0], text))
	mask := uint32(len(s.table) - 1)
	i := hash & mask
	for ; s.table[i].index != 0; i = (i + 1) & mask {
		if s.table[i].hash == hash {
			if at := int(s.table[i].index - 1); bytes.Equal(s.at(at), text) {
				s.last = at
				return false
			}
		}
	}
	s.arena = append(s.arena, text...)
	s.ends = append(s.ends, uint64(len(s.arena)))
	s.last = len(s.ends) - 1
	s.table[i] = slot{hash, uint32(len(s.ends))}
	if len(s.ends)*4 > len(s.table)*3 {
		s.grow()
	}
	return true
}

func (s *TextSet) at(i int) []byte {
	var from uint64
	if i > 0 {
		from = s.ends[i-1]
	}
	return s.arena[from:s.ends[i]]
}

// digested stands for a long text; its first byte is in no UTF-8 text, so that it equals no short one.
func (s *TextSet) digested(text []byte) []byte {
	s.digest[0] = 0xFF
	for part, seed := range s.seeds[1:] {
		h := maphash.Bytes(seed, text)
		for i := range 8 {
			s.digest[1+part*8+i] = byte(h >> (8 * i))
		}
	}
	return s.digest[:]
}

func (s *TextSet) grow() {
	old := s.table
	s.table = make([]slot, 2*len(old))
	mask := uint32(len(s.table) - 1)
	for _, e := range old {
		if e.index == 0 {
			continue
		}
		i := e.hash & mask
		for s.table[i].index != 0 {
			i = (i + 1) & mask
		}
		s.table[i] = e
	}
}
