package secrets

import (
	"regexp"
	"strings"
)

// look is what some secrets look like, with what stays of the text.
type look struct {
	pattern *regexp.Regexp
	with    string
}

// certain are looks that only secrets have, whatever a text is about.
var certain = []look{
	// JSON Web Tokens, which is what Entra's tokens are.
	{regexp.MustCompile(`eyJ[A-Za-z0-9_-]{6,}(?:\.[A-Za-z0-9_-]*){0,4}`), hidden},
	{regexp.MustCompile(`(?i)\b(bearer|basic)\s+[A-Za-z0-9._~+/=-]{8,}`), "$1 " + hidden},
	// user:password@ in addresses and data source names; a password may hold / and @ itself.
	{regexp.MustCompile(`(?i)\b(postgres(?:ql)?://[^\s:/@"']*):[^\s"']*@`), "$1:" + hidden + "@"},
	{regexp.MustCompile(`(?i)\b([a-z][a-z0-9+.-]*://[^\s:/@"']*):[^\s/@"']+@`), "$1:" + hidden + "@"},
}

// looks are all of them. Of a document that somebody made, a column may be named so: there only the certain ones are used.
var looks = append(append([]look{}, certain...),
	// key=value, as in addresses, data source names and connection strings, within JSON as well.
	look{regexp.MustCompile(`(?i)((?:\b|_)(?:sig|signature|password|passwd|pwd|pgpassword|secret|client_secret|client_assertion|` +
		`token|access_token|refresh_token|id_token|sharedaccesskey|accountkey|api_?key)\s*=\s*)` +
		`(?:(?:\\\\)*\\"(?:[^"\\]|\\[^"])*(?:\\")?|"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?|(?:[^\s&;,"')\]}\\]|\\[^\s"])+)`), "${1}" + hidden},
	// "key": "value", as in JSON and in Python's dictionaries.
	look{regexp.MustCompile(`(?i)(["'](?:[a-z_-]*(?:password|passwd|secret|token|assertion|authorization|accountkey|api_?key)|pwd|sig)["']\s*:\s*)(?:"(?:[^"\\]|\\.)*"?|'(?:[^'\\]|\\.)*'?)`), "${1}\"" + hidden + "\""},
)

// triggers are the words of which each look has one. They are looked for first, as most texts have none.
var triggers = func() *automaton {
	var words []word
	for _, w := range []string{"eyj", "bearer", "basic", "://", "sig", "pass", "pwd", "secret", "assertion", "token", "key", "authorization"} {
		words = append(words, word{w, len(w), anyGaps})
	}
	return newAutomaton(words)
}()

func triggered(text string) bool {
	state := int32(0)
	for i := range len(text) {
		if state = triggers.step(state, lower(text[i])); triggers.hits[state] != 0 {
			return true
		}
	}
	return false
}

// Above so many bytes a text is looked at line by line, so that one word costs one line's time.
const longText = 16 << 10

// withoutLooks is a text without what looks like a secret.
func withoutLooks(text string, all []look) string {
	if len(text) <= longText {
		return replaceLooks(text, all)
	}
	var out strings.Builder
	out.Grow(len(text))
	for line := range strings.SplitAfterSeq(text, "\n") {
		out.WriteString(replaceLooks(line, all))
	}
	return out.String()
}

func replaceLooks(text string, all []look) string {
	if !triggered(text) {
		return text
	}
	for _, l := range all {
		text = l.pattern.ReplaceAllString(text, l.with)
	}
	return text
}
