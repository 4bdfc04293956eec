package reading

import (
	"bytes"
	"strings"
	"unicode"
	"unicode/utf8"
)

// misreadTails are the characters that bytes from 0x80 to 0xBF are taken for and that no one writes behind Ã or Â, beside
// those from U+0080 to U+00BF.
const misreadTails = "ŸŒœŠšŽžƒ€„†‡‰"

// Misread says that a text, or one of several that follow each other, was not written as it reads: it has a character
// that stands for one that could not be read, or what UTF-8 looks like to a program that takes it for Windows-1252.
func Misread(text []byte) bool {
	if bytes.IndexByte(text, 0xEF) >= 0 && bytes.Contains(text, []byte("\uFFFD")) {
		return true
	}
	for i := bytes.IndexByte(text, 0xC3); i >= 0; i = bytes.IndexByte(text, 0xC3) { // which Ã and Â begin with
		text = text[i:]
		if (bytes.HasPrefix(text, []byte("Ã")) || bytes.HasPrefix(text, []byte("Â"))) && misreadTail(text[len("Ã"):]) {
			return true
		}
		text = text[1:]
	}
	return false
}

func misreadTail(rest []byte) bool {
	r, size := utf8.DecodeRune(rest)
	return size > 0 && (r >= 0x80 && r <= 0xBF || r >= utf8.RuneSelf && r != utf8.RuneError && strings.ContainsRune(misreadTails, r))
}

// Letters counts, in the texts of a file that is read as Windows-1252, the letters that tell it from Windows-1250. The zero
// value has seen none.
type Letters struct{ western, eastern int64 }

const (
	westernLetters = "äöüéèßñç"  // as both encodings have them, or Windows-1252 only
	easternLetters = "³¹êæñ¿ŸŒœ" // what letters of Windows-1250 look like
)

// Add looks at a text.
func (l *Letters) Add(text []byte) {
	before := false // a letter
	for i := 0; i < len(text); {
		if text[i] < utf8.RuneSelf {
			before = unicode.IsLetter(rune(text[i]))
			i++
			continue
		}
		r, size := utf8.DecodeRune(text[i:])
		i += size
		after, _ := utf8.DecodeRune(text[i:])
		if before && unicode.IsLetter(after) {
			if strings.ContainsRune(easternLetters, r) {
				l.eastern++
			}
			if strings.ContainsRune(westernLetters, r) {
				l.western++
			}
		}
		before = unicode.IsLetter(r) || strings.ContainsRune(easternLetters, r)
	}
}

// HasEastern says that a text has a letter that may be one of Windows-1250.
func HasEastern(text []byte) bool { return bytes.ContainsAny(text, easternLetters) }

// Eastern says that the file may be in Windows-1250.
func (l *Letters) Eastern() bool { return l.eastern > l.western }
