package format

import "time"

// Count is a whole number in English: 50,000.
func Count(n int64) string { return English.Count(n) }

// Money is an amount with cents in English: 1,234.50.
func Money(v float64) string { return English.Amount(v) }

// Percent is a share with two decimals in English: 3.44 %.
func Percent(share float64) string { return English.Percent(share, 2) }

// Bytes is a size in English: 5.7 MB.
func Bytes(n int64) string { return English.Size(n) }

// Duration is a length of time in English: 2 min 14 s.
func Duration(d time.Duration) string { return English.Duration(d) }

// N is a text with a counted thing in English: N(2000, "{{.N}} row", "{{.N}} rows") is “2,000 rows”.
func N(n int64, one, other string, pairs ...any) string { return English.N(n, one, other, pairs...) }
