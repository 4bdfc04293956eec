package plaintext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Block is the text as it may be pasted anywhere: blanks, tabs and line breaks stay where they are, and what Line marks or
// leaves out is marked and left out here, too. It has at most limit characters.
func Block(text string, limit int) string {
	if limit <= 0 {
		return ""
	}
	if len(text) <= limit && plainBlock(text) {
		return text
	}
	w := writer{limit: limit}
	for i := 0; i < len(text) && !w.full; {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\x1b' || r == '\u009b' || r == '\u009d':
			size = sequence(text[i:], size)
			w.mark()
		case r == utf8.RuneError && size <= 1, r == Mark, turns(r):
			w.mark()
		case r == '\r' && strings.HasPrefix(text[i+1:], "\n"):
		case r == '\n' || r == '\t':
			w.rune(r)
		case breaks(r):
			w.rune(' ')
		case unicode.IsControl(r):
			w.mark()
		case unseen(r) && !joins(text[:i], text[i+size:], r):
		default:
			w.rune(r)
		}
		i += size
	}
	return w.out.String()
}

// plainBlock says quickly that a text is what Block gives of it: printable ASCII with tabs and line breaks.
func plainBlock(text string) bool {
	for i := range len(text) {
		if c := text[i]; c < ' ' && c != '\n' && c != '\t' || c >= 0x7f {
			return false
		}
	}
	return true
}
