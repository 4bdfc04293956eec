package secrets

import (
	"html"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"
)

// skipped stands for what is no character at all, such as the backslash before one. Other values below zero are the
// complements of single bytes.
const skipped rune = -1 << 16

// gap says whether a character is passed over: white space, control characters, quotes, what can't be seen, and the mark
// that stands for such things (plaintext.Mark).
func gap(r rune) bool {
	if r < utf8.RuneSelf {
		return r <= ' ' && r >= 0 || r == 0x7f || r == '"' || r == '\'' || r == '`'
	}
	switch r {
	case '“', '”', '„', '‘', '’', '‚', '«', '»', '‹', '›', utf8.RuneError, '\u00ad', '\u034f':
		return true
	}
	return unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r)
}

// plainChar is the character that a text begins with, as it stands.
func plainChar(text string) (rune, int) {
	r, size := utf8.DecodeRuneInString(text)
	if r == utf8.RuneError && size <= 1 {
		return ^rune(text[0]), 1
	}
	return r, size
}

// longestEscape is how many bytes an escape has at most, but for backslashes and percent signs that were escaped again.
const longestEscape = 12

// char is the character that a text begins with, where an escape counts as what it stands for: of a URL, of JSON and of
// most languages, of HTML.
func char(text string) (rune, int) {
	switch text[0] {
	case '%', '\\':
		if r, n := escapedByte(text); n > 0 {
			return together(text, r, n)
		}
	case '&':
		if end := strings.IndexByte(text[:min(len(text), longestEscape)], ';'); end > 1 {
			if one := html.UnescapeString(text[:end+1]); one != text[:end+1] && utf8.RuneCountInString(one) == 1 {
				r, _ := plainChar(one)
				return r, end + 1
			}
		}
	}
	return plainChar(text)
}

// together is the character of several bytes of which the first was escaped, where the others are, too.
func together(text string, first rune, size int) (rune, int) {
	if first >= 0 || first == skipped {
		return first, size
	}
	bytes, at := []byte{byte(^first)}, size
	for !utf8.FullRune(bytes) && at < len(text) {
		next, n := escapedByte(text[at:])
		if next >= 0 || next == skipped {
			break
		}
		bytes, at = append(bytes, byte(^next)), at+n
	}
	if r, n := utf8.DecodeRune(bytes); len(bytes) > 1 && r != utf8.RuneError && n == len(bytes) {
		return r, at
	}
	return first, size
}

// escapedByte is what an escape stands for that a text begins with; skipped where it begins with none.
func escapedByte(text string) (rune, int) {
	switch text[0] {
	case '%':
		if v, n := percent(text); n > 0 {
			return single(v), n
		}
	case '\\':
		return backslash(text)
	}
	return skipped, 0
}

// fold is the one of a letter's cases that is compared.
func fold(r rune) rune { return unicode.ToLower(unicode.ToUpper(r)) }

func single(v byte) rune {
	if v < utf8.RuneSelf {
		return rune(v)
	}
	return ^rune(v)
}

// percent is the byte of %41, and of %2541, which was escaped twice.
func percent(text string) (v byte, size int) {
	at := 1
	for {
		next, ok := hexNumber(text, at, 2)
		if !ok {
			return v, size
		}
		at += 2
		v, size = byte(next), at
		if v != '%' {
			return v, size
		}
	}
}

// backslash is what stands behind one or more backslashes.
func backslash(text string) (rune, int) {
	n := 1
	for n < len(text) && text[n] == '\\' {
		n++
	}
	if n == len(text) {
		return skipped, n
	}
	switch text[n] {
	case 'n', 'r', 't', 'b', 'f', 'v':
		return ' ', n + 1
	case 'x':
		if v, ok := hexNumber(text, n+1, 2); ok {
			return single(byte(v)), n + 3
		}
	case 'U':
		if v, ok := hexNumber(text, n+1, 8); ok && v <= utf8.MaxRune {
			return v, n + 9
		}
	case 'u':
		if v, ok := hexNumber(text, n+1, 4); ok {
			return utf16Char(text, v, n+5)
		}
	case '0', '1', '2', '3':
		if n+2 < len(text) && octal(text[n+1]) && octal(text[n+2]) {
			return single((text[n]-'0')<<6 | (text[n+1]-'0')<<3 | text[n+2] - '0'), n + 3
		}
	}
	return skipped, n
}

// utf16Char is the character of \uXXXX, and of two of them where it takes two.
func utf16Char(text string, v rune, at int) (rune, int) {
	if !utf16.IsSurrogate(v) {
		return v, at
	}
	next := at
	for next < len(text) && text[next] == '\\' {
		next++
	}
	if next > at && next < len(text) && text[next] == 'u' {
		if low, ok := hexNumber(text, next+1, 4); ok {
			if r := utf16.DecodeRune(v, low); r != utf8.RuneError {
				return r, next + 5
			}
		}
	}
	return utf8.RuneError, at
}

func octal(c byte) bool { return c >= '0' && c <= '7' }

func hexNumber(text string, at, digits int) (rune, bool) {
	if at+digits > len(text) {
		return 0, false
	}
	v := rune(0)
	for _, c := range []byte(text[at : at+digits]) {
		switch c = lower(c); {
		case c >= '0' && c <= '9':
			v = v<<4 | rune(c-'0')
		case c >= 'a' && c <= 'f':
			v = v<<4 | rune(c-'a'+10)
		default:
			return 0, false
		}
	}
	return v, true
}
