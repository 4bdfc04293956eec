package reading

import (
	"fabricportal/contract"
)

// CurrencyIn names the currency of a number that is written as text: its code in lower case, or the sign where that names no
// single currency; "" where there is none.
func CurrencyIn(text []byte) string {
	if !mayNameCurrency(text) {
		return ""
	}
	if n, ok := (Numbers{}).Read(text); ok {
		return n.Currency
	}
	return ""
}

// mayNameCurrency says that a text has other characters than those of numbers.
func mayNameCurrency(text []byte) bool {
	for _, c := range text {
		switch {
		case c >= '0' && c <= '9':
		case c == '.', c == ',', c == '-', c == '+', c == ' ', c == '\'':
		default:
			return true
		}
	}
	return false
}

// CurrencyOf names the currency that a value of a column of currencies says.
func CurrencyOf(text []byte) string {
	name := lowered(string(text))
	if code, ok := contract.Words().CurrencyOf[name]; ok {
		return code
	}
	return name
}
