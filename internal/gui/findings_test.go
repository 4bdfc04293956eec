package gui

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/importfile/rules"
	"fabricportal/internal/services/importfile/scan"
	"fabricportal/internal/services/importfile/spreadsheet"
)

func TestImportShowsRulesFindingsAndDrift(t *testing.T) {
	b := newBench(t)
	found := analysis("sales.xlsx", nil)
	found.Rules = &rules.Report{Outcomes: []rules.Outcome{
		{Rule: rules.Rule{ID: "kept", Severity: rules.Warning}, Passed: true, Checked: true, Said: format.Say("Every rating lies between 1 and 5.")},
		{Rule: rules.Rule{ID: "formula", Severity: rules.Warning}, Checked: true, Count: 7, Said: format.Say("The formula does not hold in 7 rows."), Examples: []contract.Example{{Cell: "N12", Value: "3"}}},
	}}
	p := *found.Profile
	p.Sheets = append(p.Sheets, contract.Sheet{Name: "Notes", Hidden: true, HasData: true})
	p.Columns = append([]contract.Column(nil), p.Columns...)
	p.Columns[0].StoredAsText = contract.StoredAsText{Numbers: 3, Examples: []contract.Example{{Cell: "A9", Value: "17"}}}
	found.Profile = &p
	found.Drift = []drift.Finding{{Kind: drift.ColumnNew, Column: "coupon", Said: format.Say("The column coupon is new.")}}
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) { return found, nil }
	b.importFiles("sales.xlsx")
	b.free()
	b.click("import.file.0")
	v := b.untilSays("It can be run. 3 warnings are worth a look.")
	for _, named := range []string{"The formula does not hold in 7 rows.", "The hidden sheet Notes holds data", "3 numbers are stored as text."} {
		require.True(t, says(v, named), "the overview names what it counts: %v", v.Texts)
	}
	require.Equal(t, "See all 3 on Checks", b.control("import.findings").Text)
	b.click("import.columns")
	b.click("import.overview")
	b.click("import.findings")
	v = b.untilSays("N12 “3” …")
	require.True(t, says(v, "N12 “3” …"))
	require.True(t, says(v, "The hidden sheet Notes holds data"))
	require.True(t, says(v, "3 numbers are stored as text."))
	b.click("import.drift")
	b.untilSays("The column coupon is new.")
	b.click("import.run")
	b.untilSays("2 checks passed, 3 warnings, 0 errors")
}

// TestAPartlyReadFileIsNotPassed: a file that is changed or damaged while it is read has passed nothing, whatever its rows say.
func TestAPartlyReadFileIsNotPassed(t *testing.T) {
	b := newBench(t)
	why := &scan.IncompleteError{Reason: "sales.xlsx was changed while it was read: wait until it is saved and read it again."}
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
		found := analysis("sales.xlsx", nil)
		found.Profile.Complete, found.Profile.IncompleteReason = false, &why.Reason
		found.Rules = &rules.Report{Incomplete: why.Reason, Outcomes: []rules.Outcome{{Rule: rules.Rule{ID: "kept", Severity: rules.Warning}, Passed: true, Checked: true, Said: format.Say("Every rating lies between 1 and 5.")}}}
		found.KPIs, found.KPIError, found.Incomplete = nil, why, why
		return found, nil
	}
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	v := b.untilSays("Only a part of the file could be read.")
	require.True(t, says(v, "Only a part of the file was read: Sales.xlsx was changed while it was read"))
	require.False(t, says(v, "all checks passed"))
	b.click("import.checks")
	b.untilSays("All findings below are for that part only.")
	b.click("import.kpis")
	b.untilSays("This file gives no KPIs: Sales.xlsx was changed while it was read")
	b.click("import.run")
	b.untilSays("Only a part of the file could be read.")
}

// TestRulesThatWereNotAppliedAreSaid: no room for what the rules keep is no green verdict.
func TestRulesThatWereNotAppliedAreSaid(t *testing.T) {
	b := newBench(t)
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
		found := analysis("sales.xlsx", nil)
		found.RulesError = &spreadsheet.UnreadableError{Sentence: "sales.xlsx has more rows than fit into memory, and the disk is full."}
		return found, nil
	}
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	v := b.untilSays("It can be run, but the rules were not applied. See Checks.")
	require.False(t, says(v, "all checks passed"))
	b.click("import.checks")
	b.untilSays("Sales.xlsx has more rows than fit into memory, and the disk is full.")
	b.untilSays("The chosen rules were not applied.")
}

func TestOffendingRowsOfAPartAreSaidToBe(t *testing.T) {
	b := newBench(t)
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) { return profiled("sales.xlsx"), nil }
	b.a.save = func(string) (string, error) {
		return "/home/ana/Downloads/sales offending rows.xlsx", &scan.IncompleteError{Reason: "reading of sales.xlsx stopped at row 51"}
	}
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("50,046 rows")
	b.click("import.checks")
	b.click("import.offending")
	v := b.untilSays("Saved sales offending rows.xlsx in")
	require.True(t, says(v, "Only a part of the file was read: Reading of sales.xlsx stopped at row 51."))
	require.True(t, b.control("import.offending.open").Visible)
}
