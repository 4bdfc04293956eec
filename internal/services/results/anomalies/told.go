package anomalies

import (
	"math"
	"time"

	"fabricportal/internal/format"
)

// Name is a marked period in words, such as "Mon 3 Nov 2025".
func (m Mark) Name(w format.Writer) string {
	if !m.Daily {
		return w.Day(m.Period)
	}
	one, _ := weekday(m.Period, w)
	return one + " " + w.Day(m.Period)
}

// Number writes a value of a mark: as exactly as its size asks for.
func Number(v float64, w format.Writer) string {
	if math.Abs(v) >= 100 || v == math.Trunc(v) {
		return w.Decimal(v, 0)
	}
	return w.Amount(v)
}

// Before says what was usual before a mark: "the 8 Mondays before: 9,800 to 10,400".
func (m Mark) Before(w format.Writer) string {
	usual, high := Number(m.Low, w), Number(m.High, w)
	if usual != high {
		usual = w.T("{{.Low}} to {{.High}}", "Low", usual, "High", high)
	}
	periods := w.T("months")
	if m.Daily {
		_, periods = weekday(m.Period, w)
	}
	if m.Usual < len(m.Earlier) {
		return w.T("{{.Usual}} of the {{.N}} {{.Periods}} before: {{.Range}}", "Usual", m.Usual, "N", len(m.Earlier), "Periods", periods, "Range", usual)
	}
	return w.T("the {{.N}} {{.Periods}} before: {{.Range}}", "N", len(m.Earlier), "Periods", periods, "Range", usual)
}

// Meaning says what marks are, and what to do about one.
func Meaning(daily bool, w format.Writer) string {
	if daily {
		return w.T("Unlike the same weekdays of the weeks before. A holiday, a campaign and missing rows look alike: look at the day's orders.")
	}
	return w.T("Unlike the months before. A campaign and missing rows look alike: look at the month's orders.")
}

// weekday is the short name of a day's weekday, and the name of several of it.
func weekday(iso string, w format.Writer) (one, several string) {
	day, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return "", ""
	}
	switch day.Weekday() {
	case time.Monday:
		return w.T("Mon"), w.T("Mondays")
	case time.Tuesday:
		return w.T("Tue"), w.T("Tuesdays")
	case time.Wednesday:
		return w.T("Wed"), w.T("Wednesdays")
	case time.Thursday:
		return w.T("Thu"), w.T("Thursdays")
	case time.Friday:
		return w.T("Fri"), w.T("Fridays")
	case time.Saturday:
		return w.T("Sat"), w.T("Saturdays")
	case time.Sunday:
	}
	return w.T("Sun"), w.T("Sundays")
}
