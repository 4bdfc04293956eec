package format

import (
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"
)

// Duration is a span in at most two units, such as 2 min 14 s.
func (l Locale) Duration(d time.Duration) string {
	if d < time.Second && d > 0 {
		return "< " + Fill(l.second, "Number", 1)
	}
	s := int64(max(0, d).Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return Fill(l.second, "Number", s)
	case s < 3600:
		return two(l.minute, s/60, l.second, s%60)
	case s < 48*3600:
		return two(l.hour, s/3600, l.minute, s%3600/60)
	}
	return two(l.day, s/86400, l.hour, s%86400/3600)
}

func two(formA string, a int64, formB string, b int64) string {
	if b == 0 {
		return Fill(formA, "Number", a)
	}
	return Fill(formA, "Number", a) + " " + Fill(formB, "Number", b)
}

// Coarse is how long something has been going on, as text that changes seldom: it goes in steps of 5 s, then of minutes.
func (l Locale) Coarse(d time.Duration) string {
	switch {
	case d < 5*time.Second:
		return "< " + Fill(l.second, "Number", 5)
	case d < 10*time.Minute:
		return l.Duration(d.Truncate(5 * time.Second))
	}
	return l.Duration(d.Truncate(time.Minute))
}

// Clock is t in the zone of now, with the day where that is another, such as 14:05 or 12 Nov 14:05.
func (l Locale) Clock(t, now time.Time) string { return l.clock(t, now, "15:04") }

// ClockSeconds is Clock with seconds.
func (l Locale) ClockSeconds(t, now time.Time) string { return l.clock(t, now, "15:04:05") }

func (l Locale) clock(t, now time.Time, form string) string {
	if t.IsZero() {
		return unknown
	}
	t = t.In(now.Location())
	date := ""
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format(form)
	case t.Year() == now.Year():
		date = Fill(l.dayMonth, "Day", t.Day(), "Month", l.monthOf(t.Month()))
	default:
		date = l.dateOf(t)
	}
	return Fill(l.moment, "Date", date, "Clock", t.Format(form))
}

// When is Clock with the day said in every case, such as today 14:05.
func (l Locale) When(t, now time.Time) string {
	if t.IsZero() {
		return unknown
	}
	t = t.In(now.Location())
	switch t.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return Fill(l.today, "Clock", t.Format("15:04"))
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return Fill(l.yesterday, "Clock", t.Format("15:04"))
	}
	return l.Clock(t, now)
}

// Day is a day such as 31 Dec 2025, from its form YYYY-MM-DD; a month (YYYY-MM) gives Dec 2025. Other texts stay as
// they are.
func (l Locale) Day(iso string) string {
	if d, err := time.Parse(time.DateOnly, iso); err == nil {
		return l.dateOf(d)
	}
	if d, err := time.Parse("2006-01", iso); err == nil {
		return Fill(l.monthYear, "Month", l.monthOf(d.Month()), "Year", d.Year())
	}
	return iso
}

func (l Locale) dateOf(t time.Time) string {
	return Fill(l.date, "Day", t.Day(), "Month", l.monthOf(t.Month()), "Year", t.Year())
}

// Month is the short name of the month of a day in its form YYYY-MM-DD or YYYY-MM.
func (l Locale) Month(iso string) string {
	if d, err := time.Parse("2006-01", iso[:min(7, len(iso))]); err == nil {
		return l.monthOf(d.Month())
	}
	return iso
}

func (l Locale) monthOf(m time.Month) string { return l.months[m-1] }

// Days is a range of days in their form YYYY-MM-DD, such as 1 Jan – 31 Dec 2025.
func (l Locale) Days(from, to string) string {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	switch {
	case from == to:
		return l.Day(from)
	case errA == nil && errB == nil && a.Year() == b.Year():
		return Fill(l.betweenDays, "FromDay", a.Day(), "FromMonth", l.monthOf(a.Month()), "ToDay", b.Day(), "ToMonth", l.monthOf(b.Month()), "Year", a.Year())
	}
	return l.Range(l.Day(from), l.Day(to))
}

// Range is from one value to another, each as it is written.
func (l Locale) Range(from, to string) string { return Fill(l.between, "From", from, "To", to) }

// ReadDay reads a day as people type it: 2025-01-31, with the name of the month as Day writes it, or in figures in the
// order of the language, such as 31.1.2025. It is the zero time where the text is none.
func (l Locale) ReadDay(text string) time.Time {
	words := strings.FieldsFunc(text, func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) })
	if len(words) != 3 {
		return time.Time{}
	}
	parts := map[byte]string{}
	if at := slices.IndexFunc(words, func(w string) bool { return l.monthNamed(w) > 0 }); at >= 0 {
		parts['m'] = strconv.Itoa(l.monthNamed(words[at]))
		words = slices.Delete(words, at, at+1)
		if len(words[0]) == 4 {
			slices.Reverse(words)
		}
		parts['d'], parts['y'] = words[0], words[1]
	} else {
		order := l.order
		if len(words[0]) == 4 {
			order = "ymd"
		}
		for i, word := range words {
			parts[order[i]] = word
		}
	}
	day, errDay := strconv.Atoi(parts['d'])
	month, errMonth := strconv.Atoi(parts['m'])
	year, errYear := strconv.Atoi(parts['y'])
	if errDay != nil || errMonth != nil || errYear != nil || len(parts['y']) != 4 {
		return time.Time{}
	}
	t := time.Date(year, time.Month(month), day, 0, 0, 0, 0, time.UTC)
	if int(t.Month()) != month || t.Day() != day { // there is no 31 February
		return time.Time{}
	}
	return t
}

// monthNamed is the month that a name begins with, 0 for none.
func (l Locale) monthNamed(name string) int {
	name = strings.ToLower(name)
	for i, m := range l.months {
		short := strings.ToLower(strings.TrimSuffix(m, "."))
		if strings.HasPrefix(name, short) || len(name) >= 3 && strings.HasPrefix(short, name) {
			return i + 1
		}
	}
	return 0
}

// Stamp is a time in its zone as tables and files have it, in every language: 2025-12-31 14:05:07. There is a dash for none.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return unknown
	}
	return t.Format(time.DateTime)
}
