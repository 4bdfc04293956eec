package plaintext

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

func TestLine(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"as it is", "Umsatz März.xlsx", "Umsatz März.xlsx"},
		{"empty", "", ""},
		{"white space", "  a \t b\u00a0c\n", "a b c"},
		{"line breaks", "a\nb\r\nc\u2028d", "a b c d"},
		{"colour", "\x1b[31mred\x1b[0m", "�red�"},
		{"colour with one byte of C1", "\u009b31mred", "�red"},
		{"a link behind a word", "\x1b]8;;https://evil.example\x1b\\click\x1b]8;;\a", "�click�"},
		{"a window's title", "\x1b]0;owned\aname", "�name"},
		{"a string without its end", "\x1b]0;owned", "�0;owned"},
		{"the direction of writing", "sales\u202exslx.exe", "sales�xslx.exe"},
		{"an isolate", "a\u2066b\u2069", "a�b�"},
		{"nothing to be seen", "a\u200bb\u00adc\ufeffd\U000e0041", "abcd"},
		{"a family", "👨\u200d👩\u200d👧", "👨\u200d👩\u200d👧"},
		{"a Persian word", "می\u200cخواهم", "می\u200cخواهم"},
		{"a joiner that joins nothing", "pay\u200dload", "payload"},
		{"control characters", "a\x00\x07b", "a�b"},
		{"no text", "a\xff\xfeb", "a�b"},
		{"a lone escape", "a\x1b", "a�"},
	} {
		require.Equal(t, c.want, Line(c.text, 100), c.name)
	}
}

func TestLineIsCut(t *testing.T) {
	require.Equal(t, "abcd…", Line("abcdefgh", 5))
	require.Equal(t, "abcde", Line("abcde", 5))
	require.Equal(t, "äöüß…", Line("äöüßäöü", 5))
	require.Equal(t, "abc…", Line("abc defgh", 5), "no blank before the ellipsis")
	require.Equal(t, "…", Line("abc", 1))
	require.Empty(t, Line("abc", 0))
	long := strings.Repeat("x", 64<<20)
	require.Equal(t, 2000, utf8.RuneCountInString(Line(long, 2000)))
	require.Less(t, testing.AllocsPerRun(3, func() { Line(long, 2000) }), 40.0, "a long text is not copied")
}

func TestLines(t *testing.T) {
	require.Equal(t, "a\nb", Lines("\na\n b ", 100, 3))
	require.Equal(t, "a\nb c", Lines("a\nb\nc", 100, 2))
}

func FuzzLine(f *testing.F) {
	f.Add("a\x1b[31mb\u202ec\nd\xff", 4)
	f.Add("\x1b]8;;x\x1b\\👨\u200d👩", 9)
	f.Fuzz(func(t *testing.T, text string, limit int) {
		limit %= 1 << 16
		shown := Line(text, limit)
		require.True(t, utf8.ValidString(shown))
		require.LessOrEqual(t, utf8.RuneCountInString(shown), max(limit, 0))
		for _, r := range shown {
			require.False(t, unicode.IsControl(r) || turns(r) || breaks(r), "%q", r)
		}
		require.Equal(t, shown, Line(shown, limit), "what is shown is shown as it is")
	})
}
