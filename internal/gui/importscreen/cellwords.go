package importscreen

import (
	"fabricportal/internal/gui/words"
	"fabricportal/internal/services/importfile/verdict"
)

// ofCell says what a finding says of one of its cells; what it says of the whole file where it is not known better.
func ofCell(f verdict.Finding, whole string) string {
	code := f.ID
	if f.Kind != verdict.Check && f.Kind != verdict.LeftOut {
		code = string(f.Kind)
	}
	switch code {
	case "text_encoding":
		return words.T("A character is not in the file's encoding, or may be in another.")
	case "header_names":
		return words.T("The header is blank, repeated or has blanks at its ends.")
	case "order_id_present":
		return words.T("There is no order_id.")
	case "order_id_unique":
		return words.T("An earlier row has this order_id.")
	case "order_id_exact":
		return words.T("The last digits of this order_id may be lost.")
	case "order_id_case":
		return words.T("It differs from an earlier order_id in upper and lower case only.")
	case "order_date_valid":
		return words.T("This is no date.")
	case "revenue_valid":
		return words.T("There is no number.")
	case "one_currency":
		return words.T("It is in another currency than most.")
	case "revenue_not_negative":
		return words.T("It is negative.")
	case "returned_or_cancelled":
		return words.T("Returned or cancelled, and counted all the same.")
	case "amounts_complete":
		return words.T("This amount is missing from the sums.")
	case "rows_left_out":
		return words.T("The row is no order and is left out.")
	case "group_names":
		return words.T("This group is written in several ways.")
	case "shifted_rows":
		return words.T("A delimiter without quotes has shifted the values of this row.")
	case "undated":
		return words.T("No date: the amount is in the sums, and on no day.")
	case string(verdict.HiddenRows):
		return words.T("The row is hidden and counts all the same.")
	case string(verdict.DuplicateRows):
		return words.T("The row equals an earlier one in every column.")
	case string(verdict.ShortRows):
		return words.T("The row has too few values. The missing ones count as empty.")
	case string(verdict.LongRows):
		return words.T("The row has values behind the last column. They are lost.")
	case string(verdict.StoredAsText):
		return words.T("This number or date is stored as text.")
	case string(verdict.FormulasUncached):
		return words.T("This formula was never calculated.")
	case string(verdict.ErrorCells):
		return words.T("The cell shows an error.")
	case string(verdict.Misfits):
		return words.T("It is of another kind than its column.")
	}
	return whole
}
