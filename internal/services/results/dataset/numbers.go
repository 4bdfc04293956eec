package dataset

import "math"

// numbers are whole numbers in as few bytes each as their range needs: an ordinary table of a million rows is kept whole by it.
type numbers struct {
	least, most int64 // of the numbers; 0 where there are none
	low         int64 // what stands for 0 below
	one         []uint8
	two         []uint16
	four        []uint32
	eight       []uint64
}

// pack keeps n numbers from least to most; those that are null may be any.
func pack(n int, value func(i int) int64, null func(i int) bool, least, most int64) numbers {
	if least > most { // all are null
		least, most = 0, 0
	}
	p := numbers{least: least, most: most, low: least}
	above := func(i int) uint64 {
		if null(i) {
			return 0
		}
		return uint64(value(i)) - uint64(least)
	}
	switch up := uint64(most) - uint64(least); {
	case up == 0:
	case up <= math.MaxUint8:
		p.one = fill[uint8](n, above)
	case up <= math.MaxUint16:
		p.two = fill[uint16](n, above)
	case up <= math.MaxUint32:
		p.four = fill[uint32](n, above)
	default:
		p.eight = fill[uint64](n, above)
	}
	return p
}

func fill[N uint8 | uint16 | uint32 | uint64](n int, value func(i int) uint64) []N {
	out := make([]N, n)
	for i := range out {
		out[i] = N(value(i))
	}
	return out
}

func (p *numbers) at(i int) int64 {
	switch {
	case p.one != nil:
		return p.low + int64(p.one[i])
	case p.two != nil:
		return p.low + int64(p.two[i])
	case p.four != nil:
		return p.low + int64(p.four[i])
	case p.eight != nil:
		return int64(uint64(p.low) + p.eight[i])
	}
	return p.low
}

// size is the memory that the numbers take, in bytes.
func (p *numbers) size() int64 {
	return int64(len(p.one) + 2*len(p.two) + 4*len(p.four) + 8*len(p.eight))
}

// cents are amounts as whole hundredths, where each of them is one exactly; false where one is not.
func cents(amounts []float64) (numbers, bool) {
	least, most := int64(math.MaxInt64), int64(math.MinInt64)
	for _, x := range amounts {
		c := math.Round(x * 100)
		if math.Abs(c) > math.MaxInt32 || c/100 != x {
			return numbers{}, false
		}
		least, most = min(least, int64(c)), max(most, int64(c))
	}
	return pack(len(amounts), func(i int) int64 { return int64(math.Round(amounts[i] * 100)) }, func(int) bool { return false }, least, most), true
}
