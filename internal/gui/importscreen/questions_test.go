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

func TestEvidenceIsInWords(t *testing.T) {
	require.Equal(t, "5 × equal to an earlier row · 1,200 × 1.234", evidenceText([]contract.Evidence{{Form: "same", Count: 5}, {Form: "different"}, {Form: "1.234", Count: 1200}}))
	for _, form := range []string{"same", "different", "other", "realign", "leave_out", "header", "rule", "suspect", "unread_amounts", "no_order_id", "repeated_order_id", "shifted_rows"} {
		require.NotEqual(t, form, formText(form))
	}
}
