package analysis_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
)

// TestTextFilesAreReadAsTheOptionsSay reads case files whose form has to be named, or was found already.
func TestTextFilesAreReadAsTheOptionsSay(t *testing.T) {
	folder := caseFolder(t)
	for _, c := range []struct {
		file  string
		given contract.ReadOptions
		want  wanted
		form  contract.TextForm
	}{
		{"T08_backslash_quotes.csv", contract.ReadOptions{Quoting: contract.QuotingBackslash}, plain,
			contract.TextForm{Encoding: "utf-8", Delimiter: ",", Quoting: "backslash"}},
		{"T15_sap_list.txt", contract.ReadOptions{Delimiter: "|", HeaderRow: 2}, more(wanted{header: 2, said: "rows_no_orders header_names rows_left_out"}),
			contract.TextForm{Encoding: "utf-8", Delimiter: "|", Quoting: "double"}},
		{"T18_space_delimited.txt", contract.ReadOptions{Delimiter: "~"}, plain,
			contract.TextForm{Encoding: "utf-8", Delimiter: "~", Quoting: "double"}},
		{"H03_bom_utf16.csv", contract.ReadOptions{Encoding: "utf-16le", Delimiter: "\t", Quoting: contract.QuotingNone}, plain,
			contract.TextForm{Encoding: "utf-16le", Delimiter: "\t", Quoting: "none"}},
	} {
		t.Run(c.file, func(t *testing.T) {
			got := outcomeOf(t, filepath.Join(folder, c.file), c.given)
			requireWanted(t, c.want, got)
			requireForm(t, c.form, got.result)
		})
	}
}

func requireForm(t *testing.T, want contract.TextForm, got *analysis.Result) {
	t.Helper()
	require.NotNil(t, got)
	form := got.Profile.File.Text
	require.NotNil(t, form)
	require.Equal(t, []string{want.Encoding, want.Delimiter, want.Quoting}, []string{form.Encoding, form.Delimiter, form.Quoting})
}

// TestAnOptionOfTextFilesMeansNothingElsewhere: a workbook has no delimiter.
func TestAnOptionOfTextFilesMeansNothingElsewhere(t *testing.T) {
	folder := caseFolder(t)
	given := contract.ReadOptions{Encoding: "ibm850", Delimiter: "\\", Quoting: contract.QuotingNone}
	for _, name := range []string{"W01_no_r.xlsx", "Q01_zstd.parquet"} {
		requireWanted(t, plain, outcomeOf(t, filepath.Join(folder, name), given))
	}
}

// TestACyrillicFile is read when its encoding is named, whatever it would be taken for.
func TestACyrillicFile(t *testing.T) {
	path := filepath.Join(t.TempDir(), "orders.csv")
	head := "order_id¦order_date¦revenue¦region\n"
	text := strings.ReplaceAll(head+"1¦2025-01-01¦5¦\xCC\xEE\xF1\xEA\xE2\xE0\n2¦2025-01-02¦7¦\xD3\xF4\xE0\n", "¦", "\xA6")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	got := outcomeOf(t, path, contract.ReadOptions{Encoding: "windows-1251", Delimiter: "¦"})
	require.Equal(t, "12.00", got.revenue)
	require.Equal(t, "Москва", got.result.Profile.SampleRows[0][3])
	requireForm(t, contract.TextForm{Encoding: "windows-1251", Delimiter: "¦", Quoting: "double"}, got.result)
}
