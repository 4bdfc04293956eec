package dataset

import (
	"math"
	"math/bits"
	"sort"
)

// selection is a set of rows, a bit each.
type selection []uint64

func newSelection(n int, all bool) selection {
	s := make(selection, (n+63)/64)
	if all {
		for i := range s {
			s[i] = math.MaxUint64
		}
		if rest := n & 63; rest != 0 {
			s[len(s)-1] = 1<<rest - 1
		}
	}
	return s
}

func (s selection) add(row int) { s[row>>6] |= 1 << (row & 63) }

func (s selection) has(row int) bool { return s[row>>6]>>(row&63)&1 != 0 }

func (s selection) and(other selection) {
	for i := range s {
		s[i] &= other[i]
	}
}

func (s selection) or(other selection) {
	for i := range s {
		s[i] |= other[i]
	}
}

// order is the rows of a view, by their places in it.
type order interface {
	len() int
	at(place int) int
}

// sorted is rows in any order.
type sorted []uint32

func (s sorted) len() int         { return len(s) }
func (s sorted) at(place int) int { return int(s[place]) }

// counted is a selection in the file's order, of which any row is found quickly: it takes little more than a bit a row.
type counted struct {
	set    selection
	before []uint32 // rows of the set before every stretch of words
	n      int
}

// stretch is the number of words between two counts.
const stretch = 8

func (s selection) count() counted {
	c := counted{set: s, before: make([]uint32, 0, len(s)/stretch+1)}
	for i, w := range s {
		if i%stretch == 0 {
			c.before = append(c.before, uint32(c.n))
		}
		c.n += bits.OnesCount64(w)
	}
	return c
}

func (c counted) len() int { return c.n }

func (c counted) at(place int) int {
	part := sort.Search(len(c.before), func(i int) bool { return int(c.before[i]) > place }) - 1
	left := place - int(c.before[part])
	for i := part * stretch; ; i++ {
		w := c.set[i]
		if n := bits.OnesCount64(w); left >= n {
			left -= n
			continue
		}
		for ; left > 0; left-- {
			w &= w - 1
		}
		return i*64 + bits.TrailingZeros64(w)
	}
}

// place is how many rows of the set stand before a row.
func (c counted) place(row int) int {
	word := row >> 6
	n := int(c.before[word/stretch])
	for i := word / stretch * stretch; i < word; i++ {
		n += bits.OnesCount64(c.set[i])
	}
	return n + bits.OnesCount64(c.set[word]&(1<<(row&63)-1))
}

// rows are all rows of the set.
func (c counted) rows() []uint32 {
	rows := make([]uint32, 0, c.n)
	for i, w := range c.set {
		for ; w != 0; w &= w - 1 {
			rows = append(rows, uint32(i*64+bits.TrailingZeros64(w)))
		}
	}
	return rows
}
