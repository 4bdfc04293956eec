package format

import (
	"strconv"
	"strings"
	"time"
)

// Duration is a length of time such as 2 min 14 s, in at most two units.
func (w Writer) Duration(d time.Duration) string {
	d = max(d, 0)
	if d < time.Second && d > 0 {
		return w.T("< 1 s")
	}
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return w.T("{{.N}} s", "N", s)
	case s < 3600:
		return w.two(s/60, "{{.N}} min", s%60, "{{.N}} s")
	case s < 48*3600:
		return w.two(s/3600, "{{.N}} h", s%3600/60, "{{.N}} min")
	}
	return w.two(s/86400, "{{.N}} d", s%86400/3600, "{{.N}} h")
}

func (w Writer) two(a int64, unitA string, b int64, unitB string) string {
	if b == 0 {
		return w.T(unitA, "N", a)
	}
	return w.T(unitA, "N", a) + " " + w.T(unitB, "N", b)
}

// Coarse is how long something has been going on, as text that changes seldom: it goes in steps of 5 s, then of
// minutes, so that the window is not drawn anew for each second.
func (w Writer) Coarse(d time.Duration) string {
	switch {
	case d < 5*time.Second:
		return w.T("a few seconds")
	case d < 10*time.Minute:
		return w.Duration(d.Truncate(5 * time.Second))
	}
	return w.Duration(d.Truncate(time.Minute))
}

// Clock is t in the zone of now, with the day where that is another, such as 14:05 or 12 Nov 14:05.
func (w Writer) Clock(t, now time.Time) string { return w.clock(t, now, "15:04") }

// ClockSeconds is Clock with seconds.
func (w Writer) ClockSeconds(t, now time.Time) string { return w.clock(t, now, time.TimeOnly) }

func (w Writer) clock(t, now time.Time, form string) string {
	if t.IsZero() {
		return None
	}
	t = t.In(now.Location())
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format(form)
	case t.Year() == now.Year():
		return w.T("{{.Date}} {{.Time}}", "Date", w.dayMonth(t), "Time", t.Format(form))
	}
	return w.T("{{.Date}} {{.Time}}", "Date", w.date(t), "Time", t.Format(form))
}

// When is Clock with the day said in every case, such as today 14:05.
func (w Writer) When(t, now time.Time) string {
	if t.IsZero() {
		return None
	}
	local := t.In(now.Location())
	switch local.Format(time.DateOnly) {
	case now.Format(time.DateOnly):
		return w.T("today {{.Time}}", "Time", local.Format("15:04"))
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return w.T("yesterday {{.Time}}", "Time", local.Format("15:04"))
	}
	return w.Clock(t, now)
}

// Day is a calendar day such as 31 Dec 2025, from its form YYYY-MM-DD; a month (YYYY-MM) gives Dec 2025. Other texts
// stay as they are.
func (w Writer) Day(iso string) string {
	if d, err := time.Parse(time.DateOnly, iso); err == nil {
		return w.date(d)
	}
	if d, err := time.Parse(yearMonth, iso); err == nil {
		return w.T("{{.Month}} {{.Year}}", "Month", w.month(d.Month()), "Year", d.Format("2006"))
	}
	return iso
}

const yearMonth = "2006-01"

// ReadDay reads a day as people type it: 2025-01-31, 31.1.2025, or as Day writes it; the zero time where it is none.
func (w Writer) ReadDay(text string) time.Time {
	text = strings.TrimSpace(text)
	for _, form := range []string{time.DateOnly, "2.1.2006", "2 Jan 2006"} {
		if d, err := time.Parse(form, text); err == nil {
			return d
		}
	}
	parts := strings.FieldsFunc(text, func(r rune) bool { return r == ' ' || r == '.' })
	for m := time.January; len(parts) == 3 && m <= time.December; m++ {
		if !strings.EqualFold(parts[1], strings.TrimSuffix(w.month(m), ".")) {
			continue
		}
		if d, err := time.Parse("2 1 2006", parts[0]+" "+strconv.Itoa(int(m))+" "+parts[2]); err == nil {
			return d
		}
	}
	return time.Time{}
}

// Days is a range of days, such as 1 Jan – 31 Dec 2025.
func (w Writer) Days(from, to string) string {
	if from == to {
		return w.Day(from)
	}
	first := w.Day(from)
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA == nil && errB == nil && a.Year() == b.Year() {
		first = w.dayMonth(a)
	}
	return w.T("{{.From}} – {{.To}}", "From", first, "To", w.Day(to))
}

// Month is the short name of the month of a day in its form YYYY-MM-DD or YYYY-MM.
func (w Writer) Month(iso string) string {
	if d, err := time.Parse(yearMonth, iso[:min(7, len(iso))]); err == nil {
		return w.month(d.Month())
	}
	return iso
}

func (w Writer) dayMonth(t time.Time) string {
	return w.T("{{.Day}} {{.Month}}", "Day", t.Day(), "Month", w.month(t.Month()))
}

func (w Writer) date(t time.Time) string {
	return w.T("{{.Day}} {{.Month}} {{.Year}}", "Day", t.Day(), "Month", w.month(t.Month()), "Year", t.Format("2006"))
}

// month is the short name of a month; in English they are Go's.
func (w Writer) month(m time.Month) string { return w.T(m.String()[:3]) }

// Stamp is a moment as tables of the terminal show it, which sort and line up: 2025-12-31 14:05:00 in the computer's zone.
func Stamp(t time.Time) string {
	if t.IsZero() {
		return None
	}
	return t.Local().Format(time.DateTime)
}

// StampIn is Stamp in a zone, which it names: 2025-12-31 14:05:00 CET.
func StampIn(t time.Time, zone *time.Location) string {
	return t.In(zone).Format("2006-01-02 15:04:05 MST")
}
