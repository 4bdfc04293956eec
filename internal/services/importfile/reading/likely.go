package reading

import (
	"bytes"
)

// serialOf1970 is the serial number of 1970-01-01 in workbooks that count from 1900.
const serialOf1970 = 25569

// LikelyAmount is what a value that is no number would add to a sum by its likeliest reading (contract/RULES.md, What is
// missing, in money); 0 where nothing speaks for an amount.
func LikelyAmount(v Value) float64 {
	switch {
	case v.Text != nil:
		return likelyIn(v.Text)
	case v.Kind == Integer, v.Kind == Decimal:
		return v.Num
	case v.Kind == Date, v.Kind == DateTime:
		return v.Num/millisPerDay + serialOf1970
	case v.Kind == Time:
		return v.Num / millisPerDay
	}
	return 0
}

// likelyIn reads the first run of digits in a text.
func likelyIn(text []byte) float64 {
	b, ok := compat(nil, text)
	if !ok {
		b = text
	}
	from := bytes.IndexAny(b, "0123456789")
	if from < 0 {
		return 0
	}
	to := from
	mark := -1
	var digitsRoom [64]byte
	run := digitsRoom[:0]
	for to < len(b) {
		if c := b[to]; c >= '0' && c <= '9' {
			run = append(run, c)
		} else if (c == '.' || c == ',' || c == '\'' || c == ' ') && to+1 < len(b) && b[to+1] >= '0' && b[to+1] <= '9' {
			if c == '.' || c == ',' {
				mark = to
			}
		} else {
			break
		}
		to++
	}
	fraction := 0
	if mark >= 0 && digits(b[:to], mark+1) == to && to-mark != 4 {
		fraction = to - mark - 1
	}
	value, ok := decimalValue(run, fraction)
	if !ok {
		return 0
	}
	if isBelow(b, from, to) {
		return 0 - value
	}
	return value
}

// isBelow says that what stands around a run of digits makes it negative.
func isBelow(b []byte, from, to int) bool {
	front := bytes.TrimRight(b[:from], " ")
	behind := b[skipBlanks(b, to):]
	size := 0
	if len(behind) > 0 {
		size, _ = signAt(behind)
	}
	return bytes.HasSuffix(front, []byte("-")) || bytes.HasSuffix(front, []byte(minus)) ||
		size > 0 && behind[0] != '+' && digits(behind, size) == size ||
		bytes.HasSuffix(front, []byte("(")) && bytes.HasPrefix(behind, []byte(")"))
}
