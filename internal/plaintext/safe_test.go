package plaintext

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/require"
)

func TestSafeKeepsTheLayout(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"as it is", "a  b\n\n  c\n", "a  b\n\n  c\n"},
		{"a tab", "\tat main.go:7\r\n", "    at main.go:7\n"},
		{"a line that is written over", "failed\rdone", "failed�done"},
		{"colour", "\x1b[31mred\x1b[0m\n", "�red�\n"},
		{"a title", "\x1b]0;owned\aname", "�name"},
		{"direction", "sales\u202exslx.exe", "sales�xslx.exe"},
		{"marks of direction", "a\u200fb\u061cc", "abc"},
		{"other line breaks", "a\u2028b\u0085c\vd", "a�b�c�d"},
		{"no text", "a\xffb", "a�b"},
	} {
		require.Equal(t, c.want, Safe(c.text), c.name)
	}
}

func TestJSONMeansWhatItMeant(t *testing.T) {
	in := "a\u202eb\u009b31m\u200bc\u2028\x7f\x1b[0m\U000e0041 Umsatz März 👨\u200d👩"
	data, err := json.Marshal(in)
	require.NoError(t, err)
	escaped := JSON(data)
	require.Equal(t, string(escaped), Safe(string(escaped)), "the last filter has nothing to do")
	require.Contains(t, string(escaped), `\u202e`)
	require.Contains(t, string(escaped), "Umsatz März")
	var out string
	require.NoError(t, json.Unmarshal(escaped, &out))
	require.Equal(t, in, out)
}

func TestTheWriterPutsPiecesTogether(t *testing.T) {
	text := "März\r\n\x1b[31mred\u202e👨 \u0085x"
	for size := 1; size < 8; size++ {
		var out strings.Builder
		w := NewWriter(&out)
		for rest := []byte(text); len(rest) > 0; rest = rest[min(size, len(rest)):] {
			n, err := w.Write(rest[:min(size, len(rest))])
			require.NoError(t, err)
			require.Equal(t, min(size, len(rest)), n)
		}
		require.NoError(t, w.Flush())
		require.True(t, strings.HasPrefix(out.String(), "März\n�"), out.String())
		require.Contains(t, out.String(), "👨")
		for _, r := range out.String() {
			require.False(t, unicode.IsControl(r) && r != '\n' || turns(r), "%q", r)
		}
	}
	var out strings.Builder
	w := NewWriter(&out)
	_, _ = w.Write([]byte("a\xe2\x80"))
	require.NoError(t, w.Flush())
	require.Equal(t, "a��", out.String())
}

func FuzzSafe(f *testing.F) {
	f.Add("a\x1b[31mb\u202ec\nd\xff\r\n\t")
	f.Fuzz(func(t *testing.T, text string) {
		shown := Safe(text)
		for _, r := range shown {
			require.False(t, unicode.IsControl(r) && r != '\n' || turns(r) || r == '\u2028' || r == '\u2029', "%q", r)
		}
		require.Equal(t, shown, Safe(shown))
		data, err := json.Marshal(text)
		require.NoError(t, err)
		require.Equal(t, string(JSON(data)), Safe(string(JSON(data))))
	})
}

// TestAWriterMayKeepTabs: nothing else that moves the cursor gets through then, wherever the pieces are cut.
func TestAWriterMayKeepTabs(t *testing.T) {
	const text = "profile\tlook at a file\x1b[2J\r\nruns\tlist\u202e\t\n"
	for cut := range len(text) {
		var out strings.Builder
		w := NewWriter(&out)
		w.KeepTabs()
		_, err := w.Write([]byte(text[:cut]))
		require.NoError(t, err)
		_, err = w.Write([]byte(text[cut:]))
		require.NoError(t, err)
		require.NoError(t, w.Flush())
		require.Equal(t, 3, strings.Count(out.String(), "\t"), "cut at %d", cut)
		require.NotContains(t, out.String(), "\x1b")
		require.NotContains(t, out.String(), "\u202e")
		require.Contains(t, out.String(), "profile\tlook at a file")
	}
}
