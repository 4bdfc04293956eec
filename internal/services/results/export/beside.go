package export

import "fabricportal/contract"

// besideLine is one thing that stands beside the sums.
type besideLine struct {
	name, currency string // an English text; the currency that it names, if it names one
	style          string
	value          any
	rows           int64 // 0 where the value counts them
}

// beside are the lines of what stands beside the sums.
func beside(b *contract.Beside) []besideLine {
	var out []besideLine
	for _, f := range b.Facts() {
		switch f.ID {
		case contract.FactWithoutAmount:
			if f.Revenue != nil {
				out = append(out, besideLine{name: "Average without orders that have no amount", style: styleMoney, value: *f.Revenue, rows: f.Rows})
			}
		case contract.FactCurrency:
			name := "Revenue in {{.Currency}}"
			if f.Name == "" {
				name = "Revenue without a currency"
			}
			out = append(out, besideLine{name: name, currency: f.Name, style: styleMoney, value: *f.Revenue, rows: f.Rows})
		case contract.FactCase:
			out = append(out, besideLine{name: "order_ids that differ in case only", style: styleCount, value: f.Rows})
		}
	}
	if r := b.ReturnedOrCancelled; r != nil && r.Rows > 0 {
		out = append(out, besideLine{name: "Counted though returned or cancelled", style: styleMoney, value: r.Revenue, rows: r.Rows})
	}
	return out
}
