package lettering

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
	"github.com/go-text/typesetting/font"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/plaintext"
)

// equal plays a font in which all letters are one wide; asked counts the letters that were measured.
func equal(asked *int) fitter {
	return fitter{
		func(s string) float32 {
			*asked += utf8.RuneCountInString(s)
			return float32(utf8.RuneCountInString(s))
		},
		func(rune) float32 { return 1 },
	}
}

func TestCut(t *testing.T) {
	f := equal(new(int))
	require.Equal(t, "sales.xlsx", f.cut("sales.xlsx", 10))
	require.Equal(t, "sales.xl…", f.cut("sales.xlsx", 9))
	require.Equal(t, "two…", f.cut("two words", 5), "no blank before the ellipsis")
	require.Equal(t, "…", f.cut("words", 1))
	require.Equal(t, "äöüß…", f.cut("äöüßäöüß", 5))
	require.Empty(t, f.cut("", 5))
}

func TestMiddle(t *testing.T) {
	f := equal(new(int))
	for _, c := range []struct {
		line  string
		width float32
		want  string
	}{
		{"sales.csv", 9, "sales.csv"},
		{"a very long name of sales.csv", 12, "a very….csv"},
		{"abc", 2, "a…"},
		{"aaaaae\u0301bbbbb\u0301ccccc.csv", 11, "aaaaa….csv"},
		{"", 5, ""},
	} {
		got := f.middle(c.line, c.width)
		require.Equal(t, c.want, got)
		require.LessOrEqual(t, f.width(got), c.width)
	}
	for width := float32(1); width < 40; width++ { // no mark stands without its letter, whatever is cut
		got := f.middle("\u0065\u0301\u0065\u0301\u0065\u0301\u0065\u0301\u0065\u0301\u0065\u0301\u0065\u0301\u0065\u0301x.csv", width)
		require.NotContains(t, got, "…\u0301")
	}
}

func TestWrap(t *testing.T) {
	f := equal(new(int))
	require.Equal(t, []string{"one two", "three", "four"}, f.wrap("one two three four", 8))
	require.Equal(t, []string{"b1f0c8f2", "-77aa", "end"}, f.wrap("b1f0c8f2-77aa end", 8), "a long word is broken")
	require.Equal(t, []string{"a", "", "b"}, f.wrap("a\n\nb", 8))
	require.Equal(t, []string{"x", "y"}, f.wrap("xy", 1))
	require.Equal(t, []string{"x", "y"}, f.wrap("xy", 0.5), "one letter a line at least")
	require.Equal(t, []string{"abe\u0301", "d"}, f.wrap("abe\u0301d", 4), "a mark stays with its letter")
	require.Equal(t, []string{"ab", "e\u0301d"}, f.wrap("abe\u0301d", 3))
}

// Letters that stand together need more room than each alone.
func TestWhatIsWrappedFits(t *testing.T) {
	together := fitter{func(s string) float32 { return 1.3 * float32(len(s)) }, func(rune) float32 { return 1 }}
	for _, line := range together.wrap(strings.Repeat("abcdef ghi ", 20), 10) {
		require.LessOrEqual(t, together.width(line), float32(10))
	}
	require.LessOrEqual(t, len(together.cut(strings.Repeat("x", 100), 10)), 7+2)
}

func TestLongWordsAreMeasuredOnce(t *testing.T) {
	for _, n := range []int{2_000, 200_000} {
		asked := 0
		equal(&asked).wrap(strings.Repeat("x", n), 40)
		require.LessOrEqual(t, asked, 2*n, "each letter is measured a few times at most, whatever the length")
		asked = 0
		equal(&asked).cut(strings.Repeat("x", n), 40)
		require.LessOrEqual(t, asked, 200)
	}
}

func TestWhatIsDrawnIsFitToBeShown(t *testing.T) {
	test.NewTempApp(t)
	l := NewLetters()
	l.Write("sales\u202exslx.exe\n\x1b[31mred"+strings.Repeat("x", 1<<20), Face{Size: 14}, theme.Color(theme.ColorNameForeground), fyne.TextAlignLeading)
	require.True(t, strings.HasPrefix(l.Text(), "sales�xslx.exe �red"))
	require.True(t, plaintext.Shows(l.Text(), LineMost))
	require.Equal(t, l.Text(), l.Object().(*canvas.Text).Text)
	l.WriteIn(100, strings.Repeat("W", 1<<20), Face{Size: 14}, theme.Color(theme.ColorNameForeground), fyne.TextAlignLeading)
	require.LessOrEqual(t, l.MinSize().Width, float32(100))
	require.Equal(t, TextMost, utf8.RuneCountInString(Text(strings.Repeat("x", 1<<20))))
	require.Equal(t, TextLines-1, strings.Count(Text(strings.Repeat("x\n", 1000)), "\n"))
}

func TestWhatIsTypedKeepsItsBlanks(t *testing.T) {
	require.Equal(t, "/home/ana/two  blanks.csv", Typed("/home/ana/two  blanks.csv"))
	require.Equal(t, "a b�c", Typed("a\nb\u202ec"))
}

func TestWhatIsCopiedKeepsItsFormAndHidesNothing(t *testing.T) {
	app := test.NewTempApp(t)
	Copy("a\tb\nsales\u202exslx.exe\x1b]0;owned\a").To(app.Clipboard())
	require.Equal(t, "a\tb\nsales�xslx.exe�", app.Clipboard().Content())
	Copy("").To(app.Clipboard())
	require.NotEmpty(t, app.Clipboard().Content(), "nothing chosen copies nothing")
}

// The mark has a form of its own in each font that the window uses.
func TestTheMarkCanBeDrawn(t *testing.T) {
	for _, r := range []rune{plaintext.Mark, plaintext.Ellipsis} {
		for _, f := range []fyne.Resource{theme.DefaultTextFont(), theme.DefaultTextBoldFont()} {
			face, err := font.ParseTTF(bytes.NewReader(f.Content()))
			require.NoError(t, err)
			glyph, ok := face.NominalGlyph(r)
			require.True(t, ok && glyph != 0, "%q in %s", r, f.Name())
		}
	}
}

// Fyne draws a sign that its font does not have in another font, which has no blank: a hole stands behind it.
func TestTheWindowsWordsNeedNoOtherFont(t *testing.T) {
	face, err := font.ParseTTF(bytes.NewReader(theme.DefaultTextFont().Content()))
	require.NoError(t, err)
	for _, language := range []string{"en", "de"} {
		words, err := assets.Translations.ReadFile("translation/" + language + ".json")
		require.NoError(t, err)
		for _, r := range string(words) + "›·–…" {
			glyph, ok := face.NominalGlyph(r)
			require.True(t, r < ' ' || ok && glyph != 0, "%q in %s", r, language)
		}
	}
	_, ok := face.NominalGlyph('→')
	require.False(t, ok, "the arrow may be used again")
}

// The time for a character does not depend on how many there are.
func BenchmarkWrap(b *testing.B) {
	benchmark(b, func(f Face, s string) { f.Wrap(s, 300) })
}

func BenchmarkCut(b *testing.B) { benchmark(b, func(f Face, s string) { f.Cut(s, 300) }) }

func BenchmarkText(b *testing.B) { benchmark(b, func(f Face, s string) { f.Wrap(Text(s), 300) }) }

func benchmark(b *testing.B, do func(Face, string)) {
	test.NewTempApp(b)
	for _, kind := range []struct {
		name string
		of   func(i int) rune
	}{{"word", func(i int) rune { return rune('a' + i*7%26) }}, {"blanks", func(i int) rune { return []rune("sales of the day ")[i%17] }}} {
		for _, n := range []int{2_000, 20_000, 200_000} {
			b.Run(fmt.Sprintf("%s-%d", kind.name, n), func(b *testing.B) {
				letters := make([]rune, n)
				for i := range letters {
					letters[i] = kind.of(i)
				}
				round := 0
				for b.Loop() {
					round++ // Fyne remembers what it measured; another beginning shifts all lines
					do(Face{Size: 14}, fmt.Sprint(round)+string(letters))
				}
				b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(n), "ns/char")
			})
		}
	}
}

func TestNothingThatIsHiddenIsShown(t *testing.T) {
	HideBy(func(text string) string { return strings.ReplaceAll(text, "s3cret", "***") })
	t.Cleanup(func() { HideBy(nil) })
	for name, shown := range map[string]string{
		"line": Line("a s3cret"), "label": Label("a s3cret"), "notice": Notice("a s3cret"), "text": Text("a s3cret"),
		"sentence": Sentence("a s3cret"), "copy": string(Copy("a s3cret")),
	} {
		require.Equal(t, "a ***", shown, name)
	}
	require.Equal(t, "a s3cret", Typed("a s3cret"), "what somebody types is theirs")
	HideBy(nil)
	require.Equal(t, "a s3cret", Line("a s3cret"))
}
