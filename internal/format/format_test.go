package format

import (
	"maps"
	"math"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// french is a locale as a language's file has it: other marks, an order of its own, and a percentage with a narrow blank.
var french = In(func(id string) string {
	switch id {
	case "locale.decimal":
		return ","
	case "locale.group":
		return "\u202f"
	case "locale.percent":
		return "{{.Number}}\u202f%"
	case "locale.megabyte":
		return "{{.Number}} Mo"
	case "locale.months":
		return "janv., févr., mars, avr., mai, juin, juil., août, sept., oct., nov., déc."
	case "locale.between_days":
		return "du {{.FromDay}} {{.FromMonth}} au {{.ToDay}} {{.ToMonth}} {{.Year}}"
	case "locale.yesterday":
		return "hier à {{.Clock}}"
	case "locale.moment":
		return "le {{.Date}} à {{.Clock}}"
	case "locale.million":
		return "millions" // without its field: as in English
	}
	return id
})

func TestNumbers(t *testing.T) {
	l := English
	for want, got := range map[string]string{
		"0":             l.Count(0),
		"999":           l.Count(999),
		"50,000":        l.Count(50000),
		"-1,428,571":    l.Count(-1428571),
		"12,412,345.68": l.Money(12412345.678),
		"-0.50":         l.Money(-0.5),
		"0.00":          l.Money(-0.001),
		"–":             l.Number(math.NaN(), 2),
		"1,235":         l.Number(1234.5678, 0),
		"12.4 M":        l.Short(12412345.67),
		"1.0 M":         l.Short(999_960),
		"999.9 k":       l.Short(999_940),
		"50.0 k":        l.Short(50000),
		"-50.0 k":       l.Short(-50000),
		"9,999":         l.Short(9999),
		"248.25":        l.Short(248.247),
		"1.2 bn":        l.Short(1.23e9),
		"50 k":          l.Axis(50_000),
		"12.5 k":        l.Axis(12_500),
		"3.44 %":        l.Percent(0.034356, 2),
		"0 %":           l.Share(0),
		"< 0.1 %":       l.Share(0.00002),
		"99.9 %":        l.Share(0.99999),
		"100 %":         l.Share(1),
		"812 B":         l.Size(812),
		"46 kB":         l.Size(45_900),
		"4.6 MB":        l.Size(4_617_000),
		"1.0 MB":        l.Size(999_960),
		"2.1 GB":        l.Size(2_100_000_000),
		"-1,234.500":    l.Grouped("-1234.500"),
		"1e6":           l.Grouped("1e6"),
		"1,234,570":     l.Digits(1234567.8, 6),
		"0.123457":      l.Digits(0.12345678, 6),
		"-20":           l.Digits(-20, 6),
		"1 row":         Counted(1, "row", "rows"),
		"2,000 rows":    Counted(2000, "row", "rows"),
	} {
		require.Equal(t, want, got)
	}
}

func TestNumbersInAnotherLanguage(t *testing.T) {
	require.Equal(t, "1\u202f234\u202f567,50", french.Money(1234567.5))
	require.Equal(t, "3,4\u202f%", french.Percent(0.034356, 1))
	require.Equal(t, "4,6 Mo", french.Size(4_617_000))
	require.Equal(t, "12,4 M", french.Short(12412345.67), "a part without its field is written as in English")
	require.Equal(t, "1,5", french.Plain(1.5))
	require.Equal(t, "12\u202f345,60", french.Grouped("12345.60"))
}

func TestParseReadsWhatIsWritten(t *testing.T) {
	german := In(func(id string) string {
		return map[string]string{"locale.decimal": ",", "locale.group": "."}[id]
	})
	for _, l := range []Locale{English, french, german} {
		for _, v := range []float64{0, 1.5, -1234.5, 1234567.25, 1000} {
			for _, text := range []string{l.Plain(v), l.Number(v, 2), " " + l.Plain(v) + " "} {
				got, ok := l.Parse(text)
				require.True(t, ok, text)
				require.Equal(t, v, got, text)
			}
		}
	}
	v, ok := german.Parse("1.5")
	require.True(t, ok)
	require.Equal(t, 1.5, v, "a point before one digit groups nothing")
	for _, text := range []string{"", "abc", "1,2,3", "NaN", "Inf"} {
		_, ok := English.Parse(text)
		require.False(t, ok, text)
	}
}

func TestDurations(t *testing.T) {
	for want, got := range map[string]string{
		"0 s":        English.Duration(-time.Second),
		"< 1 s":      English.Duration(300 * time.Millisecond),
		"59 s":       English.Duration(59 * time.Second),
		"2 min 14 s": English.Duration(134 * time.Second),
		"3 min":      English.Duration(3 * time.Minute),
		"1 h 5 min":  English.Duration(65*time.Minute + 20*time.Second),
		"3 d 2 h":    English.Duration(74 * time.Hour),
		"< 5 s":      English.Coarse(4 * time.Second),
		"1 min 10 s": English.Coarse(74 * time.Second),
		"12 min":     English.Coarse(12*time.Minute + 50*time.Second),
	} {
		require.Equal(t, want, got)
	}
}

func TestTimesNameTheDayWhenItIsNotToday(t *testing.T) {
	zone := time.FixedZone("east", 2*3600)
	now := time.Date(2026, 11, 23, 1, 30, 0, 0, zone)
	utc := time.Date(2026, 11, 22, 23, 5, 7, 0, time.UTC) // 01:05 today in the user's zone
	require.Equal(t, "01:05", English.Clock(utc, now))
	require.Equal(t, "01:05:07", English.ClockSeconds(utc, now))
	require.Equal(t, "today 01:05", English.When(utc, now))
	require.Equal(t, "yesterday 23:05", English.When(utc.Add(-2*time.Hour), now))
	require.Equal(t, "12 Nov 23:05", English.When(utc.AddDate(0, 0, -10).Add(-2*time.Hour), now))
	require.Equal(t, "23 Nov 2025 01:05", English.Clock(utc.AddDate(-1, 0, 0), now))
	require.Equal(t, "–", English.Clock(time.Time{}, now))
	require.Equal(t, "hier à 23:05", french.When(utc.Add(-2*time.Hour), now))
	require.Equal(t, "le 23 nov. 2025 à 01:05", french.Clock(utc.AddDate(-1, 0, 0), now))
}

func TestDays(t *testing.T) {
	require.Equal(t, "1 Jan – 31 Dec 2025", English.Days("2025-01-01", "2025-12-31"))
	require.Equal(t, "30 Dec 2024 – 2 Jan 2025", English.Days("2024-12-30", "2025-01-02"))
	require.Equal(t, "3 Mar 2025", English.Days("2025-03-03", "2025-03-03"))
	require.Equal(t, "Dec 2025", English.Day("2025-12"))
	require.Equal(t, "Dec", English.Month("2025-12-31"))
	require.Equal(t, "odd", English.Day("odd"))
	require.Equal(t, "du 1 janv. au 31 déc. 2025", french.Days("2025-01-01", "2025-12-31"))
}

func TestReadDay(t *testing.T) {
	american := In(func(id string) string {
		if id == "locale.date_order" {
			return "mdy"
		}
		return id
	})
	want := time.Date(2025, 2, 1, 0, 0, 0, 0, time.UTC)
	for _, text := range []string{"2025-02-01", " 1.2.2025", "1/2/2025", "1 Feb 2025", "Feb 1, 2025", "1 February 2025", "2025 Feb 1"} {
		require.Equal(t, want, English.ReadDay(text), text)
	}
	require.Equal(t, want, american.ReadDay("2/1/2025"))
	require.Equal(t, want, french.ReadDay(french.Day("2025-02-01")), "what is shown can be typed")
	for _, text := range []string{"", "soon", "31.2.2025", "1.13.2025", "1.2.25", "1 Foo 2025", "0.1.2025", "1.2.2025.3"} {
		require.True(t, English.ReadDay(text).IsZero(), text)
	}
}

func TestFill(t *testing.T) {
	require.Equal(t, "a of {{.B}}", Fill("{{.A}} of {{.B}}", "A", "a"))
	require.Equal(t, "{{.B}} of b", Fill("{{.A}} of {{.B}}", "A", "{{.B}}", "B", "b"), "a value is not filled again")
	require.Equal(t, "3 {{.", Fill("{{.N}} {{.", "N", 3))
	require.Equal(t, []string{"A", "B"}, Fields("{{.A}} of {{.B}} {{."))
}

func TestAFilesPartsAreChecked(t *testing.T) {
	require.NoError(t, Check(Texts()))
	for id, wrong := range map[string]string{"locale.percent": "%", "locale.months": "Jan, Feb", "locale.date_order": "yes", "locale.decimal": ""} {
		texts := maps.Clone(Texts())
		texts[id] = wrong
		require.ErrorContains(t, Check(texts), id)
		delete(texts, id)
		require.ErrorContains(t, Check(texts), id)
	}
}
