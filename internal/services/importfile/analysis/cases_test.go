package analysis_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/kpis"
)

// caseFolder is the folder of the case files, beside the project or beside the folder that it is in.
func caseFolder(t testing.TB) string {
	root := filepath.Join("..", "..", "..", "..", "..")
	for _, folder := range []string{root, filepath.Join(root, "..")} {
		folder = filepath.Join(folder, "shared", "cases")
		if _, err := os.Stat(folder); err == nil {
			return folder
		}
	}
	t.Skip("the case files (shared/cases beside the project) are not on this machine")
	return ""
}

// TestCaseFiles analyses the files that people's tables look like: each gives the right figures, or asks with them among
// the readings, or is refused with a reason. No file gives another figure.
func TestCaseFiles(t *testing.T) {
	folder := caseFolder(t)
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	tested := 0
	for _, file := range files {
		name := file.Name()
		if filepath.Ext(name) == ".md" {
			continue
		}
		tested++
		t.Run(name, func(t *testing.T) {
			want, listed := wantedOfCases[name]
			require.True(t, listed, "the table says nothing of this file")
			got := outcomeOf(t, filepath.Join(folder, name), contract.ReadOptions{})
			t.Logf("\n   case %s\n wanted %s\n    got %s", name, want, got)
			requireWanted(t, want, got)
		})
	}
	require.Len(t, wantedOfCases, tested, "a file of the table is not there")
}

// TestCasesAreAsTheirListSays: the table above says nothing else than the list of the case files calls right.
func TestCasesAreAsTheirListSays(t *testing.T) {
	list, err := os.ReadFile(filepath.Join(caseFolder(t), "cases.md"))
	require.NoError(t, err)
	number := regexp.MustCompile(`(rows|revenue|orders|dmin|dmax|header|hidden) ([0-9][0-9.-]*)`)
	compared := 0
	for line := range strings.SplitSeq(strings.ReplaceAll(string(list), `\|`, "/"), "\n") {
		columns := strings.Split(line, "|")
		if len(columns) < 5 {
			continue
		}
		name := strings.TrimSpace(columns[1])
		want, listed := wantedOfCases[name]
		if !listed {
			continue
		}
		if want.refused != "" && !want.reads { // nothing is figured; a reader may still say how many rows there are
			continue
		}
		for _, right := range number.FindAllStringSubmatch(columns[3], -1) {
			var say string
			switch value := right[2]; right[1] {
			case "rows":
				say = strconv.FormatInt(want.rows, 10)
			case "revenue":
				money, err := strconv.ParseFloat(value, 64)
				require.NoError(t, err)
				say, right[2] = want.revenue, fmt.Sprintf("%.2f", money)
			case "orders":
				say = strconv.FormatInt(want.orders, 10)
			case "dmin":
				say = want.first
			case "dmax":
				say = want.last
			case "header":
				say = strconv.FormatInt(want.header, 10)
			case "hidden":
				say = strconv.FormatInt(want.hidden, 10)
			}
			require.Equal(t, right[2], say, "%s: %s", name, right[1])
			compared++
		}
	}
	require.Greater(t, compared, 150)
}

// outcome is what an analysis gives, as far as the table speaks of it.
type outcome struct {
	wanted
	result *analysis.Result // nil where the file can't be read at all
}

func outcomeOf(t testing.TB, path string, given contract.ReadOptions) outcome {
	a, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.KPIs, Read: given})
	if err != nil {
		return outcome{wanted: wanted{refused: err.Error()}}
	}
	p := a.Profile
	got := outcome{wanted: wanted{rows: p.RowCount, hidden: p.HiddenRows}, result: a}
	if p.HeaderRow != nil {
		got.header = *p.HeaderRow
	}
	for _, l := range a.Reading.LeftOut {
		if l.Kind == "rule" {
			got.rows -= l.Rows
		}
	}
	var said, asked []string
	for _, f := range a.Reading.Found {
		if f.Source == contract.SourceFound {
			said = append(said, f.Option)
		}
	}
	for _, c := range p.Validation.Checks {
		if !c.Passed && c.Severity == "warning" && c.ID != "recommended_columns" {
			said = append(said, c.ID)
		}
	}
	for _, q := range a.Reading.Questions {
		asked = append(asked, q.ID)
		for _, r := range q.Readings {
			asked = append(asked, money(r.TotalRevenue))
		}
	}
	got.said, got.asked = strings.Join(said, " "), strings.Join(asked, " ")
	switch {
	case a.KPIs != nil:
		got.revenue, got.orders = money(&a.KPIs.TotalRevenue), a.KPIs.Orders
		if p.DateRange != nil {
			got.first, got.last = p.DateRange.Min, p.DateRange.Max
		}
	case got.asked == "":
		got.refused = a.KPIError.Error()
	}
	return got
}

func money(v *float64) string {
	if v == nil {
		return "?"
	}
	return fmt.Sprintf("%.2f", *v)
}

// String is a line of the printed table.
func (w wanted) String() string {
	var parts []string
	add := func(name, value string) {
		if value != "" && value != "0" {
			parts = append(parts, name+" "+value)
		}
	}
	add("rows", strconv.FormatInt(w.rows, 10))
	add("revenue", w.revenue)
	add("orders", strconv.FormatInt(w.orders, 10))
	add("first", w.first)
	add("last", w.last)
	add("header", strconv.FormatInt(w.header, 10))
	add("hidden", strconv.FormatInt(w.hidden, 10))
	add("ASKED", w.asked)
	add("REFUSED", w.refused)
	add("said", w.said)
	return strings.Join(parts, ", ")
}

func requireWanted(t *testing.T, want wanted, got outcome) {
	if got.refused != "" {
		require.NotEmpty(t, want.refused, "refused: %s", got.refused)
		require.Contains(t, got.refused, want.refused)
		require.Empty(t, got.revenue)
		if want.rows > 0 && !want.reads {
			require.Equal(t, want.rows, got.rows)
		}
		return
	}
	require.True(t, want.refused == "" || want.reads, "it is not refused")
	require.Equal(t, want.asked, got.asked)
	require.Equal(t, want.said, got.said)
	for _, n := range [][2]int64{{want.rows, got.rows}, {want.header, got.header}, {want.hidden, got.hidden}} {
		if n[0] != 0 {
			require.Equal(t, n[0], n[1])
		}
	}
	if want.asked == "" {
		require.Equal(t, []any{want.revenue, want.orders, want.first, want.last}, []any{got.revenue, got.orders, got.first, got.last})
		return
	}
	require.Nil(t, got.result.KPIs)
	require.ErrorAs(t, got.result.KPIError, new(*kpis.ValidationError))
	right := want.revenue == "" // only a person knows
	for _, q := range got.result.Reading.Questions {
		for _, r := range q.Readings {
			right = right || money(r.TotalRevenue) == want.revenue && *r.Orders == want.orders && *r.FirstDay == want.first && *r.LastDay == want.last
		}
	}
	require.True(t, right, "none of the readings is right")
}

// TestAnsweredCaseFiles answers the questions of the case files, with each reading: the figures are those that it said.
func TestAnsweredCaseFiles(t *testing.T) {
	folder := caseFolder(t)
	answered := 0
	for name, want := range wantedOfCases {
		if want.asked == "" {
			continue
		}
		t.Run(name, func(t *testing.T) {
			path := filepath.Join(folder, name)
			for _, q := range outcomeOf(t, path, contract.ReadOptions{}).result.Reading.Questions {
				for _, reading := range q.Readings {
					if reading.Options == nil {
						continue
					}
					answered++
					requireAnnounced(t, path, contract.ReadOptions{}.Merged(*reading.Options), &reading)
				}
			}
		})
	}
	require.Greater(t, answered, 10)
}

// requireAnnounced reads a file with an answer, which decides all that is asked, and compares.
func requireAnnounced(t require.TestingT, path string, given contract.ReadOptions, announced *contract.PossibleReading) {
	a, err := analysis.File(context.Background(), path, analysis.Options{Parts: analysis.KPIs, Read: given})
	require.NoError(t, err)
	require.Empty(t, a.Reading.Questions)
	require.NoError(t, a.KPIError)
	first, last := "", ""
	if points := a.KPIs.TimeSeries.Points; len(points) > 0 {
		first, last = points[0].Period, points[len(points)-1].Period
	}
	require.Equal(t, []any{money(announced.TotalRevenue), *announced.Orders, *announced.FirstDay, *announced.LastDay}, []any{money(&a.KPIs.TotalRevenue), a.KPIs.Orders, first, last}, "%+v", given)
}
