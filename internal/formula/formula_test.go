package formula

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestWhatIsGuarded(t *testing.T) {
	for text, want := range map[string]string{
		"": "", "O-001": "O-001", "a=b": "a=b", "Müller, Köln": "Müller, Köln", "=1": "'=1", " =1": "' =1", "\"=1": "'\"=1", "＝1": "'＝1", "\ufeff=1": "'\ufeff=1",
		"\t=1": "'\t'=1", "x;=1": "x;'=1", "x; @y": "x;' @y", "x\n-1": "x\n'-1", "x\r\n+1": "x\r\n'+1", "x,=1": "x,=1", "\tx": "'\tx", "x;y": "x;y", "%0A": "'%0A", "=1;=2": "'=1;'=2",
	} {
		require.Equal(t, want, Guard(text, ','), "%q", text)
	}
	require.Equal(t, "x,'=1", Guard("x,=1", ';'))
	require.True(t, Acts("=1", 0))
	require.False(t, Acts("1", 0))
}

func TestAGuardedTextIsNotGuardedAgain(t *testing.T) {
	part := rapid.SampledFrom([]string{"=", "+", "'", ";", ",", "\t", "\n", " ", "\"", "a", "1", "＝", "\u200b", "\u2028"})
	rapid.Check(t, func(r *rapid.T) {
		text := strings.Join(rapid.SliceOfN(part, 0, 12).Draw(r, "parts"), "")
		own := rapid.SampledFrom([]rune{',', ';', '\t'}).Draw(r, "own")
		once := Guard(text, own)
		if !strings.HasPrefix(once, "\t") { // else the first one stays one
			require.Equal(r, once, Guard(once, own))
		}
		require.Equal(r, strings.ReplaceAll(text, "'", ""), strings.ReplaceAll(once, "'", ""), "only apostrophes are added")
	})
}

func TestNumbersAreNoFormulas(t *testing.T) {
	for _, text := range []string{"-5", "+5", "-1.234,50", "-1,234.50", "-1'234", "-1\u00a0234", " -5", "-1e5", "-1E+05", "4e-7", "5", "text", ""} {
		require.Equal(t, text, GuardValue(text, '\t'), "%q", text)
	}
	for _, text := range []string{"=1", "-1+2", "-A1", "-", "+", "--5", "-5-", "-5%0A", "-1e5e5", "-1e", "-5;=1", "-.5+cmd", "@5", "-5\n=1", "-5|x"} {
		require.Equal(t, Guard(text, '\t'), GuardValue(text, '\t'), "%q", text)
		require.Contains(t, GuardValue(text, '\t'), "'", "%q", text)
	}
}
