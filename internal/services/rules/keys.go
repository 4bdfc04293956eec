package rules

import (
	"hash/maphash"

	"fabricportal/internal/services/cleaning"
)

// keys tells which rows repeat an earlier row's values in some columns; a row that has none of them is not judged. Keys
// are told apart by 64 bits of a hash: among a million rows two different ones are taken for equal with a chance of one
// in thirty million.
type keys struct {
	columns []int
	seed    maphash.Seed
	seen    hashSet
	key     []byte
	hashes  []uint64 // of the batch's rows; 0 for those that are not judged
	touched uint64
}

// start computes the hashes of a batch and looks where each would stand. The places are far apart in memory: the
// processor fetches many at once where nothing depends on what it finds, and has them when the rows are asked about.
func (k *keys) start(c *Checker) {
	k.hashes = k.hashes[:0]
	for row := range c.filled {
		k.key = k.key[:0]
		judged := false
		for _, column := range k.columns {
			v := &c.values[column][row]
			judged = judged || v.Kind != cleaning.Null
			k.key = append(appendText(k.key, v), 0)
			if v.Same != 0 && k.seen.table == nil {
				k.seen.grow(min(c.source.Texts.Len(), maxExpectedKeys))
			}
		}
		hash := uint64(0)
		if judged {
			hash = max(maphash.Bytes(k.seed, k.key), 1)
		}
		k.hashes = append(k.hashes, hash)
	}
	if mask := uint64(len(k.seen.table)) - 1; len(k.seen.table) > 0 {
		for _, hash := range k.hashes {
			k.touched += k.seen.table[hash&mask]
		}
	}
}

// fresh says whether a row's key is new.
func (k *keys) fresh(_ *Checker, row int) bool {
	hash := k.hashes[row]
	return hash == 0 || k.seen.add(hash)
}

// maxExpectedKeys bounds the memory that is taken for keys before they are seen.
const maxExpectedKeys = 1 << 20

// hashSet is a set of hashes other than 0: an open table, 8 bytes a slot. The zero value is empty.
type hashSet struct {
	table []uint64 // 0 is a free slot
	count int
}

// add adds a hash and says whether it is new.
func (s *hashSet) add(hash uint64) bool {
	if 4*(s.count+1) > 3*len(s.table) {
		s.grow(max(len(s.table), 32))
	}
	i := s.slot(hash)
	if s.table[i] == hash {
		return false
	}
	s.table[i] = hash
	s.count++
	return true
}

// grow makes room for n hashes at least.
func (s *hashSet) grow(n int) {
	size := 64
	for 3*size < 4*(n+1) {
		size *= 2
	}
	old := s.table
	s.table = make([]uint64, size)
	for _, h := range old {
		if h != 0 {
			s.table[s.slot(h)] = h
		}
	}
}

// slot is where a hash stands, or would.
func (s *hashSet) slot(hash uint64) uint64 {
	mask := uint64(len(s.table) - 1)
	i := hash & mask
	for s.table[i] != 0 && s.table[i] != hash {
		i = (i + 1) & mask
	}
	return i
}
