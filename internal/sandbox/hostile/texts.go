package hostile

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"
)

// texts are what somebody may write into a name, a key or a message to lead a terminal or a reader astray.
var texts = []string{
	"\x1b[2J\x1b[Hnothing was here",                                       // clears the screen
	"\x1b]0;owned\a\x1b]52;c;b3duZWQ=\a",                                  // sets the title, and the clipboard
	"\x1b]8;;https://evil.example\x1b\\Fabric's page\x1b]8;;\x1b\\",       // an address behind a word
	"\u009b31mred\u009d0;owned\u009c",                                     // the same in one character
	"sales\u202exslx.exe",                                                 // is drawn as salesexe.xlsx
	"\u2066\u2067hidden\u2069 direction\u2069\u200f",                      // other ways to turn it
	"two\r\nlines\nFAILED  database  the password is wrong\u2028\u2029\v", // a forged line
	"tab\tin\ta\ttable", "back\b\b\b\bspace\x7f", "\ufeffbom", "zero\u200bwidth\u2060joined", "\U000e0041\U000e0042tags", "\uffa0\u3164\u115f",
	"=HYPERLINK(\"https://evil.example\")", "**[click](https://evil.example)**", "<script>alert(1)</script>", "%s%n%d{{.Name}}",
	"e\u0301" + strings.Repeat("\u0301", 3000), // one letter with 3,000 accents
	"😀‍👩‍👩‍👧‍👦 ﷽ ａｂｃ", "מכירות مبيعات", "NUL", "CON.csv", ".hidden", "..", "../../etc/passwd", `..\..\evil.exe`, "C:evil", "a/b", "name.", "name ", "x:stream",
}

// unbroken is a text of so many characters without a place to break it.
func unbroken(n int) string { return strings.Repeat("W", n) }

// NotPlain says what in a printed text a terminal would act on, or a reader be misled by; "" where nothing is. Line breaks
// end lines, and a tab is a blank.
func NotPlain(text []byte) string {
	line := 1
	for i := 0; i < len(text); {
		r, size := utf8.DecodeRune(text[i:])
		if r == '\n' {
			line++
		}
		turns := r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069'
		if r == utf8.RuneError && size == 1 || turns || r == '\u2028' || r == '\u2029' || unicode.IsControl(r) && r != '\n' && r != '\t' {
			from, to := max(0, i-60), min(len(text), i+60)
			return fmt.Sprintf("%U in line %d, in %q", r, line, text[from:to])
		}
		i += size
	}
	return ""
}
