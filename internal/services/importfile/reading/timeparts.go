package reading

import "bytes"

// timeAt reads what follows a date from an index on to the text's end: nothing, or a time of day, in seconds, with its
// offset from UTC perhaps. 24:00 is a day of seconds.
func timeAt(b []byte, i int) (clock, offset int, shape DateShape, ok bool) {
	if i == len(b) {
		return 0, 0, 0, true
	}
	at := skipBlanks(b, i)
	switch {
	case at < len(b) && b[at] == ',':
		at = skipBlanks(b, at+1)
	case at == i && b[at] == 'T':
		at++
	case at == i:
		return 0, 0, 0, false
	}
	clock, at, ok = clockAt(b, at)
	if !ok {
		return 0, 0, 0, false
	}
	shape = WithTime
	if at = skipBlanks(b, at); at == len(b) {
		return clock, 0, shape, true
	}
	switch {
	case b[at] == 'Z':
		at++
	case bytes.HasPrefix(b[at:], []byte("UTC")), bytes.HasPrefix(b[at:], []byte("GMT")):
		at += 3
	default:
		if offset, at, ok = offsetAt(b, at); !ok {
			return 0, 0, 0, false
		}
	}
	return clock, offset, shape | WithZone, at == len(b)
}

// clockAt reads H:MM[:SS[.fraction]] with AM or PM perhaps, and cuts the fraction.
func clockAt(b []byte, i int) (seconds, end int, ok bool) {
	end = digits(b, i)
	if end == i || end-i > 2 {
		return 0, 0, false
	}
	hour := decimal(b[i:end])
	minute, end, ok := sixtyAt(b, end)
	if !ok {
		return 0, 0, false
	}
	second, fraction := 0, false
	if end < len(b) && b[end] == ':' {
		if second, end, ok = sixtyAt(b, end); !ok {
			return 0, 0, false
		}
		if end < len(b) && (b[end] == '.' || b[end] == ',') {
			from := end + 1
			if end = digits(b, from); end == from {
				return 0, 0, false
			}
			fraction = len(bytes.TrimLeft(b[from:end], "0")) > 0
		}
	}
	if at := skipBlanks(b, end); at+1 < len(b) && b[at+1]|0x20 == 'm' && (b[at]|0x20 == 'a' || b[at]|0x20 == 'p') {
		if hour < 1 || hour > 12 {
			return 0, 0, false
		}
		hour %= 12
		if b[at]|0x20 == 'p' {
			hour += 12
		}
		end = at + 2
	}
	if hour > 24 || hour == 24 && (minute > 0 || second > 0 || fraction) {
		return 0, 0, false
	}
	return hour*3600 + minute*60 + second, end, true
}

// sixtyAt reads a colon and two digits below 60.
func sixtyAt(b []byte, i int) (n, end int, ok bool) {
	if i+2 >= len(b) || b[i] != ':' {
		return 0, 0, false
	}
	n = decimal(b[i+1 : i+3])
	end = i + 3
	return n, end, n >= 0 && n < 60 && digits(b, end) == end
}

// offsetAt reads +HH, +HHMM or +HH:MM, in seconds.
func offsetAt(b []byte, i int) (seconds, end int, ok bool) {
	if i+3 > len(b) || b[i] != '+' && b[i] != '-' {
		return 0, 0, false
	}
	hour, minute := decimal(b[i+1:i+3]), 0
	end = i + 3
	if end < len(b) {
		if b[end] == ':' {
			end++
		}
		if end+2 > len(b) {
			return 0, 0, false
		}
		minute = decimal(b[end : end+2])
		end += 2
	}
	if hour < 0 || hour > 23 || minute < 0 || minute > 59 {
		return 0, 0, false
	}
	seconds = hour*3600 + minute*60
	if b[i] == '-' {
		seconds = -seconds
	}
	return seconds, end, true
}
