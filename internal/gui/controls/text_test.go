package controls

import (
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// within says that n characters fit.
func within(n int) func(string) bool {
	return func(s string) bool { return utf8.RuneCountInString(s) <= n }
}

func TestCutTo(t *testing.T) {
	require.Equal(t, "sales.xlsx", cutTo("sales.xlsx", within(10)))
	require.Equal(t, "sales.xl…", cutTo("sales.xlsx", within(9)))
	require.Equal(t, "two…", cutTo("two words", within(5)), "no blank before the ellipsis")
	require.Equal(t, "…", cutTo("words", within(1)))
	require.Equal(t, "äöüß…", cutTo("äöüßäöüß", within(5)))
}

func TestWrapTo(t *testing.T) {
	require.Equal(t, []string{"one two", "three", "four"}, wrapTo("one two three four", within(8)))
	require.Equal(t, []string{"b1f0c8f2", "-77aa", "end"}, wrapTo("b1f0c8f2-77aa end", within(8)), "a long word is broken")
	require.Equal(t, []string{"a", "", "b"}, wrapTo("a\n\nb", within(8)))
	require.Equal(t, []string{"x", "y"}, wrapTo("xy", within(1)))
}
