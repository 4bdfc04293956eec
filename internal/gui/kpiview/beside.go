package kpiview

import (
	"strings"

	"fabricportal/contract"
	"fabricportal/internal/gui/words"
)

// mostCurrencies are named; a file with more has no sum that means anything.
const mostCurrencies = 4

// besideText says what stands beside the sums of a snapshot; "" where nothing has to be said.
func besideText(b *contract.Beside) string {
	var out, currencies []string
	for _, f := range b.Facts() {
		switch f.ID {
		case contract.FactWithoutAmount:
			if f.Revenue != nil {
				out = append(out, words.N(f.Rows, "Without the {{.N}} order that has no amount, the average is {{.Amount}}.", "Without the {{.N}} orders that have no amount, the average is {{.Amount}}.",
					"Amount", words.Amount(*f.Revenue)))
			}
		case contract.FactCurrency:
			name := f.Name
			if name == "" {
				name = words.T("no currency said")
			}
			currencies = append(currencies, words.N(f.Rows, "{{.Currency}} {{.Amount}} ({{.N}} row)", "{{.Currency}} {{.Amount}} ({{.N}} rows)", "Currency", name, "Amount", words.Amount(*f.Revenue)))
		case contract.FactCase:
			out = append(out, words.N(f.Rows, "{{.N}} order_id differs from an earlier one in upper and lower case only, and counts as an order of its own.",
				"{{.N}} order_ids differ from earlier ones in upper and lower case only, and count as orders of their own."))
		}
	}
	if len(currencies) > mostCurrencies {
		currencies = append(currencies[:mostCurrencies], "…")
	}
	if len(currencies) > 0 {
		// The worst that can be said of a sum comes first.
		out = append([]string{words.T("Added up as they stand, though not all in one currency: {{.What}}.", "What", strings.Join(currencies, " · "))}, out...)
	}
	if r := b.ReturnedOrCancelled; r != nil && r.Rows > 0 {
		out = append(out, words.T("Returned or cancelled, and counted all the same: {{.What}}.", "What", priced(words.N(r.Rows, "{{.N}} row", "{{.N}} rows"), r.Revenue)))
	}
	return strings.Join(out, " ")
}
