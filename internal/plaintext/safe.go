package plaintext

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Safe is a text of any length with its lines and blanks as they are, and with nothing in it that moves a terminal's
// cursor, turns the direction of writing or can't be seen: for what was laid out already. A value that stands within a
// line goes through Line first, as a line break in it could make a line of its own.
func Safe(text string) string {
	if harmless(text) {
		return text
	}
	var out strings.Builder
	out.Grow(len(text))
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case r == '\n':
			out.WriteByte('\n')
		case r == '\t':
			out.WriteString("    ")
		case r == '\r' && strings.HasPrefix(text[i+1:], "\n"):
		case introduces(r):
			size = sequence(text[i:], size)
			out.WriteRune(Mark)
		case r == utf8.RuneError, turns(r), breaks(r), unicode.IsControl(r):
			out.WriteRune(Mark)
		case unseen(r) && !joins(text[:i], text[i+size:], r):
		default:
			out.WriteString(text[i : i+size])
		}
		i += size
	}
	return out.String()
}

// harmless says quickly that Safe changes nothing: printable ASCII and line breaks.
func harmless(text string) bool {
	for i := range len(text) {
		if c := text[i]; (c < ' ' && c != '\n') || c >= 0x7f {
			return false
		}
	}
	return true
}

// introduces says whether a character begins an escape sequence.
func introduces(r rune) bool { return r == '\x1b' || r == '\u009b' || r == '\u009d' }

// JSON is a JSON text with each character that Safe would change written as an escape. Such characters stand in strings
// only, so the text means what it meant.
func JSON(text []byte) []byte {
	first := 0
	for first < len(text) && text[first] < 0x7f {
		first++
	}
	if first == len(text) {
		return text
	}
	out := make([]byte, 0, len(text)+64)
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		switch {
		case r < 0x7f || r != utf8.RuneError && !turns(r) && !breaks(r) && !unicode.IsControl(r) && !unseen(r):
			out = append(out, text[i:i+size]...)
		case r > 0xffff:
			high, low := surrogates(r)
			out = fmt.Appendf(out, `\u%04x\u%04x`, high, low)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		i += size
	}
	return out
}

// surrogates are the two halves of a character beyond the basic plane (RFC 8259, 7).
func surrogates(r rune) (high, low rune) {
	r -= 0x10000
	return 0xd800 + r>>10, 0xdc00 + r&0x3ff
}

// Writer passes on what is written through Safe. What comes in several pieces is put together where a character or a line
// break lies across them. It is for one goroutine at a time.
type Writer struct {
	next io.Writer
	held []byte
	tabs bool
}

// NewWriter writes to next.
func NewWriter(next io.Writer) *Writer { return &Writer{next: next} }

// KeepTabs passes tabs on as they are, for who parts what is written by them.
func (w *Writer) KeepTabs() { w.tabs = true }

func (w *Writer) safe(text string) string {
	if !w.tabs {
		return Safe(text)
	}
	parts := strings.Split(text, "\t")
	for i, part := range parts {
		parts[i] = Safe(part)
	}
	return strings.Join(parts, "\t")
}

func (w *Writer) Write(p []byte) (int, error) {
	text := append(w.held, p...)
	cut := len(text) - unfinished(text)
	w.held = append([]byte(nil), text[cut:]...)
	if cut == 0 {
		return len(p), nil
	}
	if _, err := io.WriteString(w.next, w.safe(string(text[:cut]))); err != nil {
		return 0, err
	}
	return len(p), nil
}

// Flush writes what waits for its end.
func (w *Writer) Flush() error {
	if len(w.held) == 0 {
		return nil
	}
	_, err := io.WriteString(w.next, w.safe(string(w.held)))
	w.held = nil
	return err
}

// unfinished is how many bytes at the end of a text begin a character, or a line break of two.
func unfinished(text []byte) int {
	if n := len(text); n > 0 && text[n-1] == '\r' {
		return 1
	}
	for n := 1; n < utf8.UTFMax && n <= len(text); n++ {
		if c := text[len(text)-n]; utf8.RuneStart(c) {
			if c >= utf8.RuneSelf && !utf8.FullRune(text[len(text)-n:]) {
				return n
			}
			return 0
		}
	}
	return 0
}
