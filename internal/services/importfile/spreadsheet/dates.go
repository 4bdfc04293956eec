package spreadsheet

import (
	"math"
	"strings"
	"time"
)

const (
	millisPerDay = 24 * 60 * 60 * 1000

	// Days from 1970-01-01 to the days with number 0.
	epoch1904 = -24107 // 1904-01-01
	epoch1900 = -25569 // 1899-12-30: right for serial numbers from 61 on, as Excel counts a 29 February 1900

	lastSerial1900 = 2_958_465 // 9999-12-31
	lastSerial1904 = lastSerial1900 - 1462
)

// serialTime is the instant of a date's serial number, in milliseconds since 1970, rounded to the second within its day:
// what is left of a time as part of a double is not exact, which the millisecond makes good. ok is false for numbers that
// stand for no day: those below 1 (a time of day without a day, or negative), 60 in a 1900 workbook (29 February 1900),
// and those after 9999.
func serialTime(serial float64, date1904 bool) (millis int64, ok bool) {
	if !(serial >= 1 && serial < lastSerial1900+1) {
		return 0, false
	}
	total := int64(math.Round(serial * millisPerDay))
	day, clock := total/millisPerDay, wholeSecond(total%millisPerDay)
	switch {
	case date1904:
		day += epoch1904
		ok = day <= epoch1904+lastSerial1904
	case day >= 61:
		day += epoch1900
		ok = day <= epoch1900+lastSerial1900
	case day < 60:
		day += epoch1900 + 1
		ok = true
	}
	return day*millisPerDay + clock, ok
}

// clockOf is the time of day of a serial number in [0, 1), in milliseconds and rounded to the second, as serialTime is.
func clockOf(serial float64) int64 { return wholeSecond(int64(math.Round(serial * millisPerDay))) }

// wholeSecond rounds a time of day in milliseconds to the second, but never into the next day.
func wholeSecond(millis int64) int64 { return min((millis+500)/1000, millisPerDay/1000-1) * 1000 }

// isoClock reads the text of a cell of type d that is a time of day and no more, such as 08:30:00 or T08:30.
func isoClock(text string) (millis int64, ok bool) {
	text = strings.TrimSuffix(strings.TrimPrefix(text, "T"), "Z")
	for _, layout := range []string{"15:04:05.999999999", "15:04"} {
		if t, err := time.Parse(layout, text); err == nil {
			return wholeSecond(int64(t.Sub(t.Truncate(24*time.Hour)) / time.Millisecond)), true
		}
	}
	return 0, false
}

// clockOfDayZero is the time of day of a moment on the day with number 0, which is written where a cell holds a time
// alone: 1899-12-30 or -31, as programs count.
func clockOfDayZero(millis int64) (clock int64, ok bool) {
	clock = millis - epoch1900*millisPerDay
	return clock % millisPerDay, clock >= 0 && clock < 2*millisPerDay
}

// isoTime reads the text of a cell of type d (ISO 8601).
func isoTime(text string) (millis int64, ok bool) {
	for _, layout := range []string{"2006-01-02", "2006-01-02T15:04:05.999999999", "2006-01-02T15:04:05.999999999Z07:00", "2006-01-02T15:04"} {
		if t, err := time.Parse(layout, text); err == nil && t.Year() >= 1 {
			// The cell means the wall clock that was written.
			_, offset := t.Zone()
			millis := t.UnixMilli() + int64(offset)*1000
			clock := (millis%millisPerDay + millisPerDay) % millisPerDay
			return millis - clock + wholeSecond(clock), true
		}
	}
	return 0, false
}
