package columns

import (
	"context"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/cleaning"
	"fabricportal/internal/services/importfile/spreadsheet/cells"
)

// plainRange looks at each day from the first to the last.
func plainRange(days map[int32]bool) *contract.DateRange {
	first, last := int32(4_000_000), int32(-4_000_000)
	for day := range days {
		first, last = min(first, day), max(last, day)
	}
	out := &contract.DateRange{Column: "day", Min: cleaning.DayText(first), Max: cleaning.DayText(last), Gaps: []contract.Gap{}}
	var all []contract.Gap
	for day := first; day <= last; day++ {
		if days[day] {
			continue
		}
		out.MissingDays++
		if days[day-1] {
			all = append(all, contract.Gap{From: cleaning.DayText(day)})
		}
		all[len(all)-1].To = cleaning.DayText(day)
	}
	out.Gaps = append(out.Gaps, all[:min(5, len(all))]...)
	return out
}

func TestDaysAreAsCountedOneByOne(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 3))
	for round := range 300 {
		var set Days
		days := map[int32]bool{}
		width := 1 + r.Int32N(400)
		from := r.Int32N(40_000) - 20_000
		for range 1 + r.IntN(1500) {
			day := from + r.Int32N(width)
			set.Add(day)
			days[day] = true
		}
		require.Equal(t, plainRange(days), set.Range("day"), "round %d", round)
	}
}

func TestDaysFromTheLastOnToTheFirst(t *testing.T) {
	var set Days
	days := map[int32]bool{}
	for day := int32(20_000); day > 19_000; day -= 1 + day%5 {
		set.Add(day)
		days[day] = true
	}
	require.Equal(t, plainRange(days), set.Range("day"))
	require.Less(t, 8*len(set.set.words), 400, "there is nothing in it but what lies between them")
}

func TestDaysThatTakeTooMuchAreGivenUp(t *testing.T) {
	set := Days{most: 128} // 1,024 days
	for day := range int32(1_000) {
		set.Add(20_000 - day)
	}
	require.EqualValues(t, 0, set.Range("day").MissingDays)
	set.Add(21_024)
	require.Nil(t, set.Range("day"))
	require.Empty(t, set.set.words)
	set.Add(21_024)
	require.Empty(t, set.set.words)
}

func TestDaysOfTheWholeCalendar(t *testing.T) {
	var set Days
	require.Nil(t, set.Range("day"))
	const newYear, eve = -719_162, 2_932_896
	set.Add(eve)
	set.Add(newYear)
	require.Equal(t, &contract.DateRange{Column: "day", Min: "0001-01-01", Max: "9999-12-31", MissingDays: 3_652_057,
		Gaps: []contract.Gap{{From: "0001-01-02", To: "9999-12-30"}}}, set.Range("day"))
	for day := int32(newYear); day <= eve; day++ {
		set.Add(day)
	}
	require.Equal(t, &contract.DateRange{Column: "day", Min: "0001-01-01", Max: "9999-12-31", Gaps: []contract.Gap{}}, set.Range("day"))
	require.LessOrEqual(t, len(set.set.words), 60_000, "a bit a day")
}

// TestDaysOfManyMomentsAreExact is about columns whose values are not all kept, with as many values before as after that.
func TestDaysOfManyMomentsAreExact(t *testing.T) {
	const rows, millis = 4 * exactValues, int64(millisPerDay)
	column, dict := Column{Form: Workbook}, NewDictionary(context.Background(), nil)
	r := rand.New(rand.NewPCG(5, 5))
	days := map[int32]bool{}
	var b cells.Batch
	var of Rows
	for row := 0; row < rows; {
		b.Reset()
		for ; row < rows && !b.Full(); row++ {
			day := r.Int32N(3_000) - 1_000 // those before 1970 too
			if row == rows-1 {
				day = 2_900_000
			} else if day%50 == 0 || day > 1_500 && day < 1_600 {
				day++
			}
			if day%50 == 1 && row > rows/8 {
				day++ // a day that only the first values have
			}
			days[day] = true
			b.StartRow(row+2, false)
			b.Moment(0, int64(day)*millis+r.Int64N(86_400)*1000)
			b.EndRow()
		}
		of.Reset(len(b.Rows))
		column.Add(&b, 0, 0, dict, &of, nil)
	}
	require.True(t, column.instants.many)
	set, ok := column.Days()
	require.True(t, ok)
	require.Equal(t, plainRange(days), set.Range("day"))
}
