package format

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestNumbers(t *testing.T) {
	for want, got := range map[string]string{
		"50,000":       Count(50000),
		"-1,234,567":   Count(-1234567),
		"-123":         Count(-123),
		"6,699,399.27": Money(6699399.27),
		"-0.50":        Money(-0.5),
		"0.00":         Money(-0.001),
		"3.44 %":       Percent(0.034356),
		"5.7 MB":       Bytes(5735610),
		"498 kB":       Bytes(498175),
		"1,234,567.8":  English.Grouped("1234567.8"),
		"2025-01-31":   English.Grouped("2025-01-31"),
		"–":            English.Decimal(1/zero, 2),
	} {
		require.Equal(t, want, got)
	}
}

var zero float64

func TestDurations(t *testing.T) {
	require.Equal(t, "2 min 14 s", Duration(134*time.Second))
	require.Equal(t, "1 h 5 min", Duration(65*time.Minute))
	require.Equal(t, "2 min", Duration(2*time.Minute))
	require.Equal(t, "0 s", Duration(-time.Second))
}

func TestCountedThings(t *testing.T) {
	const one, other = "{{.N}} row of {{.Name}}", "{{.N}} rows of {{.Name}}"
	require.Equal(t, "1 row of x", N(1, one, other, "Name", "x"))
	require.Equal(t, "0 rows of x", N(0, one, other, "Name", "x"))
	require.Equal(t, "2,000 rows of {{.N}}", N(2000, one, other, "Name", "{{.N}}"), "a value is no text of ours")
}

// marks writes the marks of a language the other way round, as German does, and keeps all other texts.
func marks(asked *[]string) Writer {
	return Writer{Text: func(english string) string {
		*asked = append(*asked, english)
		switch english {
		case ",":
			return "."
		case ".":
			return ","
		case "Mar":
			return "März"
		case "Dec":
			return "Dez."
		case "{{.Day}} {{.Month}} {{.Year}}":
			return "{{.Day}}. {{.Month}} {{.Year}}"
		}
		return english
	}}
}

func TestANumberIsReadWithTheMarksOfTheLanguage(t *testing.T) {
	german := marks(new([]string))
	for _, c := range []struct {
		w    Writer
		text string
		want float64
	}{
		{English, " 1,234.5 ", 1234.5}, {English, "1,234", 1234}, {English, "12.5", 12.5}, {English, "-1,234,567", -1234567}, {English, "12,5", 12.5},
		{german, "1.234,5", 1234.5}, {german, "1.234", 1234}, {german, "12,5", 12.5}, {german, "12.5", 12.5}, {german, "1234", 1234},
	} {
		got, ok := c.w.ReadNumber(c.text)
		require.True(t, ok, c.text)
		require.InDelta(t, c.want, got, 0, c.text)
	}
	for _, text := range []string{"", "abc", "1,2,3", "NaN", "inf", "1.2.3"} {
		_, ok := English.ReadNumber(text)
		require.False(t, ok, text)
	}
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	for _, w := range []Writer{English, marks(new([]string))} {
		for _, v := range []float64{0, 12.5, -1234.25, 1234567, 0.001} {
			got, ok := w.ReadNumber(w.Plain(v))
			require.True(t, ok)
			require.InDelta(t, v, got, 0)
			got, _ = w.ReadNumber(w.Decimal(v, 3))
			require.InDelta(t, v, got, 0)
		}
		for _, day := range []string{"2025-01-31", "2025-03-01", "2025-12-24"} {
			require.Equal(t, day, w.ReadDay(w.Day(day)).Format(time.DateOnly), w.Day(day))
		}
	}
}

// TestAllTextsAreNamed goes through all that a Writer writes: translators see each text that it asks for.
func TestAllTextsAreNamed(t *testing.T) {
	var asked []string
	w := marks(&asked)
	now := time.Date(2026, 11, 23, 14, 5, 0, 0, time.UTC)
	for _, v := range []float64{0, 1.5, 2e4, 2e6, 2e9} {
		w.Axis(v)
		w.Size(int64(v))
		w.Share(v / 1e4)
		w.Duration(time.Duration(v * 1e9))
	}
	w.Share(0.0001)
	w.Duration(time.Millisecond)
	w.Coarse(time.Second)
	w.Days("2025-01-01", "2026-02")
	for d := range 13 {
		w.When(now.AddDate(0, -d, -min(d, 1)), now)
		w.Month(now.AddDate(0, -d, 0).Format(time.DateOnly))
	}
	w.When(now, now)
	w.When(now.AddDate(0, 0, -1), now)
	w.Count(50_000)
	w.Clock(now.AddDate(0, 0, -3), now)
	_ = w.Sentence(context.DeadlineExceeded)
	slices.Sort(asked)
	require.ElementsMatch(t, Texts, slices.Compact(asked))
}
