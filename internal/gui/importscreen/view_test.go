package importscreen

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/assets"
	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/gui/controls"
	"fabricportal/internal/gui/shell"
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/verdict"
)

var now = time.Date(2026, 11, 23, 14, 5, 12, 0, time.UTC)

// of is an analysis of nothing but a profile.
func of(p *contract.ImportProfile) *shell.Analysis {
	return &shell.Analysis{Result: analysis.Result{Profile: p}}
}

func TestAFolderShowsWhatCanBeProfiledNewestFirst(t *testing.T) {
	dir := t.TempDir()
	for i, name := range []string{"old.xlsx", "new.CSV", "notes.docx", ".hidden.xlsx", "~$open.xlsx"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte("12345"), 0o600))
		require.NoError(t, os.Chtimes(path, now, now.Add(time.Duration(i)*time.Hour)))
	}
	require.NoError(t, os.Mkdir(filepath.Join(dir, "archive"), 0o700))
	rows, err := listFolder(t.Context(), dir, now)
	require.NoError(t, err)
	var names []string
	for _, r := range rows {
		names = append(names, r.name)
	}
	require.Equal(t, []string{"..", "new.CSV", "old.xlsx", "archive" + string(filepath.Separator)}, names)
	require.Equal(t, "5 B", rows[1].size)
	require.True(t, rows[3].folder)

	_, err = listFolder(t.Context(), filepath.Join(dir, "nowhere"), now)
	require.Contains(t, folderError("X", err), "The folder X does not exist")
}

func TestValuesAreGroupedUnlessTheyNameThings(t *testing.T) {
	require.Equal(t, "12,400.00", ValueText(12400.0, contract.Column{NormalizedName: "revenue", Type: "decimal"}))
	require.Equal(t, "1,234", ValueText(1234.0, contract.Column{NormalizedName: "quantity", Type: "integer"}))
	require.Equal(t, "100234", ValueText(100234.0, contract.Column{NormalizedName: "order_id", Type: "integer"}))
	require.Equal(t, "2025-01-01", ValueText("2025-01-01", contract.Column{Type: "date"}))
	require.Empty(t, ValueText(nil, contract.Column{}))
}

func TestChecksThatFailedStandFirstWithTheirCells(t *testing.T) {
	rows := findings(of(&contract.ImportProfile{Validation: contract.Validation{Checks: []contract.Check{
		{ID: "a", Passed: true, Severity: "error", Message: "fine"},
		{ID: "b", Severity: "warning", Count: 7, Message: "look", Examples: []contract.Example{{Cell: "A4", Value: "x"}, {Cell: "A9"}}},
		{ID: "c", Severity: "error", Message: "wrong"},
	}}}), error.Error)
	require.Equal(t, []string{"wrong", "look", "fine"}, []string{rows[0].message, rows[1].message, rows[2].message})
	require.Equal(t, "A4 “x”, A9 …", rows[1].where)
	require.Equal(t, controls.StateBad, rows[0].state)
}

func TestReadingTellsRowsSpeedAndTimeLeft(t *testing.T) {
	require.Equal(t, "Reading a.csv: 0 B of 100.0 MB", readingText("a.csv", 0, 100e6, 0, 0))
	require.Equal(t, "Reading a.csv: 25.0 MB of 100.0 MB · 1,200 rows", readingText("a.csv", 25e6, 100e6, 1200, time.Second/2))
	require.Equal(t, "Reading a.csv: 25.0 MB of 100.0 MB · 1,200 rows · 5.0 MB/s · about 15 s left", readingText("a.csv", 25e6, 100e6, 1200, 5*time.Second))
	require.Equal(t, "Reading a.csv: 100.0 MB of 100.0 MB · 1 row · 50.0 MB/s", readingText("a.csv", 100e6, 100e6, 1, 2*time.Second))
}

func TestRowsThatDoNotFitTheHeaderAreNamed(t *testing.T) {
	text := contract.TextForm{ShortRows: contract.Ragged{Count: 1200, Rows: []int64{3, 4, 5, 1007, 12000}}, LongRows: contract.Ragged{Count: 1, Rows: []int64{9}}}
	a := of(&contract.ImportProfile{File: contract.File{Text: &text}})
	rows := findings(a, error.Error)
	require.Len(t, rows, 2)
	require.Equal(t, "1,200 rows have too few values. The missing ones count as empty.", rows[0].message)
	require.Equal(t, "Rows 3, 4, 5, 1007, 12000 …", rows[0].where)
	require.Equal(t, "1 row has values behind the last column. They are lost.", rows[1].message)
	require.Equal(t, "Row 9", rows[1].where)
	require.Equal(t, controls.StateWarn, rows[1].state)

	text.ShortRows = contract.Ragged{Count: 2, Rows: []int64{3, 4}}
	text.LongRows = contract.Ragged{Rows: []int64{}}
	rows = findings(a, error.Error)
	require.Len(t, rows, 1)
	require.Equal(t, "Rows 3, 4", rows[0].where)
}

func TestFormulasThatWereNeverCalculatedAreTold(t *testing.T) {
	a := of(&contract.ImportProfile{Columns: []contract.Column{{NormalizedName: "revenue", Formulas: 40, FormulasUncached: 1200}, {NormalizedName: "price", Formulas: 3}, {NormalizedName: "tax", FormulasUncached: 1}}})
	rows := findings(a, error.Error)
	require.Len(t, rows, 2)
	require.Equal(t, "revenue: 1,200 formulas were never calculated. Open the workbook in Excel and save it.", rows[0].message)
	require.Equal(t, "tax: 1 formula was never calculated. Open the workbook in Excel and save it.", rows[1].message)
	require.Equal(t, controls.StateWarn, rows[0].state)
}

func TestDaysWithoutARowAreNamedWhereMostDaysHaveOne(t *testing.T) {
	r := contract.DateRange{Column: "order_date", Min: "2026-01-01", Max: "2026-01-31", MissingDays: 3,
		Gaps: []contract.Gap{{From: "2026-01-03", To: "2026-01-04"}, {From: "2026-01-17", To: "2026-01-17"}}}
	p := &contract.ImportProfile{Complete: true, DateRange: &r}
	a := of(p)
	rows := findings(a, error.Error)
	require.Len(t, rows, 1)
	require.Equal(t, "order_date: 3 days without a row between 1 Jan 2026 and 31 Jan 2026.", rows[0].message)
	require.Equal(t, "3 Jan – 4 Jan 2026, 17 Jan 2026", rows[0].where)
	require.Equal(t, controls.StateWarn, rows[0].state)

	r.MissingDays, r.Max = 4, "2026-02-28" // one of them is not named
	require.Equal(t, "3 Jan – 4 Jan 2026, 17 Jan 2026 …", findings(a, error.Error)[0].where)
	r.MissingDays, r.Gaps, r.Max = 1, r.Gaps[1:], "2026-01-31"
	require.Equal(t, "order_date: 1 day without a row between 1 Jan 2026 and 31 Jan 2026.", findings(a, error.Error)[0].message)
	require.Equal(t, "17 Jan 2026", findings(a, error.Error)[0].where)

	r.MissingDays = 3 // of 31
	require.Len(t, findings(a, error.Error), 1)
	r.MissingDays = 4
	require.Empty(t, findings(a, error.Error), "fewer than 90 % of the days have a row")
	r.Max, r.MissingDays = "2026-01-10", 1
	require.Len(t, findings(a, error.Error), 1, "90 % is enough")
	r.Max = "2026-01-09"
	require.Empty(t, findings(a, error.Error))

	r = contract.DateRange{Column: "order_date", Min: "2026-01-01", Max: "2026-01-31"}
	require.Empty(t, findings(a, error.Error), "no day is missing, or the profile is of an earlier version")
	r.MissingDays = 1
	p.Complete = false
	require.Empty(t, findings(a, error.Error), "the rest of the file may have the day")
	p.DateRange = nil
	require.Empty(t, findings(a, error.Error))
}

func TestDaysWithoutARowInGerman(t *testing.T) {
	require.NoError(t, words.Load(assets.Translations, "de"))
	defer func() { require.NoError(t, words.Load(assets.Translations, "en")) }()
	p := &contract.ImportProfile{Complete: true, DateRange: &contract.DateRange{Column: "order_date", Min: "2002-01-01", Max: "2026-01-31", MissingDays: 800,
		Gaps: []contract.Gap{{From: "2025-12-31", To: "2026-01-01"}}}}
	rows := findings(of(p), error.Error)
	require.Equal(t, "order_date: 800 Tage ohne Zeile zwischen dem 1. Jan. 2002 und dem 31. Jan. 2026.", rows[0].message)
	require.Equal(t, "31. Dez. 2025 – 1. Jan. 2026 …", rows[0].where)
}

func verdictOf(a *shell.Analysis) (controls.State, string) {
	return stateOf(verdict.Of(&a.Result)), Verdict(a, error.Error)
}

func TestTheVerdict(t *testing.T) {
	p := &contract.ImportProfile{Complete: true}
	state, words := verdictOf(of(p))
	require.Equal(t, controls.StateDone, state)
	require.Equal(t, "It can be run: all checks passed.", words)
	a := of(p)
	a.RulesError = &rules.FileError{Said: format.Say("the rules in my.toml can't be read")}
	state, words = verdictOf(a)
	require.Equal(t, controls.StateWarn, state)
	require.Equal(t, "It can be run, but the rules were not applied. See Checks.", words)
	_, warnings, _ := Outcome(a)
	require.Equal(t, 1, warnings)
	a.Incomplete = &scan.IncompleteError{Reason: "a.csv was changed while it was read"}
	state, words = verdictOf(a)
	require.Equal(t, controls.StateWarn, state)
	require.Equal(t, "Only a part of the file could be read.", words)
	listed := findings(a, error.Error)
	require.Equal(t, "Only a part of the file was read: a.csv was changed while it was read", listed[0].message)
	require.Equal(t, "the rules in my.toml can't be read", listed[1].message)
	require.Equal(t, "It is not known how this file will be cleaned.", cleaningSummary(a))
	a.Rows.Read = 5
	require.Contains(t, cleaningSummary(a), "This is for the part of the file that was read.")
	p.Validation.Checks = []contract.Check{{Severity: "error"}, {Severity: "error"}}
	_, words = verdictOf(of(p))
	require.Equal(t, "A run would fail: 2 checks found errors.", words)
	asked := of(&contract.ImportProfile{Complete: true})
	asked.Reading = &contract.Reading{Questions: []contract.Question{{ID: "date_order"}}}
	state, words = verdictOf(asked)
	require.Equal(t, controls.StateWarn, state)
	require.Equal(t, "This file can be read in more than one way: a person has to decide.", words)
}

func TestWhatACheckHasSaidTheRulesDoNotSayAgain(t *testing.T) {
	cells := []contract.Example{{Cell: "A4", Value: "x"}, {Cell: "A9", Value: "x"}}
	a := of(&contract.ImportProfile{Complete: true})
	a.Profile.Validation.Checks = []contract.Check{
		{ID: "order_id_unique", Severity: "warning", Count: 2, Message: "2 of 50 rows repeat an earlier order_id.", Examples: cells},
		{ID: "required_columns", Severity: "error", Count: 1, Message: "The required column revenue is missing.", Examples: []contract.Example{}},
	}
	a.Rules = &rules.Report{Outcomes: []rules.Outcome{
		{Rule: rules.Rule{ID: "order_id_key", Severity: rules.Warning}, Checked: true, Count: 2, Examples: slices.Clone(cells), Said: format.Say("again")},
		{Rule: rules.Rule{ID: "required_columns", Severity: rules.Error}, Checked: true, Count: 1, Said: format.Say("again")},
		{Rule: rules.Rule{ID: "others", Severity: rules.Warning}, Checked: true, Count: 3, Examples: slices.Clone(cells), Said: format.Say("more cells")},
		{Rule: rules.Rule{ID: "fine", Severity: rules.Warning}, Checked: true, Passed: true, Said: format.Say("fine")},
	}}
	var messages []string
	for _, r := range findings(a, error.Error) {
		messages = append(messages, r.message)
	}
	require.Equal(t, []string{"The required column revenue is missing.", "2 of 50 rows repeat an earlier order_id.", "more cells", "fine"}, messages)
	passed, warnings, errors := Outcome(a)
	require.Equal(t, [3]int{1, 2, 1}, [3]int{passed, warnings, errors})
}

func TestTheTallyCountsAsTheVerdictDoes(t *testing.T) {
	a := of(&contract.ImportProfile{Complete: true})
	a.Profile.Validation.Checks = []contract.Check{{Passed: true}, {ID: "header_names", Severity: "warning"}}
	a.Rules = &rules.Report{Outcomes: []rules.Outcome{{Checked: true, Passed: true}, {Checked: true, Rule: rules.Rule{ID: "own", Severity: rules.Warning}}, {Passed: true}}}
	passed, warnings, errors := Outcome(a)
	require.Equal(t, [3]int{2, 2, 0}, [3]int{passed, warnings, errors})
	_, words := verdictOf(a)
	require.Equal(t, "It can be run. 2 warnings are worth a look.", words)

	a.Rules.Outcomes = append(a.Rules.Outcomes, rules.Outcome{Checked: true, Rule: rules.Rule{ID: "price", Severity: rules.Error}})
	_, _, errors = Outcome(a)
	require.Equal(t, 1, errors)
	_, words = verdictOf(a)
	require.Equal(t, "It can be run, but 1 rule does not hold that should.", words)
	require.False(t, refused(a.Profile), "the notebook knows nothing of an analyst's rules")
}

// What Checks does not warn of, the list of columns does not mark.
func TestColumnsAreMarkedWhereChecksWarns(t *testing.T) {
	cells := []contract.Example{{Cell: "B4", Value: "x"}}
	a := of(&contract.ImportProfile{Complete: true, RowCount: 9, Columns: []contract.Column{
		{NormalizedName: "region", BlankEnds: 40}, {NormalizedName: "price", Misfits: contract.Misfits{Count: 1, Examples: cells}}, {NormalizedName: "revenue"}}})
	a.Profile.Validation.Checks = []contract.Check{{ID: "revenue_not_negative", Severity: "warning", Count: 3, Message: "3 of 9 rows have a negative revenue."}}
	var marked []string
	for _, r := range columnRows(a.Profile, verdict.Of(&a.Result)) {
		if r.odd {
			marked = append(marked, r.name)
		}
	}
	require.Equal(t, []string{"price", "revenue"}, marked)
	require.Len(t, findings(a, error.Error), 2)
	_, warnings, _ := Outcome(a)
	require.Equal(t, 2, warnings)
	require.Equal(t, "It can be run. 2 warnings are worth a look. 3 of 9 rows have a negative revenue.", Verdict(a, error.Error))
}

func TestWhatIsLeftOutStandsFirstInTheCleaning(t *testing.T) {
	rows := changeRows(&cleaning.Preview{
		Renamed: []cleaning.Renaming{{From: "Order ID", To: "order_id"}},
		Changes: []cleaning.Change{
			{Kind: cleaning.Trimmed, Cell: "A2", Row: 2, Column: "order_id"}, {Kind: cleaning.Emptied, Cell: "C3", Row: 3, Column: "revenue"},
			{Kind: cleaning.Repeated, Row: 4}, {Kind: cleaning.Reread, Cell: "C5", Row: 5, Column: "revenue"}, {Kind: cleaning.WithoutID, Row: 6},
		},
	})
	var what []string
	for _, r := range rows {
		what = append(what, r.what)
	}
	require.Equal(t, []string{"left out: repeated order_id", "left out: no order_id", "revenue", "order_id, blanks at an end", "revenue, stored as text", "Name of the column"}, what)
}
