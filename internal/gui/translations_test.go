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
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/results/evidence"
	"fabricportal/internal/services/results/export"
	"fabricportal/internal/services/setup/settings"
)

var update = flag.Bool("update", false, "bring assets/translation up to the texts in the source; what is new there is empty and to be said")

// TestEveryLanguageHoldsEveryText compares the texts in the source with the languages' files: each file has each text and no
// other, each with the same fields, and the counted ones with all plural forms of the language.
func TestEveryLanguageHoldsEveryText(t *testing.T) {
	source := textsInSource(t)
	require.Greater(t, len(source), 400)
	for _, l := range words.Languages(assets.Translations) {
		t.Run(l.Code, func(t *testing.T) {
			said := readLanguage(t, l.Code)
			if *update {
				writeLanguage(t, l.Code, said, source)
				return
			}
			var wrong []string
			for text, counted := range source {
				wrong = append(wrong, differences(text, counted, said)...)
			}
			for text := range said {
				if _, ok := source[text]; !ok {
					wrong = append(wrong, "no longer in the source: "+text)
				}
			}
			missing, err := words.Missing(assets.Translations, l.Code)
			require.NoError(t, err)
			require.Empty(t, append(wrong, missing...), "run: go test -tags migrated_fynedo ./internal/gui -run EveryText -update")
			parts := map[string]string{}
			for id := range format.Texts() {
				parts[id] = said[id].text
			}
			require.NoError(t, format.Check(parts))
		})
	}
}

// differences are what is wrong with how a language says a text.
func differences(text string, counted bool, said map[string]translated) []string {
	s, ok := said[text]
	switch {
	case !ok:
		return []string{"not in the file: " + text}
	case counted != (s.forms != nil):
		return []string{"has plural forms in one place only, in the source or in the file: " + text}
	case strings.HasPrefix(text, "locale."): // format.Check says what its fields must be
		return nil
	}
	forms := s.forms
	if !counted {
		forms = map[string]string{"other": s.text}
	}
	var wrong []string
	for name, form := range forms {
		wanted, got := fields(text), fields(form)
		// “The first row” need not say how many that is.
		if name != "other" && !slices.Contains(got, "N") {
			wanted = slices.DeleteFunc(wanted, func(f string) bool { return f == "N" })
		}
		switch {
		case form == "":
			wrong = append(wrong, "not translated: "+text)
		case !slices.Equal(wanted, got):
			wrong = append(wrong, "has other fields than the text in the source: "+form)
		}
	}
	return wrong
}

// fields are the names of the fields in a text, each once, sorted.
func fields(text string) []string {
	return slices.Compact(slices.Sorted(slices.Values(format.Fields(text))))
}

// TestEnglishSaysWhatTheSourceSays: what the window shows in English is what stands in the program.
func TestEnglishSaysWhatTheSourceSays(t *testing.T) {
	parts := format.Texts()
	for text, said := range readLanguage(t, "en") {
		want := text
		if part, ok := parts[text]; ok {
			want = part
		}
		if text != words.NameID {
			require.Equal(t, want, said.text)
		}
	}
}

// TestGermanIsGerman finds sentences that were left in English.
func TestGermanIsGerman(t *testing.T) {
	for text, said := range readLanguage(t, "de") {
		if said.text == text && strings.Contains(text, " ") {
			require.Contains(t, same, text, "a sentence that is the same in German")
		}
	}
}

// same are the texts of several words that are the same in both languages.
var same = []string{
	"Fabric Data Portal", "Fabric Data Portal {{.Version}}", "Notebook in Fabric", "Pipeline in Fabric", "{{.Days}} ({{.Column}})", "{{.Label}} (optional)",
	"{{.Column}}: {{.Values}}", "{{.Check}}: {{.Found}}", "{{.Who}}, {{.When}}",
}

// TestFieldsAreGiven looks at each call of words.T and words.N: a text's fields are those that follow it.
func TestFieldsAreGiven(t *testing.T) {
	eachCall(t, func(where token.Position, name string, call *ast.CallExpr) {
		from := map[string]int{"T": 1, "N": 2}[name]
		text, ok := literal(call.Args[0])
		if from == 0 || !ok {
			return
		}
		var given []string
		if name == "N" {
			given = append(given, "N")
		}
		for i := from; i < len(call.Args); i += 2 {
			field, ok := literal(call.Args[i])
			require.True(t, ok, "%s: the name of a field is no plain string", where)
			given = append(given, field)
		}
		slices.Sort(given)
		if want := fields(text); name == "T" || slices.Contains(want, "N") {
			require.Equal(t, want, slices.Compact(given), "%s: %q", where, text)
		}
	})
}

// textsInSource are the texts that are translated; true for those of a number of things.
func textsInSource(t *testing.T) map[string]bool {
	texts := map[string]bool{}
	add := func(text string, counted bool) {
		if text == "" {
			return
		}
		was, known := texts[text]
		require.True(t, !known || was == counted, "%q is counted in one place and not in another", text)
		texts[text] = counted
	}
	eachCall(t, func(where token.Position, name string, call *ast.CallExpr) {
		if text, ok := literal(call.Args[0]); ok {
			add(text, name == "N")
			return
		}
		of, ok := call.Args[0].(*ast.SelectorExpr)
		require.True(t, ok && slices.Contains(fieldsWithTexts, of.Sel.Name) || filepath.Base(where.Filename) == "options.go",
			"%s: which text is translated can't be seen: write it there, or in a field %v", where, fieldsWithTexts)
	})
	eachFile(t, func(_ *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			if title, ok := n.(*ast.KeyValueExpr); ok && slices.Contains(fieldsWithTexts, calledName(title.Key)) {
				if text, ok := literal(title.Value); ok {
					add(text, false)
				}
			}
			return true
		})
	})
	for _, text := range slices.Concat(export.Texts, evidence.Texts, words.Toolkit, slices.Collect(maps.Keys(format.Texts())), []string{words.NameID}) {
		add(text, false)
	}
	for _, f := range append(settings.Fields(), settings.ColourField()) {
		add(f.Label, false)
		add(f.Hint, false)
	}
	return texts
}

// fieldsWithTexts are the fields whose texts are translated where they are drawn: of a table's columns, of the set-up's steps.
var fieldsWithTexts = []string{"Title", "About", "Label", "Hint"}

// eachFile parses the window's source.
func eachFile(t *testing.T, do func(*token.FileSet, *ast.File)) {
	require.NoError(t, filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		set := token.NewFileSet()
		file, err := parser.ParseFile(set, path, nil, 0)
		if err == nil {
			do(set, file)
		}
		return err
	}))
}

// eachCall finds the calls of words.T and words.N.
func eachCall(t *testing.T, do func(where token.Position, name string, call *ast.CallExpr)) {
	eachFile(t, func(set *token.FileSet, file *ast.File) {
		ast.Inspect(file, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) == 0 {
				return true
			}
			of, ok := call.Fun.(*ast.SelectorExpr)
			if ok && calledName(of.X) == "words" && (of.Sel.Name == "T" || of.Sel.Name == "N") {
				do(set.Position(call.Pos()), of.Sel.Name, call)
			}
			return true
		})
	})
}

// literal is the text of a plain string.
func literal(e ast.Expr) (string, bool) {
	lit, ok := e.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
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

// translated is how a language says a text: forms where it is counted, else nil.
type translated struct {
	text  string
	forms map[string]string
}

// UnmarshalJSON is part of json.Unmarshaler.
func (s *translated) UnmarshalJSON(data []byte) error {
	if err := json.Unmarshal(data, &s.text); err == nil {
		return nil
	}
	if err := json.Unmarshal(data, &s.forms); err != nil {
		return err
	}
	s.text = s.forms["other"]
	return nil
}

// MarshalJSON is part of json.Marshaler.
func (s translated) MarshalJSON() ([]byte, error) {
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	if s.forms != nil {
		err := enc.Encode(s.forms)
		return out.Bytes(), err
	}
	err := enc.Encode(s.text)
	return out.Bytes(), err
}

func readLanguage(t *testing.T, code string) map[string]translated {
	data, err := assets.Translations.ReadFile("translation/" + code + ".json")
	require.NoError(t, err)
	said := map[string]translated{}
	require.NoError(t, json.Unmarshal(data, &said))
	return said
}

// writeLanguage writes a file with the texts in the source: those that it has already as they are, the others empty, in
// English as they stand.
func writeLanguage(t *testing.T, code string, was map[string]translated, source map[string]bool) {
	said := map[string]translated{}
	for text, counted := range source {
		s, ok := was[text]
		if !ok || counted != (s.forms != nil) {
			s = translated{text: s.text}
			if code == "en" {
				s.text = text
			}
			if counted {
				s.forms = map[string]string{"one": "", "other": s.text}
			}
		}
		said[text] = s
	}
	var out bytes.Buffer
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	enc.SetIndent("", "  ")
	require.NoError(t, enc.Encode(said))
	require.NoError(t, os.WriteFile("../../assets/translation/"+code+".json", out.Bytes(), 0o644))
}
