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
	delimiter byte   // the last of its bytes
	lead      string // those before it, of a character of several
	all       []byte // of those
	quoting   Quoting
	end       bool // nothing follows the text
	maxFields int
	maxBytes  int // of a row

	fault   Fault // why the row behind those that are done can't be read; none where it goes on behind the text
	faultAt int   // where in the text
	plain   int   // a field begins there with blanks that is not quoted: at each of its control characters it is asked again
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
	delimiter, several := s.delimiter, len(s.lead) > 0
	delimiters := uint64(delimiter) * lowBits
	fields, first := b.Fields, len(b.Fields) // of the current row
	start, base, mask := 0, -8, uint64(0)
	s.plain = -1
	for {
		if padded[start] <= '"' && start < n {
			closed := s.quotedField(text, start)
			if closed < 0 {
				break
			}
			if closed > 0 { // else it is the beginning of a plain field
				b.quoted = append(b.quoted, uint32(len(fields)))
				base, mask = closed, marks(padded, closed, delimiters)
			}
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
		if c == delimiter {
			end := at
			if several {
				if end -= len(s.lead); end < start || string(text[end:at]) != s.lead {
					continue
				}
			}
			fields = append(fields, Field{uint32(start), uint32(end)})
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

// quotedField gives the position behind a quoted field and the blanks beside it; 0 where none begins at start, and -1 where its
// end is not there yet, or a fault.
func (s *splitter) quotedField(text []byte, start int) int {
	switch c := text[start]; {
	case s.quoting == NoQuotes:
	case c == '"':
		return s.closing(text, start)
	case isBlank(c, s.delimiter) && start != s.plain:
		closed := s.spacedQuote(text, start)
		if closed == 0 {
			s.plain = start
		}
		return closed
	}
	return 0
}

// closing gives the position behind the quotation mark that closes a field; -1 where there is none yet, or a fault.
func (s *splitter) closing(text []byte, start int) int {
	for i := start + 1; ; {
		next := 0
		if s.quoting == BackslashQuotes {
			next = unescapedQuote(text[i:])
		} else {
			next = bytes.IndexByte(text[i:], '"')
		}
		if next < 0 {
			if s.end {
				s.fault, s.faultAt = OpenQuote, start
			}
			return -1
		}
		if i += next + 1; i < len(text) {
			switch c := text[i]; {
			case c == '"':
				i++
				continue
			case c == '\n', c == '\r', c == s.delimiter && s.lead == "":
				return i // as nearly always
			}
		} else if !s.end {
			return -1
		}
		i = blanksEnd(text, i, s.delimiter)
		switch s.endsField(text, i) {
		case yes:
			return i
		case no:
			s.fault, s.faultAt = StrayQuote, i
		}
		return -1
	}
}

// Whether a field ends at a place.
const (
	no      = iota
	yes     // there is a delimiter, the end of the row, or that of the file
	unknown // what follows the text decides
)

func (s *splitter) endsField(text []byte, i int) int {
	if i == len(text) {
		if s.end {
			return yes
		}
		return unknown
	}
	switch c := text[i]; {
	case c == '\n', c == '\r', c == s.delimiter && s.lead == "", s.lead != "" && bytes.HasPrefix(text[i:], s.all):
		return yes
	case s.lead != "" && !s.end && bytes.HasPrefix(s.all, text[i:]):
		return unknown
	}
	return no
}

// isBlank says whether a character counts for nothing beside a quoted field: a space, and a tab that does not separate.
func isBlank(c, delimiter byte) bool { return (c == ' ' || c == '\t') && c != delimiter }

func blanksEnd(text []byte, i int, delimiter byte) int {
	for i < len(text) && isBlank(text[i], delimiter) {
		i++
	}
	return i
}

// spacedQuote looks for a quoted field behind blanks: one that is closed in the same line, so that a quotation mark that only
// happens to stand there takes no rows with it. It gives the position behind the field and the blanks behind it, 0 where
// there is none, and -1 where what follows the text decides.
func (s *splitter) spacedQuote(text []byte, start int) int {
	open := -1
	if s.end {
		open = 0
	}
	i := blanksEnd(text, start, s.delimiter)
	if i == len(text) {
		return open
	}
	if text[i] != '"' {
		return 0
	}
	for i++; i < len(text); i++ {
		switch text[i] {
		case '\n', '\r':
			return 0
		case '\\':
			if s.quoting == BackslashQuotes && i+1 < len(text) && (text[i+1] == '"' || text[i+1] == '\\') {
				i++
			}
		case '"':
			if i++; i < len(text) && text[i] == '"' {
				continue
			}
			i = blanksEnd(text, i, s.delimiter)
			switch s.endsField(text, i) {
			case yes:
				return i
			case unknown:
				return -1
			}
			return 0
		}
	}
	return open
}

// unescapedQuote is the place of the first quotation mark that no backslash stands before; -1 where there is none yet.
func unescapedQuote(text []byte) int {
	for i := 0; ; {
		next := bytes.IndexAny(text[i:], `"\`)
		if next < 0 {
			return -1
		}
		if i += next; text[i] == '"' {
			return i
		}
		if i++; i < len(text) && (text[i] == '"' || text[i] == '\\') {
			i++
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
		for b.Data[f.Start] != '"' { // blanks
			f.Start++
		}
		for b.Data[f.End-1] != '"' {
			f.End--
		}
		f.Start, f.End = f.Start+1, f.End-1
		text := b.Data[f.Start:f.End]
		s.lines += bytes.Count(text, []byte{'\n'})
		if bytes.IndexByte(text, '"') >= 0 || bytes.IndexByte(text, '\r') >= 0 || s.quoting == BackslashQuotes {
			f.End = f.Start + uint32(s.unquote(text))
		}
	}
	b.quoted = b.quoted[:0]
	b.Ends = append(b.Ends, uint32(len(b.Fields)))
	return true
}

// unquote makes one quotation mark of two and LF of CRLF in place, and a character of one with a backslash before it. It gives
// the text's new length.
func (s *splitter) unquote(text []byte) int {
	n := 0
	backslash := s.quoting == BackslashQuotes
	for i := 0; i < len(text); i++ {
		c := text[i]
		if i+1 < len(text) {
			next := text[i+1]
			if c == '"' || c == '\r' && next == '\n' || backslash && c == '\\' && (next == '"' || next == '\\') {
				i++
				c = next
			}
		}
		text[n] = c
		n++
	}
	return n
}
