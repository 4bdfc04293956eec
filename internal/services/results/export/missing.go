package export

// causes and kinds are what is missing from the sums, and what was left out as no order, in English words.
var (
	causes = map[string]string{
		"unread_amounts": "Missing: amounts that can't be read", "no_amount": "Missing: orders without an amount", "no_order_id": "Missing: rows without an order_id",
		"repeated_order_id": "Missing: rows that repeat an order_id", "shifted_rows": "Missing: shifted rows", "undated": "Not in the series: orders without a date",
	}
	kinds = map[string]string{
		"header": "Left out: repeated headers", "rule": "Left out: rows without a letter or digit", "note": "Left out: notes", "total": "Left out: totals",
		"suspect": "Left out: possible totals", "end": "Left out: rows at the end",
	}
)
