package verdict

import (
	"errors"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/rules"
)

const header = "order_id,order_date,channel,region,product_category,quantity,unit_price,discount,revenue\n"

func found(t *testing.T, text string) Findings {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sales.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	r, err := analysis.File(t.Context(), path, analysis.Options{Version: "1"})
	require.NoError(t, err)
	return Of(r)
}

func (l Findings) ids(level Level) []string {
	var out []string
	for _, f := range l {
		if f.Level == level {
			id := f.ID
			if id == "" {
				id = string(f.Kind) + " " + f.Column
			}
			out = append(out, id)
		}
	}
	return out
}

func TestAFileWithoutRowsHasPassedNothingThatRowsDecide(t *testing.T) {
	l := found(t, header)
	require.Equal(t, []string{"rows_present"}, l.ids(Fails))
	passed, warnings, wrong := l.Tally()
	require.Equal(t, []string{"reading_decided", "required_columns", "recommended_columns", "header_names", "text_encoding"}, l.ids(Passed), "the header was checked, and nothing else")
	require.Equal(t, 5, passed)
	require.Zero(t, warnings)
	require.Equal(t, 1, wrong)
}

func TestTheSameCellsAreOneFinding(t *testing.T) {
	text := header
	for i := range 60 {
		revenue := "10"
		if i == 7 || i == 9 {
			revenue = "n/k"
		}
		text += "O-" + string(rune('A'+i/26)) + string(rune('A'+i%26)) + ",2025-01-01,Web,North,Toys,1,10,0," + revenue + "\n"
	}
	l := found(t, text)
	at := 0
	for _, f := range l {
		if f.Column == "revenue" && f.Level <= Warns {
			at++
			require.Equal(t, "revenue_valid", f.ID, "%+v", f)
			require.Equal(t, int64(2), f.Count)
		}
	}
	require.Equal(t, 1, at, "%v %v", l.ids(Warns), l.ids(Fails))
	require.True(t, l.At("revenue"))
	require.False(t, l.At("quantity"))
	require.False(t, l.At(""))
}

func TestOneFindingTakesTheGraverLevel(t *testing.T) {
	cells := []contract.Example{{Cell: "I4", Value: "x"}, {Cell: "I9", Value: "y"}}
	p := &contract.ImportProfile{RowCount: 50, Columns: []contract.Column{
		{NormalizedName: "revenue", Misfits: contract.Misfits{Count: 2, Examples: cells}, Errors: map[string]int64{"#N/A": 1}},
		{NormalizedName: "rating", Errors: map[string]int64{"#N/A": 3, "#REF!": 1}, Misfits: contract.Misfits{Count: 4, Examples: []contract.Example{{Cell: "J2", Value: "#N/A"}}}},
		{NormalizedName: "note", Misfits: contract.Misfits{Count: 4, Examples: []contract.Example{{Cell: "K2", Value: "7"}}}, Errors: map[string]int64{"#N/A": 4}, BlankEnds: 8},
	}}
	p.Validation.Checks = []contract.Check{
		{ID: "revenue_valid", Severity: "warning", Count: 3, Message: "3 of 50 rows have no revenue or one that is no number.", Examples: cells},
		{ID: "order_id_unique", Severity: "warning", Count: 2, Examples: []contract.Example{{Cell: "A4"}}},
		{ID: "order_date_valid", Passed: true, Message: "There is no column order_date to check."},
		{ID: "rows_present", Passed: true},
	}
	r := &analysis.Result{Profile: p, Rules: &rules.Report{Rows: 50, Outcomes: []rules.Outcome{
		{Rule: rules.Rule{ID: "revenue_type", Kind: rules.Type, Column: "revenue", Severity: rules.Error}, Checked: true, Count: 2, Examples: cells},
		{Rule: rules.Rule{ID: "order_id_key", Kind: rules.Key, Columns: []string{"order_id"}}, Checked: true, Count: 2, Examples: []contract.Example{{Cell: "A4"}, {Cell: "A9"}}},
		{Rule: rules.Rule{ID: "rating_range", Column: "rating"}, Checked: true, Count: 9, Examples: []contract.Example{{Cell: "J7"}}},
		{Rule: rules.Rule{ID: "discount_range", Column: "discount"}},
	}}}
	l := Of(r)
	require.Equal(t, []string{"revenue_valid"}, l.ids(Broken), "the rule raises what the check has found")
	require.Equal(t, []string{"revenue_type"}, l[0].Also)
	require.Equal(t, []string{"order_id_unique", "rating_range", "error_cells rating", "error_cells note", "misfits note"}, l.ids(Warns))
	require.Equal(t, []string{"rows_present"}, l.ids(Passed))
	require.Equal(t, []string{"order_date_valid", "discount_range"}, l.ids(NotChecked), "what is not there has passed nothing")
	passed, warnings, wrong := l.Tally()
	require.Equal(t, [3]int{1, 5, 1}, [3]int{passed, warnings, wrong})
	require.Equal(t, []string{"revenue_valid"}, l.Worst().ids(Broken))
	require.Len(t, l.Worst(), 1)
	require.True(t, l.At("rating"))

	r.Incomplete, r.RulesError, r.Rules = errors.New("cut off"), errors.New("no rules"), nil
	l = Of(r)
	require.Equal(t, []Kind{Incomplete, RulesNotApplied}, []Kind{l[0].Kind, l[1].Kind})
	require.Nil(t, Of(&analysis.Result{}).Worst())
}

func TestWhatTheProfileAloneFindsIsCounted(t *testing.T) {
	p := &contract.ImportProfile{Complete: true, RowCount: 5, HiddenRows: 2, Macros: true, ExternalLinks: 1, DuplicateRows: 3, LeftOutColumns: []string{"tags"},
		Sheets:    []contract.Sheet{{Name: "old", Hidden: true, HasData: true}, {Name: "empty", Hidden: true}},
		File:      contract.File{Text: &contract.TextForm{ShortRows: contract.Ragged{Count: 1}, LongRows: contract.Ragged{Count: 2}}},
		DateRange: &contract.DateRange{Column: "order_date", Min: "2026-01-01", Max: "2026-01-31", MissingDays: 3},
		Columns:   []contract.Column{{NormalizedName: "revenue", FormulasUncached: 2, StoredAsText: contract.StoredAsText{Numbers: 2, Dates: 1}}}}
	var kinds []Kind
	for _, f := range Of(&analysis.Result{Profile: p}) {
		require.Equal(t, Warns, f.Level)
		kinds = append(kinds, f.Kind)
	}
	require.Equal(t, []Kind{HiddenSheet, LeftOutColumns, HiddenRows, Macros, ExternalLinks, DuplicateRows, ShortRows, LongRows, MissingDays, StoredAsText, FormulasUncached}, kinds)
	p.Complete = false
	require.Zero(t, len(Of(&analysis.Result{Profile: p}).ids(Passed)))
	require.Equal(t, int64(0), Days("soon", "2026-01-01"))
}
