package format

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNumbers(t *testing.T) {
	require.Equal(t, "50,000", Count(50000))
	require.Equal(t, "-1,234", Count(-1234))
	require.Equal(t, "999", Count(999))
	require.Equal(t, "12,400.00", Money(12400))
	require.Equal(t, "-0.50", Money(-0.5))
	require.Equal(t, "0.00", Money(-0.001))
	require.Equal(t, "12.4 M", Short(12_412_000))
	require.Equal(t, "50 k", Short(50_000))
	require.Equal(t, "2.5 bn", Short(2.5e9))
	require.Equal(t, "248.13", Short(248.13))
	require.Equal(t, "0.01 %", Percent(0.0001))
	require.Equal(t, "7.3 %", Percent(0.0731))
	require.Equal(t, "4.6 MB", Bytes(4_600_000))
	require.Equal(t, "–", Value(nil))
	require.Equal(t, "31,204", Value(31204.0))
}

func TestDuration(t *testing.T) {
	require.Equal(t, "2 min 14 s", Duration(134*time.Second))
	require.Equal(t, "0 s", Duration(-time.Second))
	require.Equal(t, "1 h 5 min", Duration(65*time.Minute))
	require.Equal(t, "3 min", Duration(3*time.Minute))
}

func TestTimeNamesTheDayWhenItIsNotToday(t *testing.T) {
	zone := time.FixedZone("CET", 3600)
	now := time.Date(2026, 3, 5, 14, 0, 0, 0, zone)
	require.Equal(t, "10:02", Time(time.Date(2026, 3, 5, 9, 2, 0, 0, time.UTC), now))
	require.Equal(t, "yesterday 23:30", Time(now.Add(-14*time.Hour-30*time.Minute), now))
	require.Equal(t, "12 Feb 09:15", Time(time.Date(2026, 2, 12, 9, 15, 0, 0, zone), now))
	require.Equal(t, "12 Feb 2025 09:15", Time(time.Date(2025, 2, 12, 9, 15, 0, 0, zone), now))
	require.Equal(t, "unknown", Time(time.Time{}, now))
	require.Equal(t, "1 Jan – 31 Dec 2025", DayRange("2025-01-01", "2025-12-31"))
}
