package spreadsheet

import (
	"bytes"
	"unicode/utf16"
	"unicode/utf8"
)

// unescape resolves the escapes _xHHHH_ in place, with which workbooks write characters that XML can't hold. An
// underscore that would begin such an escape is itself written as _x005F_.
// CRLF, of which the CR comes as an escape, becomes LF.
func unescape(b []byte) []byte {
	i := bytes.Index(b, []byte("_x"))
	if i < 0 {
		return oneBreak(b)
	}
	out := b[:i]
	for i < len(b) {
		unit, ok := escapeAt(b[i:])
		if !ok {
			out = append(out, b[i])
			i++
			continue
		}
		i += len("_xHHHH_")
		r := rune(unit)
		if utf16.IsSurrogate(r) {
			low, ok := escapeAt(b[i:])
			r = utf16.DecodeRune(r, rune(low))
			if ok && r != utf8.RuneError {
				i += len("_xHHHH_")
			} else {
				r = utf8.RuneError
			}
		}
		// An escape is 7 bytes and a character 4 at most, so the output never overtakes the input.
		out = utf8.AppendRune(out, r)
	}
	return oneBreak(out)
}

// oneBreak makes LF of CRLF in place.
func oneBreak(b []byte) []byte {
	from := bytes.Index(b, []byte("\r\n"))
	if from < 0 {
		return b
	}
	out := b[:from]
	for i, c := range b[from:] {
		if c != '\r' || from+i+1 == len(b) || b[from+i+1] != '\n' {
			out = append(out, c)
		}
	}
	return out
}

func escapeAt(b []byte) (unit uint16, ok bool) {
	if len(b) < len("_xHHHH_") || b[0] != '_' || b[1] != 'x' || b[6] != '_' {
		return 0, false
	}
	for _, c := range b[2:6] {
		switch {
		case c >= '0' && c <= '9':
			c -= '0'
		case c >= 'a' && c <= 'f':
			c -= 'a' - 10
		case c >= 'A' && c <= 'F':
			c -= 'A' - 10
		default:
			return 0, false
		}
		unit = unit<<4 | uint16(c)
	}
	return unit, true
}
