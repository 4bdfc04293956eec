package reading

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"fabricportal/contract"
)

// parts are a date's parts as they stand in a text.
type parts struct {
	shape         DateShape // of the form
	year          int
	first, second int  // month and day, or day and month
	ordered       bool // first is the month and second the day
	points        bool // points stand between them
}

// dateParts reads the date at the beginning of a text and gives the index behind it. yearFirst says that a year of two
// digits stands in front.
func dateParts(b []byte, yearFirst bool) (p parts, end int, ok bool) {
	n := digits(b, 0)
	switch {
	case n == 0:
		return monthDayYear(b)
	case n == 8:
		return compactParts(b)
	case n > 4 || n == 3:
		return p, 0, false
	}
	i := skipBlanks(b, n)
	if i < len(b) && (b[i] == '-' || b[i] == '/' || b[i] == '.') {
		if at := skipBlanks(b, i+1); at < len(b) && b[at] >= '0' && b[at] <= '9' {
			return numericParts(b, n, b[i], at, yearFirst)
		}
	}
	return namedParts(b, n)
}

// compactParts reads YYYYMMDD.
func compactParts(b []byte) (p parts, end int, ok bool) {
	days := decimal(b[:8])
	p = parts{shape: Compact, year: days / 10_000, first: days / 100 % 100, second: days % 100, ordered: true}
	return p, 8, days >= 19000101 && days <= 21001231
}

// numericParts reads three numbers with one separator: the first has n digits, the second begins at i.
func numericParts(b []byte, n int, separator byte, i int, yearFirst bool) (p parts, end int, ok bool) {
	second := digits(b, i)
	at := skipBlanks(b, second)
	if second-i > 2 || at >= len(b) || b[at] != separator {
		return p, 0, false
	}
	third := skipBlanks(b, at+1)
	end = digits(b, third)
	x, y, z := decimal(b[:n]), decimal(b[i:second]), decimal(b[third:end])
	length := end - third
	if separator == '.' && end < len(b) && b[end] == '.' {
		end++
	}
	p.points = separator == '.'
	switch {
	case n == 4:
		p.shape, p.year, p.first, p.second, p.ordered = YearFirst, x, y, z, true
		return p, end, length == 1 || length == 2
	case n == 2 && (x > 31 || yearFirst) && (length == 1 || length == 2):
		p.shape, p.year, p.first, p.second, p.ordered = TwoDigits, x, y, z, true
		return p, end, true
	case length == 2:
		p.shape = TwoDigits
	case length != 4:
		return p, 0, false
	}
	p.year, p.first, p.second = z, x, y
	if p.points {
		p.shape |= withPointsLast
	}
	switch {
	case p.points && length == 2:
	case p.points && (x > 12 || y <= 12):
		p.shape |= WithPoints
	case x > 12:
		p.shape |= DayFirst
	case y > 12:
		p.shape |= MonthFirst
	default:
		p.shape |= EitherOpen
	}
	return p, end, true
}

// namedParts reads a day or a year of n digits, the name of a month, and the year or the day.
func namedParts(b []byte, n int) (p parts, end int, ok bool) {
	month, i := monthAt(b, skipBetween(b, n))
	if month == 0 {
		return p, 0, false
	}
	i = skipBetween(b, i)
	end = digits(b, i)
	x, z := decimal(b[:n]), decimal(b[i:end])
	length := end - i
	p = parts{shape: Named, year: z, first: month, second: x, ordered: true}
	switch {
	case n == 4 && (length == 1 || length == 2):
		p.year, p.second = x, z
	case n > 2:
		return p, 0, false
	case n == 2 && x > 31 && (length == 1 || length == 2):
		p.shape, p.year, p.second = Named|TwoDigits, x, z
	case length == 2:
		p.shape |= TwoDigits
	case length != 4:
		return p, 0, false
	}
	return p, end, true
}

// monthDayYear reads the name of a month, the day and the year.
func monthDayYear(b []byte) (p parts, end int, ok bool) {
	month, i := monthAt(b, 0)
	if month == 0 {
		return p, 0, false
	}
	i = skipBetween(b, i)
	day := digits(b, i)
	at := skipBetween(b, day)
	end = digits(b, at)
	if day == i || day-i > 2 || at == day || end-at != 2 && end-at != 4 {
		return p, 0, false
	}
	p = parts{shape: Named, year: decimal(b[at:end]), first: month, second: decimal(b[i:day]), ordered: true}
	if end-at == 2 {
		p.shape |= TwoDigits
	}
	return p, end, true
}

// skipBetween is the index behind what may stand between a month's name and a number.
func skipBetween(b []byte, i int) int {
	for i < len(b) && (b[i] == ' ' || b[i] == '-' || b[i] == '.' || b[i] == ',' || b[i] == '/') {
		i++
	}
	return i
}

// longestMonth is more letters than a month's name has.
const longestMonth = 16

// monthAt reads a month's name and gives the index behind it; 0 where there is none.
func monthAt(b []byte, i int) (month, end int) {
	var room [longestMonth]byte
	name := room[:0]
	for end = i; end < len(b); {
		c := b[end]
		if c >= utf8.RuneSelf {
			return foreignMonthAt(b, i)
		}
		if c |= 0x20; c < 'a' || c > 'z' {
			break
		}
		if len(name) == longestMonth {
			return 0, 0
		}
		name = append(name, c)
		end++
	}
	return contract.Words().Months[string(name)], end
}

// foreignMonthAt is monthAt for names with other letters than those of ASCII.
func foreignMonthAt(b []byte, i int) (month, end int) {
	for end = i; end < len(b); {
		r, size := utf8.DecodeRune(b[end:])
		if !unicode.IsLetter(r) && !unicode.IsMark(r) {
			break
		}
		end += size
	}
	return contract.Words().Months[fold(string(bytes.ToLower(b[i:end])))], end
}
