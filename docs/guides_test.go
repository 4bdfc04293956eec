package docs_test

import (
	"bytes"
	"encoding/json"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/cli"
	"fabricportal/internal/services/setup/config"
)

func guide(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	require.NoError(t, err)
	return string(text)
}

// The administrator's guide shows the configuration's example whole.
func TestTheGuideShowsTheExample(t *testing.T) {
	_, block, found := strings.Cut(guide(t, "administrator.md"), "```toml\n")
	require.True(t, found)
	block, _, _ = strings.Cut(block, "```")
	require.Equal(t, config.Example(), block)
}

// keys are the settings of portal.toml as the guide names them, such as fabric.tenant_id.
func keys(of reflect.Type, prefix string) []string {
	var out []string
	for field := range of.Fields() {
		tag := field.Tag.Get("toml")
		switch {
		case tag == "" || tag == "-":
		case field.Type.Kind() == reflect.Struct:
			out = append(out, keys(field.Type, prefix+tag+".")...)
		default:
			out = append(out, prefix+tag)
		}
	}
	return out
}

// Where each setting's value is found stands in a table, beside the example.
func TestEachSettingStandsInTheGuide(t *testing.T) {
	_, table, found := strings.Cut(guide(t, "administrator.md"), "Where to find each value:")
	require.True(t, found)
	table, _, _ = strings.Cut(table, "\n## ")
	all := keys(reflect.TypeFor[config.Config](), "")
	require.Greater(t, len(all), 30)
	for _, key := range all {
		assert.True(t, strings.Contains(table, "`"+key+"`"), "the guide does not say where to find %s", key)
	}
	for _, named := range regexp.MustCompile("`((?:fabric|database|artifacts|funnel)\\.[a-z_]+)`").FindAllStringSubmatch(table, -1) {
		assert.Contains(t, all, named[1])
	}
}

// The variables that the program reads itself, besides those of single settings.
func TestEachVariableStandsInTheGuide(t *testing.T) {
	variable := regexp.MustCompile(`"(PORTAL_[A-Z_]+)"`)
	text := guide(t, "administrator.md")
	found := map[string]bool{}
	for _, path := range files(t, ".go") {
		in := filepath.ToSlash(path)
		if strings.HasSuffix(in, "_test.go") || strings.Contains(in, "/sandbox/") || strings.Contains(in, "/e2e/") || !strings.Contains(in, "/internal/") && !strings.Contains(in, "/cmd/portal-desktop/") {
			continue
		}
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		for _, match := range variable.FindAllSubmatch(source, -1) {
			found[string(match[1])] = true
		}
	}
	require.Greater(t, len(found), 5)
	for name := range found {
		assert.True(t, strings.Contains(text, "`"+name+"`"), "the guide does not name %s", name)
	}
}

// The names of doctor's checks are what an administrator looks up.
func TestEachCheckStandsInTheGuide(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(root, "internal", "services", "doctor", "texts.go"))
	require.NoError(t, err)
	_, list, found := strings.Cut(string(source), "var names = []string{")
	require.True(t, found)
	list, _, _ = strings.Cut(list, "\n}")
	checks := regexp.MustCompile(`"([^"]+)",`).FindAllStringSubmatch(list, -1)
	require.Greater(t, len(checks), 20)
	text := guide(t, "administrator.md")
	for _, check := range checks {
		assert.True(t, strings.Contains(text, "`"+check[1]+"`"), "the guide does not name the check %s", check[1])
	}
}

func TestEachExitCodeStandsInTheGuide(t *testing.T) {
	source, err := os.ReadFile(filepath.Join(root, "internal", "cli", "cli.go"))
	require.NoError(t, err)
	codes := regexp.MustCompile(`(?m)^\tExit[A-Z][a-z]+ +?= (\d+)`).FindAllSubmatch(source, -1)
	require.Len(t, codes, 5)
	for _, code := range codes {
		assert.True(t, strings.Contains(guide(t, "operator.md"), "\n| **"+string(code[1])+"** | "), "the guide does not say what %s means", code[1])
	}
}

// help is what a subcommand says of itself.
func help(t *testing.T, args ...string) string {
	t.Helper()
	var out bytes.Buffer
	require.Equal(t, cli.ExitDone, cli.Execute(t.Context(), cli.Program{Out: &out, Err: &out}, append(args, "--help")))
	return out.String()
}

var (
	listed = regexp.MustCompile(`(?m)^  ([a-z]+) +[A-Z]`)
	flagOf = regexp.MustCompile(`(?m)^ +(?:-[a-z], )?(--[a-z-]+)`)
)

// Each subcommand has its line in the tables of the operator's guide, and its flags are named: those of how a file is read in §5.
func TestEachSubcommandStandsInTheGuide(t *testing.T) {
	text := guide(t, "operator.md")
	require.Contains(t, text, "`--help`")
	_, commands, found := strings.Cut(help(t), "Available Commands:")
	require.True(t, found)
	names := listed.FindAllStringSubmatch(commands, -1)
	require.Greater(t, len(names), 25)
	flags := map[string][]string{}
	for _, name := range names {
		if name[1] == "help" {
			continue
		}
		calls := [][]string{{name[1]}}
		if name[1] == "secret" {
			calls = [][]string{{"secret", "set"}, {"secret", "delete"}}
		}
		for _, call := range calls {
			row := regexp.MustCompile("(?m)^\\| `" + strings.Join(call, " ") + "[` ].*$").FindString(text)
			assert.NotEmpty(t, row, "%s has no line in the guide", call)
			for _, flag := range flagOf.FindAllStringSubmatch(help(t, call...), -1) {
				flags[flag[1]] = append(flags[flag[1]], strings.Join(call, " "))
			}
		}
	}
	require.Greater(t, len(flags), 40)
	for flag, of := range flags {
		assert.True(t, regexp.MustCompile("[` ]"+flag+"[` ]").MatchString(text), "the guide does not name %s of %s", flag, of)
	}
}

// shown are the texts of a window in a language: keys, and the words of each plural, with … for what is filled in.
func shown(t *testing.T, language string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(root, "assets", "translation", language+".json"))
	require.NoError(t, err)
	var all map[string]any
	require.NoError(t, json.Unmarshal(data, &all))
	filled := regexp.MustCompile(`\{\{[^}]*\}\}`)
	var out []string
	for _, value := range all {
		switch value := value.(type) {
		case string:
			out = append(out, filled.ReplaceAllString(value, "…"))
		case map[string]any:
			for _, form := range value {
				out = append(out, filled.ReplaceAllString(form.(string), "…"))
			}
		}
	}
	return out
}

// What the analyst's guides say of the window stands there: *words* are those of buttons and pages, “messages” whole sentences.
func TestTheAnalystsGuideSaysWhatTheWindowSays(t *testing.T) {
	words := regexp.MustCompile(`\*([^*\n]+)\*`)
	for name, of := range map[string]struct {
		language string
		messages *regexp.Regexp
	}{
		"analyst.md":    {"en", regexp.MustCompile(`(?m)^\| “(.+?)” \|`)},
		"analyst.de.md": {"de", regexp.MustCompile(`(?m)^\| „(.+?)“ \|`)},
	} {
		texts, text := shown(t, of.language), withoutCode(guide(t, name))
		said := func(wanted string) bool {
			return slices.ContainsFunc(texts, func(s string) bool { return strings.EqualFold(s, wanted) })
		}
		found := words.FindAllStringSubmatch(text, -1)
		require.Greater(t, len(found), 50, name)
		for _, match := range found {
			assert.True(t, match[1] == "…" || said(match[1]), "%s: the window has no text *%s*", name, match[1])
		}
		found = of.messages.FindAllStringSubmatch(text, -1)
		require.Greater(t, len(found), 25, name)
		for _, match := range found {
			assert.True(t, said(match[1]), "%s: the window does not say “%s”", name, match[1])
		}
	}
}
