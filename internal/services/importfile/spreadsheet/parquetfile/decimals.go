package parquetfile

import (
	"bytes"
	"math"
	"math/big"
	"strconv"
	"strings"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

const (
	// exact is the largest whole number up to which a double holds all.
	exact = 1 << 53
	// keysFrom is where numbers begin that may be keys, of which no digit may be lost. Below it a fraction is an amount.
	keysFrom = 1e15
)

// decimal is the double next to unscaled / 10^scale.
func decimal(unscaled int64, scale int) float64 {
	if scale <= 22 && unscaled > -1<<53 && unscaled < 1<<53 {
		return float64(unscaled) / math.Pow10(scale)
	}
	return parseDecimal(strconv.FormatInt(unscaled, 10), scale)
}

// bigDecimal is decimal of a big-endian number in two's complement.
func bigDecimal(v []byte, scale int) float64 {
	if len(v) == 0 {
		return 0
	}
	if len(v) <= 8 {
		var n uint64
		if v[0]&0x80 != 0 {
			n = math.MaxUint64
		}
		for _, b := range v {
			n = n<<8 | uint64(b)
		}
		return decimal(int64(n), scale)
	}
	if len(v) > 64 {
		return math.NaN() // the format knows none that are longer than 16 bytes in practice
	}
	n := new(big.Int).SetBytes(v)
	if v[0]&0x80 != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
	}
	return parseDecimal(n.String(), scale)
}

// appendWhole appends a big-endian whole number in two's complement as digits.
func appendWhole(dst, v []byte) []byte {
	if len(v) > 64 {
		return appendHex(dst, v) // the format knows none that are longer than 16 bytes in practice
	}
	sign := byte(0)
	if len(v) > 0 && v[0]&0x80 != 0 {
		sign = 0xFF
	}
	short := v
	for len(short) > 8 && short[0] == sign && short[1]&0x80 == sign&0x80 {
		short = short[1:]
	}
	if len(short) <= 8 {
		n := -uint64(sign & 1)
		for _, b := range short {
			n = n<<8 | uint64(b)
		}
		return strconv.AppendInt(dst, int64(n), 10)
	}
	n := new(big.Int).SetBytes(v)
	if sign != 0 {
		n.Sub(n, new(big.Int).Lsh(big.NewInt(1), uint(8*len(v))))
	}
	return n.Append(dst, 10)
}

func parseDecimal(digits string, scale int) float64 {
	f, _ := strconv.ParseFloat(digits+"e-"+strconv.Itoa(scale), 64)
	return f
}

// exactNumber is the double next to an exact number, given by its digits, where that stands for it: ok is false where it
// is to be shown as the text of its digits.
func exactNumber(digits string) (n float64, ok bool) {
	n, err := strconv.ParseFloat(digits, 64)
	switch size := math.Abs(n); {
	case err != nil || size > exact:
		return n, false
	case size < keysFrom:
		return n, true
	}
	return n, strconv.FormatFloat(n, 'f', -1, 64) == digits
}

// appendPlaced appends the digits of a whole number with a decimal point before the last places of them, and without zeros
// at the end of these.
func appendPlaced(dst, digits []byte, places int) []byte {
	if places == 0 {
		return append(dst, digits...)
	}
	if len(digits) > 0 && digits[0] == '-' {
		dst, digits = append(dst, '-'), digits[1:]
	}
	point := max(len(digits)-places, 0)
	end := len(digits)
	for end > point && digits[end-1] == '0' {
		end--
	}
	if point == 0 {
		dst = append(dst, '0')
	}
	dst = append(dst, digits[:point]...)
	if end == point {
		return dst
	}
	dst = append(dst, '.')
	if missing := places - len(digits); missing > 0 {
		dst = append(dst, strings.Repeat("0", missing)...)
	}
	return append(dst, digits[point:end]...)
}

// exactCell is an exact number that a column keeps as it says: a number, or the text of its digits where a double does not
// stand for it.
func (c *page) exactCell(b *cells.Batch, row int, column *Column, bits uint64) cells.Cell {
	number := func(n float64) cells.Cell {
		return cells.Cell{Bits: cells.FromNum(n), Row: uint16(row), Kind: cells.Number}
	}
	var room [96]byte
	digits := room[:0]
	switch v := int64(bits); column.whole {
	case asDigits:
		digits = c.text[bits>>32 : bits>>32+bits&math.MaxUint32]
		if len(digits) > 0 && len(digits) <= 15 { // at most 15 digits, so that a double holds them
			n, err := strconv.ParseInt(string(digits), 10, 64)
			if err == nil {
				return number(decimal(n, column.places))
			}
		}
	case unsigned:
		if bits <= exact {
			return number(float64(bits))
		}
		digits = strconv.AppendUint(digits, bits, 10)
	default:
		if v >= -exact && v <= exact {
			return number(decimal(v, column.places))
		}
		digits = strconv.AppendInt(digits, v, 10)
	}
	from, places := len(b.Bytes), column.places
	if bytes.HasPrefix(digits, []byte("0x")) { // too long for a number
		places = 0
	}
	b.Bytes = appendPlaced(b.Bytes, digits, places)
	text := b.Bytes[from:]
	if n, ok := exactNumber(string(text)); ok {
		b.Bytes = b.Bytes[:from]
		return number(n)
	}
	return cells.Cell{Bits: uint64(from)<<32 | uint64(len(text)), Row: uint16(row), Kind: cells.Text}
}
