package runs

import (
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"fabricportal/internal/plaintext"
)

// secretForms are the shapes of secrets that other programs' messages have been seen to carry (docs/specification.md §6),
// each with what must stand in a text, in small letters, for the shape to be looked for: most texts have none of it, and
// looking for a shape takes a hundred times as long.
var secretForms = []struct {
	needs []string // any of them
	form  *regexp.Regexp
}{
	{[]string{"eyj"}, regexp.MustCompile(`eyJ[A-Za-z0-9_-]{8,}(\.[A-Za-z0-9_-]*){0,2}`)},
	{[]string{"bearer"}, regexp.MustCompile(`(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,}`)},
	{[]string{"sig", "pass", "pwd", "secret", "token", "key"}, regexp.MustCompile(`(?i)\b(sig|password|passwd|pwd|client_secret|clientsecret|secret|access_token|refresh_token|accountkey|sharedaccesskey)` +
		`\s*["']?\s*[=:]\s*("[^"]*"|'[^']*'|[^\s&;,"']+)`)},
	{[]string{"://"}, regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@]+):[^\s/@]+@`)},
}

// withoutSecrets takes the shapes of secrets out of a short text.
func withoutSecrets(text string) string {
	lower := strings.ToLower(text)
	for _, s := range secretForms {
		if slices.ContainsFunc(s.needs, func(need string) bool { return strings.Contains(lower, need) }) {
			text = s.form.ReplaceAllString(text, "[removed]")
		}
	}
	return text
}

// Clean makes a text from outside fit to be stored and shown: one line as plaintext.Line has it, without secrets, of at
// most limit characters. It reads no more of a long text than that; where something is cut, it ends in an ellipsis.
func Clean(text string, limit int) string {
	head, cut := beginning(text, limit)
	line := withoutSecrets(plaintext.Line(head, limit))
	if cut {
		return ellipsis(line, limit)
	}
	return plaintext.Line(line, limit)
}

// Exact is for what is compared, or used again, besides being shown: the text as it is, each blank of it, where it has at most
// limit characters and nothing hidden. Any other ends in an ellipsis, so that it is never taken for one that is whole.
func Exact(text string, limit int) string {
	if plaintext.Whole(text, limit) {
		return text
	}
	return ellipsis(plaintext.Line(text, limit), limit)
}

// beginning is at most limit characters of a text, and whether that is not all. A word that may have been cut in two goes
// with the rest: half a secret has no form to be known by.
func beginning(text string, limit int) (string, bool) {
	end := 0
	for range limit {
		if end == len(text) {
			return text, false
		}
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	if end == len(text) {
		return text, false
	}
	const longestWord = 200
	if i := strings.LastIndexAny(text[max(0, end-longestWord):end], " \t\r\n"); i >= 0 {
		end = max(0, end-longestWord) + i
	}
	return text[:end], true
}

// ellipsis ends a text with an ellipsis, within limit characters.
func ellipsis(text string, limit int) string {
	end := 0
	for range limit - 1 {
		_, size := utf8.DecodeRuneInString(text[end:])
		end += size
	}
	return strings.TrimRight(text[:end], " "+string(plaintext.Ellipsis)) + string(plaintext.Ellipsis)
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
