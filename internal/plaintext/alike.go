package plaintext

import (
	"fmt"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// longestAlike is how many characters of a name are compared.
const longestAlike = 1000

// Alike finds those of some names that look like another one of them where they are shown: with accents composed or apart, characters that
// nobody sees, blanks of another number or kind. Of each of these it gives the name as Spelled writes it.
func Alike(names []string) map[string]string {
	first, out := map[string]string{}, map[string]string(nil)
	for _, name := range names {
		looks := norm.NFC.String(Line(name, longestAlike))
		other, ok := first[looks]
		if !ok {
			first[looks] = name
			continue
		}
		if other != name {
			if out == nil {
				out = map[string]string{}
			}
			out[other], out[name] = Spelled(other), Spelled(name)
		}
	}
	return out
}

// Spelled is a name in which what is not seen, or not seen as what it is, stands by its number, such as Ma‹U+0308›rz.csv. It can be shown.
func Spelled(name string) string {
	var b strings.Builder
	letters := []rune(name)
	for i, r := range letters {
		switch {
		case r == ' ':
			if i > 0 && i < len(letters)-1 && letters[i-1] != ' ' && letters[i+1] != ' ' {
				b.WriteRune(r)
				continue
			}
		case !unicode.IsSpace(r) && !unicode.IsControl(r) && !unseen(r) && !turns(r) && !unicode.In(r, unicode.Mn, unicode.Me) && r != Mark:
			b.WriteRune(r)
			continue
		}
		fmt.Fprintf(&b, "‹U+%04X›", r)
	}
	return Line(b.String(), longestAlike)
}
