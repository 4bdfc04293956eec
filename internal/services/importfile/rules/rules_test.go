package rules

import (
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/internal/sandbox/sampledata"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	saved := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	require.NoError(t, os.Chtimes(path, saved, saved))
	return path
}

// export checks a file and writes the offending rows to a path.
func export(t *testing.T, path string, set Set, to string) (Report, error) {
	t.Helper()
	f, err := os.Create(to)
	require.NoError(t, err)
	report, err := Check(t.Context(), path, set, Options{Offending: f})
	require.NoError(t, f.Close())
	return report, err
}

func outcomes(t *testing.T, rules, text string) map[string]Outcome {
	t.Helper()
	set, err := Parse(rules, "the test's rules")
	require.NoError(t, err)
	report, err := Check(t.Context(), file(t, text), set, Options{})
	require.NoError(t, err)
	found := map[string]Outcome{}
	for _, o := range report.Outcomes {
		found[o.Rule.ID] = o
	}
	return found
}

const all = `
[[rule]]
id = "required"
kind = "required"
severity = "error"
columns = ["id", "gone"]
[[rule]]
id = "key"
kind = "key"
columns = ["id", "part"]
[[rule]]
id = "present"
kind = "not_null"
column = "part"
[[rule]]
id = "number"
kind = "type"
column = "n"
type = "integer"
[[rule]]
id = "range"
kind = "range"
column = "n"
min = 0
max = 10
[[rule]]
id = "days"
kind = "range"
column = "day"
min = "2026-01-01"
[[rule]]
id = "values"
kind = "values"
column = "part"
values = ["a", "b"]
[[rule]]
id = "pattern"
kind = "pattern"
column = "id"
pattern = "^I-[0-9]+$"
[[rule]]
id = "fresh"
kind = "fresh"
column = "day"
max_age_days = 10
[[rule]]
id = "formula"
kind = "formula"
formula = "total = n * price"
tolerance = 0.005
[[rule]]
id = "unchecked"
kind = "not_null"
column = "nowhere"
`

func TestEachKindOfRule(t *testing.T) {
	found := outcomes(t, all, `id,part,n,price,total,day
I-1,a,2,1.5,3.00,2026-02-25
I-1,a,3,2,6.01,2025-12-31
I-1,b,x,2,,2026-02-26
I-2,,11.5,1,11.5,2026-04-01
oops,c,-1,0,0,nothing
`)
	for id, want := range map[string]struct {
		count int64
		cell  string
		says  string
	}{
		"required": {1, "", "The file has no column gone."},
		"key":      {1, "A3", "In 1 row, id, part is as in an earlier row."},
		"present":  {1, "B5", "In 1 row, part has no value."},
		"number":   {2, "C4", "In 2 rows, n is not a whole number."},
		"range":    {2, "C5", "In 2 rows, n does not lie between 0 and 10."},
		"days":     {1, "F3", "In 1 row, day does not lie at or above 2026-01-01."},
		"values":   {1, "B6", "In 1 row, part is not one of the 2 allowed values."},
		"pattern":  {1, "A6", "In 1 row, id does not match ^I-[0-9]+$."},
		"fresh":    {1, "F5", "In 1 row, day lies after the day the file was saved."},
		"formula":  {1, "E3", "In 1 row, total = n * price does not hold."},
	} {
		o := found[id]
		require.Equal(t, want.count, o.Count, id)
		require.False(t, o.Passed, id)
		require.Contains(t, o.Message(), want.says, id)
		if want.cell != "" {
			require.Equal(t, want.cell, o.Examples[0].Cell, id)
		}
	}
	require.True(t, found["unchecked"].Passed)
	require.False(t, found["unchecked"].Checked)
	require.Equal(t, "Not checked: the file has no column nowhere.", found["unchecked"].Message())
}

func TestOldFilesAreNotFresh(t *testing.T) {
	o := outcomes(t, all, "id,part,n,price,total,day\nI-1,a,1,1,1,2026-02-01\n")["fresh"]
	require.False(t, o.Passed)
	require.Equal(t, "The newest day is 1 Feb 2026, 28 days before the file was saved; at most 10 are expected.", o.Message())
}

func TestFormulas(t *testing.T) {
	for text, want := range map[string]float64{"x = 1 + 2 * 3": 7, "x = (1 + 2) * 3": 9, "x = -a / 4": -0.5, "x = a - b - 1": -2, "x = 1.5e1": 15} {
		f, err := parseFormula(text)
		require.NoError(t, err)
		values := map[string]float64{"x": 0, "a": 2, "b": 3}
		numbers := make([][]float64, len(f.columns))
		for i, c := range f.columns {
			numbers[i] = []float64{math.NaN(), values[c]}
		}
		require.InDelta(t, want, f.right(numbers, 2)[1], 1e-12, text)
	}
	for _, text := range []string{"", "a", "a = ", "a = b = c", "a = (b", "a = b +", "a = b c", "a = $", "a = " + strings.Repeat("(", 200)} {
		_, err := parseFormula(text)
		require.Error(t, err, text)
	}
}

func TestFaultyFilesOfRulesAreRefusedWithASentence(t *testing.T) {
	for text, says := range map[string]string{
		"[[rule]]\nid = 'a'\nkind = 'range'\ncolumn = 'n'":                    "neither min nor max",
		"[[rule]]\nid = 'a'\nkind = 'range'\ncolumn = 'n'\nmin = 'soon'":      "neither a number nor a date",
		"[[rule]]\nid = 'a'\nkind = 'odd'":                                    "of the kind “odd”",
		"[[rule]]\nkind = 'key'\ncolumns = ['a']":                             "rule number 1 has no id",
		"[[rule]]\nid = 'a'\nkind = 'key'\ncolumns = ['a']\ncolum = 'b'":      "the field rule.colum, which no rule knows",
		"[[rule]]\nid = 'a'\nkind = 'pattern'\ncolumn = 'a'\npattern = '('":   "no regular expression",
		"[[rule]]\nid = 'a'\nkind = 'key'\ncolumns = ['a']\nseverity = 'bad'": "it is error or warning",
		"[[rule]": "can't be read in line 1",
		strings.Repeat("[[rule]]\nid = 'a'\nkind = 'key'\ncolumns = ['a']\n", 2): "two rules called a",
		"[[rule]]\nid = 'a'\nkind = 'type'\ncolumn = 'a'\ntype = 'money'":        "it is one of integer, number",
		"[[rule]]\nid = 'a'\nkind = 'formula'\nformula = 'a'":                    "needs one = between two sides",
	} {
		_, err := Parse(text, "my.toml")
		var faulty *FileError
		require.ErrorAs(t, err, &faulty, text)
		require.Contains(t, faulty.Error(), says)
		require.Contains(t, faulty.Error(), "my.toml")
	}
	_, err := Load(filepath.Join(t.TempDir(), "none.toml"))
	require.ErrorContains(t, err, "can't be read")
}

// The generated sales file has known faults (internal/sandbox/sampledata).
func TestTheDefaultRulesOnTheSampleFiles(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, sampledata.Write(dir))
	out := filepath.Join(dir, "offending.xlsx")
	report, err := export(t, filepath.Join(dir, sampledata.FactFile), Default(), out)
	require.NoError(t, err)
	require.EqualValues(t, 50_046, report.Rows)
	require.Empty(t, report.Incomplete)
	found := map[string]Outcome{}
	for _, o := range report.Outcomes {
		found[o.Rule.ID] = o
	}
	require.EqualValues(t, 37, found["order_id_key"].Count)
	require.EqualValues(t, 9, found["order_id_present"].Count)
	require.EqualValues(t, 23, found["order_date_type"].Count)
	require.True(t, found["revenue_formula"].Passed, found["revenue_formula"].Message())
	require.True(t, found["required_columns"].Passed)
	require.Zero(t, report.Failed(Error))

	book, err := excelize.OpenFile(out)
	require.NoError(t, err)
	defer book.Close()
	rows, err := book.GetRows("Rows")
	require.NoError(t, err)
	require.Len(t, rows, 1+37+9+23, "each offending row, once")
	require.Equal(t, "Rules that do not hold", rows[0][1])
	marked := 0
	for r := 2; r <= len(rows); r++ {
		for c := 3; c <= 20; c++ {
			cell, err := excelize.CoordinatesToCellName(c, r)
			require.NoError(t, err)
			id, err := book.GetCellStyle("Rows", cell)
			require.NoError(t, err)
			style, err := book.GetStyle(id)
			require.NoError(t, err)
			if len(style.Fill.Color) > 0 && style.Fill.Color[0] == "FFD9D0" {
				marked++
			}
		}
	}
	require.Equal(t, 37+9+23, marked)
	rules, err := book.GetRows("Rules")
	require.NoError(t, err)
	require.Len(t, rules, 1+len(Default().Rules)+2, "with a line on how many rows, behind a blank one")
}

func TestNoTextBecomesAFormula(t *testing.T) {
	set, err := Parse("[[rule]]\nid = 'a'\nkind = 'range'\ncolumn = 'n'\nmax = 0", "x")
	require.NoError(t, err)
	out := filepath.Join(t.TempDir(), "o.xlsx")
	_, err = export(t, file(t, "n,=text\n1,=1+1\n2,+CMD|' /C calc'!A0\n3,@SUM(A1)\n4,-1+2\n5,007\n"), set, out)
	require.NoError(t, err)
	book, err := excelize.OpenFile(out)
	require.NoError(t, err)
	defer book.Close()
	for r, want := range []string{"=1+1", "+CMD|' /C calc'!A0", "@SUM(A1)", "-1+2", "007"} {
		cell, err := excelize.CoordinatesToCellName(4, r+2)
		require.NoError(t, err)
		formula, err := book.GetCellFormula("Rows", cell)
		require.NoError(t, err)
		require.Empty(t, formula)
		value, err := book.GetCellValue("Rows", cell)
		require.NoError(t, err)
		require.Equal(t, want, value)
	}
}

func BenchmarkCheck50k(b *testing.B) {
	dir := b.TempDir()
	require.NoError(b, sampledata.Write(dir))
	for b.Loop() {
		_, err := Check(b.Context(), filepath.Join(dir, sampledata.FactFile), Default(), Options{})
		require.NoError(b, err)
	}
}
