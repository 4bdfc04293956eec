package export

import (
	"context"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/services/results/changes"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

// lines is a table of texts in memory; "" is no value.
type lines [][]string

func (l lines) Columns() []dataset.Column {
	return []dataset.Column{{Name: "order_id"}, {Name: "revenue", Kind: dataset.Decimal}, {Name: "region"}, {Name: "order_date", Kind: dataset.Date}}
}
func (l lines) Rows() int { return len(l) }
func (l lines) Window(_ context.Context, from, n int, _ []int) (dataset.Rows, error) {
	var out dataset.Rows
	for _, line := range l[from:min(from+n, len(l))] {
		var row []dataset.Cell
		for _, text := range line {
			row = append(row, dataset.Cell{Text: text, Null: text == ""})
		}
		out.Cells = append(out.Cells, row)
	}
	return out, nil
}

func pairOf() changes.Pair {
	return changes.Pair{Runs: [2]runs.Run{
		{ID: uuid.MustParse("aaaaaaaa-1111-4111-8111-111111111111"), InputFile: "=october.xlsx", TriggeredBy: "ana", FinishedAt: new(time.Date(2025, 11, 1, 9, 0, 0, 0, time.UTC))},
		{ID: uuid.MustParse("bbbbbbbb-1111-4111-8111-111111111111"), InputFile: "november.xlsx", TriggeredBy: "ben"},
	}, KPIs: [2]*contract.KPIs{{TotalRevenue: 1200, Orders: 4}, {TotalRevenue: 1462.34, Orders: 4, RevenueByRegion: []contract.Share{{Key: "North", Revenue: 1462.34, Orders: 4}}}}}
}

func TestWhatChangedAsAWorkbook(t *testing.T) {
	before := lines{{"A1", "1000", "North", "2025-10-01"}, {"A2", "100", "South", "2025-10-02"}, {"=A3", "50", "South", ""}, {"A4", "20", "", "2025-10-03"}, {"A4", "30", "", "2025-10-03"}}
	after := lines{{"A1", "1000", "North", "2025-10-01"}, {"A2", "112.34", "+East", "2025-10-02"}, {"A5", "300", "North", "2025-10-09"}, {"A4", "25", "", "2025-10-03"}, {"A4", "25.004", "x", "2025-10-03"}}
	r, err := changes.Rows(t.Context(), before, after, changes.Options{})
	require.NoError(t, err)
	defer r.Close()
	path := filepath.Join(t.TempDir(), "c.xlsx")
	var steps []int
	report, err := Changes(t.Context(), path, ChangesBook{Title: "Production", Pair: pairOf(), Result: r, Written: time.Date(2025, 11, 3, 9, 0, 0, 0, time.UTC)}, func(done, total int) { steps = append(steps, done, total) })
	require.NoError(t, err)
	require.Equal(t, []string{"Summary", "By group", "Added", "Removed", "Changed"}, report.Sheets)
	require.Equal(t, [3]int64{1, 1, 2}, report.Orders)
	require.Equal(t, []int{1, 4, 2, 4, 4, 4}, steps)

	f, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer f.Close()
	rows := func(sheet string) [][]string {
		rows, err := f.GetRows(sheet, excelize.Options{RawCellValue: true})
		require.NoError(t, err)
		return rows
	}
	require.Equal(t, [][]string{{"Order", "Revenue of the order", "Rows", "order_id", "revenue", "region", "order_date"}, {"A5", "300", "1", "A5", "300", "North", "45939"}}, rows("Added"))
	require.Equal(t, [][]string{{"Order", "Revenue of the order", "Rows", "order_id", "revenue", "region", "order_date"}, {"=A3", "50", "1", "=A3", "50", "South"}}, rows("Removed"))
	require.Equal(t, [][]string{
		{"Order", "Revenue before", "Revenue after", "Change of revenue", "Rows before", "Rows after", "Column", "Value before", "Value after"},
		{"A2", "100", "112.34", "12.34", "1", "1", "revenue", "100", "112.34"},
		{"A2", "", "", "", "", "", "region", "South", "+East"},
		{"A4", "50", "50.004", "0.004", "2", "2", "Several rows are not the same. Rows in one run only:", "2", "2"},
	}, rows("Changed"))
	for sheet, cell := range map[string]string{"Removed": "A2", "Changed": "I3"} {
		formula, err := f.GetCellFormula(sheet, cell)
		require.NoError(t, err)
		require.Empty(t, formula)
		kind, err := f.GetCellType(sheet, cell)
		require.NoError(t, err)
		require.Equal(t, excelize.CellTypeInlineString, kind)
	}
	var filters []string
	for _, name := range f.GetDefinedName() {
		filters = append(filters, name.RefersTo)
	}
	require.Equal(t, []string{"'Added'!$A$1:$G$2", "'Removed'!$A$1:$G$2", "'Changed'!$A$1:$I$4"}, filters)
	summary := rows("Summary")
	require.Equal(t, [][]string{{"Production"}, {"What changed"}, nil, {"", "Revenue", "Orders", "Rows"}, {"Revenue before", "1200", "4", "5"}, {"Added orders", "300", "1", "1"}, {"Removed orders", "-50", "1", "1"},
		{"Changed orders", "12.34", "2", "3"}, {"Revenue after", "1462.34", "4", "5"}, nil, {"", "Before", "After"}}, summary[:11])
	require.Contains(t, summary, []string{"Import file", "=october.xlsx", "november.xlsx"})
	require.Contains(t, summary, []string{"order_ids in several rows", "1", "1"})

	// The rows of a column add up to the change.
	sums := map[string]float64{}
	for _, row := range rows("By group")[1:] {
		change, err := strconv.ParseFloat(row[4], 64)
		require.NoError(t, err)
		sums[row[0]] += change
	}
	require.Len(t, sums, 3)
	for by, sum := range sums {
		require.InDelta(t, 262.34, sum, 1e-9, by)
	}

	path, err = Exporter{}.Changes(t.Context(), t.TempDir(), changes.Pair{Runs: pairOf().Runs, KPIs: pairOf().KPIs, Parts: []changes.Breakdown{{Column: "region", Change: 1, Groups: []changes.Group{{Key: "@x"}}, Rounding: 1}}}, nil, nil, nil)
	require.NoError(t, err)
	require.Equal(t, "changes aaaaaaaa-1111 to bbbbbbbb-1111.xlsx", filepath.Base(path))
	f2, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer f2.Close()
	require.Equal(t, []string{"Summary", "By group"}, f2.GetSheetList())
}

func TestOrdersThatASheetHasNoRoomForAreCounted(t *testing.T) {
	const room, n = 100, 60 // two cells each, and the header
	before, after := make(lines, n), make(lines, n)
	for i := range n {
		id := strconv.Itoa(i)
		before[i], after[i] = []string{id, "1", "a", ""}, []string{id, "2", "b", ""}
	}
	r, err := changes.Rows(t.Context(), before, after, changes.Options{})
	require.NoError(t, err)
	defer r.Close()
	report, err := Changes(t.Context(), filepath.Join(t.TempDir(), "c.xlsx"), ChangesBook{Pair: pairOf(), Result: r, Written: time.Now(), room: room}, nil)
	require.NoError(t, err)
	require.Equal(t, [3]int64{0, 0, (room - 1) / 2}, report.Orders)
	require.EqualValues(t, n-(room-1)/2, report.LeftOut[changes.Changed])
}

func TestAllTextsOfAWorkbookOfChangesAreNamed(t *testing.T) {
	r, err := changes.Rows(t.Context(), lines{{"a", "1", "", ""}, {"b", "1", "x", ""}, {"b", "2.004", "x", ""}, {"c", "1", "x", ""}, {"", "1", "", ""}}, lines{{"A", "1.003", "y", ""}, {"b", "3", "x", ""}, {"c", "2", "x", ""}, {"d", "2", "x", ""}, {"e", "2", "x", ""}}, changes.Options{})
	require.NoError(t, err)
	defer r.Close()
	named := map[string]bool{}
	for _, text := range append(Texts, ChangesTexts...) {
		named[text] = true
	}
	for _, result := range []*changes.Result{r, nil} {
		_, err = Changes(t.Context(), filepath.Join(t.TempDir(), "c.xlsx"), ChangesBook{Pair: pairOf(), Result: result, Written: time.Now(), room: 2, Word: func(english string) string {
			require.True(t, named[english], "%q has no translation", english)
			return english
		}}, nil)
		require.NoError(t, err)
	}
}
