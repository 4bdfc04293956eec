package importscreen

import (
	"encoding/json"
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"fyne.io/fyne/v2/test"
	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/contract"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/analysis"
)

// englishWords are words that stand in nearly every English sentence of the window, and in none of the other languages.
var englishWords = regexp.MustCompile(`(?i)(?:^|[^\pL\d_])(the|of|is|are|has|have|had|rows|every|which|with|that|were|not|no|and|its|from|than|file)(?:[^\pL\d_]|$)`)

// TestNoFindingOfAGermanScreenIsEnglish reads the files of the contract, with all that may be found in them, and looks at each sentence
// as the window shows it.
func TestNoFindingOfAGermanScreenIsEnglish(t *testing.T) {
	test.NewTempApp(t)
	t.Cleanup(func() { require.NoError(t, words.Load(assets.Translations, "en")) })
	paths, err := filepath.Glob("../../../contract/testdata/cases/*.json")
	require.NoError(t, err)
	seen := map[string]bool{}
	folder := t.TempDir()
	var before *contract.ImportProfile
	for _, path := range paths {
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		var c struct {
			Name            string
			CSV             *string
			Encoding        string
			Base64, Parquet []byte
			Options         json.RawMessage
		}
		require.NoError(t, json.Unmarshal(text, &c))
		name, data := c.Name+".csv", c.Base64
		switch {
		case c.Parquet != nil:
			name, data = c.Name+".parquet", c.Parquet
		case c.CSV != nil && c.Encoding == "":
			data = []byte(*c.CSV)
		case data == nil:
			continue
		}
		options, err := contract.ParseReadOptions(c.Options)
		require.NoError(t, err)
		at := filepath.Join(folder, name)
		require.NoError(t, os.WriteFile(at, data, 0o600))
		for _, read := range []contract.ReadOptions{{}, options} {
			result, err := analysis.File(t.Context(), at, analysis.Options{Read: read})
			require.NoError(t, words.Load(assets.Translations, "de"))
			if err != nil {
				said := words.Writer().Sentence(err)
				require.Empty(t, englishWords.FindAllString(said, -1), "%s: %s", c.Name, said)
				continue
			}
			if before != nil {
				result.Compare(before)
			}
			before = result.Profile
			a := &shell.Analysis{Result: *result}
			for _, check := range a.Profile.Validation.Checks {
				seen[check.ID] = true
				seen[check.ID+" fails"] = seen[check.ID+" fails"] || !check.Passed
			}
			for _, row := range append(findings(a, words.Writer().Sentence), driftRows(a)...) {
				require.Empty(t, englishWords.FindAllString(row.message, -1), "%s: %s", c.Name, row.message)
			}
			if a.KPIError != nil {
				said := words.Writer().Sentence(a.KPIError)
				require.Empty(t, englishWords.FindAllString(said, -1), "%s: %s", c.Name, said)
			}
		}
	}
	for _, id := range []string{"reading_decided", "rows_present", "required_columns", "recommended_columns", "header_names", "text_encoding", "order_id_present", "order_id_unique",
		"order_id_exact", "order_id_case", "order_date_valid", "revenue_valid", "one_currency", "revenue_not_negative", "returned_or_cancelled", "amounts_complete", "rows_left_out", "group_names"} {
		require.True(t, seen[id] && seen[id+" fails"], "%s is fed, passed and failed", id)
	}
	require.True(t, len(seen) >= 36, "a check that came since is fed, too")
}
