package parquetfile

import (
	"encoding/binary"
	"encoding/hex"
	"math"
	"unicode/utf8"

	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// The physical types, as the format numbers them.
const (
	physicalBool = iota
	physicalInt32
	physicalInt64
	physicalInt96
	physicalFloat
	physicalDouble
	physicalBytes
	physicalFixed
)

// The logical types, as Thrift's union numbers them.
const (
	logicalString    = 1
	logicalEnum      = 4
	logicalDecimal   = 5
	logicalDate      = 6
	logicalTime      = 7
	logicalTimestamp = 8
	logicalInteger   = 10
	logicalJSON      = 12
	logicalUUID      = 14
	logicalFloat16   = 15
)

// legacy are the logical types that the older converted types stand for.
var legacy = map[int]logical{
	0: {id: logicalString}, 4: {id: logicalEnum}, 5: {id: logicalDecimal}, 6: {id: logicalDate},
	7: {id: logicalTime, unit: 1}, 8: {id: logicalTime, unit: 2}, 9: {id: logicalTimestamp, unit: 1}, 10: {id: logicalTimestamp, unit: 2},
	11: {id: logicalInteger, bits: 8}, 12: {id: logicalInteger, bits: 16}, 13: {id: logicalInteger, bits: 32}, 14: {id: logicalInteger, bits: 64},
	15: {id: logicalInteger, bits: 8, signed: true}, 16: {id: logicalInteger, bits: 16, signed: true},
	17: {id: logicalInteger, bits: 32, signed: true}, 18: {id: logicalInteger, bits: 64, signed: true}, 19: {id: logicalJSON},
}

// Column is a column of the file.
type Column struct {
	Name string
	Kind cells.Kind // Number, Text, Bool, Date, DateTime or Time

	physical int
	length   int // of a fixed-length value
	optional bool
	logical  logical
	word     func(raw uint64) uint64               // makes a cell's bits of a number; nil where values are bytes
	text     func(dst []byte, value []byte) []byte // appends a value as text
	wide     func(value []byte) uint64             // makes a cell's bits of bytes; nil where they are texts
	places   int                                   // of a decimal
	whole    whole                                 // of a Number: how exact numbers that a double may not hold are kept until they are cells
}

// whole says how a column keeps exact numbers of more than 53 bits; of decimals their digits without the point.
type whole uint8

const (
	notWhole whole = iota // its bits are those of a double
	signed                // its bits are an int64
	unsigned              // its bits are a uint64
	asDigits              // the numbers are texts
)

// column works out how the values of a schema's element are to be read; ok is false for one that makes no sense.
func newColumn(e element) (c Column, ok bool) {
	c = Column{Name: e.name, physical: e.physical, length: e.length, optional: e.repetition == 1, logical: e.logical}
	if c.logical.id == 0 && e.converted >= 0 {
		c.logical = legacy[e.converted]
		c.logical.scale = e.scale
	}
	ok = e.physical >= physicalBool && e.physical <= physicalFixed && c.logical.scale >= 0 && c.logical.scale <= 1000
	if e.physical == physicalFixed && (e.length <= 0 || e.length > 1<<20) {
		return c, false
	}
	c.Kind = cells.Number
	l := c.logical
	switch e.physical {
	case physicalBool:
		c.Kind, c.word = cells.Bool, func(raw uint64) uint64 { return raw }
	case physicalFloat:
		c.word = func(raw uint64) uint64 { return math.Float64bits(float64(math.Float32frombits(uint32(raw)))) }
	case physicalDouble:
		c.word = func(raw uint64) uint64 { return raw }
	case physicalInt96:
		c.Kind, c.wide = cells.DateTime, int96
	case physicalInt32, physicalInt64:
		c.integer(e.physical == physicalInt32)
	default:
		switch {
		case l.id == logicalDecimal:
			c.whole, c.text, c.places = asDigits, appendWhole, l.scale
		case l.id == logicalFloat16 && e.length == 2:
			c.wide = func(v []byte) uint64 { return math.Float64bits(float16(binary.LittleEndian.Uint16(v))) }
		case l.id == logicalUUID && e.length == 16:
			c.Kind, c.text = cells.Text, appendUUID
		case l.id == logicalString, l.id == logicalEnum, l.id == logicalJSON:
			c.Kind, c.text = cells.Text, appendText
		case e.physical == physicalBytes:
			c.Kind, c.text = cells.Text, appendTextOrHex
		default:
			c.Kind, c.text = cells.Text, appendHex
		}
	}
	return c, ok
}

// integer sets how a column of whole numbers is read.
func (c *Column) integer(short bool) {
	l := c.logical
	value := func(raw uint64) int64 { return int64(raw) }
	if short {
		value = ofWidth(l)
	}
	perSecond := [...]int64{0, 1000, 1_000_000, 1_000_000_000}[min(max(l.unit, 0), 3)] // moments are cut, so that they keep their day
	switch {
	case l.id == logicalDate:
		c.Kind = cells.Date
		c.word = func(raw uint64) uint64 { return uint64(value(raw) * millisPerDay) }
	case l.id == logicalTimestamp && perSecond > 0:
		c.Kind = cells.DateTime
		c.word = func(raw uint64) uint64 { return uint64(floorDiv(value(raw), perSecond) * 1000) }
	case l.id == logicalTime && perSecond > 0:
		c.Kind = cells.Time
		c.word = func(raw uint64) uint64 { return uint64(floorDiv(value(raw), perSecond) * 1000) }
	case l.id == logicalDecimal && short:
		c.word = func(raw uint64) uint64 { return math.Float64bits(decimal(value(raw), l.scale)) }
	case short:
		c.word = func(raw uint64) uint64 { return math.Float64bits(float64(value(raw))) }
	default:
		c.whole, c.word = signed, func(raw uint64) uint64 { return raw }
		switch {
		case l.id == logicalInteger && !l.signed:
			c.whole = unsigned
		case l.id == logicalDecimal:
			c.places = l.scale
		}
	}
}

// ofWidth reads a value of 32 bits in the width that its column has. Some programs fill the bits above with the wrong sign;
// as other readers do, only those that the column has are taken.
func ofWidth(l logical) func(raw uint64) int64 {
	bits := 0
	if l.id == logicalInteger {
		bits = l.bits
	}
	switch {
	case bits == 8 && l.signed:
		return func(raw uint64) int64 { return int64(int8(raw)) }
	case bits == 16 && l.signed:
		return func(raw uint64) int64 { return int64(int16(raw)) }
	case bits == 0 || l.signed:
		return func(raw uint64) int64 { return int64(int32(raw)) }
	case bits == 8:
		return func(raw uint64) int64 { return int64(uint8(raw)) }
	case bits == 16:
		return func(raw uint64) int64 { return int64(uint16(raw)) }
	}
	return func(raw uint64) int64 { return int64(uint32(raw)) }
}

const millisPerDay = 24 * 60 * 60 * 1000

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// int96 reads a time as old programs write it.
func int96(v []byte) uint64 {
	nanos, day := int96Parts(v)
	return uint64(day*millisPerDay + floorDiv(nanos, 1_000_000_000)*1000)
}

// int96Parts are the nanoseconds of the day, and the day since 1970-01-01, which is written as its Julian day number.
func int96Parts(v []byte) (nanos, day int64) {
	const julian1970 = 2_440_588
	return int64(binary.LittleEndian.Uint64(v)), int64(int32(binary.LittleEndian.Uint32(v[8:]))) - julian1970
}

func float16(v uint16) float64 {
	exponent, fraction := int(v>>10&31), float64(v&1023)
	f := math.Ldexp(1+fraction/1024, exponent-15)
	switch exponent {
	case 0:
		f = math.Ldexp(fraction/1024, -14)
	case 31:
		f = math.Inf(1)
		if fraction != 0 {
			f = math.NaN()
		}
	}
	if v&0x8000 != 0 {
		f = -f
	}
	return f
}

func appendText(dst, v []byte) []byte {
	if utf8.Valid(v) {
		return append(dst, v...)
	}
	for len(v) > 0 {
		r, size := utf8.DecodeRune(v)
		dst = utf8.AppendRune(dst, r)
		v = v[size:]
	}
	return dst
}

// appendTextOrHex takes bytes without a meaning of their own as text where they are text: so old programs write it.
func appendTextOrHex(dst, v []byte) []byte {
	if utf8.Valid(v) {
		return append(dst, v...)
	}
	return appendHex(dst, v)
}

func appendHex(dst, v []byte) []byte { return hex.AppendEncode(append(dst, "0x"...), v) }

func appendUUID(dst, v []byte) []byte {
	for i, end := range [...]int{4, 6, 8, 10, 16} {
		from := [...]int{0, 4, 6, 8, 10}[i]
		if i > 0 {
			dst = append(dst, '-')
		}
		dst = hex.AppendEncode(dst, v[from:end])
	}
	return dst
}
