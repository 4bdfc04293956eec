package hostile

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"net/url"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"
)

// Secrets are what must be found nowhere: the sandbox's own, and values that texts from outside dress up as secrets. They are
// looked for in every form that an answer can give them. It is safe for concurrent use.
type Secrets struct {
	mu     sync.Mutex
	known  map[string]bool
	begins map[uint64][]needle // by the first eight bytes
	pairs  [1 << 16]bool       // of the first two bytes that any needle has
}

type planted struct{ name, value string }

// needle is what a secret looks like in a squeezed text.
type needle struct {
	says string // which secret, in which form
	text []byte
}

// Plant adds a secret.
func (s *Secrets) Plant(name, value string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.known == nil {
		s.known, s.begins = map[string]bool{}, map[uint64][]needle{}
		for _, d := range dressed {
			s.plant(d.name, d.value)
		}
	}
	s.plant(name, value)
}

func (s *Secrets) plant(name, value string) {
	if len(value) < 8 || s.known[value] {
		return
	}
	s.known[value] = true
	for form, text := range needles(value) {
		key := binary.LittleEndian.Uint64(text)
		s.begins[key] = append(s.begins[key], needle{name + " (" + form + ")", text})
		s.pairs[binary.LittleEndian.Uint16(text)] = true
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
	text = squeeze(text)
	s.mu.Lock()
	defer s.mu.Unlock()
	var found []string
	for i := 0; i+8 <= len(text); i++ {
		if !s.pairs[binary.LittleEndian.Uint16(text[i:])] {
			continue
		}
		for _, n := range s.begins[binary.LittleEndian.Uint64(text[i:])] {
			if bytes.HasPrefix(text[i:], n.text) && !slices.Contains(found, n.says) {
				found = append(found, n.says)
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
			if text = text[4 : len(text)-4]; len(text) >= 10 {
				out[name+string(rune('1'+shift))] = squeeze([]byte(text))
			}
		}
	}
	return out
}

// squeeze takes out of a text what a reader would pass over to get the secret, and the case of its letters.
func squeeze(text []byte) []byte {
	out := make([]byte, 0, len(text))
	for i := 0; i < len(text); {
		c := text[i]
		switch {
		case c >= utf8.RuneSelf:
			r, size := utf8.DecodeRune(text[i:])
			if !unicode.IsSpace(r) && !unicode.IsControl(r) && !unicode.Is(unicode.Cf, r) && r != unicode.ReplacementChar {
				out = utf8.AppendRune(out, r)
			}
			i += size
			continue
		case c == '[' && bytes.HasPrefix(text[i:], []byte("[0m")): // what is left of an escape sequence
			i += 3
			continue
		case c >= 'A' && c <= 'Z':
			out = append(out, c+'a'-'A')
		case c > ' ' && c != 0x7f:
			out = append(out, c)
		}
		i++
	}
	return out
}
