package spreadsheet

import (
	"bytes"
	"errors"
	"strconv"
	"unicode/utf8"
)

// safeCut is how much of a text may be handed over without splitting an entity, a character or a line break.
func safeCut(b []byte) int {
	cut := len(b)
	if i := bytes.LastIndexByte(b, '&'); i >= cut-maxEntity && i >= 0 && bytes.IndexByte(b[i:], ';') < 0 {
		return i
	}
	for start := cut - 1; start >= 0 && start >= cut-utf8.UTFMax; start-- {
		if utf8.RuneStart(b[start]) {
			if !utf8.FullRune(b[start:]) || b[start] == '\r' {
				return start
			}
			break
		}
	}
	return cut
}

func checkText(b []byte) error {
	if !utf8.Valid(b) {
		return errors.New("it holds bytes that are not UTF-8")
	}
	for {
		i := bytes.IndexByte(b, '&')
		if i < 0 {
			return nil
		}
		_, n := entity(b[i:])
		if n == 0 {
			return errors.New("it holds an unescaped &")
		}
		b = b[i+n:]
	}
}

// nextAttr takes the next attribute off the raw attributes. ok is false when there is none; rest is then not empty
// where they are malformed.
func nextAttr(attrs []byte) (name, value, rest []byte, ok bool) {
	i := 0
	for i < len(attrs) && isSpace(attrs[i]) {
		i++
	}
	if i == len(attrs) {
		return nil, nil, nil, false
	}
	start := i
	for i < len(attrs) && attrs[i] != '=' && !isSpace(attrs[i]) {
		i++
	}
	name = attrs[start:i]
	for i < len(attrs) && isSpace(attrs[i]) {
		i++
	}
	if len(name) == 0 || i == len(attrs) || attrs[i] != '=' {
		return nil, nil, attrs, false
	}
	for i++; i < len(attrs) && isSpace(attrs[i]); i++ {
	}
	if i == len(attrs) || (attrs[i] != '"' && attrs[i] != '\'') {
		return nil, nil, attrs, false
	}
	n := bytes.IndexByte(attrs[i+1:], attrs[i])
	if n < 0 {
		return nil, nil, attrs, false
	}
	return name, attrs[i+1 : i+1+n], attrs[i+n+2:], true
}

// attribute is the decoded value of an attribute of the start tag that was read last, by its local name; "" for one that is not there.
func (x *xmlReader) attribute(local string) string {
	for rest := x.attrs; ; {
		name, value, next, ok := nextAttr(rest)
		if !ok {
			x.faulty = len(next) > 0
			return ""
		}
		if string(localName(name)) == local && !bytes.HasPrefix(name, []byte("xmlns")) {
			return string(appendText(nil, value))
		}
		rest = next
	}
}

// appendText appends a checked text with its entities and line breaks resolved.
func appendText(dst, raw []byte) []byte {
	for len(raw) > 0 {
		i := bytes.IndexByte(raw, '&')
		if cr := bytes.IndexByte(raw, '\r'); cr >= 0 && (i < 0 || cr < i) {
			i = cr
		}
		if i < 0 {
			return append(dst, raw...)
		}
		dst = append(dst, raw[:i]...)
		if raw[i] == '\r' {
			dst = append(dst, '\n')
			raw = raw[i+1:]
			if len(raw) > 0 && raw[0] == '\n' {
				raw = raw[1:]
			}
			continue
		}
		r, n := entity(raw[i:])
		if n == 0 {
			dst = append(dst, '&')
			n = 1
		} else {
			dst = utf8.AppendRune(dst, r)
		}
		raw = raw[i+n:]
	}
	return dst
}

// entity reads the entity at the beginning of b; n is 0 when there is none that XML knows.
func entity(b []byte) (r rune, n int) {
	end := bytes.IndexByte(b[:min(len(b), maxEntity)], ';')
	if end < 2 {
		return 0, 0
	}
	switch name := string(b[1:end]); name {
	case "lt":
		return '<', end + 1
	case "gt":
		return '>', end + 1
	case "amp":
		return '&', end + 1
	case "quot":
		return '"', end + 1
	case "apos":
		return '\'', end + 1
	default:
		if name[0] != '#' || len(name) < 2 {
			return 0, 0
		}
		digits, base := name[1:], 10
		if digits[0] == 'x' {
			digits, base = digits[1:], 16
		}
		v, err := strconv.ParseUint(digits, base, 32)
		if err != nil || v == 0 || !utf8.ValidRune(rune(v)) {
			return 0, 0
		}
		return rune(v), end + 1
	}
}

func localName(full []byte) []byte {
	if i := bytes.LastIndexByte(full, ':'); i >= 0 {
		return full[i+1:]
	}
	return full
}

func isSpace(b byte) bool { return b == ' ' || b == '\n' || b == '\t' || b == '\r' }

// clip shortens what is shown of a file's bytes.
func clip(b []byte) string { return strconv.QuoteToASCII(string(b[:min(len(b), 40)])) }
