package reading

import (
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// compat gives a text in NFKC, with one form of each sign that numbers and dates are written with: U+2212 for all minus
// signs but the hyphen, ' for the apostrophes. It is false for a text in which NFKC makes a digit of a character that is
// none to people, such as the 1 of a footnote; full-width digits are digits. A text in ASCII comes as it is; of others
// the result stands in dst where that has room.
func compat(dst, text []byte) ([]byte, bool) {
	i := 0
	for i < len(text) && text[i] < utf8.RuneSelf {
		i++
	}
	if i == len(text) {
		return text, true
	}
	dst = append(dst, text[:i]...)
	for i < len(text) {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r < utf8.RuneSelf:
			dst = append(dst, text[i])
		case r == '\u00a0' || r >= '\u2000' && r <= '\u200a' || r == '\u202f' || r == '\u205f' || r == '\u3000':
			dst = append(dst, ' ')
		case r == '’':
			dst = append(dst, '\'')
		case r >= '\uff01' && r <= '\uff5e':
			dst = append(dst, byte(r-0xfee0))
		case r == '€' || r == '£' || r == '\u2212' || r == '–' || r == '—':
			dst = append(dst, text[i:i+size]...)
		default:
			return compatOther(text)
		}
		i += size
	}
	return dst, true
}

// compatOther is compat for characters that few texts have.
func compatOther(text []byte) ([]byte, bool) {
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r >= utf8.RuneSelf && (r < '０' || r > '９') {
			for _, c := range norm.NFKC.Properties(text[i:]).Decomposition() {
				if c >= '0' && c <= '9' {
					return nil, false
				}
			}
		}
		i += size
	}
	out := norm.NFKC.Bytes(text)
	plain := make([]byte, 0, len(out))
	for _, r := range string(out) {
		if r == '’' {
			r = '\''
		}
		plain = utf8.AppendRune(plain, r)
	}
	return plain, true
}

// skipBlanks is the index of the first byte from i on that is no blank.
func skipBlanks(b []byte, i int) int {
	for i < len(b) && b[i] == ' ' {
		i++
	}
	return i
}
