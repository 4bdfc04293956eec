package form

import (
	"fmt"
	"strings"
	"time"
	"unicode/utf8"
)

// scanner reads JSON (RFC 8259) as it stands, strictly.
type scanner struct {
	data    []byte
	at      int
	longest int // bytes of one text
}

func (s *scanner) bad() *Error {
	if s.at >= len(s.data) {
		return &Error{Reason: "is no whole JSON document: it ends too early", syntax: true}
	}
	return &Error{Reason: fmt.Sprintf("is no valid JSON at byte %d", s.at), syntax: true}
}

func (s *scanner) space() {
	for s.at < len(s.data) {
		switch s.data[s.at] {
		case ' ', '\t', '\r', '\n':
			s.at++
		default:
			return
		}
	}
}

// next takes a character if it stands there.
func (s *scanner) next(c byte) bool {
	if s.at < len(s.data) && s.data[s.at] == c {
		s.at++
		return true
	}
	return false
}

// kind tells from its first character what a value is; 0 for none.
func (s *scanner) kind() kinds {
	if s.at >= len(s.data) {
		return 0
	}
	switch c := s.data[s.at]; {
	case c == '"':
		return text
	case c == '{':
		return object
	case c == '[':
		return list
	case c == 'n':
		return null
	case c == 't', c == 'f':
		return boolean
	case c == '-', '0' <= c && c <= '9':
		return number | integer
	}
	return 0
}

func (s *scanner) word(w string) *Error {
	for i := range len(w) {
		if !s.next(w[i]) {
			return s.bad()
		}
	}
	return nil
}

// numeral is a number as it is written.
func (s *scanner) numeral() (string, *Error) {
	from := s.at
	s.next('-')
	if !s.next('0') && !s.digits() {
		return "", s.bad()
	}
	if s.next('.') && !s.digits() {
		return "", s.bad()
	}
	if s.next('e') || s.next('E') {
		if !s.next('+') {
			s.next('-')
		}
		if !s.digits() {
			return "", s.bad()
		}
	}
	if s.at-from > 1000 {
		return "", &Error{Reason: "is a number of more than 1000 characters", Beyond: true}
	}
	return string(s.data[from:s.at]), nil
}

func (s *scanner) digits() bool {
	from := s.at
	for s.at < len(s.data) && '0' <= s.data[s.at] && s.data[s.at] <= '9' {
		s.at++
	}
	return s.at > from
}

// text is a text as it is written, with its quotes.
func (s *scanner) text() ([]byte, *Error) {
	from := s.at
	s.at++
	ascii := true
	for s.at < len(s.data) {
		switch c := s.data[s.at]; {
		case c == '"':
			s.at++
			raw := s.data[from:s.at]
			switch {
			case len(raw)-2 > s.longest:
				return nil, &Error{Reason: fmt.Sprintf("has a text of more than %d bytes", s.longest), Beyond: true}
			case !ascii && !utf8.Valid(raw):
				return nil, &Error{Reason: "has a text that is not in UTF-8", Beyond: true}
			}
			return raw, nil
		case c == '\\':
			if err := s.escape(); err != nil {
				return nil, err
			}
		case c < ' ':
			return nil, s.bad()
		default:
			ascii = ascii && c < utf8.RuneSelf
			s.at++
		}
	}
	return nil, s.bad()
}

func (s *scanner) escape() *Error {
	s.at++
	if s.at >= len(s.data) {
		return s.bad()
	}
	c := s.data[s.at]
	if c != 'u' {
		if strings.IndexByte(`"\/bfnrt`, c) < 0 {
			return s.bad()
		}
		s.at++
		return nil
	}
	s.at++
	for range 4 {
		if s.at >= len(s.data) || strings.IndexByte("0123456789abcdefABCDEF", s.data[s.at]) < 0 {
			return s.bad()
		}
		s.at++
	}
	return nil
}

// Head finds a whole number that stands directly in a document's object, without a look at the rest: what is read how, the
// document itself says. It is false where there is none.
func Head(data []byte, key string) (raw string, ok bool) {
	s := scanner{data: data, longest: len(data)}
	if s.space(); !s.next('{') {
		return "", false
	}
	depth, wanted, atKey := 1, false, true
	for {
		s.space()
		if s.at >= len(data) {
			return "", false
		}
		switch c := data[s.at]; c {
		case '"':
			raw, err := s.text()
			if err != nil {
				return "", false
			}
			wanted = false
			if depth == 1 && atKey {
				name, err := plain(raw)
				wanted = err == nil && name == key
			}
			atKey = false
		case '{', '[':
			depth++
			s.at++
		case '}', ']':
			if depth--; depth == 0 {
				return "", false
			}
			s.at++
		case ',':
			atKey, wanted = depth == 1, false
			s.at++
		case ':':
			s.at++
		default:
			from := s.at
			for s.at < len(data) && strings.IndexByte(" \t\r\n,:]}\"{[", data[s.at]) < 0 {
				s.at++
			}
			if wanted && depth == 1 {
				return string(data[from:s.at]), true
			}
			if s.at == from {
				return "", false
			}
		}
	}
}

// inCalendar tells whether a text that begins as a day or a month does is one, and as an instant does, too.
func inCalendar(s string) bool {
	for _, layout := range []string{"2006-01-02T15:04:05Z", time.DateOnly, "2006-01"} {
		if len(s) == len(layout) {
			_, err := time.Parse(layout, s)
			return err == nil
		}
	}
	return true
}
