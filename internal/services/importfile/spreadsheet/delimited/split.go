package delimited

import (
	"bytes"
	"encoding/binary"
	"math/bits"
)

// Of eight bytes at a time: the lowest and the highest bit of each, and all but the highest.
const (
	lowBits   = 0x0101010101010101
	highBits  = 0x8080808080808080
	otherBits = 0x7F7F7F7F7F7F7F7F
	// Added to seven bits of each, it sets the highest one where they are not below a blank.
	notBelowBlank = (0x80 - ' ') * lowBits
)

// padding is how many bytes may be looked at behind the text.
const padding = 8

// mostFields is how many fields of a row are kept before it is known how many of them have a value.
const mostFields = 1 << 20

// splitter splits a batch's text into rows and fields.
type splitter struct {
	delimiter byte
	end       bool // nothing follows the text
	maxFields int
	maxBytes  int // of a row

	fault   Fault // why the row behind those that are done can't be read; none where it goes on behind the text
	faultAt int   // where in the text
	lines   int   // line breaks within quotation marks in the rows that are done
}

// marks sets the highest bit of each of the eight bytes from i on that is a delimiter or a control character.
func marks(text []byte, i int, delimiters uint64) uint64 {
	w := binary.LittleEndian.Uint64(text[i:])
	d := w ^ delimiters
	control := ^((w & otherBits) + notBelowBlank | w)
	return (control | ^((d & otherBits) + otherBits | d)) & highBits
}

// split appends to b the rows of text, which has padding bytes behind it, as far as they are whole, and gives the
// position behind the last of them.
func (s *splitter) split(b *Batch, text []byte) (done int) {
	n := len(text)
	padded := text[:n+padding]
	delimiters := uint64(s.delimiter) * lowBits
	fields, first := b.Fields, len(b.Fields) // of the current row
	start, base, mask := 0, -8, uint64(0)
	for {
		if padded[start] == '"' && start < n {
			closed := s.closing(text, start)
			if closed < 0 {
				break
			}
			b.quoted = append(b.quoted, uint32(len(fields)))
			base, mask = closed, marks(padded, closed, delimiters)
		}
		for mask == 0 && base < n {
			base += 8
			if base < n {
				mask = marks(padded, base, delimiters)
			}
		}
		at := base + bits.TrailingZeros64(mask)>>3
		if at >= n {
			if s.end && (start < n || len(fields) > first) {
				fields = append(fields, Field{uint32(start), uint32(n)})
				if b.Fields = fields; s.endRow(b, first, done, n) {
					done, first = n, len(b.Fields)
				}
			}
			break
		}
		mask &= mask - 1
		c := padded[at]
		if c == s.delimiter {
			fields = append(fields, Field{uint32(start), uint32(at)})
			start = at + 1
			continue
		}
		if c != '\n' && c != '\r' {
			continue
		}
		next := at + 1
		if c == '\r' {
			if next == n && !s.end {
				break
			}
			if next < n && padded[next] == '\n' {
				// The line feed is the next mark.
				if next++; mask == 0 {
					base += 8
					mask = marks(padded, base, delimiters)
				}
				mask &= mask - 1
			}
		}
		fields = append(fields, Field{uint32(start), uint32(at)})
		if b.Fields = fields; !s.endRow(b, first, done, next) {
			break
		}
		first, start, done = len(fields), next, next
	}
	if len(fields)-first > mostFields && s.fault == noFault {
		s.fault, s.faultAt = TooManyColumns, done
	}
	if (s.fault == OpenQuote || s.fault == StrayQuote) && n-done > s.maxBytes {
		// Without the limit it would be found further down, and with smaller pieces it would not be found.
		if s.fault == OpenQuote || s.faultAt-done > s.maxBytes {
			s.fault, s.faultAt = LongRow, done
		}
	}
	b.Fields, b.quoted = fields[:first], b.quoted[:0]
	return done
}

// closing gives the position behind the quotation mark that closes a field; -1 where there is none yet, or a fault.
func (s *splitter) closing(text []byte, start int) int {
	for i := start + 1; ; {
		next := bytes.IndexByte(text[i:], '"')
		if next < 0 {
			if s.end {
				s.fault, s.faultAt = OpenQuote, start
			}
			return -1
		}
		i += next + 1
		if i == len(text) {
			if s.end {
				return i
			}
			return -1
		}
		switch text[i] {
		case '"':
			i++
		case s.delimiter, '\n', '\r':
			return i
		default:
			s.fault, s.faultAt = StrayQuote, i
			return -1
		}
	}
}

// endRow takes the fields from first on as the row that stands between two places. It says whether the row is within
// the limits.
func (s *splitter) endRow(b *Batch, first, from, to int) bool {
	if to-from > s.maxBytes {
		s.fault, s.faultAt = LongRow, from
		b.Fields = b.Fields[:first]
		return false
	}
	if row := b.Fields[first:]; len(row) > s.maxFields {
		for _, f := range row[s.maxFields:] {
			if f.End > f.Start {
				s.fault, s.faultAt = TooManyColumns, int(f.Start)
				b.Fields = b.Fields[:first]
				return false
			}
		}
	}
	for _, i := range b.quoted {
		f := &b.Fields[i]
		f.Start, f.End = f.Start+1, f.End-1
		text := b.Data[f.Start:f.End]
		s.lines += bytes.Count(text, []byte{'\n'})
		if bytes.IndexByte(text, '"') >= 0 || bytes.IndexByte(text, '\r') >= 0 {
			f.End = f.Start + uint32(unquote(text))
		}
	}
	b.quoted = b.quoted[:0]
	b.Ends = append(b.Ends, uint32(len(b.Fields)))
	return true
}

// unquote makes one quotation mark of two and LF of CRLF in place, and gives the text's new length.
func unquote(text []byte) int {
	n := 0
	for i := 0; i < len(text); i++ {
		c := text[i]
		if i+1 < len(text) && (c == '"' || c == '\r' && text[i+1] == '\n') {
			i++
			c = text[i]
		}
		text[n] = c
		n++
	}
	return n
}
