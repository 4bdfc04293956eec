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
	require.Equal(t, "3.44 %", Percent(0.034356))
	require.Equal(t, "5.7 MB", Bytes(5735610))
	require.Equal(t, "498 kB", Bytes(498175))
}

func TestDurations(t *testing.T) {
	require.Equal(t, "2 min 14 s", Duration(134*time.Second))
	require.Equal(t, "1 h 5 min", Duration(65*time.Minute))
	require.Equal(t, "0 s", Duration(-time.Second))
}
