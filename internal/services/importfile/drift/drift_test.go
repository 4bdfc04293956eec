package drift

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/importfile/profile"
)

func profileOf(t *testing.T, text string) *contract.ImportProfile {
	t.Helper()
	path := filepath.Join(t.TempDir(), "a.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	p, err := profile.File(t.Context(), path, profile.Options{})
	require.NoError(t, err)
	return p
}

// rows are n lines, each made by a function of its number, below a header.
func rows(header string, n int, line func(i int) string) string {
	var b strings.Builder
	b.WriteString(header + "\n")
	for i := range n {
		b.WriteString(line(i) + "\n")
	}
	return b.String()
}

func kinds(found []Finding) map[string]string {
	out := map[string]string{}
	for _, f := range found {
		out[string(f.Kind)+" "+f.Column] = f.Sentence()
	}
	return out
}

var before = rows("id,amount,channel,customer_region,note", 60, func(i int) string {
	return strings.Join([]string{"O" + strconv.Itoa(i), strconv.Itoa(10 + i%20), []string{"Web", "Shop", "Phone"}[i%3], []string{"North", "South"}[i%2], ""}, ",")
})

func TestNothingMovedIsNothingFound(t *testing.T) {
	again := strings.Replace(before, "O59", "O60", 1)
	require.Empty(t, Compare(profileOf(t, before), profileOf(t, again)))
	same := Compare(profileOf(t, before), profileOf(t, before))
	require.Len(t, same, 1)
	require.Equal(t, SameContent, same[0].Kind)
	require.Equal(t, Notice, same[0].Severity)
}

func TestWhatMovedIsNamed(t *testing.T) {
	now := rows("id,amount,channel,cust_region,added", 200, func(i int) string {
		channel := []string{"Web", "Shop", "App"}[i%3]
		amount := strconv.Itoa(40 + i%60)
		if i%5 == 0 {
			amount = ""
		}
		return strings.Join([]string{strconv.Itoa(i), amount, channel, []string{"North", "South"}[i%2], "x"}, ",")
	})
	found := kinds(Compare(profileOf(t, before), profileOf(t, now)))
	for key, says := range map[string]string{
		"row_count ":            "It has 200 rows; the one before had 60.",
		"renamed cust_region":   "probably what was called customer_region",
		"column_gone note":      "The column note is gone.",
		"column_new added":      "The column added is new.",
		"type_changed id":       "id holds whole numbers; before it held texts.",
		"null_share amount":     "empty in 20.0 % of the rows; before in 0.0 %.",
		"range_moved amount":    "reaches from 41 to 99; before from 10 to 29",
		"mean_moved amount":     "on average; before 19.5.",
		"values_gained channel": "values that it had not: App.",
		"values_lost channel":   "lacks values that it had: Phone.",
	} {
		require.Contains(t, found[key], says, key)
		delete(found, key)
	}
	require.Empty(t, found, "and nothing else")
}

func TestDocumentsOfVersionOneAreCompared(t *testing.T) {
	old := profileOf(t, before)
	old.SchemaVersion = 1
	for i := range old.Columns {
		c := &old.Columns[i]
		c.Numbers, c.Histogram, c.Lengths, c.MostFrequent = nil, nil, nil, nil
	}
	require.Empty(t, Compare(old, profileOf(t, strings.Replace(before, "O59", "O60", 1))))
}

func TestTheNextMonthOfTheSampleData(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, sampledata.Write(dir))
	read := func(name string) *contract.ImportProfile {
		p, err := profile.File(t.Context(), filepath.Join(dir, name), profile.Options{})
		require.NoError(t, err)
		return p
	}
	found := kinds(Compare(read(sampledata.FactFile), read(sampledata.NextFile)))
	require.Contains(t, found["row_count "], "It has 4,315 rows; the one before had 50,046.")
	require.Contains(t, found["null_share ship_date"], "ship_date is empty in 11.5 %", "the last orders of a month have not been shipped")
	require.Len(t, found, 2, "a month has fewer rows than a year, and is alike in all else: %v", found)
}

func TestTheMostAlikeColumnsArePaired(t *testing.T) {
	line := func(values ...string) func(int) string {
		return func(int) string { return strings.Join(values, ",") }
	}
	a := profileOf(t, rows("id,unit_price,unit_cost", 30, line("x", "1.5", "2.5")))
	b := profileOf(t, rows("id,unit_costs,price", 30, line("x", "2.5", "1.5")))
	found := kinds(Compare(a, b))
	require.Contains(t, found["renamed unit_costs"], "what was called unit_cost.")
	require.Contains(t, found, "column_gone unit_price")
	require.Contains(t, found, "column_new price")
}

func TestAnOlderFileIsNamed(t *testing.T) {
	file := func(day string) *contract.ImportProfile {
		return profileOf(t, rows("order_id,order_date", 30, func(i int) string { return strconv.Itoa(i) + "," + day }))
	}
	found := Compare(file("2026-03-31"), file("2026-02-28"))
	require.Len(t, found, 1)
	require.Equal(t, []any{Older, "order_date", Warning}, []any{found[0].Kind, found[0].Column, found[0].Severity})
	require.Equal(t, "Its last order_date is 28 Feb 2026; the file before reached to 31 Mar 2026, so that this one may be older.", found[0].Sentence())
	require.Empty(t, Compare(file("2026-02-28"), file("2026-03-31")))
}

func TestWideFilesWithNothingInCommonEndSoon(t *testing.T) {
	wide := func(prefix string) *contract.ImportProfile {
		p := &contract.ImportProfile{RowCount: 100}
		for i := range 16_384 {
			p.Columns = append(p.Columns, contract.Column{NormalizedName: prefix + strconv.Itoa(i), Type: "text"})
		}
		return p
	}
	require.Len(t, Compare(wide("a"), wide("b")), 2*16_384)
}
