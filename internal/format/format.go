// Package format words numbers, amounts, durations and times as people read them, in the window and in the terminal.
package format

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"
)

// Count groups a whole number: 50,000.
func Count(n int64) string {
	s := strconv.FormatInt(n, 10)
	sign := ""
	if s[0] == '-' {
		sign, s = "-", s[1:]
	}
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return sign + s
}

// Money is an amount with cents: 1,234.50.
func Money(v float64) string {
	s := strconv.FormatFloat(math.Abs(v), 'f', 2, 64)
	whole, cents, _ := strings.Cut(s, ".")
	n, err := strconv.ParseInt(whole, 10, 64)
	if err != nil {
		return strconv.FormatFloat(v, 'g', 6, 64)
	}
	sign := ""
	if v < 0 && s != "0.00" {
		sign = "-"
	}
	return sign + Count(n) + "." + cents
}

// Short is a number for a tile or an axis: 12.4 M, 6.7 k, 812.
func Short(v float64) string {
	for _, u := range []struct {
		at   float64
		name string
	}{{1e9, " bn"}, {1e6, " M"}, {1e3, " k"}} {
		if math.Abs(v) >= u.at*0.99995 {
			return trimZero(strconv.FormatFloat(v/u.at, 'f', 2, 64)) + u.name
		}
	}
	return trimZero(strconv.FormatFloat(v, 'f', 2, 64))
}

func trimZero(s string) string {
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	return s
}

// Percent is a share with two decimals: 3.44 %.
func Percent(share float64) string { return strconv.FormatFloat(share*100, 'f', 2, 64) + " %" }

// Bytes is a size: 5.7 MB.
func Bytes(n int64) string {
	switch {
	case n >= 1_000_000_000:
		return trimZero(strconv.FormatFloat(float64(n)/1e9, 'f', 1, 64)) + " GB"
	case n >= 1_000_000:
		return trimZero(strconv.FormatFloat(float64(n)/1e6, 'f', 1, 64)) + " MB"
	case n >= 1_000:
		return trimZero(strconv.FormatFloat(float64(n)/1e3, 'f', 0, 64)) + " kB"
	}
	return strconv.FormatInt(n, 10) + " B"
}

// Duration is a length of time: 2 min 14 s.
func Duration(d time.Duration) string {
	d = max(d.Round(time.Second), 0)
	switch {
	case d < time.Minute:
		return fmt.Sprintf("%d s", int(d.Seconds()))
	case d < time.Hour:
		return fmt.Sprintf("%d min %d s", int(d.Minutes()), int(d.Seconds())%60)
	}
	return fmt.Sprintf("%d h %d min", int(d.Hours()), int(d.Minutes())%60)
}

// Time is a moment in now's zone; the day is named when it is not today.
func Time(t, now time.Time) string { return moment(t, now, "15:04") }

// TimeSeconds is Time with seconds.
func TimeSeconds(t, now time.Time) string { return moment(t, now, "15:04:05") }

func moment(t, now time.Time, clock string) string {
	if t.IsZero() {
		return "–"
	}
	t = t.In(now.Location())
	switch {
	case t.Format(time.DateOnly) == now.Format(time.DateOnly):
		return t.Format(clock)
	case t.Year() == now.Year():
		return t.Format("2 Jan " + clock)
	}
	return t.Format("2 Jan 2006 " + clock)
}

// Day is a day of a document, YYYY-MM-DD, as people write it: 1 Jan 2025. Another text is returned as it is.
func Day(iso string) string {
	t, err := time.Parse(time.DateOnly, iso)
	if err != nil {
		return iso
	}
	return t.Format("2 Jan 2006")
}
