package spreadsheet

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestADayIsNeverRoundedUp reads moments of random days, up to their last millisecond, as Excel stores them.
func TestADayIsNeverRoundedUp(t *testing.T) {
	r := rand.New(rand.NewPCG(4, 1904))
	for range 20_000 {
		date1904 := r.IntN(2) == 0
		serial := int64(61 + r.IntN(lastSerial1904-61))
		clock := int64(r.IntN(millisPerDay))
		if r.IntN(2) == 0 { // most of what goes wrong does so within the last seconds
			clock = millisPerDay - 1 - int64(r.IntN(3000))
		}
		day := serial + epoch1900
		if date1904 {
			day = serial + epoch1904
		}
		written := float64(serial) + float64(clock)/millisPerDay
		millis, ok := serialTime(written, date1904)
		require.True(t, ok)
		require.Equal(t, day, int64(math.Floor(float64(millis)/millisPerDay)), "%v, 1904 %v", written, date1904)
		require.LessOrEqual(t, max(millis-day*millisPerDay-clock, clock-(millis-day*millisPerDay)), int64(1000))
	}
}

// TestMidnightIsMidnight: hours that were added up one by one come next to it, not to it.
func TestMidnightIsMidnight(t *testing.T) {
	serial := 45000.0
	for hour := range 1000 {
		millis, ok := serialTime(serial, false)
		require.True(t, ok)
		require.Equal(t, int64(45000+epoch1900)*millisPerDay+int64(hour)*3_600_000, millis, "%v", serial)
		serial += 1.0 / 24
	}
}

func TestDaysInWorkbooks(t *testing.T) {
	rows, want := "", []string{}
	for i, c := range []struct{ cell, want string }{
		{`s="1"><v>45747.99999996528`, "2025-03-31T23:59:59"}, // SQL Server's last moment, 23:59:59.997
		{`s="1"><v>45747.99999`, "2025-03-31T23:59:59"},
		{`s="1"><v>45747.999999988`, "2025-03-31T23:59:59"}, // 23:59:59.999
		{`s="1"><v>45747.9999999999`, "2025-04-01"},
		{`s="1"><v>45747.35417476852`, "2025-03-31T08:30:01"}, // 08:30:00.700, as Excel shows it
		{`t="d"><v>2025-03-31T23:59:59.997`, "2025-03-31T23:59:59"},
		{`t="d"><v>2025-03-31T23:59:59.9999999`, "2025-03-31T23:59:59"},
		{`t="d"><v>1899-03-31T23:59:59.997`, "1899-03-31T23:59:59"},
		{`t="d"><v>2025-03-31T23:59:59.997Z`, "2025-03-31T23:59:59"},
		{`t="d"><v>2025-03-31T23:59:59.997-05:00`, "2025-03-31T23:59:59"},
		{`t="d"><v>2025-03-31T08:30:00.7`, "2025-03-31T08:30:01"},
	} {
		rows += "<row><c " + c.cell + "</v></c></row>"
		want = append(want, fmt.Sprintf("A%d %s", i+1, c.want))
	}
	requireCells(t, bookOf(rows).styles().write(t), want...)
	for _, serial := range []float64{0.99999, 0.99999999, 0.9999999999999} {
		require.EqualValues(t, millisPerDay-1000, clockOf(serial), "%v", serial)
	}
}
