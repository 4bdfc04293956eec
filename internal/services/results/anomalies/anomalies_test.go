package anomalies

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
)

var monday = time.Date(2025, 1, 6, 0, 0, 0, 0, time.UTC)

// days is a series from a Monday on; a day for which value is below 0 is left out.
func days(n int, value func(i int, day time.Time) float64) contract.TimeSeries {
	s := contract.TimeSeries{Granularity: "daily"}
	for i := range n {
		day := monday.AddDate(0, 0, i)
		if v := value(i, day); v >= 0 {
			s.Points = append(s.Points, contract.Point{Period: day.Format(time.DateOnly), Revenue: v, Orders: int64(v / 10)})
		}
	}
	return s
}

func none(int) bool { return false }

func periods(marks []Mark) []string {
	out := []string{}
	for _, m := range marks {
		out = append(out, m.Period)
	}
	return out
}

// week is a pattern of shops: much on Saturdays, little on Sundays.
func week(day time.Time) float64 {
	return [...]float64{200, 1000, 1000, 1050, 1100, 1500, 3000}[day.Weekday()]
}

func noisy(seed uint64, share float64) func() float64 {
	draw := rand.New(rand.NewPCG(seed, 1))
	return func() float64 { return 1 + share*draw.NormFloat64() }
}

func TestNothingIsMarkedInOrdinarySeries(t *testing.T) {
	require.Empty(t, Find(days(120, func(int, time.Time) float64 { return 1000 }), Revenue, none), "flat")
	require.Empty(t, Find(days(120, func(_ int, d time.Time) float64 { return week(d) }), Revenue, none), "a week's pattern")
	require.Empty(t, Find(days(0, nil), Revenue, none))
	require.Empty(t, Find(days(365, func(i int, d time.Time) float64 { return week(d) * (1 + float64(i)/365) }), Revenue, none), "growth")
	marked, all := 0, 0
	for seed := range uint64(20) {
		noise := noisy(seed, 0.12)
		s := days(365, func(_ int, d time.Time) float64 { return max(0, week(d)*noise()) })
		marked, all = marked+len(Find(s, Revenue, none)), all+365
	}
	require.Less(t, float64(marked)/float64(all), 0.002, "chance is marked on %d of %d days", marked, all)
}

func TestOneDay(t *testing.T) {
	noise := noisy(3, 0.05)
	base := func(_ int, d time.Time) float64 { return week(d) * noise() }
	for name, factor := range map[string]float64{"a fall": 0.2, "nothing sold": 0, "a peak": 3} {
		s := days(120, func(i int, d time.Time) float64 {
			v := base(i, d)
			if i == 84 {
				v *= factor
			}
			return v
		})
		marks := Find(s, Revenue, none)
		require.Equal(t, []string{"2025-03-31"}, periods(marks), "%s; the days after it are compared with others, too", name)
		m := marks[0]
		require.Equal(t, factor > 1, m.Above())
		require.True(t, m.Daily)
		require.Len(t, m.Earlier, 8)
		for _, at := range m.Earlier {
			day, err := time.Parse(time.DateOnly, s.Points[at].Period)
			require.NoError(t, err)
			require.Equal(t, time.Monday, day.Weekday())
			require.GreaterOrEqual(t, s.Points[at].Revenue, m.Low)
			require.LessOrEqual(t, s.Points[at].Revenue, m.High)
		}
		require.Equal(t, periods(marks), periods(Find(s, Orders, none)))
	}
	s := days(120, func(i int, d time.Time) float64 {
		if i == 89 { // as much as on a Friday, on a Sunday
			return 1500
		}
		return week(d)
	})
	require.Equal(t, "2025-04-05", days(120, func(i int, d time.Time) float64 { return 1 }).Points[89].Period)
	require.Equal(t, []string{"2025-04-05"}, periods(Find(s, Revenue, none)), "a Saturday like a Friday")
}

func TestTooLittleIsKnown(t *testing.T) {
	odd := func(at int) contract.TimeSeries {
		return days(at+1, func(i int, d time.Time) float64 {
			if i == at {
				return 10
			}
			return week(d)
		})
	}
	require.Empty(t, Find(odd(27), Revenue, none), "three weeks before are too few")
	marks := Find(odd(28), Revenue, none)
	require.Equal(t, []string{"2025-02-03"}, periods(marks))
	require.Len(t, marks[0].Earlier, 4)
}

func TestMissingDays(t *testing.T) {
	s := days(150, func(i int, d time.Time) float64 {
		switch {
		case d.Weekday() == time.Sunday, i > 60 && i < 72:
			return -1
		case i == 100:
			return 100
		}
		return week(d)
	})
	require.Equal(t, []string{"2025-04-16"}, periods(Find(s, Revenue, none)), "neither a day that is missing nor its neighbours are odd")

	// A stray date long before says nothing of anything.
	s.Points = append([]contract.Point{{Period: "2015-01-05", Revenue: 5}}, s.Points...)
	require.Equal(t, []string{"2025-04-16"}, periods(Find(s, Revenue, none)))
}

func TestWhatIsNotOverIsNeverMarked(t *testing.T) {
	s := days(60, func(i int, d time.Time) float64 {
		if i == 59 {
			return 10
		}
		return week(d)
	})
	require.Len(t, Find(s, Revenue, none), 1)
	require.Empty(t, Find(s, Revenue, func(at int) bool { return at == 59 }))

	by := contract.TimeSeries{Granularity: "monthly"}
	for m := range 10 {
		by.Points = append(by.Points, contract.Point{Period: time.Date(2025, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), Revenue: 1000 + float64(m%3)*20})
	}
	by.Points[0].Revenue, by.Points[9].Revenue = 10, 200 // both are of some days only
	require.Empty(t, Find(by, Revenue, func(at int) bool { return at == 0 || at == 9 }))
	marks := Find(by, Revenue, func(at int) bool { return at == 0 })
	require.Equal(t, []string{"2025-10"}, periods(marks))
	require.NotContains(t, marks[0].Earlier, 0, "nothing is compared with a part of a month")
	require.False(t, marks[0].Daily)
}

func TestANewLevelIsToldOnceAndThenUsual(t *testing.T) {
	s := days(200, func(i int, d time.Time) float64 {
		if i >= 100 {
			return week(d) / 2
		}
		return week(d)
	})
	marks := Find(s, Revenue, none)
	require.NotEmpty(t, marks)
	require.LessOrEqual(t, len(marks), settledDays)
	require.Equal(t, "2025-04-16", marks[0].Period)
}

func TestAMonthThatIsSoEachYearIsUsual(t *testing.T) {
	s := contract.TimeSeries{Granularity: "monthly"}
	for m := range 30 {
		v := 1000.0
		if m%12 == 11 {
			v = 4000
		}
		if m == 28 {
			v = 3000
		}
		s.Points = append(s.Points, contract.Point{Period: time.Date(2023, time.Month(m+1), 1, 0, 0, 0, 0, time.UTC).Format("2006-01"), Revenue: v})
	}
	require.Equal(t, []string{"2023-12", "2025-05"}, periods(Find(s, Revenue, none)), "the first December is odd, the next is not")
}
