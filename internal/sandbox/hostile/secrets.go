package hostile

import (
	"bytes"
	"encoding/base64"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Secrets are what must be found nowhere: the sandbox's own, and values that texts from outside dress up as secrets. They are
// looked for in every form that an answer can give them. It is safe for concurrent use.
type Secrets struct {
	mu    sync.Mutex
	known []planted
}

type planted struct{ name, value string }

// Plant adds a secret.
func (s *Secrets) Plant(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(value) >= 8 && !slices.ContainsFunc(s.known, func(p planted) bool { return p.value == value }) {
		s.known = append(s.known, planted{name, value})
	}
}

// dressed are values that nobody holds: only what stands before them says that they are secrets.
var dressed = []planted{
	{"password of an address", "Zr8-planted-in-an-address-Qw"},
	{"signature", "Zr8%2Bplanted%2Bin%2Ba%2Bsignature%3D"},
	{"password of a connection string", "Zr8plantedInAConnectionString"},
	{"bearer token", "Zr8.planted.in.a.header.0123456789"},
}

// dressedText is a text with all of dressed.
func dressedText() string {
	return "postgres://portal_app:" + dressed[0].value + "@10.0.0.1/portal failed; GET https://x.example/f?sv=1&sig=" + dressed[1].value +
		" answered 403; Server=tcp:x;User ID=y;Password=" + dressed[2].value + ";; Authorization: Bearer " + dressed[3].value
}

// forms are a secret as an answer can repeat it.
var forms = []struct {
	name string
	of   func(secret string) string
}{
	{"plain", func(s string) string { return s }},
	{"upper case", strings.ToUpper},
	{"hex", func(s string) string { return hex.EncodeToString([]byte(s)) }},
	{"upper-case hex", func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) }},
	{"base64", func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) }},
	{"base64 of user and secret", func(s string) string { return base64.StdEncoding.EncodeToString([]byte("portal:" + s)) }},
	{"base64 for addresses", func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) }},
	{"escaped", url.QueryEscape},
	{"split by a line break", func(s string) string { return s[:len(s)/2] + "\r\n" + s[len(s)/2:] }},
	{"split by blanks", func(s string) string { return s[:len(s)/3] + " " + s[len(s)/3:2*len(s)/3] + "  " + s[2*len(s)/3:] }},
	{"split by nothing that is seen", func(s string) string { return s[:len(s)/2] + "\u200b\u2060" + s[len(s)/2:] }},
	{"split by an escape sequence", func(s string) string { return s[:len(s)/2] + "\x1b[0m" + s[len(s)/2:] }},
}

// allForms is a text with a secret in each form.
func allForms(secret string) string {
	var b strings.Builder
	for _, f := range forms {
		b.WriteString(f.of(secret) + " | ")
	}
	return b.String()
}

// Find names the secrets that a text or file holds, and the form of each.
func (s *Secrets) Find(text []byte) []string {
	s.mu.Lock()
	known := append(slices.Clone(s.known), dressed...)
	s.mu.Unlock()
	squeezed := squeeze(text)
	var found []string
	for _, k := range known {
		for form, needle := range needles(k.value) {
			if bytes.Contains(squeezed, needle) {
				found = append(found, k.name+" ("+form+")")
			}
		}
	}
	slices.Sort(found)
	return found
}

// needles are what a secret looks like in a squeezed text. In base64 what it becomes depends on where it begins, and its
// edges mix with what stands beside it.
func needles(secret string) map[string][]byte {
	out := map[string][]byte{"plain": squeeze([]byte(secret)), "hex": squeeze([]byte(hex.EncodeToString([]byte(secret)))), "escaped": squeeze([]byte(url.QueryEscape(secret)))}
	for shift := range 3 {
		for name, coding := range map[string]*base64.Encoding{"base64": base64.StdEncoding, "base64 for addresses": base64.URLEncoding} {
			text := coding.EncodeToString([]byte(strings.Repeat("x", shift) + secret))
			if text = text[4 : len(text)-4]; len(text) >= 12 {
				out[name+string(rune('1'+shift))] = squeeze([]byte(text))
			}
		}
	}
	return out
}

// squeeze takes out of a text what a reader would pass over to get the secret, and the case of its letters.
func squeeze(text []byte) []byte {
	text = bytes.ReplaceAll(bytes.ReplaceAll(text, []byte("\x1b"), nil), []byte("[0m"), nil)
	return bytes.Map(func(r rune) rune {
		if unicode.IsSpace(r) || unicode.IsControl(r) || unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar {
			return -1
		}
		return unicode.ToLower(r)
	}, text)
}
