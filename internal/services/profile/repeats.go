package profile

// repeats counts rows that are equal to an earlier one, by the hashes of their values. Nearly always a row has a value
// that its column never had before, and so equals no earlier row: only the hashes of the others are looked for, once all
// rows are known. The zero value has no rows.
type repeats struct {
	pieces     [][]uint64 // the hashes of all rows
	last       []uint64
	candidates []int // rows that may repeat one
	rows       int
}

const repeatsPiece = 1 << 16

// add takes the next row; fresh says that no earlier row equals it.
func (r *repeats) add(hash uint64, fresh bool) {
	if len(r.last) == cap(r.last) {
		if r.last != nil {
			r.pieces = append(r.pieces, r.last)
		}
		r.last = make([]uint64, 0, repeatsPiece)
	}
	r.last = append(r.last, hash)
	if !fresh {
		r.candidates = append(r.candidates, r.rows)
	}
	r.rows++
}

// count is the number of rows that repeat an earlier one.
func (r *repeats) count() int64 {
	if len(r.candidates) == 0 {
		return 0
	}
	pieces := append(r.pieces[:len(r.pieces):len(r.pieces)], r.last)
	wanted := hashSet{}
	for _, row := range r.candidates {
		wanted.add(pieces[row/repeatsPiece][row%repeatsPiece])
	}
	var seen hashSet
	next, row := 0, 0
	var n int64
	for _, piece := range pieces {
		for _, hash := range piece {
			candidate := next < len(r.candidates) && r.candidates[next] == row
			if candidate {
				next++
			}
			row++
			if wanted.has(hash) && !seen.add(hash) && candidate {
				n++
			}
		}
	}
	return n
}

// hashSet is a set of hashes of 64 bits. The zero value is empty.
type hashSet struct {
	table []uint64 // 0 is a free slot
	n     int
	shift uint8
}

// add adds a hash and says whether it is new.
func (s *hashSet) add(hash uint64) bool {
	if s.n*2 >= len(s.table) {
		s.grow()
	}
	at := s.find(hash | 1)
	if s.table[at] != 0 {
		return false
	}
	s.table[at] = hash | 1
	s.n++
	return true
}

// has says whether a hash was added.
func (s *hashSet) has(hash uint64) bool { return s.table[s.find(hash|1)] != 0 }

// find is the slot of a hash, or the one where it belongs.
func (s *hashSet) find(hash uint64) uint64 {
	mask := uint64(len(s.table) - 1)
	i := hash >> s.shift
	for s.table[i&mask] != hash && s.table[i&mask] != 0 {
		i++
	}
	return i & mask
}

func (s *hashSet) grow() {
	old := s.table
	if old == nil {
		s.table, s.shift = make([]uint64, 64), 64-6
		return
	}
	s.table, s.shift = make([]uint64, 2*len(old)), s.shift-1
	for _, hash := range old {
		if hash != 0 {
			s.table[s.find(hash)] = hash
		}
	}
}
