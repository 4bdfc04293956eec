package dataset

import (
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Texts are compared folded: in lower case, without accents, ß as ss. It is what people expect who look for muller or
// sort by name, and is the same on every computer.

func changesFolded(s []byte) bool {
	for _, c := range s {
		if c >= utf8.RuneSelf || c >= 'A' && c <= 'Z' {
			return true
		}
	}
	return false
}

// appendFolded appends s folded to b.
func appendFolded(b, s []byte) []byte {
	for i, c := range s {
		if c >= utf8.RuneSelf {
			return appendFoldedRunes(b, s[i:])
		}
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		b = append(b, c)
	}
	return b
}

func appendFoldedRunes(b, s []byte) []byte {
	// A piece at a time: a character can become eighteen.
	var letters norm.Iter
	for letters.Init(norm.NFKD, s); !letters.Done(); {
		for _, r := range string(letters.Next()) {
			switch {
			case unicode.Is(unicode.Mn, r):
			case r == 'ß' || r == 'ẞ':
				b = append(b, "ss"...)
			default:
				b = utf8.AppendRune(b, unicode.ToLower(r))
			}
		}
	}
	return b
}

func foldText(s string) []byte { return appendFolded(nil, []byte(s)) }
