package words_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/gui/words"
)

func TestNumbers(t *testing.T) {
	for want, got := range map[string]string{
		"0":             words.Count(0),
		"999":           words.Count(999),
		"50,000":        words.Count(50000),
		"-1,428,571":    words.Count(-1428571),
		"1 row":         words.N(1, "{{.N}} row", "{{.N}} rows"),
		"2,000 rows":    words.N(2000, "{{.N}} row", "{{.N}} rows"),
		"12,412,345.68": words.Amount(12412345.678),
		"-0.50":         words.Amount(-0.5),
		"0.00":          words.Amount(-0.001),
		"12.4 M":        words.Short(12412345.67),
		"1.0 M":         words.Short(999_960),
		"999.9 k":       words.Short(999_940),
		"50.0 k":        words.Short(50000),
		"9,999":         words.Short(9999),
		"248.25":        words.Short(248.247),
		"1.2 bn":        words.Short(1.23e9),
		"50 k":          words.Axis(50_000),
		"12.5 k":        words.Axis(12_500),
		"3.44 %":        words.Percent(0.034356, 2),
		"0 %":           words.Share(0),
		"< 0.1 %":       words.Share(0.00002),
		"99.9 %":        words.Share(0.99999),
		"100 %":         words.Share(1),
		"812 B":         words.Size(812),
		"46 kB":         words.Size(45_900),
		"4.6 MB":        words.Size(4_617_000),
		"1.0 MB":        words.Size(999_960),
		"2.1 GB":        words.Size(2_100_000_000),
	} {
		require.Equal(t, want, got)
	}
}

func TestDurations(t *testing.T) {
	for want, got := range map[string]string{
		"0 s":           words.Duration(0),
		"< 1 s":         words.Duration(300 * time.Millisecond),
		"59 s":          words.Duration(59 * time.Second),
		"2 min 14 s":    words.Duration(134 * time.Second),
		"3 min":         words.Duration(3 * time.Minute),
		"1 h 5 min":     words.Duration(65*time.Minute + 20*time.Second),
		"3 d 2 h":       words.Duration(74 * time.Hour),
		"a few seconds": words.Coarse(4 * time.Second),
		"1 min 10 s":    words.Coarse(74 * time.Second),
		"12 min":        words.Coarse(12*time.Minute + 50*time.Second),
	} {
		require.Equal(t, want, got)
	}
}

func TestTimesNameTheDayWhenItIsNotToday(t *testing.T) {
	zone := time.FixedZone("east", 2*3600)
	now := time.Date(2026, 11, 23, 1, 30, 0, 0, zone)
	utc := time.Date(2026, 11, 22, 23, 5, 7, 0, time.UTC) // 01:05 today in the user's zone
	require.Equal(t, "01:05", words.Clock(utc, now))
	require.Equal(t, "01:05:07", words.ClockSeconds(utc, now))
	require.Equal(t, "today 01:05", words.When(utc, now))
	require.Equal(t, "yesterday 23:05", words.When(utc.Add(-2*time.Hour), now))
	require.Equal(t, "12 Nov 23:05", words.When(utc.AddDate(0, 0, -10).Add(-2*time.Hour), now))
	require.Equal(t, "23 Nov 2025 01:05", words.Clock(utc.AddDate(-1, 0, 0), now))
	require.Equal(t, "–", words.Clock(time.Time{}, now))
}

func TestDays(t *testing.T) {
	require.Equal(t, "1 Jan – 31 Dec 2025", words.Days("2025-01-01", "2025-12-31"))
	require.Equal(t, "30 Dec 2024 – 2 Jan 2025", words.Days("2024-12-30", "2025-01-02"))
	require.Equal(t, "3 Mar 2025", words.Days("2025-03-03", "2025-03-03"))
	require.Equal(t, "Dec 2025", words.Day("2025-12"))
	require.Equal(t, "odd", words.Day("odd"))
}
