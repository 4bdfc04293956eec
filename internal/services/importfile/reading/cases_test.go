package reading

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// elsewhere are the cases that the reading of cells decides, not the survey.
var elsewhere = map[string]string{
	"D14_times_durations.xlsx": "what durations are", "D16_formats.xlsx": "which formats are dates", "Q01_brotli.parquet": "a codec", "Q08_list_column.parquet": "list columns", "Q12_names.parquet": "names of columns",
	"T07_inner_quote.csv": "quotation marks", "T08_backslash_quotes.csv": "quotation marks", "T09_gzip_named_csv.csv": "the format", "T10_html_named.xls.xlsx": "the format", "T11_nul_padded.csv": "NUL characters",
	"T18_space_delimited.txt": "the delimiter", "W09_wrong_rid.xlsx": "the workbook's parts", "W17_number_spellings.xlsx": "spellings of numbers in cells",
}

// caseFolder is the folder of the case files, beside the project or beside the folder that it is in.
func caseFolder(t testing.TB) string {
	root := filepath.Join("..", "..", "..", "..", "..")
	for _, folder := range []string{root, filepath.Join(root, "..")} {
		folder = filepath.Join(folder, "shared", "cases")
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
	}
	t.Skip("the case files (shared/cases beside the project) are not on this machine")
	return ""
}

// wanted is what a line of the cases' table says is right.
func wanted(right string) map[string]string {
	out := map[string]string{}
	for part := range strings.SplitSeq(right, ", ") {
		if name, value, ok := strings.Cut(strings.TrimSpace(part), " "); ok {
			out[name] = value
		}
	}
	return out
}

// TestCaseFiles surveys the files that people's tables look like: the figures are right, or they are asked, and then one
// of the readings is right.
func TestCaseFiles(t *testing.T) {
	folder := caseFolder(t)
	table, err := os.ReadFile(filepath.Join(folder, "cases.md"))
	require.NoError(t, err)
	tested := 0
	for line := range strings.SplitSeq(string(table), "\n") {
		columns := strings.Split(strings.ReplaceAll(line, `\|`, "/"), "|")
		if len(columns) < 5 || !strings.Contains(columns[1], ".") {
			continue
		}
		name, right := strings.TrimSpace(columns[1]), strings.TrimSpace(columns[3])
		t.Run(name, func(t *testing.T) {
			if reason, ok := elsewhere[name]; ok {
				t.Skip("the readers of files decide this case: " + reason)
			}
			tested++
			got, isRight := judge(t, filepath.Join(folder, name), wanted(right))
			t.Logf("\n   case %s: %s\n wanted %s\n    got %s", name, strings.TrimSpace(columns[2]), right, strings.ReplaceAll(got, "\n", "\n        "))
			require.True(t, isRight)
		})
	}
	require.Greater(t, tested, 80)
}

// judge compares a survey with what is right.
func judge(t *testing.T, path string, want map[string]string) (got string, right bool) {
	f, err := Survey(t.Context(), spreadsheet.Disk(path), contract.ReadOptions{}, spreadsheet.Limits{})
	if err != nil {
		return err.Error(), false
	}
	got = told(&f.Reading)
	if header, ok := want["header"]; ok && header != "say" && header != strconv.Itoa(f.Header.Row) {
		return got, false
	}
	if len(f.Reading.Questions) > 0 {
		for _, reading := range f.Reading.Questions[0].Readings {
			right = right || reading.TotalRevenue != nil && fits(want, *reading.TotalRevenue, *reading.Orders, reading.FirstDay)
		}
		return got, right
	}
	figures := takenFrom(t, path, f)
	got = strings.TrimSpace(fmt.Sprintf("%+v\n%s", figures, got))
	rules := 0 // lines of dashes are no rows to people
	for _, l := range f.Reading.LeftOut {
		if l.Kind == "rule" {
			rules = int(l.Rows)
		}
	}
	if rows, err := strconv.Atoi(want["rows"]); err == nil && rows != figures.rows-rules {
		return got, false
	}
	return got, fits(want, figures.revenue, int64(figures.orders), &figures.first)
}

// fits compares figures with what is right; what must only be told fits whatever it is.
func fits(want map[string]string, revenue float64, orders int64, first *string) bool {
	if w, err := strconv.ParseFloat(want["revenue"], 64); err == nil && math.Abs(w-revenue) > 0.001 {
		return false
	}
	if w, err := strconv.ParseInt(want["orders"], 10, 64); err == nil && w != orders {
		return false
	}
	w, dated := want["dmin"]
	return !dated || w == "say" || first != nil && *first == w
}
