package gui

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/importfile/rules"
)

func TestImportShowsRulesFindingsAndDrift(t *testing.T) {
	b := newBench(t)
	found := analysis("sales.xlsx", nil)
	found.Rules = &rules.Report{Outcomes: []rules.Outcome{
		{Rule: rules.Rule{ID: "kept", Severity: rules.Warning}, Passed: true, Checked: true, Message: "Every rating lies between 1 and 5."},
		{Rule: rules.Rule{ID: "formula", Severity: rules.Warning}, Checked: true, Count: 7, Message: "The formula does not hold in 7 rows.", Examples: []contract.Example{{Cell: "N12", Value: "3"}}},
	}}
	p := *found.Profile
	p.Sheets = append(p.Sheets, contract.Sheet{Name: "Notes", Hidden: true, HasData: true})
	p.Columns = append([]contract.Column(nil), p.Columns...)
	p.Columns[0].StoredAsText = contract.StoredAsText{Numbers: 3, Examples: []contract.Example{{Cell: "A9", Value: "17"}}}
	found.Profile = &p
	found.Drift = []drift.Finding{{Kind: drift.ColumnNew, Column: "coupon", Sentence: "The column coupon is new."}}
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) { return found, nil }
	b.importFiles("sales.xlsx")
	b.free()
	b.click("import.file.0")
	b.untilSays("It can be run.")
	b.click("import.checks")
	v := b.untilSays("The formula does not hold in 7 rows.")
	require.True(t, says(v, "N12 “3” …"))
	require.True(t, says(v, "The hidden sheet Notes holds data"))
	require.True(t, says(v, "3 numbers or dates are stored as text."))
	b.click("import.drift")
	b.untilSays("The column coupon is new.")
	b.click("import.run")
	b.untilSays("1 rule does not hold: look at Checks first.")
}
