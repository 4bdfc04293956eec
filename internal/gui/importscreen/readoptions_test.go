package importscreen

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

func textProfile() *contract.ImportProfile {
	return &contract.ImportProfile{File: contract.File{Format: contract.FormatCSV}, Columns: []contract.Column{{Name: "Umsatz "}, {Name: "Kanal"}, {Name: " "}}}
}

func bookProfile() *contract.ImportProfile {
	return &contract.ImportProfile{File: contract.File{Format: contract.FormatXLSX}, Sheets: []contract.Sheet{{Name: "Cover"}, {Name: "Orders", Hidden: true}},
		Columns: []contract.Column{{Name: "Umsatz"}}}
}

// TestEachOptionHasALine: what a document can say of how a file is read can be seen and changed in the window.
func TestEachOptionHasALine(t *testing.T) {
	var schema struct {
		Properties map[string]json.RawMessage `json:"properties"`
	}
	data, err := contract.Schemas.ReadFile("read_options.schema.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &schema))
	have := map[string]bool{"schema_version": true, "grouping_mark": true} // the mark that groups follows from the decimal mark
	for _, p := range []*contract.ImportProfile{textProfile(), bookProfile()} {
		for _, l := range optionLines(p) {
			have[l.option] = true
		}
	}
	for name := range schema.Properties {
		require.True(t, have[name], name)
	}
}

// TestALineSetsWhatItShows: each value that can be chosen is one that read_options takes, and is shown again as it was chosen.
func TestALineSetsWhatItShows(t *testing.T) {
	typed := map[string]string{"header_row": "4", "end_rows": "2", "time_zone": "Europe/Berlin", "null_words": "n/a, -"}
	for _, p := range []*contract.ImportProfile{textProfile(), bookProfile()} {
		for _, l := range optionLines(p) {
			values := []string{typed[l.option]}
			if l.values != nil {
				values = nil
				for _, v := range l.values {
					values = append(values, v.value)
				}
			}
			for _, v := range values {
				o := contract.ReadOptions{SchemaVersion: 1}
				l.set(&o, v)
				require.Equal(t, v, l.get(&o), l.option)
				require.NoError(t, o.Check(), "%s %q", l.option, v)
				require.False(t, o.Plain(), "%s %q", l.option, v)
				l.set(&o, "")
				require.True(t, o.Plain(), "%s is taken back", l.option)
			}
		}
	}
}

func TestAColumnIsChangedWithoutTouchingTheOptionsBefore(t *testing.T) {
	before := map[string]string{"revenue": "Umsatz", "region": "Gebiet"}
	require.Equal(t, map[string]string{"revenue": "Betrag", "region": "Gebiet"}, withColumn(before, "revenue", "Betrag"))
	require.Equal(t, map[string]string{"region": "Gebiet"}, withColumn(before, "revenue", ""))
	require.Equal(t, map[string]string{"revenue": "Umsatz", "region": "Gebiet"}, before)
	require.Nil(t, withColumn(map[string]string{"revenue": "Umsatz"}, "revenue", ""))
}

func TestEveryAnswerIsNamed(t *testing.T) {
	amount, orders, day := 829360.0, int64(40), "2025-12-01"
	for id, o := range map[string]contract.ReadOptions{
		"sheet": {Sheet: "Orders"}, "columns": {Columns: map[string]string{"order_id": "Nr", "revenue": "Umsatz"}}, "decimal_mark": {DecimalMark: ","},
		"date_order": {DateOrder: "dmy"}, "two_digit_years_from": {TwoDigitYears: 1950}, "rows_no_orders": {RowsNoOrders: "count"},
		"shifted_rows": {ShiftedRows: "realign"}, "row_is": {RowIs: "order_line"}, "accept_missing": {AcceptMissing: true},
	} {
		q := contract.Question{ID: id, Evidence: []contract.Evidence{{Form: "1.234", Count: 40}}}
		r := contract.PossibleReading{Options: &o, TotalRevenue: &amount, Orders: &orders, FirstDay: &day, LastDay: &day}
		require.NotContains(t, questionText(q), id+"?", "the question is in words")
		require.NotEqual(t, "Choose this", answerText(q, r), id)
		require.Contains(t, outcomeText(r), "829,360.00")
		require.Contains(t, outcomeText(r), "40 orders")
	}
}
