package format

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// elsewhere are the files that write for machines or count what is never one, each with its reason.
var elsewhere = map[string]string{
	"contract/internal/form/check.go":                       "a bound on bytes, never one",
	"contract/internal/form/scan.go":                        "a bound on bytes, never one",
	"internal/atomicfile/read.go":                           "a bound on bytes, never one; a tool of all wings imports none of ours",
	"internal/atomicfile/kept.go":                           "a bound on bytes, never one; a tool of all wings imports none of ours",
	"contract/contract.go":                                  "the form of a time in the documents",
	"internal/services/db/read.go":                          "the form of a time in SQL",
	"internal/services/results/evidence/rows.go":            "the form of a time in files that programs read",
	"internal/services/importfile/spreadsheet/sheet.go":     "a bound on rows, never one",
	"internal/services/importfile/spreadsheet/sheetcell.go": "a bound on columns, never one",
	"internal/services/importfile/spreadsheet/xmlbuffer.go": "a bound on bytes, never one",
}

// TestNobodyElseFormats reads all of the product's source: thousands are grouped, percents, sizes and clocks written, and one
// told from many, in this package and nowhere else; and no translated text is put together of parts with words between.
func TestNobodyElseFormats(t *testing.T) {
	used := map[string]bool{}
	var found []string
	for _, root := range []string{"../../cmd", "../../internal", "../../contract"} {
		require.NoError(t, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			name := strings.TrimPrefix(filepath.ToSlash(path), "../../")
			switch {
			case err != nil || d.IsDir() && slices.Contains([]string{"internal/format", "internal/sandbox", "internal/e2e"}, name):
				if err == nil {
					err = filepath.SkipDir
				}
				return err
			case d.IsDir() || !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") || strings.HasPrefix(name, "cmd/bench-window") || strings.HasPrefix(name, "cmd/portal-sandbox"):
				return nil
			}
			files := token.NewFileSet()
			file, err := parser.ParseFile(files, path, nil, 0)
			if err != nil {
				return err
			}
			for _, s := range formats(file) {
				if _, ok := elsewhere[name]; ok {
					used[name] = true
					continue
				}
				found = append(found, fmt.Sprintf("%s:%d %s", name, files.Position(s.at).Line, s.what))
			}
			return nil
		}))
	}
	require.Empty(t, found, "write it with package format, or words in the window:\n%s", strings.Join(found, "\n"))
	for name := range elsewhere {
		require.True(t, used[name], "%s writes nothing any more: take it off the list", name)
	}
}

// TestTheScanSees proves that the scan finds what it looks for.
func TestTheScanSees(t *testing.T) {
	for code, want := range map[string]string{
		`for i := len(s) - 3; i > 0; i -= 3 { s = s[:i] + "," + s[i:] }`:    "groups thousands",
		`for i := range s { if (len(s)-i)%3 == 0 { b.WriteRune(',') } }`:    "groups thousands",
		`_ = strconv.FormatFloat(v, 'f', 1, 64) + " %"`:                     "writes a percent",
		`fmt.Sprintf("%d %%", v)`:                                           "writes a percent",
		`fmt.Sprintf("%.1f MB", v)`:                                         "writes a size",
		`t.Format("2 Jan 15:04")`:                                           "writes a time",
		`fmt.Sprintf("%s has %d rows", a, n)`:                               "tells one from many",
		`_ = strconv.Itoa(n) + " rows left"`:                                "tells one from many",
		`_ = "file(s)"`:                                                     "tells one from many",
		`words.Counted(n, "row", "rows")`:                                   "tells one from many",
		`_ = words.T("Reading") + " the file " + name`:                      "puts a sentence together",
		`text += " " + words.T("at the latest")`:                            "puts a sentence together",
		`_ = words.T("Revenue") + " · " + words.N(n, "{{.N}} a", "{{.N}}")`: "",
		`for i := 0; i < len(s); i++ { pos += 3 }`:                          "",
		`log.Debug("rows", "n", n)`:                                         "",
	} {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc f() {\n"+code+"\n}", 0)
		require.NoError(t, err, code)
		got := formats(file)
		if want == "" {
			require.Empty(t, got, code)
			continue
		}
		require.NotEmpty(t, got, code)
		require.Contains(t, got[0].what, want, code)
	}
}

type sighting struct {
	at   token.Pos
	what string
}

const things = `(rows?|files?|columns?|cells?|orders|runs?|values?|checks?|errors?|warnings?|bytes?|days?|hours?|minutes?|seconds?|lines?|sheets?|rules?|others?)\b`

var (
	percentText = regexp.MustCompile(` ?%%($|\PL)|^ %$`)
	sizeText    = regexp.MustCompile(`(^ ?|%[.0-9]*[dfsv] ?)[kKMG]i?B\b`)
	timeText    = regexp.MustCompile(`15:04|3:04`)
	countText   = regexp.MustCompile(`\w\(s\)|%[dv] ` + things + `|%s (rows|files|cells|orders|runs|values|bytes)\b`)
	afterNumber = regexp.MustCompile(`^ ` + things)
	wordText    = regexp.MustCompile(`\pL|^ $`)
)

// formats are the places of a file that format by hand.
func formats(file *ast.File) []sighting {
	var out []sighting
	see := func(n ast.Node, what string) { out = append(out, sighting{n.Pos(), what}) }
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.ImportSpec:
			return false
		case *ast.ForStmt:
			if a, ok := n.Post.(*ast.AssignStmt); ok && (a.Tok == token.SUB_ASSIGN || a.Tok == token.ADD_ASSIGN) && text(a.Rhs[0]) == "3" {
				see(n, "groups thousands")
			}
		case *ast.BinaryExpr:
			if n.Op == token.REM && text(n.Y) == "3" {
				see(n, "groups thousands")
			}
			if n.Op == token.ADD && text(n.Y) != "" && afterNumber.MatchString(text(n.Y)) {
				see(n, "tells one from many: "+text(n.Y))
			}
			if n.Op == token.ADD {
				if glue := glued(n); glue != "" {
					see(n, "puts a sentence together: "+glue)
				}
			}
		case *ast.BasicLit:
			switch s := text(n); {
			case n.Kind != token.STRING:
			case percentText.MatchString(s):
				see(n, "writes a percent: "+s)
			case sizeText.MatchString(s):
				see(n, "writes a size: "+s)
			case countText.MatchString(s):
				see(n, "tells one from many: "+s)
			}
		case *ast.CallExpr:
			switch name := called(n); {
			case name == "Format" && len(n.Args) == 1 && timeText.MatchString(text(n.Args[0])):
				see(n, "writes a time: "+text(n.Args[0]))
			case name == "Counted":
				see(n, "tells one from many")
			}
		}
		return true
	})
	return out
}

// glued is the words, or the lone blank, that an addition puts beside a translated text.
func glued(sum *ast.BinaryExpr) string {
	var glue string
	translated := false
	var parts func(e ast.Expr)
	parts = func(e ast.Expr) {
		switch e := e.(type) {
		case *ast.BinaryExpr:
			parts(e.X)
			parts(e.Y)
		case *ast.BasicLit:
			if s := text(e); wordText.MatchString(s) {
				glue = s
			}
		case *ast.CallExpr:
			name := called(e)
			translated = translated || name == "T" || name == "N"
		}
	}
	parts(sum)
	if !translated {
		return ""
	}
	return glue
}

func called(c *ast.CallExpr) string {
	switch f := c.Fun.(type) {
	case *ast.SelectorExpr:
		return f.Sel.Name
	case *ast.Ident:
		return f.Name
	}
	return ""
}

// text is a literal's value.
func text(e ast.Expr) string {
	lit, ok := e.(*ast.BasicLit)
	if !ok {
		return ""
	}
	if s, err := strconv.Unquote(lit.Value); err == nil {
		return s
	}
	return lit.Value
}
