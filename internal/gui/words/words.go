// Package words turns values into what a person reads: numbers with their groups, sizes, durations and times in the
// user's zone. It also holds the way to the translations.
package words

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"
)

// T translates text. Names and values follow in pairs and replace {{.Name}} in it.
func T(text string, pairs ...any) string {
	if text == "" {
		return ""
	}
	if len(pairs) == 0 {
		return lang.L(text)
	}
	data := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			data[name] = pairs[i+1]
		}
	}
	return lang.L(text, data)
}

// Count is a whole number with its thousands grouped, such as 50,000.
func Count(n int64) string {
	digits := strconv.FormatInt(n, 10)
	sign := ""
	if strings.HasPrefix(digits, "-") {
		sign, digits = "-", digits[1:]
	}
	return sign + group(digits)
}

// Counted is a number and what it counts: Counted(1, "row", "rows") is “1 row”.
func Counted(n int64, one, many string) string {
	if n == 1 {
		return Count(n) + " " + T(one)
	}
	return Count(n) + " " + T(many)
}

func group(digits string) string {
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteString(T(","))
		}
		b.WriteRune(d)
	}
	return b.String()
}

// Decimal is a number with its thousands grouped and the given number of decimals.
func Decimal(v float64, decimals int) string {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return "–"
	}
	whole, fraction, has := strings.Cut(strconv.FormatFloat(math.Abs(v), 'f', decimals, 64), ".")
	sign := ""
	if v < 0 && strings.Trim(whole+fraction, "0") != "" {
		sign = "-"
	}
	if !has {
		return sign + group(whole)
	}
	return sign + group(whole) + T(".") + fraction
}

// Plain is a number with as many decimals as it needs and no grouping, as it is typed.
func Plain(v float64) string {
	return strings.Replace(strconv.FormatFloat(v, 'f', -1, 64), ".", T("."), 1)
}

// Grouped is a number's text in plain form (such as -1234.50) with its thousands grouped and all its decimals. What is no
// number stays as it is.
func Grouped(plain string) string {
	whole, fraction, has := strings.Cut(plain, ".")
	digits := strings.TrimPrefix(whole, "-")
	if digits == "" || strings.Trim(digits+fraction, "0123456789") != "" {
		return plain
	}
	out := strings.TrimSuffix(whole, digits) + group(digits)
	if has {
		out += T(".") + fraction
	}
	return out
}

// Amount is a sum to the cent.
func Amount(v float64) string { return Decimal(v, 2) }

// Short is a number for a tile or an axis, such as 12.4 M; numbers below 10,000 stand in full.
func Short(v float64) string {
	abs := math.Abs(v)
	// The limits are where the rounded number would get a digit more, so that 999,960 is 1.0 M and not 1,000.0 k.
	switch {
	case abs >= 999_950_000:
		return Decimal(v/1e9, 1) + " " + T("bn")
	case abs >= 999_950:
		return Decimal(v/1e6, 1) + " " + T("M")
	case abs >= 9_999.5:
		return Decimal(v/1e3, 1) + " " + T("k")
	case v == math.Trunc(v):
		return Decimal(v, 0)
	}
	return Decimal(v, 2)
}

// Axis is Short without a zero behind the point, such as 50 k.
func Axis(v float64) string { return strings.Replace(Short(v), T(".")+"0 ", " ", 1) }

// Percent is a share of 1 as a percentage.
func Percent(share float64, decimals int) string { return Decimal(share*100, decimals) + " %" }

// Share is the share of nulls and the like: 0 % only for none at all, 100 % only for all.
func Share(share float64) string {
	switch {
	case share <= 0:
		return "0 %"
	case share >= 1:
		return "100 %"
	case share < 0.001:
		return "< " + Decimal(0.1, 1) + " %"
	}
	return Decimal(math.Min(share*100, 99.9), 1) + " %"
}

// Size is a number of bytes, such as 4.6 MB.
func Size(bytes int64) string {
	v := float64(bytes)
	switch {
	case bytes < 0:
		return "–"
	case bytes < 1000:
		return Count(bytes) + " B"
	case v < 999_950:
		return Decimal(v/1e3, 0) + " KB"
	case v < 999_950_000:
		return Decimal(v/1e6, 1) + " MB"
	}
	return Decimal(v/1e9, 1) + " GB"
}

// Duration is a span such as 2 min 14 s, in at most two units.
func Duration(d time.Duration) string {
	if d < 0 {
		d = 0
	}
	if d < time.Second && d > 0 {
		return "< 1 s"
	}
	s := int64(d.Round(time.Second) / time.Second)
	switch {
	case s < 60:
		return fmt.Sprintf("%d %s", s, T("s"))
	case s < 3600:
		return two(s/60, "min", s%60, "s")
	case s < 48*3600:
		return two(s/3600, "h", s%3600/60, "min")
	}
	return two(s/86400, "d", s%86400/3600, "h")
}

func two(a int64, unitA string, b int64, unitB string) string {
	if b == 0 {
		return fmt.Sprintf("%d %s", a, T(unitA))
	}
	return fmt.Sprintf("%d %s %d %s", a, T(unitA), b, T(unitB))
}

// Coarse is how long something has been going on, as text that changes seldom: it goes in steps of 5 s, then of
// minutes, so that the window is not drawn anew for each second.
func Coarse(d time.Duration) string {
	switch {
	case d < 5*time.Second:
		return T("a few seconds")
	case d < 10*time.Minute:
		return Duration(d.Truncate(5 * time.Second))
	}
	return Duration(d.Truncate(time.Minute))
}

// Clock is t in the zone of now, with the day where that is another, such as 14:05 or 12 Nov 14:05.
func Clock(t, now time.Time) string { return clock(t, now, "15:04") }

// ClockSeconds is Clock with seconds.
func ClockSeconds(t, now time.Time) string { return clock(t, now, "15:04:05") }

func clock(t, now time.Time, form string) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(now.Location())
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format(form)
	case t.Year() == now.Year():
		return dayMonth(t) + " " + t.Format(form)
	}
	return dayMonth(t) + " " + t.Format("2006 "+form)
}

// When is Clock with the day said in every case, such as today 14:05.
func When(t, now time.Time) string {
	if t.IsZero() {
		return "–"
	}
	local := t.In(now.Location())
	switch day := local.Format(time.DateOnly); day {
	case now.Format(time.DateOnly):
		return T("today") + " " + local.Format("15:04")
	case now.AddDate(0, 0, -1).Format(time.DateOnly):
		return T("yesterday") + " " + local.Format("15:04")
	}
	return Clock(t, now)
}

// Day is a calendar day such as 31 Dec 2025, from its form YYYY-MM-DD; a month (YYYY-MM) gives Dec 2025. Other texts
// stay as they are.
func Day(iso string) string {
	if d, err := time.Parse(time.DateOnly, iso); err == nil {
		return dayMonth(d) + d.Format(" 2006")
	}
	if d, err := time.Parse("2006-01", iso); err == nil {
		return month(d.Month()) + d.Format(" 2006")
	}
	return iso
}

// ReadDay reads a day as people type it: 2025-01-31, 31.1.2025 or 31 Jan 2025; the zero time where it is none.
func ReadDay(text string) time.Time {
	text = strings.TrimSpace(text)
	for _, form := range []string{time.DateOnly, "2.1.2006", "2 Jan 2006"} {
		if d, err := time.Parse(form, text); err == nil {
			return d
		}
	}
	return time.Time{}
}

// Days is a range of days, such as 1 Jan – 31 Dec 2025.
func Days(from, to string) string {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	switch {
	case from == to:
		return Day(from)
	case errA == nil && errB == nil && a.Year() == b.Year():
		return dayMonth(a) + " – " + Day(to)
	}
	return Day(from) + " – " + Day(to)
}

func dayMonth(t time.Time) string {
	return T("{{.Day}} {{.Month}}", "Day", strconv.Itoa(t.Day()), "Month", month(t.Month()))
}

// Month is the short name of the month of a day in its form YYYY-MM-DD or YYYY-MM.
func Month(iso string) string {
	if d, err := time.Parse("2006-01", iso[:min(7, len(iso))]); err == nil {
		return month(d.Month())
	}
	return iso
}

// month is the short name of a month.
func month(m time.Month) string {
	switch m {
	case time.January:
		return T("Jan")
	case time.February:
		return T("Feb")
	case time.March:
		return T("Mar")
	case time.April:
		return T("Apr")
	case time.May:
		return T("May")
	case time.June:
		return T("Jun")
	case time.July:
		return T("Jul")
	case time.August:
		return T("Aug")
	case time.September:
		return T("Sep")
	case time.October:
		return T("Oct")
	case time.November:
		return T("Nov")
	}
	return T("Dec")
}

// ID is the beginning of a run's id, as the screens show it: ids that were made within a minute share eight characters.
func ID(id string) string {
	if len(id) > 13 {
		return id[:13] + "…"
	}
	return id
}
