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
		require.Empty(t, strings.TrimSpace(testName.ReplaceAllString(row[2], "")), "%s: only names of tests, in the form `package.TestName`, can be looked for", row[0])
		for _, name := range names {
			require.True(t, exists[name[1]+"."+name[2]], "%s names %s.%s, which does not exist", row[0], name[1], name[2])
		}
		threat, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(row[0]), "**"), "**")
		t.Logf("%s: %s", strings.TrimSuffix(threat, "."), strings.ReplaceAll(strings.TrimSpace(row[2]), "`", ""))
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

// fixedPackages are the packages of a file that scripts/lock-python.sh made, each with its condition and how many sums it has.
func fixedPackages(text string) (sums map[string]int, others []string) {
	sums = map[string]int{}
	name := ""
	for line := range strings.Lines(text) {
		line = strings.TrimRight(line, "\n")
		trimmed := strings.TrimSpace(strings.TrimSuffix(line, "\\"))
		switch {
		case regexp.MustCompile(`^    --hash=sha256:[0-9a-f]{64}$`).MatchString(strings.TrimRight(strings.TrimSuffix(line, "\\"), " ")) && name != "":
			sums[name]++
		case regexp.MustCompile(`^[a-z0-9.-]+(\[[a-z,]+\])?==[0-9a-z.]+( ; .+)?$`).MatchString(trimmed) && !strings.HasPrefix(line, " "):
			name = trimmed
			sums[name] = 0
		case !strings.HasPrefix(line, "#"):
			others = append(others, line)
		}
	}
	return sums, others
}

func TestAPackageWithoutASumIsFound(t *testing.T) {
	sum := "    --hash=sha256:" + strings.Repeat("0a", 32)
	sums, others := fixedPackages("# made\na==1.0 \\\n" + sum + " \\\n" + sum + "\nb==2 ; python_version < '3.11' \\\n" + sum + "\nc==3\nd>=4\n    --hash=md5:00\n")
	require.Equal(t, map[string]int{"a==1.0": 2, "b==2 ; python_version < '3.11'": 1, "c==3": 0}, sums)
	require.Equal(t, []string{"d>=4", "    --hash=md5:00"}, others)
}

// TestTheDependenciesAreFixed: modules, Python's packages and the workflow's actions by their content.
func TestTheDependenciesAreFixed(t *testing.T) {
	list := exec.Command("go", "list", "-mod=readonly", "-m", "-f", "{{.Path}} {{.Version}}{{if .Replace}} REPLACED{{end}}", "all")
	list.Dir = root
	out, err := list.Output()
	require.NoError(t, err, "go.mod and go.sum agree")
	require.NotContains(t, string(out), "REPLACED")
	sums, err := os.ReadFile(filepath.Join(root, "go.sum"))
	require.NoError(t, err)
	require.Greater(t, strings.Count(string(sums), " h1:"), 50)

	wanted, err := filepath.Glob(filepath.Join(root, "fabric", "requirements*.in"))
	require.NoError(t, err)
	require.GreaterOrEqual(t, len(wanted), 6)
	for _, name := range append(wanted, filepath.Join(root, "bench", "peers", "others", "requirements.in")) {
		text, err := os.ReadFile(strings.TrimSuffix(name, ".in") + ".txt")
		require.NoError(t, err)
		fixed, others := fixedPackages(string(text))
		require.Empty(t, others, name)
		versions := map[string]bool{}
		for one, sums := range fixed {
			require.Positive(t, sums, "%s of %s has no sum: call scripts/lock-python.sh", one, name)
			version, _, _ := strings.Cut(one, " ")
			versions[version] = true
		}
		direct, err := os.ReadFile(name)
		require.NoError(t, err)
		for line := range strings.Lines(string(direct)) {
			if version, _, _ := strings.Cut(strings.TrimSpace(line), ";"); version != "" && !strings.HasPrefix(version, "#") {
				require.True(t, versions[version], "%s has another %s: call scripts/lock-python.sh", name, version)
			}
		}
	}
	for _, path := range files(t, ".sh") {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NotRegexp(t, `pip install.* -r|go install [^"]*@latest`, strings.ReplaceAll(string(text), "--require-hashes -r", ""), "%s: see scripts/tool.sh", path)
	}

	workflow, err := os.ReadFile(filepath.Join(root, ".github", "workflows", "ci.yml"))
	require.NoError(t, err)
	actions := regexp.MustCompile(`uses: (\S+)`).FindAllStringSubmatch(string(workflow), -1)
	require.NotEmpty(t, actions)
	for _, uses := range actions {
		require.Regexp(t, `@[0-9a-f]{40}$`, uses[1])
	}
	require.Contains(t, string(workflow), "permissions:\n  contents: read")
}
