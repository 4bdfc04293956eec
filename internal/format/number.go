package format

import (
	"math"
	"strconv"
	"strings"
)

// Count is a whole number with its thousands grouped: 50,000.
func (w Writer) Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	return sign + w.group(digits)
}

func (w Writer) group(digits string) string {
	if len(digits) <= 3 {
		return digits
	}
	mark := w.T(",")
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(mark)
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Decimal is a number with its thousands grouped and the given number of decimals.
func (w Writer) Decimal(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return None
	}
	plain := strconv.FormatFloat(v, 'f', decimals, 64)
	if strings.Trim(plain, "-0.") == "" { // what rounds to nothing has no sign
		plain = strings.TrimPrefix(plain, "-")
	}
	return w.Grouped(plain)
}

// Amount is a sum to the cent: 1,234.50.
func (w Writer) Amount(v float64) string { return w.Decimal(v, 2) }

// Plain is a number with as many decimals as it needs and no grouping, as it is typed.
func (w Writer) Plain(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", w.T("."), 1)
}

// Grouped is a number's text in plain form (such as -1234.50) with its thousands grouped and all its decimals. What is no
// number stays as it is.
func (w Writer) Grouped(plain string) string {
	whole, fraction, has := strings.Cut(plain, ".")
	digits := strings.TrimPrefix(whole, "-")
	if digits == "" || strings.Trim(digits+fraction, "0123456789") != "" {
		return plain
	}
	out := strings.TrimSuffix(whole, digits) + w.group(digits)
	if has {
		out += w.T(".") + fraction
	}
	return out
}

// ReadNumber reads a number as people type it: with the marks of the language, or plain. A mark that groups thousands must
// stand before three digits; else it is a decimal mark, so that 12.5 is twelve and a half in German, too.
func (w Writer) ReadNumber(text string) (float64, bool) {
	group, point := w.T(","), w.T(".")
	text = strings.TrimSpace(text)
	if strings.TrimSpace(group) == "" { // any blank groups where one does
		text = strings.NewReplacer(" ", group, "\u00a0", group, "\u202f", group).Replace(text)
	}
	if grouped(text, group, point) {
		text = strings.ReplaceAll(text, group, "")
	} else if strings.Count(text, group) == 1 && !strings.Contains(text, point) {
		text = strings.Replace(text, group, ".", 1)
	}
	text = strings.Replace(text, point, ".", 1)
	v, err := strconv.ParseFloat(text, 64)
	return v, err == nil && !math.IsNaN(v) && !math.IsInf(v, 0)
}

// grouped tells whether the marks in a number's whole part group its thousands.
func grouped(text, mark, point string) bool {
	whole, _, _ := strings.Cut(strings.TrimLeft(text, "+-"), point)
	parts := strings.Split(whole, mark)
	for _, p := range parts[1:] {
		if len(p) != 3 {
			return false
		}
	}
	return len(parts) > 1 && len(parts[0]) >= 1 && len(parts[0]) <= 3
}

// Short is a number for a tile or an axis, such as 12.4 M; numbers below 10,000 stand in full.
func (w Writer) Short(v float64) string {
	abs := math.Abs(v)
	// The limits are where the rounded number would get a digit more, so that 999,960 is 1.0 M and not 1,000.0 k.
	switch {
	case abs >= 999_950_000:
		return w.T("{{.N}} bn", "N", w.Decimal(v/1e9, 1))
	case abs >= 999_950:
		return w.T("{{.N}} M", "N", w.Decimal(v/1e6, 1))
	case abs >= 9_999.5:
		return w.T("{{.N}} k", "N", w.Decimal(v/1e3, 1))
	case v == math.Trunc(v):
		return w.Decimal(v, 0)
	}
	return w.Decimal(v, 2)
}

// Axis is Short without a zero behind the point, such as 50 k.
func (w Writer) Axis(v float64) string {
	return strings.Replace(w.Short(v), w.T(".")+"0 ", " ", 1)
}

// Percent is a share of 1 as a percentage: 3.44 %.
func (w Writer) Percent(share float64, decimals int) string {
	return w.T("{{.N}} %", "N", w.Decimal(share*100, decimals))
}

// Share is the share of nulls and the like: 0 % only for none at all, 100 % only for all.
func (w Writer) Share(share float64) string {
	switch {
	case share <= 0:
		return w.Percent(0, 0)
	case share >= 1:
		return w.Percent(1, 0)
	case share < 0.001:
		return w.T("< {{.N}} %", "N", w.Decimal(0.1, 1))
	}
	return w.Percent(math.Min(share, 0.999), 1)
}

// Size is a number of bytes, such as 4.6 MB.
func (w Writer) Size(bytes int64) string {
	v := float64(bytes)
	switch {
	case bytes < 0:
		return None
	case bytes < 1000:
		return w.T("{{.N}} B", "N", w.Count(bytes))
	case v < 999_950:
		return w.T("{{.N}} kB", "N", w.Decimal(v/1e3, 0))
	case v < 999_950_000:
		return w.T("{{.N}} MB", "N", w.Decimal(v/1e6, 1))
	}
	return w.T("{{.N}} GB", "N", w.Decimal(v/1e9, 1))
}
