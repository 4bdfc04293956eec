package plaintext

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestBlock(t *testing.T) {
	for _, c := range []struct{ text, want string }{
		{"a\tb  c\n d", "a\tb  c\n d"},
		{"a\r\nb\rc\u2028d", "a\nb c d"},
		{"sales\u202exslx.exe\t\x1b]0;owned\aname", "sales�xslx.exe\t�name"},
		{"a\u00a0b\u200bc", "a\u00a0bc"},
		{"", ""},
	} {
		require.Equal(t, c.want, Block(c.text, 100))
		require.Equal(t, c.want, Block(Block(c.text, 100), 100), "again")
	}
	require.Equal(t, "ab…", Block("abcd", 3))
	require.Empty(t, Block("abcd", 0))
}
