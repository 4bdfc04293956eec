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
			case d.IsDir() && slices.Contains([]string{"sandbox", "e2e", "testdata", "sample", "diagnostics", "licences"}, d.Name()): // they play users and their data, or are not linked in
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

// A word that is missing from the list would be blanked where it helps, and one that is no longer said is nobody's to let through.
func TestTheWordsAreTheSourceS(t *testing.T) {
	source := ofSource(t)
	if *update {
		require.NoError(t, os.WriteFile("words.txt", []byte(strings.Join(slices.Sorted(maps.Keys(source)), "\n")+"\n"), 0o644))
		return
	}
	kept := map[string]bool{}
	for word := range strings.FieldsSeq(words) {
		kept[word] = true
	}
	const mend = "call: go test ./internal/services/diagnostics -run Words -update"
	require.Empty(t, without(source, kept), "words of the program that are not in the list; %s", mend)
	require.Empty(t, without(kept, source), "words of the list that the program does not say; %s", mend)
	for _, word := range []string{"smith", "müller", "anna", "acme", "contoso", "ana"} {
		require.False(t, saidWord(word), word)
	}
}

// without are the words of one list that another has not.
func without(all, those map[string]bool) []string {
	return slices.DeleteFunc(slices.Sorted(maps.Keys(all)), func(word string) bool { return those[word] })
}
