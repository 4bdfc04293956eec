package docs_test

import (
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

var (
	link       = regexp.MustCompile(`\]\(([^)\s]+)\)`)
	title      = regexp.MustCompile(`^#{1,6} +(.*?) *$`)
	inlineLink = regexp.MustCompile(`\[([^\]]*)\]\([^)]*\)`)
)

// markdown is all Markdown files of the project, by their paths from its root, each without its blocks of code.
func markdown(t *testing.T) map[string]string {
	t.Helper()
	found := map[string]string{}
	require.NoError(t, filepath.WalkDir(root, func(at string, d fs.DirEntry, err error) error {
		switch name := d.Name(); {
		case err != nil:
			return err
		case d.IsDir() && at != root && (strings.HasPrefix(name, ".") || name == "bin" || name == "screenshots"):
			return fs.SkipDir
		case !d.IsDir() && filepath.Ext(name) == ".md":
			text, err := os.ReadFile(at)
			if err != nil {
				return err
			}
			rel, err := filepath.Rel(root, at)
			found[filepath.ToSlash(rel)] = withoutCode(string(text))
			return err
		}
		return nil
	}))
	return found
}

// withoutCode is a text without what stands between lines of ```, where a # is no heading and a bracket no link.
func withoutCode(text string) string {
	var b strings.Builder
	within := false
	for line := range strings.Lines(text) {
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			within = !within
		} else if !within {
			b.WriteString(line)
		}
	}
	return b.String()
}

// anchors are the names by which the headings of a document can be linked to, as forges make them: small letters, digits, hyphens
// and underscores, a hyphen for a blank, and a number behind a name that was there before.
func anchors(text string) []string {
	var out []string
	count := map[string]int{}
	for line := range strings.Lines(text) {
		h := title.FindStringSubmatch(strings.TrimRight(line, "\r\n"))
		if h == nil {
			continue
		}
		name := strings.Map(func(r rune) rune {
			switch {
			case r == ' ':
				return '-'
			case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
				return unicode.ToLower(r)
			}
			return -1
		}, inlineLink.ReplaceAllString(h[1], "$1"))
		if n := count[name]; n > 0 {
			out = append(out, fmt.Sprintf("%s-%d", name, n))
		} else {
			out = append(out, name)
		}
		count[name]++
	}
	return out
}

// broken are the links of a document that lead nowhere within the project.
func broken(document string, all map[string]string, exists func(name string) bool) []string {
	var out []string
	for _, match := range link.FindAllStringSubmatch(all[document], -1) {
		target, anchor, _ := strings.Cut(match[1], "#")
		if strings.Contains(match[1], "://") || strings.HasPrefix(target, "mailto:") {
			continue
		}
		at := document
		if target != "" {
			at = path.Join(path.Dir(document), target)
		}
		text, isDocument := all[at]
		switch {
		case !isDocument && !exists(at):
			out = append(out, match[1]+", which is not there")
		case anchor != "" && (!isDocument || !slices.Contains(anchors(text), anchor)):
			out = append(out, match[1]+", which has no such heading")
		}
	}
	return out
}

func inProject(name string) bool {
	_, err := os.Stat(filepath.Join(root, filepath.FromSlash(name)))
	return err == nil
}

func TestEachLinkLeadsSomewhere(t *testing.T) {
	all := markdown(t)
	count := 0
	for document, text := range all {
		count += len(link.FindAllString(text, -1))
		for _, b := range broken(document, all, inProject) {
			t.Errorf("%s links to %s", document, b)
		}
	}
	require.Greater(t, count, 100, "links are found at all")
}

func TestBrokenLinksAreFound(t *testing.T) {
	all := map[string]string{
		"x/a.md": withoutCode("# A b: `c`\n## A b: c\n[x](b.md#was-für-ein_-1) [x](b.md#nowhere) [x](#a-b-c) [x](#a-b-c-1) [x](#a-b-c-2) ![x](p.png) ![x](q.png)\n```\n[x](gone.md)\n```\n[x](https://x.invalid/#y)\n"),
		"x/b.md": "## Was *für* ein_?\n### Was für [ein_](c.md)\n",
	}
	exists := func(name string) bool { return name == "x/p.png" }
	require.Equal(t, []string{"b.md#nowhere, which has no such heading", "#a-b-c-2, which has no such heading", "q.png, which is not there"}, broken("x/a.md", all, exists))
}

// Each picture stands in a document; the German guide has pictures of the German window, and the others have none of them.
func TestEachPictureIsShown(t *testing.T) {
	shown := map[string][]string{}
	for document, text := range markdown(t) {
		for _, match := range link.FindAllStringSubmatch(text, -1) {
			if strings.HasSuffix(match[1], ".png") {
				shown[path.Join(path.Dir(document), match[1])] = append(shown[path.Join(path.Dir(document), match[1])], document)
			}
		}
	}
	pictures, err := filepath.Glob(filepath.Join(root, "docs", "pictures", "*"))
	require.NoError(t, err)
	require.Greater(t, len(pictures), 10)
	for _, at := range pictures {
		name := "docs/pictures/" + filepath.Base(at)
		assert.NotEmpty(t, shown[name], "%s stands in no document", name)
		for _, document := range shown[name] {
			assert.Equal(t, strings.HasSuffix(document, ".de.md"), strings.HasSuffix(name, ".de.png"), "%s shows %s", document, name)
		}
		info, err := os.Stat(at)
		require.NoError(t, err)
		assert.Less(t, info.Size(), int64(150<<10), "%s is large: the test that draws it keeps few colours", name)
	}
}
