package spreadsheet

import (
	"math"
	"math/bits"
	"strconv"
)

var powersOfTen = [...]float64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20, 1e21, 1e22}

var wholePowersOfTen = [...]uint64{1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19}

// ParseNumber reads a number as XML Schema writes a double, but no infinity, and gives the double next to it; -0 is 0.
func ParseNumber(b []byte) (float64, bool) {
	// Digits that make a whole number below 2^53 and a power of ten that a double holds exactly give the right double with
	// one rounding (Clinger 1990). Most numbers are of this kind.
	i, negative := 0, false
	if len(b) > 0 && b[0] == '-' {
		i, negative = 1, true
	}
	var mantissa uint64
	start := i
	for i < len(b) && b[i]-'0' <= 9 {
		mantissa = mantissa*10 + uint64(b[i]-'0')
		i++
	}
	digits, fraction := i-start, 0
	if digits > 0 && i < len(b) && b[i] == '.' {
		i++
		start = i
		for i < len(b) && b[i]-'0' <= 9 {
			mantissa = mantissa*10 + uint64(b[i]-'0')
			i++
		}
		fraction = i - start
		if fraction == 0 {
			digits = 0
		}
	}
	if i != len(b) || digits == 0 || digits+fraction > mostDigits {
		return parseAnyNumber(b)
	}
	return numberOf(mantissa, fraction, negative), true
}

// mostDigits is how many digits a word holds whatever they are.
const mostDigits = 19

// numberOf is the double next to mantissa / 10^fraction, where the two have no more than mostDigits digits.
func numberOf(mantissa uint64, fraction int, negative bool) float64 {
	var v float64
	switch {
	case mantissa < 1<<53:
		v = float64(mantissa)
		if fraction > 0 {
			v /= powersOfTen[fraction]
		}
	case fraction == 0:
		v = float64(mantissa)
	default:
		v = quotient(mantissa, wholePowersOfTen[fraction])
	}
	if negative {
		v = 0 - v
	}
	return v
}

// quotient is the double next to n / d. Excel writes 17 digits, more than a double holds: the quotient is computed with
// 63 bits at least, and what is left of the division decides on a tie.
func quotient(n, d uint64) float64 {
	zerosN, zerosD := bits.LeadingZeros64(n), bits.LeadingZeros64(d)
	n <<= zerosN
	d <<= zerosD
	q, rest := bits.Div64(n>>1, n<<63, d) // n x 2^63 / d
	shift := 64 - bits.LeadingZeros64(q) - 53
	mantissa, half := q>>shift, uint64(1)<<(shift-1)
	if low := q & (half<<1 - 1); low > half || low == half && (rest != 0 || mantissa&1 == 1) {
		mantissa++
	}
	return float64(mantissa) * math.Float64frombits(uint64(1023+shift-63+zerosD-zerosN)<<52)
}

func parseAnyNumber(b []byte) (float64, bool) {
	for _, c := range b {
		if (c < '0' || c > '9') && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return 0, false
		}
	}
	v, err := strconv.ParseFloat(string(b), 64)
	return v + 0, err == nil // -0 + 0 is 0
}
