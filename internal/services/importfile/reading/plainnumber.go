package reading

import "fabricportal/internal/services/importfile/spreadsheet"

// numberIn reads [+-]digits[.digits][e[+-]digits], and nothing that a double can't hold.
func numberIn(b []byte) (float64, bool) {
	i := sign(b, 0)
	start := i
	if i = digits(b, i); i == start {
		return 0, false
	}
	if i < len(b) && b[i] == '.' {
		start = i + 1
		if i = digits(b, start); i == start {
			return 0, false
		}
	}
	if i < len(b) && (b[i] == 'e' || b[i] == 'E') {
		start = sign(b, i+1)
		if i = digits(b, start); i == start {
			return 0, false
		}
	}
	if i != len(b) {
		return 0, false
	}
	return spreadsheet.ParseNumber(b)
}

func sign(b []byte, i int) int {
	if i < len(b) && (b[i] == '+' || b[i] == '-') {
		return i + 1
	}
	return i
}

func digits(b []byte, i int) int {
	for i < len(b) && b[i] >= '0' && b[i] <= '9' {
		i++
	}
	return i
}
