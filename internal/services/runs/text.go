package runs

import (
	"regexp"
	"strings"
	"unicode"
)

// Caps on texts that go into the database or onto a screen, in runes.
const (
	maxErrorMessage = 1000
	maxEventText    = 2000
)

// secretForms are the shapes of secrets that other programs' messages have been seen to carry (docs/specification.md §6).
var secretForms = []*regexp.Regexp{
	regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){0,2}`),
	regexp.MustCompile(`(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,}`),
	regexp.MustCompile(`(?i)\b(sig|password|passwd|pwd|client_secret|clientsecret|secret|access_token|refresh_token|accountkey|sharedaccesskey)\s*["']?\s*[=:]\s*("[^"]*"|'[^']*'|[^\s&;,"']+)`),
	regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]+):[^\s/@]+@`),
}

// clean makes a text from outside fit to be stored and shown: one line, no control or direction characters that could
// disguise what it says, no secrets, at most max runes.
func clean(s string, max int) string {
	s = plain(s)
	for _, form := range secretForms {
		s = form.ReplaceAllString(s, "[removed]")
	}
	if r := []rune(s); len(r) > max {
		s = string(r[:max-1]) + "…"
	}
	return s
}

// plain drops control, direction and invisible format characters and folds white space.
func plain(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case unicode.IsSpace(r):
			return ' '
		case r == unicode.ReplacementChar, unicode.IsControl(r), unicode.Is(unicode.Cf, r):
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, ""))
	return strings.Join(strings.Fields(s), " ")
}

// oneOf is the first text that is not blank.
func oneOf(texts ...string) string {
	for _, t := range texts {
		if strings.TrimSpace(t) != "" {
			return t
		}
	}
	return ""
}
