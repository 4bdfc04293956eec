package reading

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/importfile/spreadsheet"
)

func TestDaysOfTheWholeCalendarAreRead(t *testing.T) {
	for day := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC); day.Year() < 10_000; day = day.AddDate(0, 0, 97) {
		for _, layout := range []string{"2006-01-02", "2006/01/02", "02.01.2006", "2006-01-02T15:04", "2006-01-02 15:04:05"} {
			millis, timed, ok := dateIn([]byte(day.Format(layout)))
			require.True(t, ok, day)
			require.Equal(t, day.UnixMilli(), millis)
			require.Equal(t, len(layout) > 10, timed)
		}
		v := Value{Kind: DateTime, Num: float64(day.UnixMilli() + 86_399_000)}
		got, ok := v.Day()
		require.True(t, ok)
		require.Equal(t, day.Format(time.DateOnly), DayText(got))
	}
}

func TestWhatIsNoDate(t *testing.T) {
	for _, text := range []string{"", "2025", "0000-01-01", "2025-02-29", "2025-01-32", "2025-01-00", "2025-1-01", "01-02-2025", "2025/01-02", "2025-01/02",
		"01/02/2025", "31.04.2025", "2025.01.02", "2025-01-02 ", "2025-01-02T", "2025-01-02T1:00", "2025-01-02T10:00:60", "2025-01-02T10:00:00.5",
		"2025/01/02 10:00", "02.01.2025 10:00", "2025-01-02t10:00", "２０２５-01-02", "+025-01-02"} {
		_, _, ok := dateIn([]byte(text))
		require.False(t, ok, text)
	}
}

// TestValuesOfAnyText reads texts of the characters that matter: no text may crash, and what reads as a number or date
// is written as a text that reads as the same.
func TestValuesOfAnyText(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	const alphabet = "0123456789-+./:eET \u00a0truefalsé"
	runes := []rune(alphabet)
	kinds := map[Kind]int{}
	for range 200_000 {
		text := make([]rune, r.IntN(12))
		for i := range text {
			text[i] = runes[r.IntN(len(runes))]
		}
		v := Read(spreadsheet.Cell{Kind: spreadsheet.Text, Text: []byte(string(text))}, true)
		kinds[v.Kind]++
		if v.Kind == Integer || v.Kind == Decimal {
			again := Value{Kind: v.Kind, Num: v.Num}
			n, ok := numberIn(again.AppendText(nil))
			require.True(t, ok, string(text))
			require.Equal(t, v.Num, n)
		}
	}
	require.Greater(t, kinds[Integer], 100)
	require.Greater(t, kinds[Text], 100)
}

func TestKeysOfATextFile(t *testing.T) {
	for text, number := range map[string]bool{"0": true, "7": true, "123456789012345": true, "1234567890123456": false, "00": false, "01": false, "-1": false, "+1": false, "1.0": false, "1e3": false, "A1": false, "": false, "true": false} {
		v := ReadKey([]byte(text))
		require.Equal(t, number, v.Kind == Integer, text)
		require.Equal(t, text, string(v.Text))
		if number {
			plain := ReadText([]byte(text))
			require.Equal(t, plain, v)
		} else {
			require.Equal(t, Text, v.Kind)
		}
	}
}
