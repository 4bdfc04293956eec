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
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/assets"
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
				if lit, ok := a.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					text, err := strconv.Unquote(lit.Value)
					require.NoError(t, err)
					texts[text] = text
				}
			}
			return true
		})
		return nil
	}))
	require.Greater(t, len(texts), 150)
	if *update {
		var out bytes.Buffer
		enc := json.NewEncoder(&out)
		enc.SetEscapeHTML(false)
		enc.SetIndent("", "  ")
		require.NoError(t, enc.Encode(texts))
		require.NoError(t, os.WriteFile("../../assets/translation/en.json", out.Bytes(), 0o644))
		return
	}
	data, err := assets.Translations.ReadFile("translation/en.json")
	require.NoError(t, err)
	var kept map[string]string
	require.NoError(t, json.Unmarshal(data, &kept))
	require.Equal(t, texts, kept, "run: go test -tags migrated_fynedo ./internal/gui -run English -update")
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
