package rules

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestAFileOfRulesIsBounded: what checking by it costs, too.
func TestAFileOfRulesIsBounded(t *testing.T) {
	large := filepath.Join(t.TempDir(), "rules.toml")
	require.NoError(t, os.WriteFile(large, nil, 0o600))
	require.NoError(t, os.Truncate(large, 1<<30))
	_, err := Load(large)
	require.ErrorAs(t, err, new(*FileError))
	require.ErrorContains(t, err, "the rules in "+large+" can't be read: the file has 1.1 GB, and 1.0 MB are the most that is read")

	many := func(n int, rule string) string {
		var b strings.Builder
		for i := range n {
			fmt.Fprintf(&b, "[[rule]]\nid = 'r%d'\n%s\n", i, rule)
		}
		return b.String()
	}
	for want, text := range map[string]string{
		"there are 501 rules in a.toml, and 500 are the most": many(mostRules+1, "kind = 'not_null'\ncolumn = 'a'"),
		"9 rules of the kind key in a.toml, and 8 are":        many(mostKeyRules+1, "kind = 'key'\ncolumns = ['a']"),
		"patterns that repeat too much":                       many(mostRules, "kind = 'pattern'\ncolumn = 'a'\npattern = '((a{30}){30}x)'"),
		"more than 1,000 characters":                          many(1, "kind = 'pattern'\ncolumn = 'a'\npattern = '"+strings.Repeat("a", mostText+1)+"'"),
		"a formula of more than 1,000":                        many(1, "kind = 'formula'\nformula = 'a = "+strings.Repeat("(", mostText)+"'"),
	} {
		_, err := Parse(text, "a.toml")
		require.ErrorAs(t, err, new(*FileError))
		require.ErrorContains(t, err, want)
	}
	_, err = Parse(many(mostKeyRules, "kind = 'key'\ncolumns = ['a']"), "a.toml")
	require.NoError(t, err)
}

// TestAWorkbookOfOffendingRowsHasABoundOfKeys: they are all in memory, as each row is judged at once.
func TestAWorkbookOfOffendingRowsHasABoundOfKeys(t *testing.T) {
	set, err := Parse("[[rule]]\nid = 'a'\nkind = 'key'\ncolumns = ['n']", "x")
	require.NoError(t, err)
	var text strings.Builder
	text.WriteString("n\n")
	for i := range 3000 {
		fmt.Fprintf(&text, "k%d\n", i)
	}
	_, err = Check(t.Context(), file(t, text.String()), set, Options{Offending: io.Discard, mostHeld: 2000})
	require.ErrorAs(t, err, new(*FileError))
	require.ErrorContains(t, err, "a.csv has more than 2,000 different keys")
	_, err = Check(t.Context(), file(t, text.String()), set, Options{Offending: io.Discard, mostHeld: 3000})
	require.NoError(t, err)
	_, err = Check(t.Context(), file(t, text.String()), set, Options{mostHeld: 2000})
	require.NoError(t, err, "without one they are on disk")
}
