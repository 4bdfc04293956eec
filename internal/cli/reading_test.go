package cli

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/portal"
	"fabricportal/internal/services/desktop/shapes"
	"fabricportal/internal/services/runs"
)

// parsed is what the flags of a command line say.
func parsed(t *testing.T, args ...string) (contract.ReadOptions, error) {
	t.Helper()
	var f readFlags
	cmd := &cobra.Command{Use: "x", RunE: func(*cobra.Command, []string) error { return nil }}
	f.add(cmd)
	cmd.SetArgs(args)
	require.NoError(t, cmd.Execute())
	return f.options()
}

// TestEachOptionHasAFlag: what a question's reading says on the screen can be typed as it stands there.
func TestEachOptionHasAFlag(t *testing.T) {
	every := contract.ReadOptions{
		SchemaVersion: 1, Sheet: "Orders 2025", HeaderRow: 4, EndRows: 1, Encoding: "windows-1250", Delimiter: "\t", Quoting: "backslash", DecimalMark: ",",
		GroupingMark: new(" "), DateOrder: "dmy", TwoDigitYears: 1950, TimeZone: "Europe/Berlin", NullWords: []string{"n/a", "-"},
		Columns: map[string]string{"revenue": "Umsatz (€)", "order_id": "Nr."}, RowIs: "order_line", RowsNoOrders: "leave_out", ShiftedRows: "realign", AcceptMissing: true,
	}
	var args []string
	for _, flag := range flagsOf(every) {
		name, value, _ := strings.Cut(flag, " ")
		if value = strings.Trim(value, `"`); value != "" {
			name += "=" + value
		}
		args = append(args, name)
	}
	got, err := parsed(t, args...)
	require.NoError(t, err)
	require.Equal(t, every, got)
}

func TestFlagsGoBeforeTheFileOfOptions(t *testing.T) {
	path := filepath.Join(t.TempDir(), "options.json")
	require.NoError(t, saveOptions(path, contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", DateOrder: "dmy", Columns: map[string]string{"revenue": "Umsatz"}}))
	got, err := parsed(t, "--options", path, "--decimal-mark", ".", "--column", "region=Gebiet")
	require.NoError(t, err)
	require.Equal(t, contract.ReadOptions{SchemaVersion: 1, DecimalMark: ".", DateOrder: "dmy", Columns: map[string]string{"revenue": "Umsatz", "region": "Gebiet"}}, got)
	for _, args := range [][]string{{"--decimal-mark", "x"}, {"--column", "Umsatz"}, {"--column", "umsatz=Umsatz"}, {"--options", path + ".not"}, {"--grouping-mark", "_"}} {
		_, err := parsed(t, args...)
		require.Error(t, err, args)
		require.Equal(t, ExitUsage, exitCode(err), args)
	}
	require.NoError(t, os.WriteFile(path, []byte(`{"schema_version":1,"colour":"red"}`), 0o600))
	_, err = parsed(t, "--options", path)
	require.ErrorContains(t, err, "colour")
}

func TestAQuestionNamesItsReadingsAndWhatEachGives(t *testing.T) {
	err := undecided("orders.csv", &contract.Reading{Questions: []contract.Question{{
		ID: "decimal_mark", Evidence: []contract.Evidence{{Form: "1.234", Count: 40}},
		Readings: []contract.PossibleReading{
			{Options: &contract.ReadOptions{DecimalMark: "."}, TotalRevenue: new(829.36), Orders: new(int64(40)), FirstDay: new("2025-12-01"), LastDay: new("2025-12-31")},
			{Options: &contract.ReadOptions{DecimalMark: ","}, TotalRevenue: new(829360.0), Orders: new(int64(40))},
			{TotalRevenue: new(1.0)},
		},
	}}})
	require.Equal(t, ExitUndecided, exitCode(err))
	for _, part := range []string{"orders.csv", "40 × 1.234", `--decimal-mark "."`, "revenue 829.36, 40 orders, 2025-12-01 to 2025-12-31", `--decimal-mark ","`, "revenue 829,360.00", "for information"} {
		require.Contains(t, err.Error(), part)
	}
	require.NoError(t, undecided("orders.csv", nil))
	require.NoError(t, undecided("orders.csv", &contract.Reading{}))
}

func TestWhatIsLeftOutAndMissingIsSaid(t *testing.T) {
	lines := readingLines(&contract.Reading{
		Options: contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", RowIs: "order_line"},
		Found:   []contract.Found{{Option: "decimal_mark", Source: contract.SourceFound, Evidence: []contract.Evidence{{Form: "1.234,50", Count: 2000}}}, {Option: "row_is", Source: contract.SourceGiven}},
		LeftOut: []contract.LeftOut{{Kind: "total", Rows: 1, Revenue: 1200, First: []int64{42}}, {Kind: "note", Rows: 7, First: []int64{44, 45, 46, 47, 48}}},
		Missing: contract.Missing{UnreadAmounts: contract.MissingRows{Rows: 2, Revenue: 18.75}, Undated: contract.MissingRows{Rows: 1, Revenue: 30}},
	})
	require.Equal(t, []string{
		`read with decimal mark "," (2,000 × 1.234,50)`,
		`read with row is "order_line", as given`,
		"left out: 1 row that is a total (row 42), 1,200.00",
		"left out: 7 rows that are notes (rows 44, 45, 46, 47, 48 …), 0.00",
		"missing: 2 rows have an amount that can't be read, 18.75",
		"missing: 1 order has no date: it is in the sums, not in the series, 30.00",
	}, lines)
}

func TestFormulasThatWereNeverCalculatedAreSaid(t *testing.T) {
	var said strings.Builder
	p := Program{Err: &said}
	p.tellFormulas(nil)
	p.tellFormulas(&contract.ImportProfile{Columns: []contract.Column{{NormalizedName: "revenue", FormulasUncached: 1200}, {NormalizedName: "price", Formulas: 3}, {NormalizedName: "tax", FormulasUncached: 1}}})
	require.Contains(t, said.String(), "revenue: 1,200 formulas were never calculated: open the workbook in Excel and save it")
	require.Contains(t, said.String(), "tax: 1 formula was never calculated")
	require.NotContains(t, said.String(), "price")
}

// TestARunIsToldHowItsFileIsRead: what the flags say and what was decided before goes with the run, and is said.
func TestARunIsToldHowItsFileIsRead(t *testing.T) {
	f := &fakePortal{run: runs.Run{ID: someRun, Status: runs.Queued}}
	require.Equal(t, ExitDone, execute(t, with(f), "run", "a.csv").code)
	require.Nil(t, f.how, "nothing was found, and nothing was said")

	f.reading.Found = []contract.Found{{Option: "decimal_mark", Source: contract.SourceFound}}
	require.Equal(t, ExitDone, execute(t, with(f), "run", "a.csv").code)
	require.Equal(t, &contract.ReadOptions{SchemaVersion: 1}, f.how, "an old pipeline would not find it")

	f.before = &shapes.Record{By: "ben", At: noon, Options: contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", DateOrder: "dmy"}}
	got := execute(t, with(f), "run", "a.csv", "--date-order", "mdy", "--accept-missing")
	require.Equal(t, ExitDone, got.code, got.err)
	require.Equal(t, &contract.ReadOptions{SchemaVersion: 1, DecimalMark: ",", DateOrder: "mdy", AcceptMissing: true}, f.how)
	require.Contains(t, got.err, `read as ben decided on 2026-03-01 for files with these headers: Decimal mark: comma (1.234,50) · Order of dates: day first (31/12/2025)`)

	f.asked = nil
	require.Equal(t, ExitDone, execute(t, with(f), "run", "a.csv", "--unseen", "--sheet", "Orders").code)
	require.Equal(t, []string{"run a.csv"}, f.asked)
	require.Equal(t, &contract.ReadOptions{SchemaVersion: 1, Sheet: "Orders"}, f.how)
	require.Equal(t, ExitUsage, execute(t, with(f), "run", "a.csv", "--date-order", "x").code)
}

// TestARunWaitsForAnAnswer: nothing is started while a file can be read in two ways.
func TestARunWaitsForAnAnswer(t *testing.T) {
	for _, more := range [][]string{nil, {"--when-free"}, {"--json"}} {
		f := &fakePortal{reading: contract.Reading{Questions: []contract.Question{{ID: "decimal_mark", Readings: []contract.PossibleReading{
			{Options: &contract.ReadOptions{DecimalMark: "."}, TotalRevenue: new(829.36)}, {Options: &contract.ReadOptions{DecimalMark: ","}, TotalRevenue: new(829360.0)},
		}}}}}
		got := execute(t, with(f), append([]string{"run", "a.csv"}, more...)...)
		require.Equal(t, ExitUndecided, got.code)
		require.Empty(t, got.out)
		require.Contains(t, got.err, `--decimal-mark ","`)
		require.Contains(t, got.err, "829,360.00")
		require.Equal(t, []string{"look a.csv"}, f.asked)
	}
}

// TestWarningsStandBesideTheFigures: no green figure over texts in another encoding, ids that Excel has shortened or groups that differ
// in case only; and where a question is open, what may explain it is said with it.
func TestWarningsStandBesideTheFigures(t *testing.T) {
	p := Program{Local: portal.Local{Version: "1.0.0"}, Funnel: func(string) (*contract.Funnel, error) { return nil, nil }}
	file := func(text string) string {
		path := filepath.Join(t.TempDir(), "a.csv")
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		return path
	}
	got := execute(t, p, "kpis", "--local", file("order_id,order_date,revenue,region\n1,2025-03-01,10,North\n2,2025-03-01,10,north\n3,2025-03-02,10,S\u00c3\u00bcd\n"))
	require.Equal(t, ExitDone, got.code, got.err)
	require.Contains(t, got.err, "warning: 1 group is written in several ways that differ in case or blanks only. D1 “North (10.00), north (10.00)”")
	require.Contains(t, got.err, "warning: 1 of 3 rows has a text that is not in the encoding, or may be in another. D4 “S\u00c3\u00bcd”")
	require.NotContains(t, got.out, "warning")

	got = execute(t, p, "kpis", "--local", file("order_id,order_date,revenue\n1.23457E+17,2025-03-01,10\n1.23457E+17,2025-03-01,10\n"))
	require.Equal(t, ExitUndecided, got.code)
	require.Empty(t, got.out)
	require.Contains(t, got.err, "warning: 2 of 2 rows")
	require.Contains(t, got.err, "Several rows have one order_id.")

	got = execute(t, p, "kpis", "--accept-missing", "--local", file("order_id,order_date,revenue,currency,status,visitors\na1,2025-03-01,10,EUR,ok,50\nA1,2025-03-01,20,USD,Partially refunded,50\nb,2025-03-02,,EUR,ok,30\n"))
	require.Equal(t, ExitDone, got.code, got.err)
	for _, line := range []string{"Average without the 1 order that has no amount +15.00", "In EUR: 2 rows +10.00", "In USD: 1 row +20.00", "Counted, though partially refunded: 1 row +20.00",
		"order_ids that differ in case only +1", `Conversion +3.75 % \(orders / total visitors, 2025-03-01 to 2025-03-02\)`} {
		require.Regexp(t, line, got.out)
	}
	require.Contains(t, got.err, "warning: 1 of 3 rows is returned or cancelled by a column of statuses, and counted all the same. E3 “Partially refunded”")

	got = execute(t, p, "kpis", "--local", file("order_id,order_date,revenue\n1,2025-03-01T10:00:00+01:00,10\n"))
	require.Contains(t, got.err, "each instant counts on the day that it shows (1 × ")
}
