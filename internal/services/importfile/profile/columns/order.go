package columns

import (
	"cmp"
	"math"
	"slices"
	"sync"
)

// fewWeighted is up to how many numbers are compared with each other: more of them are sorted by their digits.
const fewWeighted = 512

// Numbers are sorted by digits of 11 bits, of which a double has six.
const (
	digitBits = 11
	digits    = (64 + digitBits - 1) / digitBits
)

// lists are those that are not needed any longer, so that columns which are sorted one after the other share them.
var lists sync.Pool

// newList gives an empty list with room for n numbers.
func newList(n int) []weighted {
	if list, ok := lists.Get().(*[]weighted); ok && cap(*list) >= n {
		return (*list)[:0]
	}
	return make([]weighted, 0, n)
}

// freeList takes a list back that nothing refers to.
func freeList(list []weighted) { lists.Put(&list) }

// sortWeighted brings numbers, none of them NaN or a negative zero, into ascending order. It takes the list and gives
// that one or another.
func sortWeighted(list []weighted) []weighted {
	if len(list) <= fewWeighted {
		slices.SortFunc(list, func(a, b weighted) int { return cmp.Compare(a.value, b.value) })
		return list
	}
	var places [digits][1 << digitBits]uint32
	for i := range list {
		key := orderKey(list[i].value)
		for d := range places {
			places[d][key>>(d*digitBits)&(1<<digitBits-1)]++
		}
	}
	other := newList(len(list))[:len(list)]
	for d := range places {
		shift := d * digitBits
		place := &places[d]
		if place[orderKey(list[0].value)>>shift&(1<<digitBits-1)] == uint32(len(list)) {
			continue // all have the same digit
		}
		sum := uint32(0)
		for i, n := range place {
			place[i] = sum
			sum += n
		}
		for i := range list {
			at := &place[orderKey(list[i].value)>>shift&(1<<digitBits-1)]
			other[*at] = list[i]
			*at++
		}
		list, other = other, list
	}
	freeList(other)
	return list
}

// orderKey is a number whose order among others is that of the doubles.
func orderKey(v float64) uint64 {
	bits := math.Float64bits(v)
	return bits ^ (uint64(int64(bits)>>63) | 1<<63)
}
