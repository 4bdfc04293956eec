package gui

import (
	"context"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/rules"
)

// cleaned is an analysis of a file that was imported before, with rows that will be changed.
func cleaned() Analysis {
	a := analysis("sales.xlsx", nil)
	a.Rows = contract.RowCounts{Read: 50_046, Written: 50_000, DuplicateOrderID: 40, WithoutOrderID: 6, InvalidDates: 2}
	a.Cleaning = &cleaning.Preview{
		Rows: 20_000, Renamed: []cleaning.Renaming{{From: "Order ID", To: "order_id"}},
		Changes: []cleaning.Change{
			{Kind: cleaning.Repeated, Row: 17, Before: "A1"},
			{Kind: cleaning.Emptied, Row: 18, Cell: "H18", Column: "revenue", Before: "n/a"},
			{Kind: cleaning.Trimmed, Row: 19, Cell: "C19", Column: "channel", Before: " Web", After: "Web"},
		},
	}
	a.Imported = []imports.Record{
		{Kind: imports.Imported, File: "sales_old.xlsx", By: "ben", At: now.Add(-48 * time.Hour), Run: "01a2086b-0218-7102-aa93-7edc672e8494"},
		{Kind: imports.Uploaded, File: "sales.xlsx", By: "ana", At: now.Add(-72 * time.Hour)},
	}
	a.Against = &imports.Record{File: "sales_october.xlsx", At: now.Add(-24 * time.Hour)}
	return a
}

func TestImportShowsWhatTheCleaningWillDoAndWhatWasImportedBefore(t *testing.T) {
	b := newBench(t)
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) { return cleaned(), nil }
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("21 Nov 14:05 by ben, as sales_old.xlsx, run 01a2086b-0218")
	b.click("import.cleaning")
	v := b.untilSays("50,046 rows are read and 50,000 are kept. 40 rows repeat an order_id that an earlier one has. 6 rows have no order_id. 2 cells become empty, being no date or number.")
	for _, text := range []string{"Order ID", "Row 17", "left out: repeated order_id", "H18", "n/a", "channel, blanks at an end", "first 20,000 rows"} {
		require.True(t, says(v, text), text)
	}
	b.click("import.drift")
	b.untilSays("This is compared with sales_october.xlsx, the last published file that this computer saw, yesterday 14:05.")
}

func TestARulesFileIsChosenAndForgotten(t *testing.T) {
	b := newBench(t)
	var problem error
	b.a.analyze = func(context.Context, string, Progress) (Analysis, error) {
		a := analysis("sales.xlsx", nil)
		a.RulesError = problem
		return a, nil
	}
	p := fyne.CurrentApp().Preferences()
	t.Cleanup(func() { p.RemoveValue("import.rules") })
	b.free()
	b.importFiles("sales.xlsx")
	b.click("import.file.0")
	b.untilSays("50,046 rows")
	b.click("import.checks")
	b.untilSays("Rules: built in, for the sales file")
	problem = &rules.FileError{Said: format.Say("the rules in team.toml can't be used: line 3")}
	b.w.importing.UseRules("/home/ana/team.toml")
	b.untilSays("Rules: team.toml")
	b.untilSays("The rules in team.toml can't be used: line 3.")
	require.Equal(t, "/home/ana/team.toml", p.String("import.rules"))
	require.True(t, strings.HasPrefix(b.a.rules, "/home/ana/"))
	problem = nil
	b.click("import.rules.own")
	b.untilSays("Rules: built in, for the sales file")
	require.Empty(t, p.String("import.rules"))
}
