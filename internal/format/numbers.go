package format

import (
	"math"
	"strconv"
	"strings"
)

// unknown stands where there is no value.
const unknown = "–"

// Count is a whole number with its thousands grouped, such as 50,000.
func (l Locale) Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	if digits[0] == '-' {
		return "-" + l.group(digits[1:])
	}
	return l.group(digits)
}

func (l Locale) group(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	out := make([]byte, 0, len(digits)+(len(digits)-1)/3*len(l.separator))
	for i := range len(digits) {
		if i > 0 && (len(digits)-i)%3 == 0 {
			out = append(out, l.separator...)
		}
		out = append(out, digits[i])
	}
	return string(out)
}

// Number is a number with its thousands grouped and the given number of decimals.
func (l Locale) Number(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return unknown
	}
	whole, fraction, has := strings.Cut(strconv.FormatFloat(math.Abs(v), 'f', decimals, 64), ".")
	sign := ""
	if v < 0 && strings.Trim(whole+fraction, "0") != "" { // what is rounded to nothing has no sign
		sign = "-"
	}
	if !has {
		return sign + l.group(whole)
	}
	return sign + l.group(whole) + l.decimal + fraction
}

// Money is an amount with two decimals, such as 1,234.50.
func (l Locale) Money(v float64) string { return l.Number(v, 2) }

// Digits is a number rounded to a number of digits, with its thousands grouped and no zeros at its end.
func (l Locale) Digits(v float64, digits int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return unknown
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'g', digits, 64), 64) // what it wrote it reads
	return l.Grouped(strconv.FormatFloat(rounded, 'f', -1, 64))
}

// Plain is a number with as many decimals as it needs and no grouping, as it is typed.
func (l Locale) Plain(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", l.decimal, 1)
}

// Parse reads a number as Number and Plain write it, or with a point for the decimal mark where that groups nothing.
func (l Locale) Parse(text string) (float64, bool) {
	text = strings.TrimSpace(text)
	if l.separator != "" && l.grouped(text) {
		text = strings.ReplaceAll(text, l.separator, "")
	}
	v, err := strconv.ParseFloat(strings.ReplaceAll(text, l.decimal, "."), 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// grouped tells whether each grouping mark of a number stands before three digits: where 1.5 is typed in a language that
// groups by points, it is no 15.
func (l Locale) grouped(text string) bool {
	whole, _, _ := strings.Cut(text, l.decimal)
	pieces := strings.Split(whole, l.separator)
	for _, p := range pieces[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return true
}

// Grouped is a number's text in plain form (such as -1234.50) with its thousands grouped and all its decimals. What is no
// number stays as it is.
func (l Locale) Grouped(plain string) string {
	whole, fraction, has := strings.Cut(plain, ".")
	digits := strings.TrimPrefix(whole, "-")
	if digits == "" || strings.Trim(digits+fraction, "0123456789") != "" {
		return plain
	}
	out := strings.TrimSuffix(whole, digits) + l.group(digits)
	if has {
		out += l.decimal + fraction
	}
	return out
}

// Short is a number for a tile, such as 12.4 M; numbers below 10,000 stand in full.
func (l Locale) Short(v float64) string { return l.short(v, false) }

// Axis is Short without a zero behind the decimal mark, such as 50 k.
func (l Locale) Axis(v float64) string { return l.short(v, true) }

func (l Locale) short(v float64, bare bool) string {
	scaled := func(form string, by float64) string {
		number := l.Number(v/by, 1)
		if bare {
			number = strings.TrimSuffix(number, l.decimal+"0")
		}
		return Fill(form, "Number", number)
	}
	// The limits are where the rounded number would get a digit more, so that 999,960 is 1.0 M and not 1,000.0 k.
	switch abs := math.Abs(v); {
	case abs >= 999_950_000:
		return scaled(l.billion, 1e9)
	case abs >= 999_950:
		return scaled(l.million, 1e6)
	case abs >= 9_999.5:
		return scaled(l.thousand, 1e3)
	case v == math.Trunc(v):
		return l.Number(v, 0)
	}
	return l.Number(v, 2)
}

// Percent is a share of 1 as a percentage, such as 3.44 %.
func (l Locale) Percent(share float64, decimals int) string {
	return Fill(l.percent, "Number", l.Number(share*100, decimals))
}

// Share is the share of empty cells and the like: 0 % only for none at all, 100 % only for all.
func (l Locale) Share(share float64) string {
	switch {
	case share <= 0:
		return l.Percent(0, 0)
	case share >= 1:
		return l.Percent(1, 0)
	case share < 0.001:
		return "< " + l.Percent(0.001, 1)
	}
	return l.Percent(min(share, 0.999), 1)
}

// Size is a number of bytes, such as 4.6 MB.
func (l Locale) Size(bytes int64) string {
	v := float64(bytes)
	switch {
	case bytes < 0:
		return unknown
	case bytes < 1000:
		return Fill(l.byte, "Number", l.Count(bytes))
	case v < 999_950:
		return Fill(l.kB, "Number", l.Number(v/1e3, 0))
	case v < 999_950_000:
		return Fill(l.mB, "Number", l.Number(v/1e6, 1))
	}
	return Fill(l.gB, "Number", l.Number(v/1e9, 1))
}

// Counted is a number and what it counts, in English: Counted(1, "row", "rows") is “1 row”.
func Counted(n int64, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return English.Count(n) + " " + many
}
