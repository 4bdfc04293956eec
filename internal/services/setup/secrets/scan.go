package secrets

import (
	"strings"
	"unicode/utf8"
)

// span is a part of a text that is hidden, by its bytes.
type span struct{ from, to int64 }

// scanner reads a text piece by piece and finds secrets in it. The text is read twice at once, as what looks like an escape
// may be one or not: with escapes resolved, and as it stands. Gaps are passed over in both: white space, quotes,
// backslashes and what can't be seen.
type scanner struct {
	forms    *forms
	resolved stream
	asItIs   stream
	digits   stream
	at       int64 // bytes read
	spans    []span
}

// stream is the state of one reading.
type stream struct {
	ring []mark // of the last bytes read
	n    int
	gaps int32
	text int32 // states of the automata
	b64  int32
}

// mark says where a byte that was read stands, and how many gaps came before.
type mark struct {
	from int64
	gaps int32
}

func newScanner(f *forms) *scanner {
	size := 1
	for size <= f.longest {
		size *= 2
	}
	s := &scanner{forms: f}
	for _, st := range []*stream{&s.resolved, &s.asItIs, &s.digits} {
		st.ring = make([]mark, size)
	}
	return s
}

// spans are where secrets stand in a text.
func (f *forms) spans(text string) []span {
	s, ok := f.scanners.Get().(*scanner)
	if !ok {
		s = newScanner(f)
	}
	s.read(text)
	found := s.spans
	for _, st := range []*stream{&s.resolved, &s.asItIs, &s.digits} {
		*st = stream{ring: st.ring}
	}
	s.at, s.spans = 0, nil
	f.scanners.Put(s)
	return found
}

// From so much of a word on, its text waits for what comes: the first letters of a secret end many lines.
const (
	heldText   = 4
	heldBase64 = 6
	heldDigits = 8
)

// pending is where a text begins that may turn out to be a secret; s.at where there is none.
func (s *scanner) pending() int64 {
	from := s.at
	hold := func(st *stream, a *automaton, state int32, least int32) {
		if d := a.depth[state]; d >= least && a.hits[state] != state {
			from = min(from, st.ring[(st.n-int(d))&(len(st.ring)-1)].from)
		}
	}
	for _, st := range []*stream{&s.resolved, &s.asItIs} {
		hold(st, s.forms.text, st.text, heldText)
		hold(st, s.forms.base64, st.b64, heldBase64)
	}
	hold(&s.digits, s.forms.hex, s.digits.text, heldDigits)
	return from
}

// read goes on with the next piece; no escape may lie across its end.
func (s *scanner) read(text string) {
	for i := 0; i < len(text); {
		c := text[i]
		if c < utf8.RuneSelf && kinds[c]&special == 0 {
			from := s.at + int64(i)
			s.byte(&s.resolved, c, from, from+1)
			s.byte(&s.asItIs, c, from, from+1)
			i++
			continue
		}
		r, size := char(text[i:])
		s.take(&s.resolved, r, i, size)
		for end := i + size; i < end; { // as it stands
			r, size := plainChar(text[i:])
			s.take(&s.asItIs, r, i, size)
			i += size
		}
	}
	s.hex(text)
	s.at += int64(len(text))
}

// take reads a character, which may be a gap or a single byte of one (below 0: its complement).
func (s *scanner) take(st *stream, r rune, i, size int) {
	from, to := s.at+int64(i), s.at+int64(i+size)
	switch {
	case r == skipped, r == '\\':
	case r < 0 && r > skipped:
		s.byte(st, byte(^r), from, to)
	case gap(r):
		st.gaps++
	case r < utf8.RuneSelf:
		s.byte(st, byte(r), from, to)
	default:
		var buf [utf8.UTFMax]byte
		for _, b := range buf[:utf8.EncodeRune(buf[:], fold(r))] {
			s.byte(st, b, from, to)
		}
	}
}

func (s *scanner) byte(st *stream, b byte, from, to int64) {
	st.ring[st.n&(len(st.ring)-1)] = mark{from, st.gaps}
	st.n++
	st.text = s.forms.text.step(st.text, lower(b))
	s.found(st, s.forms.text, st.text, to)
	switch b {
	case '-':
		b = '+'
	case '_':
		b = '/'
	}
	st.b64 = s.forms.base64.step(st.b64, b)
	s.found(st, s.forms.base64, st.b64, to)
}

// found notes the longest secret that ends here.
func (s *scanner) found(st *stream, a *automaton, state int32, to int64) {
	for hit := a.hits[state]; hit != 0; hit = a.after[hit] {
		begun := st.ring[(st.n-int(a.depth[hit]))&(len(st.ring)-1)]
		if inside := st.gaps - begun.gaps; a.gaps[hit] == anyGaps || inside == 0 || inside == a.gaps[hit] {
			s.spans = append(s.spans, span{begun.from, to})
			return
		}
	}
}

// hex reads hexadecimal digits, with what stands between the bytes of a dump.
func (s *scanner) hex(text string) {
	st := &s.digits
	for i := 0; i < len(text); i++ {
		c := lower(text[i])
		switch {
		case c >= '0' && c <= '9' || c >= 'a' && c <= 'f':
			if c == '0' && i+1 < len(text) && lower(text[i+1]) == 'x' {
				i++
				continue
			}
			from := s.at + int64(i)
			st.ring[st.n&(len(st.ring)-1)] = mark{from, 0}
			st.n++
			st.text = s.forms.hex.step(st.text, c)
			s.found(st, s.forms.hex, st.text, from+1)
		case st.text == 0:
		case c == '\\' && i+1 < len(text) && strings.IndexByte("nrt", text[i+1]) >= 0:
			i++
		case c < utf8.RuneSelf:
			if kinds[c]&betweenDigits == 0 {
				st.text = 0
			}
		default:
			r, size := plainChar(text[i:])
			if !gap(r) {
				st.text = 0
			}
			i += size - 1
		}
	}
}

func lower(b byte) byte {
	if b >= 'A' && b <= 'Z' {
		return b + 'a' - 'A'
	}
	return b
}

// The kinds of ASCII characters, as bits.
const (
	special       = 1 // a gap, or it may begin an escape
	betweenDigits = 2 // of a dump, such as 70:61:73 or \x70\x61
)

var kinds = func() (k [utf8.RuneSelf]uint8) {
	for c := range k {
		if c <= ' ' || c == 0x7f || strings.ContainsRune("\"'`\\%&", rune(c)) {
			k[c] |= special
		}
		if c <= ' ' || strings.ContainsRune("\"'`\\%&:-,;_x[]#", rune(c)) {
			k[c] |= betweenDigits
		}
	}
	return k
}()

// reading is what a reader makes of a value, and how many gaps are in it.
func reading(value string, resolve bool) (string, int32) {
	var out strings.Builder
	gaps, between := int32(0), int32(0)
	for i := 0; i < len(value); {
		r, size := plainChar(value[i:])
		if resolve {
			r, size = char(value[i:])
		}
		i += size
		switch {
		case r == skipped, r == '\\':
			continue
		case gap(r):
			if out.Len() > 0 {
				between++
			}
			continue
		case r < 0:
			out.WriteByte(lower(byte(^r)))
		case r < utf8.RuneSelf:
			out.WriteByte(lower(byte(r)))
		default:
			out.WriteRune(fold(r))
		}
		gaps += between
		between = 0
	}
	return out.String(), gaps
}
