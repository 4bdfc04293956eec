package diagnostics

import (
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "gather words.txt anew from the source")

var inText = regexp.MustCompile(`[A-Za-z_]+`)

// examples are names in the source that may be somebody's.
var examples = []string{"ana", "ben", "carl", "contoso"}

// ofSource are the words of all texts in the product's source.
func ofSource(t *testing.T) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for _, root := range []string{"../../../internal", "../../../contract", "../../../cmd/portal-desktop"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case d.IsDir() && slices.Contains([]string{"sandbox", "e2e", "testdata", "sample", "diagnostics"}, d.Name()): // they play users and their data
				return fs.SkipDir
			case d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go"):
				return nil
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, err := strconv.Unquote(lit.Value)
					require.NoError(t, err, path)
					for _, word := range inText.FindAllString(strings.ToLower(text), -1) {
						out[word] = !slices.Contains(examples, word)
					}
				}
				return true
			})
			return nil
		}))
	}
	maps.DeleteFunc(out, func(_ string, said bool) bool { return !said })
	return out
}

// The list may be a little behind the source: a word that is missing is only blanked, and one that is no longer said was once the program's own.
func TestTheWordsAreTheSourceS(t *testing.T) {
	source := ofSource(t)
	if *update {
		require.NoError(t, os.WriteFile("words.txt", []byte(strings.Join(slices.Sorted(maps.Keys(source)), "\n")+"\n"), 0o644))
		return
	}
	kept := strings.Fields(words)
	missing := 0
	for word := range source {
		if !slices.Contains(kept, word) {
			missing++
		}
	}
	gone := 0
	for _, word := range kept {
		if !source[word] {
			gone++
		}
	}
	const few = 20 // in a hundred
	require.Less(t, missing*few, len(source), "too much of what the program says would be blanked: go test ./internal/services/diagnostics -run Words -update")
	require.Less(t, gone*few, len(kept), "words that the program does not say: go test ./internal/services/diagnostics -run Words -update")
	for _, word := range []string{"smith", "müller", "anna", "acme", "contoso", "ana"} {
		require.False(t, saidWord(word), word)
	}
}
