package importscreen

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

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
