package rules

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

const few = `
[[rule]]
id = "key"
kind = "key"
columns = ["id", "part"]
[[rule]]
id = "present"
kind = "not_null"
column = "part"
[[rule]]
id = "whole"
kind = "type"
column = "n"
type = "integer"
[[rule]]
id = "range"
kind = "range"
column = "n"
max = 90
[[rule]]
id = "values"
kind = "values"
column = "part"
values = ["a", "b"]
[[rule]]
id = "double"
kind = "formula"
formula = "twice = 2 * n"
`

// table is some thousand rows over several batches, with faults of all kinds and lines without a value.
func table(seed uint64) [][]string {
	draw := rand.New(rand.NewPCG(seed, 7))
	rows := [][]string{{"id", "part", "n", "twice"}}
	for range 1 + draw.IntN(4000) {
		if draw.IntN(50) == 0 {
			rows = append(rows, []string{"", " ", "", ""})
			continue
		}
		n := draw.IntN(100)
		twice := 2 * n
		if draw.IntN(40) == 0 {
			twice++
		}
		row := []string{"K" + strconv.Itoa(draw.IntN(3000)), []string{"a", "b", "c", ""}[draw.IntN(4)], strconv.Itoa(n), strconv.Itoa(twice)}
		if draw.IntN(60) == 0 {
			row[2] = []string{"", "x", "1.5"}[draw.IntN(3)]
		}
		rows = append(rows, row)
	}
	return rows
}

// naive is what the rules above say of a table, by rows.
func naive(table [][]string) (rows int64, broken map[string][]int) {
	broken = map[string][]int{}
	seen := map[string]bool{}
	for i, r := range table[1:] {
		number := i + 2
		if strings.TrimSpace(strings.Join(r, "")) == "" {
			continue
		}
		rows++
		say := func(id string, bad bool) {
			if bad {
				broken[id] = append(broken[id], number)
			}
		}
		key := r[0] + "|" + r[1]
		say("key", seen[key])
		seen[key] = true
		say("present", r[1] == "")
		n, err := strconv.ParseFloat(r[2], 64)
		say("whole", r[2] != "" && (err != nil || n != float64(int(n))))
		say("range", err == nil && n > 90)
		say("values", r[1] != "" && r[1] != "a" && r[1] != "b")
		twice, _ := strconv.ParseFloat(r[3], 64)
		say("double", err == nil && twice != 2*n)
	}
	return rows, broken
}

// The rules judge the columns of batches; what they say is what one says row by row, in each format.
func TestTheCheckSaysWhatARowByRowOneSays(t *testing.T) {
	set, err := Parse(few, "the test's rules")
	require.NoError(t, err)
	for seed := range uint64(6) {
		rows := table(seed)
		dir := t.TempDir()
		for _, path := range []string{writeCSV(t, dir, rows), writeWorkbook(t, dir, rows)} {
			got := map[string][]int{}
			last := 0
			report, err := Check(t.Context(), path, set, Options{bad: func(b Bad) error {
				require.Greater(t, b.Number, last, "in the file's order, each row once")
				last = b.Number
				for _, f := range b.Faults {
					got[f.Rule] = append(got[f.Rule], b.Number)
				}
				require.Equal(t, rows[b.Number-1][0], string(b.Values[0].AppendText(nil)))
				return nil
			}})
			require.NoError(t, err)
			wantRows, want := naive(rows)
			require.Equal(t, wantRows, report.Rows)
			require.Equal(t, want, got, "seed %d, %s", seed, filepath.Base(path))
			for _, o := range report.Outcomes {
				require.EqualValues(t, len(want[o.Rule.ID]), o.Count)
				for i, e := range o.Examples {
					require.Equal(t, strconv.Itoa(want[o.Rule.ID][i]), strings.TrimLeft(e.Cell, "ABCD"))
				}
			}
		}
	}
}

// TestKeysThatDoNotFitIntoMemory: the report is the same, with the first cells first, however few of them do.
func TestKeysThatDoNotFitIntoMemory(t *testing.T) {
	set, err := Parse(few, "the test's rules")
	require.NoError(t, err)
	path := writeCSV(t, t.TempDir(), table(3))
	want, err := Check(t.Context(), path, set, Options{})
	require.NoError(t, err)
	require.Greater(t, want.Outcomes[0].Count, int64(maxExamples))
	for _, most := range []int{1, 5, 40, 200, 1000, 2000} {
		got, err := Check(t.Context(), path, set, Options{mostKeys: most})
		require.NoError(t, err)
		require.Equal(t, want, got, "%d keys in memory", most)
	}

	missing := filepath.Join(t.TempDir(), "gone")
	t.Setenv("TMPDIR", missing)
	t.Setenv("TMP", missing)
	_, err = Check(t.Context(), path, set, Options{mostKeys: 40})
	var unreadable *spreadsheet.UnreadableError
	require.ErrorAs(t, err, &unreadable)
	require.Contains(t, unreadable.Sentence, "a.csv has more rows than fit into memory, and the folder for temporary files, "+missing)
}

func writeCSV(t *testing.T, dir string, rows [][]string) string {
	t.Helper()
	f, err := os.Create(filepath.Join(dir, "a.csv"))
	require.NoError(t, err)
	w := csv.NewWriter(f)
	require.NoError(t, w.WriteAll(rows))
	require.NoError(t, f.Close())
	return f.Name()
}

// writeWorkbook writes a table with numbers as numbers and texts as shared texts.
func writeWorkbook(t *testing.T, dir string, rows [][]string) string {
	t.Helper()
	book := excelize.NewFile()
	for r, row := range rows {
		for c, text := range row {
			cell, err := excelize.CoordinatesToCellName(c+1, r+1)
			require.NoError(t, err)
			if n, err := strconv.ParseFloat(text, 64); err == nil {
				require.NoError(t, book.SetCellValue("Sheet1", cell, n))
			} else if text != "" {
				require.NoError(t, book.SetCellStr("Sheet1", cell, text))
			}
		}
	}
	path := filepath.Join(dir, "a.xlsx")
	require.NoError(t, book.SaveAs(path))
	require.NoError(t, book.Close())
	return path
}

func TestTheHeaderRowIsFoundOrChosen(t *testing.T) {
	set, err := Parse("[[rule]]\nid = 'a'\nkind = 'range'\ncolumn = 'n'\nmax = 1", "x")
	require.NoError(t, err)
	path := file(t, "\n,\nTitle,\nn,m\n1,2\n2,3\n")
	report, err := checkAt(t.Context(), path, 4, set, Options{})
	require.NoError(t, err)
	require.EqualValues(t, 2, report.Rows)
	require.Equal(t, "A6", report.Outcomes[0].Examples[0].Cell)

	report, err = Check(t.Context(), path, set, Options{})
	require.NoError(t, err)
	require.EqualValues(t, 3, report.Rows, "the title is taken for the header")
	require.False(t, report.Outcomes[0].Checked)
	require.True(t, report.Outcomes[0].Passed)

	_, err = checkAt(t.Context(), path, 2, set, Options{})
	var unreadable *spreadsheet.UnreadableError
	require.ErrorAs(t, err, &unreadable)
	require.Contains(t, unreadable.Sentence, "Row 2 of a.csv holds no value")
}

func TestAFileWithoutRowsLacksItsColumns(t *testing.T) {
	report, err := Check(t.Context(), file(t, "\n\n"), Default(), Options{})
	require.NoError(t, err)
	require.Zero(t, report.Rows)
	require.Equal(t, 1, report.Failed(Error))
	require.Equal(t, "The file has no column order_id, order_date, revenue.", report.Outcomes[0].Message())
}

func TestADamagedFileIsCheckedAsFarAsItGoes(t *testing.T) {
	dir := t.TempDir()
	whole := writeWorkbook(t, dir, table(1))
	data, err := os.ReadFile(whole)
	require.NoError(t, err)
	set, err := Parse(few, "x")
	require.NoError(t, err)
	path := filepath.Join(dir, "damaged.xlsx")
	// The bytes in the middle of the sheet's data: its checksum no longer fits.
	at := strings.Index(string(data), "xl/worksheets/sheet1.xml") + 2000
	data[at] ^= 0x55
	require.NoError(t, os.WriteFile(path, data, 0o600))
	report, err := Check(t.Context(), path, set, Options{})
	require.NoError(t, err)
	require.Contains(t, report.Incomplete, "damaged")
}

func TestAnEndedContextEndsTheCheck(t *testing.T) {
	path := writeCSV(t, t.TempDir(), table(2))
	set, err := Parse(few, "x")
	require.NoError(t, err)
	stop := errors.New("enough")
	_, err = Check(t.Context(), path, set, Options{bad: func(Bad) error { return stop }})
	require.ErrorIs(t, err, stop)
}

// A check costs no allocation for a row, as it goes along with the reading of files of any size.
func TestRowsAreCheckedWithoutAllocation(t *testing.T) {
	batches, texts, header := orders(4096)
	c := newChecker(Default(), source{texts: texts}, Options{})
	c.begin(header)
	add := func(b *scan.Batch) {
		c.Columns(b, 0, 0, len(header.Names), true)
		require.NoError(t, c.Rows(b))
	}
	add(batches[0])
	got := testing.AllocsPerRun(3, func() {
		for _, b := range batches[1:] {
			add(b)
		}
	})
	require.LessOrEqual(t, got, 10.0, "of %d rows", 3*1024)
}

func TestTheExportIsMarkedFrozenAndFiltered(t *testing.T) {
	dir := t.TempDir()
	path := writeWorkbook(t, dir, [][]string{{"id", "part", "n", "twice"}, {"1", "a", "5", "11"}, {"2", "z", "6", "12"}, {"3", "a", "7", "14"}, {"3", "a", "95", "190"}})
	set, err := Parse(few, "x")
	require.NoError(t, err)
	out := filepath.Join(dir, "bad.xlsx")
	_, err = export(t, path, set, out)
	require.NoError(t, err)
	book, err := excelize.OpenFile(out)
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()

	rows, err := book.GetRows("Rows")
	require.NoError(t, err)
	require.Equal(t, [][]string{
		{"Row", "Rules that do not hold", "id", "part", "n", "twice"},
		{"2", "double", "1", "a", "5", "11"},
		{"3", "values", "2", "z", "6", "12"},
		{"5", "key, range", "3", "a", "95", "190"},
	}, rows)
	var marked []string
	for r := 2; r <= 4; r++ {
		for c := 1; c <= 6; c++ {
			cell, err := excelize.CoordinatesToCellName(c, r)
			require.NoError(t, err)
			id, err := book.GetCellStyle("Rows", cell)
			require.NoError(t, err)
			style, err := book.GetStyle(id)
			require.NoError(t, err)
			if slices.Equal(style.Fill.Color, []string{"FFD9D0"}) {
				marked = append(marked, cell)
			}
		}
	}
	require.Equal(t, []string{"E2", "F2", "D3", "C4", "D4", "E4"}, marked)
	panes, err := book.GetPanes("Rows")
	require.NoError(t, err)
	require.True(t, panes.Freeze)
	require.Equal(t, 1, panes.YSplit)
	var filters []string
	for _, name := range book.GetDefinedName() {
		filters = append(filters, name.RefersTo)
	}
	require.Equal(t, []string{"'Rows'!$A$1:$F$4"}, filters)
	outcomes, err := book.GetRows("Rules")
	require.NoError(t, err)
	require.Equal(t, []string{"double", "warning", "does not hold", "1", "In 1 row, twice = 2 * n does not hold."}, outcomes[6])
	require.Equal(t, []string{"3 of 4 rows in which a rule does not hold."}, outcomes[len(outcomes)-1])
}

func TestAnExportThatIsCutSaysSo(t *testing.T) {
	path := file(t, "n\n1\n2\n3\n4\n5\n")
	set, err := Parse("[[rule]]\nid = 'a'\nkind = 'range'\ncolumn = 'n'\nmax = 0", "x")
	require.NoError(t, err)
	var out bytes.Buffer
	_, err = Check(t.Context(), path, set, Options{Offending: &out, limit: 2})
	require.NoError(t, err)
	book, err := excelize.OpenReader(&out)
	require.NoError(t, err)
	defer func() { require.NoError(t, book.Close()) }()
	for _, sheet := range []string{"Rows", "Rules"} {
		rows, err := book.GetRows(sheet)
		require.NoError(t, err)
		require.Contains(t, fmt.Sprint(rows), "The sheet Rows holds the first 2 rows; 3 more are left out.")
	}
}

func TestTheOffendingRowsNeverReplaceTheFileThatIsChecked(t *testing.T) {
	dir := t.TempDir()
	path := writeCSV(t, dir, table(1))
	workbook := filepath.Join(dir, "a.XLSX")
	require.NoError(t, os.Rename(path, workbook))
	require.ErrorContains(t, CheckTarget(workbook, workbook), "which is the file that is checked")
	require.ErrorContains(t, CheckTarget(workbook, filepath.Join(dir, "a.txt")), "ends in .xlsx")
	require.NoError(t, CheckTarget(workbook, filepath.Join(dir, "b.xlsx")))
	require.NoError(t, CheckTarget(filepath.Join(dir, "gone.csv"), workbook), "opening it says what is wrong")
}

// full is a disk without room.
type full struct{}

func (full) Write([]byte) (int, error) { return 0, errors.New("no space left") }

func TestAWorkbookThatCanNotBeWrittenIsAnError(t *testing.T) {
	_, err := Check(t.Context(), file(t, "order_id\n1\n"), Default(), Options{Offending: full{}})
	require.ErrorContains(t, err, "writing the offending rows: no space left")
}
