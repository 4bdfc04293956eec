package columns

import "math/bits"

// exactValues is the number of different values up to which a column's values are counted one by one.
const exactValues = 1 << 16

// quickGrowth is up to how many slots a counter grows to its fourfold, since each growth counts all keys anew.
const quickGrowth = 1 << 12

// counter counts how often each key was added. The zero value is empty.
type counter struct {
	slots []slot
	n     int
	shift uint8
	last  uint32 // the slot of the key that was added last
	tight bool   // it is one of very many, and grows no further than it must
}

type slot struct {
	key   uint64
	count uint32 // 0 is a free slot
	aux   uint32 // what the key stands for, where the owner needs it
}

// add counts a key, n times, and gives its slot; the slot's count is n where the key is new. The slot is valid until
// the next add.
func (c *counter) add(key uint64, n uint32) *slot {
	if c.n*8 >= len(c.slots)*5 {
		c.grow()
	}
	mask := uint64(len(c.slots) - 1)
	for i := ((key ^ key>>32) * multiplier) >> c.shift; ; i = (i + 1) & mask {
		s := &c.slots[i&mask]
		switch {
		case s.count == 0:
			s.key, s.count = key, n
			c.n++
			c.last = uint32(i & mask)
			return s
		case s.key == key:
			s.count += n
			c.last = uint32(i & mask)
			return s
		}
	}
}

// A page of new memory that is read before it is written is mapped twice, and the second time all processors are
// interrupted. Tables are read first and need all their pages, so that these are written to beforehand.
const (
	pageBytes = 4 << 10
	slotBytes = 16
)

func (c *counter) grow() {
	old := c.slots
	if old == nil {
		c.slots, c.shift = make([]slot, 64), 64-6
		if c.tight {
			c.slots, c.shift = make([]slot, 16), 64-4
		}
		return
	}
	double := c.growth()
	c.slots, c.shift = make([]slot, len(old)<<double), c.shift-double
	for i := 0; i < len(c.slots); i += pageBytes / slotBytes {
		c.slots[i] = slot{}
	}
	mask := uint64(len(c.slots) - 1)
	for _, s := range old {
		if s.count == 0 {
			continue
		}
		i := ((s.key ^ s.key>>32) * multiplier) >> c.shift
		for c.slots[i].count != 0 {
			i = (i + 1) & mask
		}
		c.slots[i] = s
	}
}

// growth is how often the table doubles when it grows.
func (c *counter) growth() uint8 {
	if len(c.slots) < quickGrowth && !c.tight {
		return 2
	}
	return 1
}

// each gives every key with its count, in no order.
func (c *counter) each(f func(*slot)) {
	for i := range c.slots {
		if c.slots[i].count != 0 {
			f(&c.slots[i])
		}
	}
}

// full says that no more keys are to be counted one by one.
func (c *counter) full() bool { return c.n > exactValues }

// idCounter counts texts of the file's table by their numbers. The zero value is empty.
type idCounter struct {
	low  []uint32 // counts of the low numbers, by number
	high counter
	n    int // different numbers
}

// lowIDs is how many numbers are counted in a list: where a table has more texts, most columns have few of them.
const lowIDs = 1 << 17

// add counts a number and says whether it is new.
func (c *idCounter) add(id uint32) bool {
	if int(id) >= len(c.low) {
		if id >= lowIDs {
			fresh := c.high.add(uint64(id), 1).count == 1
			if fresh {
				c.n++
			}
			return fresh
		}
		c.low = append(c.low, make([]uint32, max(int(id)+1-len(c.low), min(len(c.low), lowIDs-len(c.low)), 64))...)
	}
	c.low[id]++
	if c.low[id] > 1 {
		return false
	}
	c.n++
	return true
}

// each gives every number with its count, in no order.
func (c *idCounter) each(f func(id, count uint32)) {
	for id, count := range c.low {
		if count > 0 {
			f(uint32(id), count)
		}
	}
	c.high.each(func(s *slot) { f(uint32(s.key), s.count) })
}

// full is as that of a counter.
func (c *idCounter) full() bool { return c.n > exactValues }

// bitset is a set of small numbers. The zero value is empty.
type bitset struct {
	words []uint64
	n     int
}

// add adds a number and says whether it is new.
func (s *bitset) add(i uint32) bool {
	w := int(i >> 6)
	if w >= len(s.words) {
		s.words = append(s.words, make([]uint64, max(w+1-len(s.words), len(s.words)/2))...)
	}
	bit := uint64(1) << (i & 63)
	if s.words[w]&bit != 0 {
		return false
	}
	s.words[w] |= bit
	s.n++
	return true
}

// next is the first number from i on that is in the set, or that is not. One that is in the set must be there.
func (s *bitset) next(i uint32, in bool) uint32 {
	for int(i>>6) < len(s.words) {
		word := s.words[i>>6]
		if !in {
			word = ^word
		}
		if word >>= i & 63; word != 0 {
			return i + uint32(bits.TrailingZeros64(word))
		}
		i = (i>>6 + 1) << 6
	}
	return i
}
