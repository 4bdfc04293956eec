package reading

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

func datesBy(t testing.TB, o contract.ReadOptions) Dates {
	d, err := NewDates(o)
	require.NoError(t, err)
	return d
}

// dateFormsOf are the names of the forms of a date, as the evidence has them.
func dateFormsOf(shape DateShape) string {
	var out []string
	for i, form := range dateForms {
		if shape&(1<<i) != 0 {
			out = append(out, form)
		}
	}
	return strings.Join(out, " | ")
}

func (m Moment) text() string {
	if m.Timed {
		return time.UnixMilli(m.Millis).UTC().Format("2006-01-02T15:04:05")
	}
	return time.UnixMilli(m.Millis).UTC().Format("2006-01-02")
}

func TestDatesThatAreReadInOneWay(t *testing.T) {
	for text, want := range map[string]string{
		"2025-03-01": "2025-03-01 2025-12-31", "2025/03/01": "2025-03-01 2025-12-31", "2025-3-1": "2025-03-01 2025-12-31", "2025.03.01": "2025-03-01 2025-12-31", "2025. 03. 01.": "2025-03-01 2025-12-31", "2025 - 3 - 1": "2025-03-01 2025-12-31",
		"31.12.2025": "2025-12-31 31.12.2025", "1.3.2025": "2025-03-01 31.12.2025", "01.03.2025": "2025-03-01 31.12.2025", "1. 3. 2025": "2025-03-01 31.12.2025", "12.31.2025": "2025-12-31 12/31/2025", "01.03.2025 08:30": "2025-03-01T08:30:00 31.12.2025 | 23:59",
		"31/12/2025": "2025-12-31 31/12/2025", "12/31/2025": "2025-12-31 12/31/2025", "31-12-2025": "2025-12-31 31/12/2025", "3/3/2025": "2025-03-03 01/02/2025",
		"20250301": "2025-03-01 20251231", "20250301T0830": "", "20250301 08:30": "2025-03-01T08:30:00 20251231 | 23:59", "18991231": "", "21001231": "2100-12-31 20251231", "20250230": "", "20250301.0": "",
		"31 Dec 2025": "2025-12-31 31 Dec 2025", "31-DEC-2025": "2025-12-31 31 Dec 2025", "31. Dezember 2025": "2025-12-31 31 Dec 2025", "Dec 31, 2025": "2025-12-31 31 Dec 2025", "December 31 2025": "2025-12-31 31 Dec 2025", "2025-Dec-31": "2025-12-31 31 Dec 2025",
		"01MAR2025": "2025-03-01 31 Dec 2025", "1 mars 2025": "2025-03-01 31 Dec 2025", "1er mars 2025": "", "1 août 2025": "2025-08-01 31 Dec 2025", "1 AOÛT 2025": "2025-08-01 31 Dec 2025", "1. März 2025": "2025-03-01 31 Dec 2025", "1 stycznia 2025": "2025-01-01 31 Dec 2025",
		"3 października 2025": "2025-10-03 31 Dec 2025", "31/Dec/2025": "2025-12-31 31 Dec 2025", "Dec-31-2025, 23:59": "2025-12-31T23:59:00 31 Dec 2025 | 23:59", "31 Foo 2025": "", "31 Dec": "", "Dec 2025": "", "31 Feb 2025": "", "Sat 1 Mar 2025": "",
		"2025-03-01T08:30:00Z": "2025-03-01T08:30:00 2025-12-31 | 23:59 | +01:00", "2025-03-01 08:30:00 +0100": "2025-03-01T08:30:00 2025-12-31 | 23:59 | +01:00", "2025-03-01T08:30-05": "2025-03-01T08:30:00 2025-12-31 | 23:59 | +01:00",
		"2025-03-01 08:30:00 UTC": "2025-03-01T08:30:00 2025-12-31 | 23:59 | +01:00", "2025-03-01T08:30:00.123456789Z": "2025-03-01T08:30:00 2025-12-31 | 23:59 | +01:00", "2025-03-01 08:30:00.999": "2025-03-01T08:30:00 2025-12-31 | 23:59", "2025-03-01 08:30:00,999": "2025-03-01T08:30:00 2025-12-31 | 23:59",
		"2025-03-01 8:30": "2025-03-01T08:30:00 2025-12-31 | 23:59", "2025-03-01  08:30": "2025-03-01T08:30:00 2025-12-31 | 23:59", "2025-03-04 24:00:00": "2025-03-05T00:00:00 2025-12-31 | 23:59", "2025-12-31T24:00": "2026-01-01T00:00:00 2025-12-31 | 23:59", "2025-03-04 24:00:00.000": "2025-03-05T00:00:00 2025-12-31 | 23:59",
		"2025-03-01 12:30 AM": "2025-03-01T00:30:00 2025-12-31 | 23:59", "2025-03-01 12:30 pm": "2025-03-01T12:30:00 2025-12-31 | 23:59", "31/12/2025, 11:59:59\u202fPM": "2025-12-31T23:59:59 31/12/2025 | 23:59", "2025-03-01 8:30AM Z": "2025-03-01T08:30:00 2025-12-31 | 23:59 | +01:00",
		"２０２５-０３-０１": "2025-03-01 2025-12-31", "2025-03-0¹": "",
		"2025-03-01 13:30 PM": "", "2025-03-01 0:30 AM": "", "2025-03-01 24:01": "", "2025-03-01 24:00:00.5": "", "2025-03-01 25:00": "", "2025-03-01 08:60": "", "2025-03-01 08:30:60": "", "2025-03-01 8": "", "2025-03-01Z": "", "2025-03-01T": "", "2025-03-01 08:30:00 +1": "", "2025-03-01 08:30 +25": "",
		"2025-03-01t08:30": "", "2025-03-01 08:30 CET": "", "2025-13-01": "", "2025-02-29": "", "31/13/2025": "", "13/13/2025": "", "0/1/2025": "", "1/2/3": "", "1-2": "", "1.2.2025.3": "", "2025-12/31": "", "1/2.2025": "", "31.12": "", "12.50": "", "2025": "", "45717": "", "abc": "",
		"01/02/20255": "", "001/02/2025": "", "2025-001-02": "", "31.04.2025": "", "5 Jan 12345": "", "Totals": "", "2025 12 31": "",
	} {
		got, ok := Dates{}.Read([]byte(text))
		require.Equal(t, want != "", ok, text)
		require.Equal(t, ok, got.Shape != 0, text)
		if ok {
			require.Equal(t, want, got.text()+" "+dateFormsOf(got.Shape), text)
			_, _, plain := dateIn([]byte(text))
			require.Equal(t, plain, got.Shape&PlainDate != 0, text)
		}
	}
}

func TestDatesThatNeedAnOption(t *testing.T) {
	const no = ""
	for _, c := range []struct {
		text            string
		none, dmy, mdy  string // without a century
		y1950, y1900    string // and day first with one
		forms           string
		openAny, points bool
	}{
		{"01/02/2025", no, "2025-02-01", "2025-01-02", "2025-02-01", "2025-02-01", "01/02/2025", true, false},
		{"1-2-2025 8:30 PM", no, "2025-02-01T20:30:00", "2025-01-02T20:30:00", "2025-02-01T20:30:00", "2025-02-01T20:30:00", "01/02/2025 | 23:59", true, false},
		{"01.02.2025", "2025-02-01", "2025-02-01", "2025-01-02", "2025-02-01", "2025-02-01", "31.12.2025", false, true},
		{"1.2.2025", "2025-02-01", "2025-02-01", "2025-01-02", "2025-02-01", "2025-02-01", "31.12.2025", false, true},
		{"01.03.25", no, no, no, "2025-03-01", "1925-03-01", "31.12.25", false, true},
		{"31/12/49", no, no, no, "2049-12-31", "1949-12-31", "31/12/2025 | 31.12.25", false, false},
		{"12/31/50", no, no, no, "1950-12-31", "1950-12-31", "12/31/2025 | 31.12.25", false, false},
		{"29.02.00", no, no, no, "2000-02-29", no, "31.12.25", false, false},
		{"31-Dec-25", no, no, no, "2025-12-31", "1925-12-31", "31 Dec 2025 | 31.12.25", false, false},
		{"98-03-01", no, no, no, "1998-03-01", "1998-03-01", "31.12.25", false, false},
		{"Dec 31, 25", no, no, no, "2025-12-31", "1925-12-31", "31 Dec 2025 | 31.12.25", false, false},
	} {
		for _, v := range []struct {
			o    contract.ReadOptions
			want string
		}{
			{contract.ReadOptions{}, c.none}, {contract.ReadOptions{DateOrder: "dmy"}, c.dmy}, {contract.ReadOptions{DateOrder: "mdy"}, c.mdy},
			{contract.ReadOptions{DateOrder: "dmy", TwoDigitYears: 1950}, c.y1950}, {contract.ReadOptions{DateOrder: "dmy", TwoDigitYears: 1900}, c.y1900},
		} {
			got, ok := datesBy(t, v.o).Read([]byte(c.text))
			require.Equal(t, v.want != no, ok, "%s by %v", c.text, v.o)
			if ok {
				require.Equal(t, v.want, got.text(), "%s by %v", c.text, v.o)
			}
			if v.want != no || v.o.TwoDigitYears == 0 { // it is a date, if not one whose day is known
				require.Equal(t, c.forms, dateFormsOf(got.Shape), c.text)
				require.Equal(t, c.openAny, got.Shape&openSlash != 0, c.text)
				require.Equal(t, c.points, got.Shape&openPoints != 0, c.text)
			}
		}
	}
	_, ok := datesBy(t, contract.ReadOptions{DateOrder: "ymd", TwoDigitYears: 1950}).Read([]byte("25-03-01"))
	require.True(t, ok)
	got, _ := datesBy(t, contract.ReadOptions{DateOrder: "ymd", TwoDigitYears: 1950}).Read([]byte("25-03-01"))
	require.Equal(t, "2025-03-01", got.text())
	_, ok = datesBy(t, contract.ReadOptions{DateOrder: "ymd"}).Read([]byte("01/02/2025"))
	require.False(t, ok, "the order of texts with the year last is still open")
}

func TestTheDayOfAnInstantInAZone(t *testing.T) {
	for _, c := range []struct{ zone, text, want string }{
		{"", "2025-03-31T23:30:00Z", "2025-03-31"}, {"Europe/Berlin", "2025-03-31T23:30:00Z", "2025-04-01"}, {"Europe/Berlin", "2025-12-31T23:30:00Z", "2026-01-01"}, {"America/New_York", "2025-04-01T03:59:59+00:00", "2025-03-31"},
		{"+05:30", "2025-03-31 18:30:00 UTC", "2025-04-01"}, {"-03:00", "2025-04-01T02:00:00Z", "2025-03-31"}, {"Europe/Berlin", "2025-03-31 23:30:00", "2025-03-31"}, {"Europe/Berlin", "2025-03-31", "2025-03-31"}, {"UTC", "2025-03-31T23:30:00-05:00", "2025-04-01"},
		{"UTC", "2025-03-31T24:00:00+01:00", "2025-03-31"},
	} {
		got, ok := datesBy(t, contract.ReadOptions{TimeZone: c.zone}).Read([]byte(c.text))
		require.True(t, ok, c)
		require.Equal(t, c.want, DayText(got.Day()), c)
	}
	for _, zone := range []string{"Local", "Europe/Nowhere", "+1", "+25:00", "01:00", "../etc/passwd", "+01:00x"} {
		_, err := NewDates(contract.ReadOptions{TimeZone: zone})
		require.Error(t, err, zone)
	}
}

func TestCellsOfOrderDate(t *testing.T) {
	for _, c := range []struct {
		v    Value
		want string
	}{
		{Value{Kind: Integer, Num: 20250301}, "2025-03-01"}, {Value{Kind: Integer, Num: 45717}, ""}, {Value{Kind: Decimal, Num: 20250301.5}, ""}, {Value{}, ""}, {Value{Kind: Boolean, Num: 1}, ""},
		{Value{Kind: DateTime, Num: 1740000000000}, "2025-02-19"}, {Value{Kind: Date, Num: -86_400_000}, "1969-12-31"}, {ReadText([]byte("20250301")), "2025-03-01"}, {ReadText([]byte("31.12.2025")), "2025-12-31"},
		{Value{Kind: DateTime, Num: -1}, "1969-12-31"}, {Value{Kind: Text, Text: []byte("31 Dec 2025")}, "2025-12-31"}, {ReadText([]byte("12:30")), ""},
	} {
		got, ok := Dates{}.Of(c.v)
		require.Equal(t, c.want != "", ok, c)
		if ok {
			require.Equal(t, c.want, DayText(got.Day()), c)
		}
	}
}

func TestDatesInOtherColumnsOfATextFile(t *testing.T) {
	for _, c := range []struct{ order, text, want string }{
		{"", "1.3.2025", ""}, {"", "01.03.2025", "2025-03-01"}, {"dmy", "1.3.2025", "2025-03-01"}, {"dmy", "1/3/2025", "2025-03-01"}, {"mdy", "1/3/2025", "2025-01-03"}, {"mdy", "01.03.2025", "2025-01-03"}, {"dmy", "20250301", ""}, {"ymd", "2025-3-1", "2025-03-01"}, {"mdy", "2025-03-01 08:30", "2025-03-01T08:30:00"},
	} {
		got, ok := datesBy(t, contract.ReadOptions{DateOrder: c.order}).Other([]byte(c.text))
		require.Equal(t, c.want != "", ok, c)
		if ok {
			require.Equal(t, c.want, got.text(), c)
		}
	}
}

// TestAnyDayInAnyDress writes days in random forms, none of which leaves anything open.
func TestAnyDayInAnyDress(t *testing.T) {
	r := rand.New(rand.NewPCG(33, 34))
	layouts := []string{"2006-01-02", "2006-1-2", "2006/01/02", "02.01.2006", "2.1.2006", "2 Jan 2006", "Jan 2, 2006", "02-Jan-2006", "January 2 2006", "20060102"}
	times := []string{"", " 15:04", "T15:04:05", " 15:04:05.000", " 3:04 PM", "T15:04:05Z", " 15:04:05 -0700", ", 3:04:05 pm"}
	for range 30_000 {
		at := time.Date(1900+r.IntN(200), time.Month(1+r.IntN(12)), 1+r.IntN(28), r.IntN(24), r.IntN(60), r.IntN(60), 0, time.FixedZone("", 1800*(r.IntN(20)-10)))
		text := at.Format(layouts[r.IntN(len(layouts))] + times[r.IntN(len(times))])
		if r.IntN(4) == 0 {
			text = strings.ReplaceAll(text, " ", "\u00a0")
		}
		got, ok := Dates{}.Read([]byte(text))
		require.True(t, ok, text)
		require.Equal(t, at.Format(time.DateOnly), DayText(got.Day()), text)
	}
}

func TestDatesAreReadWithoutAllocations(t *testing.T) {
	d := datesBy(t, contract.ReadOptions{DateOrder: "dmy", TimeZone: "Europe/Berlin"})
	for _, text := range []string{"2025-03-01", "1.3.2025", "31/12/2025 23:59", "2025-03-01T08:30:00.123Z", "31-Dec-2025", "Online Shop"} {
		b := []byte(text)
		require.Zero(t, testing.AllocsPerRun(100, func() { d.Read(b) }), text)
	}
}

func BenchmarkDates(b *testing.B) {
	for _, text := range []string{"2025-03-01", "1.3.2025", "31/12/2025 23:59", "2025-03-01T08:30:00.123Z", "31-Dec-2025", "Online Shop"} {
		b.Run(text, func(b *testing.B) {
			d, t := datesBy(b, contract.ReadOptions{DateOrder: "dmy"}), []byte(text)
			for b.Loop() {
				d.Read(t)
			}
		})
	}
}

func FuzzDates(f *testing.F) {
	for _, text := range []string{"2025-12-31T24:00:00.000+01:00", "1. 3. 25", "Dec 31, 2025 11:59 PM", "20250301"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		trimmed := Trim([]byte(text))
		for _, order := range []string{"", "dmy", "mdy", "ymd"} {
			d := datesBy(t, contract.ReadOptions{DateOrder: order, TwoDigitYears: 1950, TimeZone: "Asia/Tokyo"})
			got, ok := d.Read(trimmed)
			again, stillOK := d.Read(trimmed)
			if got != again || ok != stillOK {
				t.Fatalf("%q reads as %v, then as %v", text, got, again)
			}
			if ok && (got.Shape == 0 || got.Day() < -719_164 || got.Day() > 2_932_898) {
				t.Fatalf("%q is day %d of shape %b", text, got.Day(), got.Shape)
			}
			if millis, _, plain := dateIn(trimmed); plain && order != "mdy" && millis != got.Millis {
				t.Fatalf("%q is %d, not %d", text, millis, got.Millis)
			}
		}
		_ = fmt.Sprint(Dates{}.Other(trimmed))
	})
}
