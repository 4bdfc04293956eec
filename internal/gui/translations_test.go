package gui

import (
	"bytes"
	"encoding/json"
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

	"fabricportal/assets"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/results/evidence"
	"fabricportal/internal/services/results/export"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/setup/settings"
)

var update = flag.Bool("update", false, "write assets/translation/en.json anew from the texts in the source")

// TestEnglishHoldsEveryText compares the texts in the source with en.json, which translators begin from.
func TestEnglishHoldsEveryText(t *testing.T) {
	texts := map[string]translated{}
	parts := map[string]string{}                                                                                                                      // the texts that others end in
	for _, root := range []string{".", "../services", "../portal", "../atomicfile", "../smallfile", "../formula", "../optionwords", "../tlsconfig"} { // what these say is said in the window's language, too
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			return collectFile(t, texts, parts, root == ".", path, d, err)
		}))
	}
	for _, e := range runs.Tellings() {
		texts[e.Text] = plain(e.Text)
		if e.One != "" {
			texts[e.Text] = translated{"one": e.One, "other": e.Text}
		}
	}
	for _, r := range rules.Default().Rules {
		if r.Message != "" {
			texts[r.Message] = plain(r.Message)
		}
	}
	for _, text := range slices.Concat(export.Texts, export.ChangesTexts, evidence.Texts, format.Texts, troubles.Texts(), doctor.Texts()) { // files are written in the window's language
		texts[text] = plain(text)
	}
	texts["English"] = plain("English") // each language's own name stands there
	for _, f := range append(settings.Fields(), settings.ColourField()) {
		texts[f.Label] = plain(f.Label)
		if f.Hint != "" {
			texts[f.Hint] = plain(f.Hint)
		}
	}
	require.Greater(t, len(texts), 150)
	if *update {
		writeTexts(t, "en", texts)
		for _, language := range words.Languages[1:] {
			said := readTexts(t, language)
			for text := range said {
				if _, ok := texts[text]; !ok {
					delete(said, text)
				}
			}
			for text := range texts {
				if _, ok := said[text]; !ok {
					said[text] = wanted(language, texts[text]) // to be translated; the test below says so
				}
			}
			writeTexts(t, language, said)
		}
		return
	}
	english := readTexts(t, "en")
	var differ []string
	for text, forms := range texts {
		if !maps.Equal(english[text], forms) {
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

// collectFile takes the texts of a file of the source: of the window all that T and N are asked for; of the services what format.Say and
// a Writer are.
func collectFile(t *testing.T, texts map[string]translated, parts map[string]string, window bool, path string, d fs.DirEntry, err error) error {
	if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
		return err
	}
	file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
	if err != nil {
		return err
	}
	ast.Inspect(file, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok && len(v.Values) == 1 {
			parts[v.Names[0].Name] = literal(t, v.Values[0])
		}
		return true
	})
	ast.Inspect(file, func(n ast.Node) bool {
		if e, ok := n.(ast.Expr); ok && !window { // why a file can't be read
			text := literal(t, e)
			if sum, ok := n.(*ast.BinaryExpr); ok {
				text = literal(t, sum.X)
				if end, ok := sum.Y.(*ast.Ident); ok && text != "" {
					text += parts[end.Name]
				}
			}
			if strings.HasPrefix(text, "{{.File}} ") && !strings.HasSuffix(text, ":") {
				texts[text] = plain(text)
				return false
			}
		}
		if title, ok := n.(*ast.KeyValueExpr); ok && window && slices.Contains(fieldsWithTexts, calledName(title.Key)) {
			collect(t, texts, title.Value)
		}
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return true
		}
		english := false // what is for the terminal and the log only
		if of, ok := call.Fun.(*ast.SelectorExpr); ok {
			english = calledName(of.X) == "format"
		}
		switch name := calledName(call.Fun); {
		case (name == "T" && !english || name == "Say" && english) && len(call.Args) > 0:
			collect(t, texts, call.Args[0])
		case (name == "N" && !english || name == "SayN" && english || name == "of" && !window) && len(call.Args) > 2:
			one, other := literal(t, call.Args[1]), literal(t, call.Args[2])
			if one == "" && other == "" { // words hands on what it was given
				return true
			}
			forms := translated{"one": one, "other": other}
			require.Contains(t, []translated{nil, forms}, texts[other], "one text, one pair of forms: %q", other)
			texts[other] = forms
			if name == "of" {
				collect(t, texts, call.Args[0])
			}
		}
		return true
	})
	return nil
}

// TestTranslationsAreComplete compares the file of each language with en.json: the same texts, each translated, with the same values in it.
func TestTranslationsAreComplete(t *testing.T) {
	require.Contains(t, words.Languages, "de")
	require.Contains(t, words.Languages, "fr")
	for _, language := range words.Languages[1:] {
		t.Run(language, func(t *testing.T) { isComplete(t, language) })
	}
}

func isComplete(t *testing.T, language string) {
	english, german := readTexts(t, "en"), readTexts(t, language)
	value, word := regexp.MustCompile(`{{\.\w+}}`), regexp.MustCompile(`\pL{2,}`)
	sorted := func(s string) []string { return slices.Sorted(slices.Values(value.FindAllString(s, -1))) }
	for text, forms := range english {
		require.Equal(t, slices.Sorted(maps.Keys(wanted(language, forms))), slices.Sorted(maps.Keys(german[text])), "the forms of %q", text)
		for category, said := range german[text] {
			require.NotEmpty(t, said, "%q is not translated", text)
			if category != "one" { // of one thing the number need not be said
				require.Equal(t, sorted(text), sorted(said), "%q", text)
			}
			require.Subset(t, sorted(text), sorted(said), "%q", text)
			require.Empty(t, englishWords.FindAllString(quotedNames.ReplaceAllString(said, ""), -1), "%q is English still: %q", text, said)
			if said == text && len(word.FindAllString(value.ReplaceAllString(text, ""), 2)) > 1 {
				require.Contains(t, same, text, "a sentence that is the same in %s", language)
			}
		}
	}
	for text := range german {
		require.Contains(t, english, text, "no text of the window")
	}
}

// englishWords stand in nearly every English sentence, and in none of other languages; what is quoted is a name of others' buttons.
var (
	englishWords = regexp.MustCompile(`(?i)(?:^|[^\pL\d_])(the|of|is|are|has|have|rows|every|which|with|that|were|not|from|and)(?:[^\pL\d_]|$)`)
	quotedNames  = regexp.MustCompile(`„[^“]*“|«[^»]*»|{{\.\w+}}|\S+/\S+`)
)

// fieldsWithTexts are the fields whose texts are translated where they are drawn: of a table's columns, of the set-up's steps.
var fieldsWithTexts = []string{"Title", "About", "Label", "Hint"}

// same are the texts of several words that are the same in both languages.
var same = []string{"Fabric Data Portal", "Fabric Data Portal {{.Version}}", "Notebook in Fabric", "Pipeline in Fabric", "Spark in Fabric", "{{.State}} in Fabric, {{.Started}}",
	"{{.Header}} is {{.Role}}", "{{.What}} ({{.Amount}})", "{{.N}} × {{.Form}}", "{{.Option}}: {{.Value}}"}

// translated is a text in a language: one text, or the forms of a text with a counted thing in it by their category.
type translated map[string]string

// plain is a text that has one form, under no category.
func plain(text string) translated { return translated{"": text} }

// wanted are the categories that a language needs of a text: those of its whole numbers.
func wanted(language string, english translated) translated {
	if _, one := english[""]; one {
		return plain("")
	}
	out := translated{}
	for n := range int64(200) {
		out[words.Category(language, n)] = ""
	}
	return out
}

func (t *translated) UnmarshalJSON(data []byte) error {
	var text string
	if json.Unmarshal(data, &text) == nil {
		*t = plain(text)
		return nil
	}
	return json.Unmarshal(data, (*map[string]string)(t))
}

func (t translated) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if text, ok := t[""]; ok {
		err := enc.Encode(text)
		return out.Bytes(), err
	}
	err := enc.Encode(map[string]string(t))
	return out.Bytes(), err
}

func readTexts(t *testing.T, language string) map[string]translated {
	data, err := assets.Translations.ReadFile("translation/" + language + ".json")
	require.NoError(t, err)
	var texts map[string]translated
	require.NoError(t, json.Unmarshal(data, &texts))
	return texts
}

func writeTexts(t *testing.T, language string, texts map[string]translated) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(texts))
	require.NoError(t, os.WriteFile("../../assets/translation/"+language+".json", out.Bytes(), 0o644))
}

func collect(t *testing.T, texts map[string]translated, e ast.Expr) {
	if text := literal(t, e); text != "" {
		texts[text] = plain(text)
	}
}

// literal is a text as it stands in the source; "" for what is no such text.
func literal(t *testing.T, e ast.Expr) string {
	if sum, ok := e.(*ast.BinaryExpr); ok && sum.Op == token.ADD { // a text that is longer than a line
		if x, y := literal(t, sum.X), literal(t, sum.Y); x != "" && y != "" {
			return x + y
		}
		return ""
	}
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return ""
	}
	text, err := strconv.Unquote(lit.Value)
	require.NoError(t, err)
	return text
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
