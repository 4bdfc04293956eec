// Package format words numbers, durations and times for the screens.
package format

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Count groups a whole number by thousands, such as 50,000.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	return sign + group(s)
}

func group(digits string) string {
	var b strings.Builder
	for i, r := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(r)
	}
	return b.String()
}

// Money is an amount with two decimals, such as 12,400.00. The files name no currency, so none is shown.
func Money(v float64) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', 2, 64)
	whole, cents, _ := strings.Cut(s, ".")
	sign := ""
	if v < 0 && s != "0.00" {
		sign = "-"
	}
	return sign + group(whole) + "." + cents
}

// Short is an amount in three digits or so, such as 12.4 M, for tiles and axes.
func Short(v float64) string {
	for _, step := range []struct {
		size float64
		unit string
	}{{1e9, "bn"}, {1e6, "M"}, {1e4, "k"}} {
		if math.Abs(v) < step.size {
			continue
		}
		if step.unit == "k" {
			return trim(v/1e3, 1) + " k"
		}
		return trim(v/step.size, 1) + " " + step.unit
	}
	if v == math.Trunc(v) {
		return Count(int64(v))
	}
	return Money(v)
}

func trim(v float64, decimals int) string {
	s := strconv.FormatFloat(v, 'f', decimals, 64)
	return strings.TrimSuffix(s, ".0")
}

// Percent words a share between 0 and 1 with at most two decimals.
func Percent(share float64) string {
	p := share * 100
	switch {
	case p == 0:
		return "0 %"
	case p < 0.01:
		return "< 0.01 %"
	case p < 1:
		return strconv.FormatFloat(p, 'f', 2, 64) + " %"
	}
	return trim(p, 1) + " %"
}

// Bytes words a size in bytes, such as 4.6 MB.
func Bytes(n int64) string {
	v := float64(n)
	switch {
	case n < 1000:
		return fmt.Sprintf("%d B", n)
	case v < 1e6:
		return trim(v/1e3, 0) + " kB"
	case v < 1e9:
		return trim(v/1e6, 1) + " MB"
	}
	return trim(v/1e9, 1) + " GB"
}

// Duration words a length of time in its two largest units, such as 2 min 14 s.
func Duration(d time.Duration) string {
	d = max(d, 0).Round(time.Second)
	h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
	switch {
	case h > 0 && m > 0:
		return fmt.Sprintf("%d h %d min", h, m)
	case h > 0:
		return fmt.Sprintf("%d h", h)
	case m > 0 && s > 0:
		return fmt.Sprintf("%d min %d s", m, s)
	case m > 0:
		return fmt.Sprintf("%d min", m)
	}
	return fmt.Sprintf("%d s", s)
}

// Time words an instant in the zone of now: the time alone today, else with the day, and the year where it differs.
func Time(t, now time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	t = t.In(now.Location())
	switch {
	case sameDay(t, now):
		return t.Format("15:04")
	case sameDay(t, now.AddDate(0, 0, -1)):
		return "yesterday " + t.Format("15:04")
	case t.Year() == now.Year():
		return t.Format("2 Jan 15:04")
	}
	return t.Format("2 Jan 2006 15:04")
}

// Clock is Time with seconds.
func Clock(t, now time.Time) string {
	if t.IsZero() {
		return "unknown"
	}
	t = t.In(now.Location())
	if sameDay(t, now) {
		return t.Format("15:04:05")
	}
	return t.Format("2 Jan 15:04:05")
}

func sameDay(a, b time.Time) bool {
	ay, am, ad := a.Date()
	by, bm, bd := b.Date()
	return ay == by && am == bm && ad == bd
}

// DayRange words two days of the form YYYY-MM-DD, such as 1 Jan – 31 Dec 2025.
func DayRange(from, to string) string {
	a, errA := time.Parse(time.DateOnly, from)
	b, errB := time.Parse(time.DateOnly, to)
	if errA != nil || errB != nil {
		return from + " – " + to
	}
	if a.Year() == b.Year() {
		return a.Format("2 Jan") + " – " + b.Format("2 Jan 2006")
	}
	return a.Format("2 Jan 2006") + " – " + b.Format("2 Jan 2006")
}

// Value words one value of a document: text as it stands, numbers grouped, nothing as a dash.
func Value(v any) string {
	switch x := v.(type) {
	case nil:
		return "–"
	case string:
		return x
	case int64:
		return Count(x)
	case int:
		return Count(int64(x))
	case float64:
		if x == math.Trunc(x) && math.Abs(x) < 1e15 {
			return Count(int64(x))
		}
		return Money(x)
	case bool:
		if x {
			return "yes"
		}
		return "no"
	}
	return fmt.Sprint(v)
}

// OneLine cuts a text to its first line and at most n characters.
func OneLine(s string, n int) string {
	s, _, _ = strings.Cut(strings.TrimSpace(s), "\n")
	if r := []rune(s); len(r) > n {
		return string(r[:n-1]) + "…"
	}
	return s
}
