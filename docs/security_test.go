package docs_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

var (
	testName = regexp.MustCompile("`([a-z]+)\\.((?:Test|Fuzz)[A-Za-z0-9]+)`")
	declared = regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)[A-Za-z0-9_]+)\(`)
	ofPkg    = regexp.MustCompile(`(?m)^package ([a-z]+?)(?:_test)?$`)
)

// threats are the rows of the table of threats, each as its cells.
func threats(t *testing.T) [][]string {
	t.Helper()
	text, err := os.ReadFile("security.md")
	require.NoError(t, err)
	_, table, found := strings.Cut(string(text), "## 3. Threats")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n## 4")
	var rows [][]string
	for line := range strings.Lines(table) {
		if strings.HasPrefix(line, "| **") {
			cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), " | ")
			require.Len(t, cells, 4, line)
			rows = append(rows, cells)
		}
	}
	return rows
}

// TestEachThreatHasAControlAndATestThatExists holds the table and the code together.
func TestEachThreatHasAControlAndATestThatExists(t *testing.T) {
	exists := map[string]bool{}
	for _, path := range files(t, ".go") {
		if !strings.HasSuffix(path, "_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		pkg := ofPkg.FindSubmatch(text)
		require.NotNil(t, pkg, path)
		for _, name := range declared.FindAllSubmatch(text, -1) {
			exists[string(pkg[1])+"."+string(name[1])] = true
		}
	}
	rows := threats(t)
	require.Greater(t, len(rows), 15)
	for _, row := range rows {
		names := testName.FindAllStringSubmatch(row[2], -1)
		require.NotEmpty(t, names, "%s names no test", row[0])
		for _, name := range names {
			require.True(t, exists[name[1]+"."+name[2]], "%s names %s.%s, which does not exist", row[0], name[1], name[2])
		}
		for i, cell := range row {
			require.Greater(t, len(strings.TrimSpace(cell)), 10, "%s, cell %d", row[0], i)
		}
	}
}

// TestLibrariesAreTheSystems: a library is loaded from the system's own folder, where nobody can plant one. kernel32.dll is
// one of those that Windows takes from there under any name.
func TestLibrariesAreTheSystems(t *testing.T) {
	loads := regexp.MustCompile(`\b(?:LoadLibrary|LoadDLL|MustLoadDLL|NewLazyDLL|plugin\.Open)\(([^)]*)\)`)
	for _, path := range files(t, ".go") {
		if path == filepath.Join(root, "docs", "security_test.go") {
			continue
		}
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, found := range loads.FindAllSubmatch(text, -1) {
			require.Equal(t, `"kernel32.dll"`, string(found[1]), path)
		}
	}
}

// TestTheDependenciesAreFixed: modules by their content, Python's packages and the workflow's actions by their version.
func TestTheDependenciesAreFixed(t *testing.T) {
	list := exec.Command("go", "list", "-mod=readonly", "-m", "-f", "{{.Path}} {{.Version}}{{if .Replace}} REPLACED{{end}}", "all")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err, "go.mod and go.sum agree")
	require.NotContains(t, string(out), "REPLACED")
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.Greater(t, strings.Count(string(sums), " h1:"), 50)
	for _, name := range []string{"fabric/requirements.txt", "fabric/requirements-lint.txt"} {
		text, err := os.ReadFile(filepath.Join(root, name))
		require.NoError(t, err)
		for line := range strings.Lines(string(text)) {
			if line = strings.TrimSpace(line); line != "" && !strings.HasPrefix(line, "#") && !strings.HasPrefix(line, "-") {
				require.Contains(t, line, "==", name)
			}
		}
	}
	workflow, err := os.ReadFile(filepath.Join(root, ".github", "workflows", "ci.yml"))
	require.NoError(t, err)
	for _, uses := range regexp.MustCompile(`uses: (\S+)`).FindAllStringSubmatch(string(workflow), -1) {
		require.Regexp(t, `@(v\d+\.\d+\.\d+|[0-9a-f]{40})$`, uses[1])
	}
	require.Contains(t, string(workflow), "permissions:\n  contents: read")
}
