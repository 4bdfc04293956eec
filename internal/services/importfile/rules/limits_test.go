package rules

import (
	"fmt"
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
		"a.toml has 501 rules, and 500 are the most": many(mostRules+1, "kind = 'not_null'\ncolumn = 'a'"),
		"9 rules of the kind key, and 8 are":         many(mostKeyRules+1, "kind = 'key'\ncolumns = ['a']"),
		"patterns that repeat too much":              many(mostRules, "kind = 'pattern'\ncolumn = 'a'\npattern = '((a{30}){30}x)'"),
		"more than 1000 characters":                  many(1, "kind = 'pattern'\ncolumn = 'a'\npattern = '"+strings.Repeat("a", mostText+1)+"'"),
		"a formula of more than 1000":                many(1, "kind = 'formula'\nformula = 'a = "+strings.Repeat("(", mostText)+"'"),
	} {
		_, err := Parse(text, "a.toml")
		require.ErrorAs(t, err, new(*FileError))
		require.ErrorContains(t, err, want)
	}
	_, err = Parse(many(mostKeyRules, "kind = 'key'\ncolumns = ['a']"), "a.toml")
	require.NoError(t, err)
}
