// Package words says the window's texts in the user's language, and writes numbers, sizes, durations and times as package
// format does for it.
package words

import (
	"time"

	"fabricportal/internal/format"
)

// T translates text. Names and values follow in pairs and replace {{.Name}} in it.
func T(text string, pairs ...any) string {
	if text == "" {
		return ""
	}
	return format.Fill(current.Load().say(text, 0), pairs...)
}

// N translates a text of n things in the plural form that the language has for n. The text is the English one for many;
// {{.N}} in it is n as Count writes it. Further names and values follow as for T.
func N(text string, n int64, pairs ...any) string {
	s := current.Load()
	return format.Fill(s.say(text, n), append([]any{"N", s.locale.Count(n)}, pairs...)...)
}

func locale() format.Locale { return current.Load().locale }

// Count is a whole number with its thousands grouped, such as 50,000.
func Count(n int64) string { return locale().Count(n) }

// Decimal is a number with its thousands grouped and the given number of decimals.
func Decimal(v float64, decimals int) string { return locale().Number(v, decimals) }

// Plain is a number with as many decimals as it needs and no grouping, as it is typed.
func Plain(v float64) string { return locale().Plain(v) }

// ReadNumber reads a number as a person types it.
func ReadNumber(text string) (float64, bool) { return locale().Parse(text) }

// Grouped is a number's text in plain form (such as -1234.50) with its thousands grouped and all its decimals. What is no
// number stays as it is.
func Grouped(plain string) string { return locale().Grouped(plain) }

// Amount is a sum to the cent.
func Amount(v float64) string { return locale().Money(v) }

// Short is a number for a tile or an axis, such as 12.4 M; numbers below 10,000 stand in full.
func Short(v float64) string { return locale().Short(v) }

// Axis is Short without a zero behind the point, such as 50 k.
func Axis(v float64) string { return locale().Axis(v) }

// Percent is a share of 1 as a percentage.
func Percent(share float64, decimals int) string { return locale().Percent(share, decimals) }

// Share is the share of nulls and the like: 0 % only for none at all, 100 % only for all.
func Share(share float64) string { return locale().Share(share) }

// Size is a number of bytes, such as 4.6 MB.
func Size(bytes int64) string { return locale().Size(bytes) }

// Duration is a span such as 2 min 14 s, in at most two units.
func Duration(d time.Duration) string { return locale().Duration(d) }

// Coarse is how long something has been going on, as text that changes seldom, so that the window is not drawn anew for
// each second.
func Coarse(d time.Duration) string { return locale().Coarse(d) }

// Clock is t in the zone of now, with the day where that is another, such as 14:05 or 12 Nov 14:05.
func Clock(t, now time.Time) string { return locale().Clock(t, now) }

// ClockSeconds is Clock with seconds.
func ClockSeconds(t, now time.Time) string { return locale().ClockSeconds(t, now) }

// When is Clock with the day said in every case, such as today 14:05.
func When(t, now time.Time) string { return locale().When(t, now) }

// Day is a calendar day such as 31 Dec 2025, from its form YYYY-MM-DD; a month (YYYY-MM) gives Dec 2025. Other texts
// stay as they are.
func Day(iso string) string { return locale().Day(iso) }

// ReadDay reads a day as people type it; the zero time where it is none.
func ReadDay(text string) time.Time { return locale().ReadDay(text) }

// Days is a range of days, such as 1 Jan – 31 Dec 2025.
func Days(from, to string) string { return locale().Days(from, to) }

// Range is from one value to another, each as it is written.
func Range(from, to string) string { return locale().Range(from, to) }

// Month is the short name of the month of a day in its form YYYY-MM-DD or YYYY-MM.
func Month(iso string) string { return locale().Month(iso) }

// ID is the beginning of a run's id, as the screens show it: ids that were made within a minute share eight characters.
func ID(id string) string {
	if len(id) > 13 {
		return id[:13] + "…"
	}
	return id
}
