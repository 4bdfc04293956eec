// Package docs has no code: its test holds the documents and those who cite them together.
package docs_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const root = ".."

var (
	// docs/NAME.md §2 to §4 · docs/NAME.md §3 step 6 · docs/NAME.md §3 steps 0 to 4
	citation = regexp.MustCompile(`docs/([a-z-]+\.md)((?:,? (?:and |to )?§\d+(?:\.\d+)*(?: steps? \d+(?: (?:to|and) \d+)?)?)*)`)
	section  = regexp.MustCompile(`§(\d+(?:\.\d+)*)(?: steps? (\d+)(?: (?:to|and) (\d+))?)?`)
	heading  = regexp.MustCompile(`(?m)^#{2,4} (?:Step )?(\d+(?:\.\d+)*)(\.?:?) `)
	// What cites a document without saying which, or one that is not in the project.
	vague = regexp.MustCompile(`(?i)\b(fabric-facts|(?:run-)?protocol §|spec(?:ification)?,? (?:§|section \d)|(?:window|xlsx|fyne|spec)\.md\b)`)
)

// headings are a document's numbers: "3", "2.1", and "3 step 6" for a heading “Step 6” below section 3.
func headings(t *testing.T, document string) []string {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(root, "docs", document))
	require.NoError(t, err)
	var found []string
	within := ""
	for line := range strings.Lines(string(text)) {
		switch h := heading.FindStringSubmatch(line); {
		case h == nil:
		case strings.Contains(line, "# Step "):
			found = append(found, within+" step "+h[1])
		default:
			found = append(found, h[1])
			within = h[1]
		}
	}
	return found
}

// files are the project's files with one of the extensions.
func files(t *testing.T, extensions ...string) []string {
	t.Helper()
	var found []string
	require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		name := d.Name()
		switch {
		case err != nil:
			return err
		case d.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "screenshots"):
			return fs.SkipDir
		case !d.IsDir() && slices.Contains(extensions, filepath.Ext(name)):
			found = append(found, path)
		}
		return nil
	}))
	return found
}

// cited are the headings that a citation names, and the document.
func cited(match []string) (document string, numbers []string) {
	for _, s := range section.FindAllStringSubmatch(match[2], -1) {
		numbers = append(numbers, s[1])
		for _, step := range s[2:] {
			if step != "" {
				numbers = append(numbers, s[1]+" step "+step)
			}
		}
	}
	return match[1], numbers
}

// unwrapped is a text with its lines joined, as a comment breaks a citation anywhere.
func unwrapped(text string) string {
	return regexp.MustCompile(`\s*\n\s*(?:(?://|#|--)\s*)?`).ReplaceAllString(text, " ")
}

func TestEachCitationFindsItsHeading(t *testing.T) {
	known := map[string][]string{}
	count := 0
	for _, path := range files(t, ".go", ".py", ".sql", ".json", ".sh", ".yml", ".toml") {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		if strings.HasSuffix(path, "citations_test.go") {
			continue
		}
		body := unwrapped(string(text))
		if found := vague.FindString(body); found != "" {
			t.Errorf("%s cites “%s”: name a document in docs/ and its section, such as docs/run-protocol.md §3 step 6", path, found)
		}
		for _, match := range citation.FindAllStringSubmatch(body, -1) {
			document, numbers := cited(match)
			if known[document] == nil {
				known[document] = append(headings(t, document), "")
			}
			for _, number := range numbers {
				count++
				if !slices.Contains(known[document], number) {
					t.Errorf("%s cites docs/%s §%s, which has no such heading", path, document, number)
				}
			}
		}
	}
	require.Greater(t, count, 50, "citations are found at all")
}

// The documents cite each other as [name.md](name.md) §2.1.
func TestTheDocumentsCiteHeadings(t *testing.T) {
	between := regexp.MustCompile(`\]\(([a-z-]+\.md)\),? §(\d+(?:\.\d+)*)`)
	count := 0
	for _, path := range files(t, ".md") {
		if filepath.Dir(path) != filepath.Join(root, "docs") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, match := range between.FindAllStringSubmatch(string(text), -1) {
			count++
			require.Contains(t, headings(t, match[1]), match[2], "%s cites %s", path, match[1])
		}
	}
	require.Positive(t, count)
}

func TestMistakesInCitationsAreFound(t *testing.T) {
	has := headings(t, "run-protocol.md")
	require.Subset(t, has, []string{"1", "3", "3 step 0", "3 step 9", "9"})
	require.NotContains(t, has, "3 step 10")
	require.NotContains(t, has, "10")
	require.Contains(t, headings(t, "fabric.md"), "2.1")
	for text, want := range map[string][]string{
		"(docs/run-protocol.md §3 steps 0 to 4). Outcomes": {"3", "3 step 0", "3 step 4"},
		"docs/fabric.md §2 to §4":                          {"2", "4"},
		"docs/run-protocol.md §2 and §3;":                  {"2", "3"},
		unwrapped("// x docs/fabric.md\n\t// §5.3 y"):      {"5.3"},
		"docs/specification.md":                            nil,
	} {
		_, numbers := cited(citation.FindStringSubmatch(text))
		require.Equal(t, want, numbers, text)
	}
	for _, text := range []string{"fabric-facts §2", "run-protocol §3", "protocol §3.4", "spec §1", "spec section 5", "(xlsx.md, first row)"} {
		require.Regexp(t, vague, text)
	}
	require.NotRegexp(t, vague, "docs/run-protocol.md §3, docs/specification.md §1")
}
