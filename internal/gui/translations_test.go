package gui

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/services/results/evidence"
	"fabricportal/internal/services/results/export"
	"fabricportal/internal/services/setup/settings"
)

var update = flag.Bool("update", false, "write assets/translation/en.json anew from the texts in the source")

// TestEnglishHoldsEveryText compares the texts in the source with en.json, which translators begin from.
func TestEnglishHoldsEveryText(t *testing.T) {
	texts := map[string]string{}
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
		if err != nil {
			return err
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if title, ok := n.(*ast.KeyValueExpr); ok && slices.Contains(fieldsWithTexts, calledName(title.Key)) {
				collect(t, texts, title.Value)
			}
			call, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			var args []ast.Expr
			switch name := calledName(call.Fun); {
			case name == "T" && len(call.Args) > 0:
				args = call.Args[:1]
			case name == "Counted" && len(call.Args) == 3:
				args = call.Args[1:]
			case name == "two" && len(call.Args) == 4:
				args = []ast.Expr{call.Args[1], call.Args[3]}
			}
			for _, a := range args {
				collect(t, texts, a)
			}
			return true
		})
		return nil
	}))
	for _, text := range slices.Concat(export.Texts, evidence.Texts) { // files are written in the window's language
		texts[text] = text
	}
	for _, f := range append(settings.Fields(), settings.ColourField()) {
		texts[f.Label] = f.Label
		if f.Hint != "" {
			texts[f.Hint] = f.Hint
		}
	}
	require.Greater(t, len(texts), 150)
	if *update {
		writeTexts(t, "en", texts)
		german := readTexts(t, "de")
		for text := range german {
			if _, ok := texts[text]; !ok {
				delete(german, text)
			}
		}
		for text := range texts {
			if _, ok := german[text]; !ok {
				german[text] = "" // to be translated; the test below says so
			}
		}
		writeTexts(t, "de", german)
		return
	}
	english := readTexts(t, "en")
	var differ []string
	for text, plural := range texts {
		if english[text] != plural {
			differ = append(differ, "not in en.json: "+text)
		}
	}
	for text := range english {
		if _, ok := texts[text]; !ok {
			differ = append(differ, "no longer in the source: "+text)
		}
	}
	require.Empty(t, differ, "run: go test -tags migrated_fynedo ./internal/gui -run English -update")
}

// TestGermanIsComplete compares de.json with en.json: the same texts, each translated, with the same values in it.
func TestGermanIsComplete(t *testing.T) {
	english, german := readTexts(t, "en"), readTexts(t, "de")
	value := regexp.MustCompile(`{{\.\w+}}`)
	sorted := func(s string) []string { return slices.Sorted(slices.Values(value.FindAllString(s, -1))) }
	for text := range english {
		require.NotEmpty(t, german[text], "%q is not translated", text)
		require.Equal(t, sorted(text), sorted(german[text]), "%q", text)
		if german[text] == text && strings.Contains(text, " ") {
			require.Contains(t, same, text, "a sentence that is the same in German")
		}
	}
	for text := range german {
		require.Contains(t, english, text, "no text of the window")
	}
}

// fieldsWithTexts are the fields whose texts are translated where they are drawn: of a table's columns, of the set-up's steps.
var fieldsWithTexts = []string{"Title", "About", "Label", "Hint"}

// same are the texts of several words that are the same in both languages.
var same = []string{"Fabric Data Portal", "Fabric Data Portal {{.Version}}", "Notebook in Fabric", "Pipeline in Fabric", "{{.State}} in Fabric, {{.Started}}",
	"{{.Header}} is {{.Role}}", "{{.What}} ({{.Amount}})", "{{.N}} × {{.Form}}", "{{.Option}}: {{.Value}}"}

func readTexts(t *testing.T, language string) map[string]string {
	data, err := assets.Translations.ReadFile("translation/" + language + ".json")
	require.NoError(t, err)
	var texts map[string]string
	require.NoError(t, json.Unmarshal(data, &texts))
	return texts
}

func writeTexts(t *testing.T, language string, texts map[string]string) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(texts))
	require.NoError(t, os.WriteFile("../../assets/translation/"+language+".json", out.Bytes(), 0o644))
}

func collect(t *testing.T, texts map[string]string, e ast.Expr) {
	if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
		text, err := strconv.Unquote(lit.Value)
		require.NoError(t, err)
		if text != "" {
			texts[text] = text
		}
	}
}

func calledName(f ast.Expr) string {
	switch v := f.(type) {
	case *ast.SelectorExpr:
		return v.Sel.Name
	case *ast.Ident:
		return v.Name
	}
	return ""
}
