package verdict

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/amount"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/drift"
	"fabricportal/internal/services/importfile/rules"
)

// TestWhatIsMissingAndWhatIsCountedAreTheFile: total revenue and the money of the findings are what stands in all rows, to the cent, and
// each row's money is told once.
func TestWhatIsMissingAndWhatIsCountedAreTheFile(t *testing.T) {
	text := header
	var all amount.Sum
	add := func(id, date, revenue string, units amount.Units) {
		text += id + "," + date + ",Web,North,Toys,1,10,0," + revenue + "\n"
		all.Add(units)
	}
	for i := range 1000 {
		add(fmt.Sprintf("O-%04d", i), "2025-01-02", "0.1", 1000)
	}
	add("O-0001", "2025-01-02", "0.3", 3000)                                   // repeated
	add("", "2025-01-02", "0.7", 7000)                                         // without an id
	add("O-2001", "2025-01-02", "about 1.10", 11000)                           // unread
	add("O-2002", "", "0.2", 2000)                                             // no date: counted
	text += strings.Repeat("O-3000,2025-01-02,Web,North,Toys,1,10,0,0.4\n", 3) // twice the very same
	all.Add(3 * 4000)
	r := analysed(t, text)
	require.NoError(t, r.KPIError)
	var sum amount.Sum
	sum.Add(amount.TenThousandths(r.KPIs.TotalRevenue))
	found := Of(r)
	money := map[string]*Money{}
	for _, f := range found {
		if f.Money == nil {
			continue
		}
		money[f.ID] = f.Money
		if f.Money.Of == Lacking {
			sum.Add(amount.TenThousandths(f.Money.Revenue))
		}
	}
	require.Equal(t, all.Money(), sum.Money())
	require.Equal(t, &Money{Rows: 3, Revenue: 1.1, Of: Lacking}, money["order_id_unique"])
	require.Equal(t, &Money{Rows: 1, Revenue: 1.1, Of: Lacking}, money["revenue_valid"])
	require.Equal(t, &Money{Rows: 1, Revenue: 0.7, Of: Lacking}, money["order_id_present"])
	require.Equal(t, &Money{Rows: 1, Revenue: 0.2, Of: Undated}, money["undated"])
	require.NotContains(t, found.ids(Warns), "amounts_complete", "the sum of the others is none beside them")
	require.NotContains(t, found.ids(Warns), "duplicate_rows ", "they are among those that repeat an order_id")
	f, ok := found.Find(Key{Kind: Check, Column: "order_id", Code: "order_id_unique"})
	require.True(t, ok)
	require.Equal(t, int64(2), f.Equal)
	require.Equal(t, "1.10 in 3 rows is missing from the sums", f.Cost(format.English))
	require.Contains(t, f.CostAndPlace(format.English, r.Profile, format.Sentence), "2 of them equal the earlier row in every column")
}

// TestWhatCostsMostStandsFirst: of one level; what has to be there at all stands before any money.
func TestWhatCostsMostStandsFirst(t *testing.T) {
	text := header
	for i := range 100 {
		revenue, quantity := "10", "1"
		switch i {
		case 3:
			revenue = "about 2"
		case 5, 6:
			revenue, quantity = "0", "0"
		case 8:
			revenue, quantity = "-900000", "-90000"
		}
		text += fmt.Sprintf("O-%04d,2025-01-02,Web,North,Toys,%s,10,0,%s\n", i, quantity, revenue)
	}
	text += "O-0001,2025-01-02,Web,North,Toys,1,10,0,50\n"
	found := Of(analysed(t, text))
	top, all := found.Top(3)
	require.Equal(t, []string{"order_id_unique", "revenue_valid", "quantity_range"}, top.ids(Warns), "missing money, then the rows that a rule is about")
	require.Greater(t, all, 3)
	require.Equal(t, -900000.0, top[2].Money.Revenue)
	require.Equal(t, YesBut, found.Answer())

	found = Of(analysed(t, strings.Replace(text, ",revenue\n", ",amount_due_somehow\n", 1)))
	require.Equal(t, "required_columns", found[0].ID)
	require.Equal(t, No, found.Answer())
	require.Contains(t, found.Sentence(format.English, nil, format.Sentence), "The required column revenue is missing.")
}

// TestWhatMovedIsNoWarningOfTheFile: the count is that of who checks the file alone, and how it is read is to be known.
func TestWhatMovedIsNoWarningOfTheFile(t *testing.T) {
	r := &analysis.Result{Profile: &contract.ImportProfile{RowCount: 1, Reading: &contract.Reading{Options: contract.ReadOptions{DecimalMark: ","},
		Found: []contract.Found{{Option: "decimal_mark", Source: contract.SourceGiven}, {Option: "date_order", Source: contract.SourceFound}}}}}
	r.Drift = []drift.Finding{{Kind: drift.RowCount, Severity: drift.Warning, Said: format.Say("It has 9 rows; the one before had 90.")}, {Kind: drift.ColumnNew, Column: "x", Severity: drift.Notice, Said: format.Say("new")}}
	r.Rules = &rules.Report{Outcomes: []rules.Outcome{{Rule: rules.Rule{ID: "own"}, Passed: true, Checked: true}}}
	l := Of(r)
	require.Equal(t, []Kind{Drift, ReadOption, Drift, Rule}, []Kind{l[0].Kind, l[1].Kind, l[2].Kind, l[3].Kind})
	passed, warnings, wrong := l.Tally()
	require.Equal(t, [3]int{1, 0, 0}, [3]int{passed, warnings, wrong})
	require.Equal(t, Yes, l.Answer())
	said, _ := l[1].Words(format.English, r.Profile, format.Sentence)
	require.Equal(t, "Read as decided. Decimal mark: comma (1.234,50)", said)
	way, option := l[1].Mend()
	require.Equal(t, ByReading, way)
	require.Equal(t, "decimal_mark", option)
}

func analysed(t *testing.T, text string) *analysis.Result {
	t.Helper()
	path := filepath.Join(t.TempDir(), "sales.csv")
	require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
	r, err := analysis.File(t.Context(), path, analysis.Options{Version: "1", Read: contract.ReadOptions{SchemaVersion: 1, RowIs: contract.RowIsOrder, AcceptMissing: true}})
	require.NoError(t, err)
	return r
}

// TestHiddenRowsSayWhatTheyCount: nobody sees in the workbook which part of the revenue stands in them.
func TestHiddenRowsSayWhatTheyCount(t *testing.T) {
	book := excelize.NewFile()
	require.NoError(t, book.SetSheetRow("Sheet1", "A1", &[]any{"order_id", "order_date", "channel", "region", "product_category", "quantity", "unit_price", "discount", "revenue"}))
	for i := range 40 {
		require.NoError(t, book.SetSheetRow("Sheet1", fmt.Sprintf("A%d", i+2), &[]any{fmt.Sprintf("O-%03d", i), "2025-01-02", "Web", "North", "Toys", 1, 10.1, 0, 10.1}))
	}
	for _, row := range []int{3, 17, 30} {
		require.NoError(t, book.SetRowVisible("Sheet1", row, false))
	}
	path := filepath.Join(t.TempDir(), "hidden.xlsx")
	require.NoError(t, book.SaveAs(path))
	r, err := analysis.File(t.Context(), path, analysis.Options{Version: "1"})
	require.NoError(t, err)
	for _, f := range Of(r) {
		if f.Kind == HiddenRows {
			require.Equal(t, &Money{Rows: 3, Revenue: 30.3, Of: Counted}, f.Money)
			require.Equal(t, "30.30 of revenue stands in 3 such rows", f.Cost(format.English))
			return
		}
	}
	t.Fatal("the hidden rows are not told")
}
