// Package words is how the window speaks: its texts, translated, and numbers, times and counted things in the user's
// language. How they are written is package format's; here they are asked for in the chosen language.
package words

import (
	"time"

	"fabricportal/internal/format"
)

// here writes in the window's language.
var here = format.Writer{Text: text, Form: form, Zone: time.Local}

// Writer writes in the window's language, for what is made outside the window and read by its user.
func Writer() format.Writer { return here }

// T translates a text. Names and values follow in pairs and replace {{.Name}} in it.
func T(english string, pairs ...any) string { return format.Fill(text(english), pairs...) }

// N translates a text with a counted thing in it, whole: N(2000, "{{.N}} row", "{{.N}} rows") is “2,000 rows”. A language
// may have other forms than one and many; which goes with a number is decided by its rules.
func N(n int64, one, other string, pairs ...any) string { return here.N(n, one, other, pairs...) }

// Count is a whole number with its thousands grouped, such as 50,000.
func Count(n int64) string { return here.Count(n) }

// Decimal is a number with its thousands grouped and the given number of decimals.
func Decimal(v float64, decimals int) string { return here.Decimal(v, decimals) }

// Plain is a number with as many decimals as it needs and no grouping, as it is typed.
func Plain(v float64) string { return here.Plain(v) }

// Grouped is a number's text in plain form (such as -1234.50) with its thousands grouped and all its decimals. What is no
// number stays as it is.
func Grouped(plain string) string { return here.Grouped(plain) }

// ReadNumber reads a number as people type it.
func ReadNumber(text string) (float64, bool) { return here.ReadNumber(text) }

// Amount is a sum to the cent.
func Amount(v float64) string { return here.Amount(v) }

// Short is a number for a tile or an axis, such as 12.4 M; numbers below 10,000 stand in full.
func Short(v float64) string { return here.Short(v) }

// Axis is Short without a zero behind the point, such as 50 k.
func Axis(v float64) string { return here.Axis(v) }

// Percent is a share of 1 as a percentage.
func Percent(share float64, decimals int) string { return here.Percent(share, decimals) }

// Share is the share of nulls and the like: 0 % only for none at all, 100 % only for all.
func Share(share float64) string { return here.Share(share) }

// Size is a number of bytes, such as 4.6 MB.
func Size(bytes int64) string { return here.Size(bytes) }

// Duration is a span such as 2 min 14 s, in at most two units.
func Duration(d time.Duration) string { return here.Duration(d) }

// Coarse is how long something has been going on, as text that changes seldom.
func Coarse(d time.Duration) string { return here.Coarse(d) }

// Span is how long something takes at least and at most, such as 4 min to 6 min; one length where both read alike.
func Span(from, to time.Duration) string {
	least, most := Coarse(from), Coarse(to)
	if least == most {
		return most
	}
	return T("{{.From}} to {{.To}}", "From", least, "To", most)
}

// Clock is t in the zone of now, with the day where that is another, such as 14:05 or 12 Nov 14:05.
func Clock(t, now time.Time) string { return here.Clock(t, now) }

// ClockSeconds is Clock with seconds.
func ClockSeconds(t, now time.Time) string { return here.ClockSeconds(t, now) }

// When is Clock with the day said in every case, such as today 14:05.
func When(t, now time.Time) string { return here.When(t, now) }

// Day is a calendar day such as 31 Dec 2025, from its form YYYY-MM-DD; a month (YYYY-MM) gives Dec 2025.
func Day(iso string) string { return here.Day(iso) }

// ReadDay reads a day as people type it; the zero time where it is none.
func ReadDay(text string) time.Time { return here.ReadDay(text) }

// Days is a range of days, such as 1 Jan – 31 Dec 2025.
func Days(from, to string) string { return here.Days(from, to) }

// Month is the short name of the month of a day in its form YYYY-MM-DD or YYYY-MM.
func Month(iso string) string { return here.Month(iso) }

// ID is the beginning of a run's id, as the screens show it: ids that were made within a minute share eight characters.
func ID(id string) string {
	if len(id) > 13 {
		return id[:13] + "…"
	}
	return id
}
