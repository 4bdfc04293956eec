package format

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNumbers(t *testing.T) {
	require.Equal(t, "50,000", Count(50000))
	require.Equal(t, "-1,234,567", Count(-1234567))
	require.Equal(t, "6,699,399.27", Money(6699399.27))
	require.Equal(t, "-0.50", Money(-0.5))
	require.Equal(t, "0.00", Money(-0.001))
	require.Equal(t, "6.7 M", Short(6_699_399.27))
	require.Equal(t, "1 M", Short(999_990))
	require.Equal(t, "133.99", Short(133.99))
	require.Equal(t, "3.44 %", Percent(0.034356))
	require.Equal(t, "5.7 MB", Bytes(5735610))
	require.Equal(t, "498 kB", Bytes(498175))
}

func TestTimes(t *testing.T) {
	now := time.Date(2026, 11, 23, 14, 5, 12, 0, time.FixedZone("here", 3600))
	require.Equal(t, "13:00", Time(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC), now))
	require.Equal(t, "22 Nov 13:00", Time(time.Date(2026, 11, 22, 12, 0, 0, 0, time.UTC), now))
	require.Equal(t, "31 Dec 2025 13:00:00", TimeSeconds(time.Date(2025, 12, 31, 12, 0, 0, 0, time.UTC), now))
	require.Equal(t, "24 Nov 00:30", Time(time.Date(2026, 11, 23, 23, 30, 0, 0, time.UTC), now), "the day is that of the user's zone")
	require.Equal(t, "2 min 14 s", Duration(134*time.Second))
	require.Equal(t, "1 h 5 min", Duration(65*time.Minute))
	require.Equal(t, "0 s", Duration(-time.Second))
	require.Equal(t, "1 Jan 2025", Day("2025-01-01"))
	require.Equal(t, "soon", Day("soon"))
}
