// Package plaintext makes a text from outside fit to be shown: in the window, in a terminal, in an event. Names, cells,
// error texts and whatever else somebody else wrote may hold escape sequences, characters that turn the direction of
// writing, line breaks and megabytes; what is shown holds none of them, and says where one was.
//
// It is for showing only. What is kept, compared or sent, and what is written as JSON, stays as it is.
package plaintext

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Mark stands where something was that can't be shown: a control character, an escape sequence, a change of the
// direction of writing, a byte that is no text.
const Mark = '�'

// Ellipsis stands at the end of what was cut.
const Ellipsis = '…'

// Line is the text on one line of at most limit characters; line breaks and other white space become one blank each run.
// It reads no more of a long text than it shows.
func Line(text string, limit int) string { return show(text, limit, 1) }

// Lines is Line that keeps line breaks, at most lines of them less one; what comes after is cut.
func Lines(text string, limit, lines int) string { return show(text, limit, max(lines, 2)) }

// Shows says whether Line would give the text as it is.
func Shows(text string, limit int) bool { return Line(text, limit) == text }

// Whole says whether a text is one line of at most limit characters in which nothing is hidden, so that it can be compared and used again.
// Unlike what Line shows it may have any blanks: of a name each of them counts.
func Whole(text string, limit int) bool {
	return utf8.RuneCountInString(text) <= limit && !strings.ContainsAny(text, "\n\r\t") && Safe(text) == text
}

func show(text string, limit, lines int) string {
	if limit <= 0 {
		return ""
	}
	if plain(text) && len(text) <= limit {
		return text
	}
	w := writer{limit: limit, lines: lines}
	for i := 0; i < len(text) && !w.full; {
		r, size := utf8.DecodeRuneInString(text[i:])
		switch {
		case introduces(r):
			size = sequence(text[i:], size)
			w.mark()
		case r == utf8.RuneError && size <= 1, r == Mark, turns(r):
			w.mark()
		case breaks(r):
			if w.lines > 1 {
				w.line()
			} else {
				w.blank = true
			}
		case unicode.IsSpace(r):
			w.blank = true
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

// plain says quickly that a text is what is shown of it: printable ASCII without two blanks in a row or at an end.
func plain(text string) bool {
	blank := true
	for i := range len(text) {
		c := text[i]
		if c < ' ' || c >= 0x7f || c == ' ' && blank {
			return false
		}
		blank = c == ' '
	}
	return !blank || text == ""
}

// longestSequence is up to how many bytes an escape sequence without an end hides; the rest is shown.
const longestSequence = 4096

// sequence is how many bytes an escape sequence takes (ECMA-48, 5.4 to 5.6): of a control sequence up to its final byte,
// of a command string, such as an address behind a word, up to its terminator, of others two bytes.
func sequence(text string, introducer int) int {
	kind, from := text[introducer-1], introducer
	if text[0] == '\x1b' {
		if len(text) < 2 {
			return 1
		}
		kind, from = text[1], 2
	}
	text = text[:min(len(text), longestSequence)]
	switch kind {
	case '[', 0x9b:
		for i := from; i < len(text); i++ {
			if c := text[i]; c >= 0x40 && c <= 0x7e {
				return i + 1
			} else if c < 0x20 || c > 0x7e {
				return i
			}
		}
		return len(text)
	case ']', 'P', 'X', '^', '_', 0x9d:
		for i := from; i < len(text); i++ {
			switch c := text[i]; {
			case c == '\a':
				return i + 1
			case c == '\x1b' && i+1 < len(text) && text[i+1] == '\\':
				return i + 2
			case c == '\n', c == '\r':
				return i
			}
		}
		return from
	}
	if kind >= 0x20 && kind <= 0x7e {
		return 2
	}
	return 1
}

// turns says whether a character changes the direction of writing (Unicode Standard Annex 9, 2.1 to 2.4 and 2.6).
func turns(r rune) bool {
	return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
}

func breaks(r rune) bool {
	return r == '\n' || r == '\r' || r == '\v' || r == '\f' || r == '\u0085' || r == '\u2028' || r == '\u2029'
}

// unseen says whether a character is drawn as nothing, so that two different names could look alike.
func unseen(r rune) bool {
	return unicode.Is(unicode.Cf, r) || unicode.Is(unicode.Co, r) || r == '\u034f' || r == '\u115f' || r == '\u1160' || r == '\u3164' || r == '\uffa0'
}

// joins says whether a joiner does its work between two characters that are written together or apart by it: in some
// scripts, and in pictures made of several.
func joins(before, after string, r rune) bool {
	if r != '\u200c' && r != '\u200d' {
		return false
	}
	a, _ := utf8.DecodeLastRuneInString(before)
	b, _ := utf8.DecodeRuneInString(after)
	return joined(a) && joined(b)
}

func joined(r rune) bool { return r >= 0x600 && r != utf8.RuneError && !unseen(r) && !turns(r) }

// writer collects what is shown.
type writer struct {
	out    strings.Builder
	limit  int // characters
	n      int
	lines  int
	blank  bool // one is due before the next character
	begun  bool // this line has a character
	marked bool // the last was the mark
	full   bool
}

func (w *writer) rune(r rune) {
	if w.blank && w.begun {
		w.put(' ')
	}
	w.blank, w.begun, w.marked = false, true, false
	w.put(r)
}

func (w *writer) mark() {
	if w.marked && !w.blank {
		return
	}
	w.rune(Mark)
	w.marked = true
}

func (w *writer) line() {
	if w.n == 0 {
		return
	}
	w.lines--
	w.blank, w.begun, w.marked = false, false, false
	w.put('\n')
}

func (w *writer) put(r rune) {
	if w.full {
		return
	}
	if w.n == w.limit {
		w.full = true
		kept := strings.TrimRight(w.cut(), " \n")
		w.out.Reset()
		w.out.WriteString(kept)
		w.out.WriteRune(Ellipsis)
		return
	}
	w.out.WriteRune(r)
	w.n++
}

// cut is what is shown without its last character, which the ellipsis takes the place of.
func (w *writer) cut() string {
	text := w.out.String()
	_, size := utf8.DecodeLastRuneInString(text)
	return text[:len(text)-size]
}
