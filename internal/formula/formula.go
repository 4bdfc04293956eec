// Package formula keeps a text from being taken for a formula by a program that opens what is written here as text: CSV
// files, and rows on the clipboard. It changes the text, so that it is for files that people open and not for programs. In
// workbooks it is not needed: there a text is marked as one.
package formula

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// Guard puts an apostrophe before what a spreadsheet may take for a formula or a command (OWASP, CSV injection): at the
// beginning of the text, also behind blanks and quotation marks and in the wide forms of East Asian scripts, which some
// programs read alike; and behind line breaks and the marks that separate cells in other countries, as Excel splits a file by
// the mark of its own country, whatever the file has. own is the mark that does separate the cells: within a text it stands
// in quotation marks, or not at all.
func Guard(text string, own rune) string {
	if !strings.ContainsFunc(text, begins) && !strings.ContainsAny(text, "\t\r\n") {
		return text // as nearly all
	}
	var b strings.Builder
	from := 0 // of what was not written yet
	for at := 0; ; {
		if acts(text[at:], at == 0, own) {
			b.WriteString(text[from:at])
			b.WriteByte('\'')
			from = at
		}
		next := strings.IndexFunc(text[at:], func(r rune) bool { return splits(r) && r != own })
		if next < 0 {
			b.WriteString(text[from:])
			return b.String()
		}
		_, size := utf8.DecodeRuneInString(text[at+next:])
		at += next + size
	}
}

// GuardValue is Guard for a cell of which it is not known whether it is a text: a number stays as it is.
func GuardValue(text string, own rune) string {
	if number(text) {
		return text
	}
	return Guard(text, own)
}

// number says whether a text is one number as people and programs write them, such as -1.234,50 or +4e-7: nothing that is
// worked out or called.
func number(text string) bool {
	text = strings.TrimLeft(text, " ")
	if text != "" && (text[0] == '-' || text[0] == '+') {
		text = text[1:]
	}
	mantissa, exponent, scientific := strings.Cut(strings.ToLower(text), "e")
	if exponent = strings.TrimLeft(exponent, "+-"); scientific && !digits(exponent, "") {
		return false
	}
	return digits(mantissa, "., '\u00a0\u202f’")
}

// digits says whether a text begins with a digit and holds only digits and such marks.
func digits(text, marks string) bool {
	for i, r := range text {
		if (r < '0' || r > '9') && (i == 0 || !strings.ContainsRune(marks, r)) {
			return false
		}
	}
	return text != ""
}

// Acts says whether Guard changes a text.
func Acts(text string, own rune) bool { return Guard(text, own) != text }

// acts says whether a cell that begins so is taken for a formula, or, of a text's beginning, would be torn apart by some.
func acts(cell string, first bool, own rune) bool {
	if first && cell != "" && strings.ContainsRune("\t\r\n", rune(cell[0])) {
		return true
	}
	cell = strings.TrimLeftFunc(cell, func(r rune) bool {
		return r == '"' || (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r) || unicode.IsControl(r)) && (r == own || !splits(r))
	})
	r, size := utf8.DecodeRuneInString(cell)
	return size > 0 && begins(r)
}

// begins says whether a formula or a command can begin with a character.
func begins(r rune) bool { return strings.ContainsRune("=+-@|%＝＋－＠", r) }

// splits says whether a spreadsheet may begin a cell behind a character.
func splits(r rune) bool { return strings.ContainsRune(",;\t\n\r\v\f\u0085\u2028\u2029", r) }
