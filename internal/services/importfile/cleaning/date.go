package cleaning

import "time"

const millisPerDay = 24 * 60 * 60 * 1000

// dateIn reads YYYY-MM-DD, YYYY/MM/DD, DD.MM.YYYY, and YYYY-MM-DD with T or a blank and HH:MM[:SS]; timed says that the
// text has a time. The day must exist.
func dateIn(b []byte) (millis int64, timed, ok bool) {
	if len(b) < 10 {
		return 0, false, false
	}
	var year, month, day int
	switch {
	case b[4] == '-' && b[7] == '-', b[4] == '/' && b[7] == '/':
		year, month, day = decimal(b[:4]), decimal(b[5:7]), decimal(b[8:10])
	case b[2] == '.' && b[5] == '.':
		year, month, day = decimal(b[6:10]), decimal(b[3:5]), decimal(b[:2])
	}
	if year < 1 || month < 1 || month > 12 || day < 1 {
		return 0, false, false
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if t.Day() != day {
		return 0, false, false
	}
	clock, ok := 0, true
	if rest := b[10:]; len(rest) > 0 {
		timed = true
		clock, ok = clockIn(rest[1:])
		ok = ok && b[4] == '-' && (rest[0] == 'T' || rest[0] == ' ')
	}
	return t.UnixMilli() + int64(clock)*1000, timed, ok
}

// clockIn reads HH:MM[:SS] as seconds.
func clockIn(b []byte) (int, bool) {
	if (len(b) != 5 && len(b) != 8) || b[2] != ':' {
		return 0, false
	}
	hour, minute, second := decimal(b[:2]), decimal(b[3:5]), 0
	if len(b) == 8 {
		if b[5] != ':' {
			return 0, false
		}
		second = decimal(b[6:8])
	}
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 || second < 0 || second > 59 {
		return 0, false
	}
	return hour*3600 + minute*60 + second, true
}

// decimal reads digits; -1 where there is something else.
func decimal(b []byte) int {
	n := 0
	for _, c := range b {
		if c < '0' || c > '9' {
			return -1
		}
		n = n*10 + int(c-'0')
	}
	return n
}
