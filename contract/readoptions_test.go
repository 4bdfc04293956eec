package contract_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

func everyOption() contract.ReadOptions {
	return contract.ReadOptions{
		SchemaVersion: contract.ReadOptionsVersion, Sheet: "Orders", HeaderRow: 4, EndRows: 1, Encoding: "windows-1250", Delimiter: ";",
		Quoting: contract.QuotingBackslash, DecimalMark: ",", GroupingMark: new("."), DateOrder: contract.DayFirst, TwoDigitYears: 1950,
		TimeZone: "Europe/Berlin", NullWords: []string{"n/a"}, Columns: map[string]string{"revenue": "Umsatz"}, RowIs: contract.RowIsOrderLine,
		RowsNoOrders: contract.LeaveOut, ShiftedRows: contract.Realign, AcceptMissing: true,
	}
}

func TestReadOptionsFollowTheirSchemaAndRoundTrip(t *testing.T) {
	for name, o := range map[string]contract.ReadOptions{"every": everyOption(), "none": {SchemaVersion: 1}, "no grouping": {SchemaVersion: 1, GroupingMark: new("")}} {
		t.Run(name, func(t *testing.T) {
			require.NoError(t, validate(t, compiled(t, "read_options.schema.json"), o))
			data, err := json.Marshal(o)
			require.NoError(t, err)
			back, err := contract.ParseReadOptions(data)
			require.NoError(t, err)
			require.Equal(t, o, back)
		})
	}
	require.True(t, contract.ReadOptions{SchemaVersion: 1}.Plain())
	require.False(t, everyOption().Plain())
	empty, err := contract.ParseReadOptions([]byte(" \n"))
	require.NoError(t, err)
	require.True(t, empty.Plain())
}

// TestWrongReadOptionsAreNamed: what the schema refuses, the program refuses with the field's name, and the other way round.
func TestWrongReadOptionsAreNamed(t *testing.T) {
	schema := compiled(t, "read_options.schema.json")
	for _, tc := range []struct{ field, json string }{
		{"", `[]`}, {"", `{"schema_version":1,"colour":"red"}`}, {"", `{"schema_version":1,"header_row":"4"}`}, {"schema_version", `{}`},
		{"header_row", `{"schema_version":1,"header_row":-1}`}, {"end_rows", `{"schema_version":1,"end_rows":-1}`},
		{"encoding", `{"schema_version":1,"encoding":"ebcdic"}`}, {"delimiter", `{"schema_version":1,"delimiter":";;"}`},
		{"quoting", `{"schema_version":1,"quoting":"single"}`}, {"decimal_mark", `{"schema_version":1,"decimal_mark":"x"}`},
		{"grouping_mark", `{"schema_version":1,"grouping_mark":"_"}`}, {"date_order", `{"schema_version":1,"date_order":"dym"}`},
		{"two_digit_years_from", `{"schema_version":1,"two_digit_years_from":2001}`}, {"null_words", `{"schema_version":1,"null_words":[""]}`},
		{"columns", `{"schema_version":1,"columns":{"umsatz":"Umsatz"}}`}, {"columns", `{"schema_version":1,"columns":{"revenue":""}}`},
		{"row_is", `{"schema_version":1,"row_is":"line"}`}, {"rows_no_orders", `{"schema_version":1,"rows_no_orders":"drop"}`},
		{"shifted_rows", `{"schema_version":1,"shifted_rows":"count"}`},
	} {
		t.Run(tc.json, func(t *testing.T) {
			_, err := contract.ParseReadOptions([]byte(tc.json))
			var wrong *contract.ReadOptionsError
			require.ErrorAs(t, err, &wrong)
			require.Equal(t, tc.field, wrong.Field, wrong.Sentence)
			require.Error(t, validate(t, schema, json.RawMessage(tc.json)))
		})
	}
	for _, text := range []string{`{"schema_version":1,"time_zone":"Mars/Olympus"}`, `{"schema_version":1,"time_zone":"Local"}`,
		`{"schema_version":1,"decimal_mark":",","grouping_mark":","}`, `{"schema_version":1} x`} {
		_, err := contract.ParseReadOptions([]byte(text))
		require.Error(t, err, text)
	}
	var newer *contract.ErrNewerVersion
	_, err := contract.ParseReadOptions([]byte(`{"schema_version":2}`))
	require.ErrorAs(t, err, &newer)
}

func TestOptionsAreMergedFieldByField(t *testing.T) {
	a := contract.ReadOptions{SchemaVersion: 1, DecimalMark: ".", Columns: map[string]string{"revenue": "Umsatz", "region": "Gebiet"}}
	b := contract.ReadOptions{SchemaVersion: 1, DateOrder: contract.DayFirst, Columns: map[string]string{"revenue": "Betrag"}}
	require.Equal(t, contract.ReadOptions{SchemaVersion: 1, DecimalMark: ".", DateOrder: contract.DayFirst,
		Columns: map[string]string{"revenue": "Betrag", "region": "Gebiet"}}, a.Merged(b))
	require.Equal(t, "Umsatz", a.Columns["revenue"], "what is merged stays as it was")
	zone, err := contract.ReadOptions{TimeZone: "+05:30"}.Location()
	require.NoError(t, err)
	require.Equal(t, "+05:30", zone.String())
}
