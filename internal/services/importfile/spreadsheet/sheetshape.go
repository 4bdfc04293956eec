package spreadsheet

import (
	"encoding/binary"
	"math/bits"
)

// The cells of a column are mostly written alike, but for the row's number in the address and the value. The scanner
// knows how the last one was written, and compares the next with that, eight bytes at a time.

const (
	shapeColumns = 702 // those with one letter or two
	shapeTail    = 24
	// valueEnd is how a value ends: </v></c>.
	valueEnd = '<' | '/'<<8 | 'v'<<16 | '>'<<24 | '<'<<32 | '/'<<40 | 'c'<<48 | '>'<<56
)

// cellShape is how a cell of a column is written up to its value: <c r="A, the row's number, and " s="1" t="s"><v>.
type cellShape struct {
	head, headMask  uint64
	tail, tailMask  [shapeTail / 8]uint64
	headLen, length uint8 // of the head, and of head and tail; 0 where none is known
	kind            cellType
	format          int32
}

// rowDigits is the number of the row that is read, as it stands in its cells' addresses, with the quotation mark behind.
type rowDigits struct {
	word, mask uint64
	length     int
}

// set takes a number of at most seven digits.
func (d *rowDigits) set(number int) {
	word, n := uint64('"'), 1
	for ; number > 0; number /= 10 {
		word = word<<8 | uint64('0'+number%10)
		n++
	}
	d.word, d.mask, d.length = word, firstBytes(n), n
}

// firstBytes keeps the first n bytes of a word, from 0 to 8.
func firstBytes(n int) uint64 { return 1<<(8*uint(n)) - 1 }

// matches gives the length of a cell up to its value; 0 where it is written in another way. buf holds cellRoom bytes.
func (s *cellShape) matches(buf []byte, row *rowDigits) int {
	buf = buf[:cellRoom]
	if s.length == 0 || binary.LittleEndian.Uint64(buf)&s.headMask != s.head {
		return 0
	}
	at := int(s.headLen) & 15
	if binary.LittleEndian.Uint64(buf[at:])&row.mask != row.word {
		return 0
	}
	at += row.length & 15
	if (binary.LittleEndian.Uint64(buf[at:])^s.tail[0])&s.tailMask[0]|
		(binary.LittleEndian.Uint64(buf[at+8:])^s.tail[1])&s.tailMask[1]|
		(binary.LittleEndian.Uint64(buf[at+16:])^s.tail[2])&s.tailMask[2] != 0 {
		return 0
	}
	return int(s.length) + row.length
}

// learn takes note of how a cell is written: its address's letters end at letters, its digits and the quotation mark
// behind them at tail.
func (s *cellShape) learn(cell []byte, letters, tail, format int, kind cellType) {
	s.length = 0
	if letters > 8 || len(cell)-tail > shapeTail {
		return
	}
	var head, rest [shapeTail]byte
	copy(head[:], cell[:letters])
	copy(rest[:], cell[tail:])
	s.head, s.headMask = binary.LittleEndian.Uint64(head[:]), firstBytes(letters)
	for i := range s.tail {
		s.tail[i] = binary.LittleEndian.Uint64(rest[8*i:])
		s.tailMask[i] = firstBytes(min(max(len(cell)-tail-8*i, 0), 8))
	}
	s.headLen, s.length, s.kind, s.format = uint8(letters), uint8(letters+len(cell)-tail), kind, int32(format)
}

// shapeOf is the shape of a column's cells; nil where none is kept.
func (r *sheetBatches) shapeOf(column int) *cellShape {
	if column < len(r.shapes) {
		return &r.shapes[column]
	}
	if column >= shapeColumns {
		return nil
	}
	r.shapes = append(r.shapes, make([]cellShape, column+1-len(r.shapes))...)
	return &r.shapes[column]
}

// scanShaped reads a cell that begins at buf[i], up to and with its end tag: one of a column, or of the one behind it, that
// is written as the last one there. It gives the place behind the cell and the cell's column; the place is 0 where the cell
// is another one than most, and nothing was done.
func (r *sheetBatches) scanShaped(buf []byte, i, column int) (next, at int) {
	for at = column; at <= column+1 && at < len(r.shapes); at++ {
		s := &r.shapes[at]
		if n := s.matches(buf[i:], &r.digits); n > 0 {
			return r.shapedValue(buf, i+n, at, s), at
		}
	}
	return 0, 0
}

// shapedValue reads a cell's value from buf[i] on, up to and with the cell's end tag, and gives the place behind it; 0
// where that is not all there is, or the value is another one than most.
func (r *sheetBatches) shapedValue(buf []byte, i, column int, s *cellShape) int {
	switch s.kind {
	case typeShared:
		index, start := 0, i
		for buf[i]-'0' <= 9 && i-start < 10 {
			index = index*10 + int(buf[i]-'0')
			i++
		}
		if i == start || index >= r.known || binary.LittleEndian.Uint64(buf[i:]) != valueEnd {
			return 0
		}
		r.putShared(column, index)
	case typeNumber:
		v, end, ok := numberAt(buf, i)
		if !ok || binary.LittleEndian.Uint64(buf[end:]) != valueEnd {
			return 0
		}
		i = end
		r.putNumber(column, v, int(s.format))
	case typeBool:
		if buf[i] != '0' && buf[i] != '1' || binary.LittleEndian.Uint64(buf[i+1:]) != valueEnd {
			return 0
		}
		r.batch.Bool(column, buf[i] == '1')
		i++
	default:
		return 0
	}
	return i + 8
}

// numberAt reads a plain number that begins at buf[i] and gives the place behind it; ok is false for one that takes more
// than that. buf holds cellRoom bytes behind i.
func numberAt(buf []byte, i int) (v float64, next int, ok bool) {
	negative := buf[i] == '-'
	if negative {
		i++
	}
	var mantissa uint64
	start := i
	for buf[i]-'0' <= 9 {
		mantissa = mantissa*10 + uint64(buf[i]-'0')
		if i++; i-start > mostDigits {
			return 0, 0, false
		}
	}
	digits, fraction := i-start, 0
	if digits > 0 && buf[i] == '.' {
		i++
		start = i
		for i-start <= mostDigits-8 {
			eight := binary.LittleEndian.Uint64(buf[i:])
			n := digitsOf(eight)
			if n < 8 {
				break
			}
			mantissa = mantissa*100_000_000 + eightDigits(eight)
			i += 8
		}
		for buf[i]-'0' <= 9 {
			mantissa = mantissa*10 + uint64(buf[i]-'0')
			if i++; i-start > mostDigits {
				return 0, 0, false
			}
		}
		fraction = i - start
		if fraction == 0 {
			return 0, 0, false
		}
	}
	if digits == 0 || digits+fraction > mostDigits {
		return 0, 0, false
	}
	return numberOf(mantissa, fraction, negative), i, true
}

// digitsOf is how many of a word's first bytes are digits.
func digitsOf(word uint64) int {
	const zeros, sixes, high = 0x3030303030303030, 0x0606060606060606, 0xF0F0F0F0F0F0F0F0
	other := (word & high) ^ zeros | ((word + sixes) & high) ^ zeros
	return bits.TrailingZeros64(other) >> 3
}

// eightDigits is the number that eight digits make, the first byte the first digit.
func eightDigits(word uint64) uint64 {
	word = (word & 0x0F0F0F0F0F0F0F0F) * (10<<8 + 1) >> 8
	word = (word & 0x00FF00FF00FF00FF) * (100<<16 + 1) >> 16
	return (word & 0x0000FFFF0000FFFF) * (10000<<32 + 1) >> 32
}
