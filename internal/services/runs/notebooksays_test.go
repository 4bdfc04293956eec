package runs

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/format"
)

func TestWhatTheNotebookSaidIsSaidInTheReadersLanguage(t *testing.T) {
	texts := map[string]string{
		"{{.Rows}} have no revenue or one that is no number.": "{{.Rows}} haben keinen lesbaren Umsatz.", "{{.Found}} of {{.N}} rows": "{{.Found}} von {{.N}} Zeilen",
		"The required columns {{.Columns}} are missing.": "Es fehlen die Spalten {{.Columns}}.", "{{.First}} and {{.Last}}": "{{.First}} und {{.Last}}",
		"{{.Missing}} The file has one column only: if another character than , ; | or a tab separates its columns, say which, as its delimiter.": "{{.Missing}} Nur eine Spalte.",
		"{{.File}} is not in Files/import: upload it, or choose another file.":                                                                    "{{.File}} fehlt.",
	}
	german := format.Writer{Text: func(s string) string {
		if text, ok := texts[s]; ok {
			return text
		}
		return s
	}, Form: func(n int64, one, other string) string {
		if n == 1 {
			return one
		}
		return texts[other]
	}}
	for english, want := range map[string]string{
		"9 of 1,200 rows have no revenue or one that is no number.":                      "9 von 1,200 Zeilen haben keinen lesbaren Umsatz.",
		"The required columns order_id, order_date and revenue are missing.":             "Es fehlen die Spalten order_id, order_date und revenue.",
		"sales and more.xlsx is not in Files/import: upload it, or choose another file.": "sales and more.xlsx fehlt.",
		"The required columns order_id and revenue are missing. The file has one column only: if another character than , ; | or a tab separates its columns, say which, as its delimiter.": "Es fehlen die Spalten order_id und revenue. Nur eine Spalte.",
		"A sentence of a notebook to come.": "A sentence of a notebook to come.",
		"":                                  "",
	} {
		r := Run{}
		r.SetError(english)
		require.Equal(t, want, r.Failure(german))
		require.Equal(t, english, r.Failure(format.English), "English stays as it was said")
	}
	hash := strings.Repeat("0f", 32)
	require.Equal(t, "a.csv is not the file that was checked, so nothing was published: check it again, two minutes after it was replaced, and start a new run.",
		NotebookSaid("a.csv is not the file that was checked (its SHA-256 is "+hash+", not "+hash+"), so nothing was published: check it again, two minutes after it was replaced, and start a new run.", format.English))
}

// notForAnalysts begin what a notebook says of how it is called or installed: the desktop calls it so that it is never said, or who has
// installed it reads English.
var notForAnalysts = []string{"The parameter ", "In the parameter ", "A restore needs", "There is no schema ", "it ", "other programs write it", "X in Files/results/current has version", "X of run X can't be read", "X, so nothing was published"}

var (
	raised = regexp.MustCompile(`RunFailed\(\s*((?:f?"(?:[^"\\]|\\.)*"\s*)+)\)`)
	piece  = regexp.MustCompile(`f?"((?:[^"\\]|\\.)*)"`)
	hole   = regexp.MustCompile(`\{(?:[^{}]|\{[^{}]*\})*\}`)
)

// TestEachSentenceOfTheNotebookIsKnown reads the notebook's source: a sentence that it says anew, or words otherwise, has to be known here.
func TestEachSentenceOfTheNotebookIsKnown(t *testing.T) {
	known := 0
	sentences, _ := recognisers()
	require.NoError(t, filepath.WalkDir("../../../fabric/src", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".py") {
			return err
		}
		source, err := os.ReadFile(path)
		for _, call := range raised.FindAllStringSubmatch(string(source), -1) {
			text := ""
			for _, p := range piece.FindAllStringSubmatch(call[1], -1) {
				text += p[1]
			}
			text = hole.ReplaceAllString(text, "X")
			skip := false
			for _, start := range notForAnalysts {
				skip = skip || strings.HasPrefix(text, start)
			}
			if skip {
				continue
			}
			assert.NotNil(t, recognised(text, sentences, 0), "%s says what this program does not know: %s", path, text)
			known++
		}
		return err
	}))
	require.Greater(t, known, 25)
}
