package analysis_test

import (
	"context"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/hits"
	"fabricportal/internal/services/importfile/rows"
	"fabricportal/internal/services/importfile/spreadsheet"
	"fabricportal/internal/services/importfile/verdict"
)

// kindsSeen counts what was compared, by kind and check.
var kindsSeen = map[string]int{}

// requireCells compares all cells that are kept of a file's findings with what was counted, and returns how many findings had
// some.
func requireCells(t testing.TB, path string, o analysis.Options) int {
	t.Helper()
	plain, err := analysis.File(t.Context(), path, o)
	if err != nil {
		return 0 // it can't be read
	}
	keeper := &rows.Keeper{}
	defer keeper.Close()
	o.Keep = keeper
	r, err := analysis.File(t.Context(), path, o)
	require.NoError(t, err)
	require.Equal(t, verdict.Of(plain), verdict.Of(r), "keeping changes nothing")
	kept, err := keeper.Take()
	if err != nil {
		require.ErrorIs(t, err, rows.ErrNoRows)
		require.Zero(t, r.Profile.RowCount)
		return 0
	}
	defer kept.Close()
	require.Equal(t, r.Profile.RowCount, int64(kept.Rows()))
	found := 0
	for _, c := range r.Profile.Columns { // also of columns of which a check has said more
		var errors int64
		for _, n := range c.Errors {
			errors += n
		}
		for kind, want := range map[string]int64{rows.ErrorCells: errors, rows.Misfits: c.Misfits.Count, rows.StoredAsText: c.StoredAsText.Numbers + c.StoredAsText.Dates, rows.FormulasUncached: c.FormulasUncached} {
			cells, err := kept.Cells(t.Context(), hits.Key{Kind: kind, Column: c.NormalizedName})
			require.NoError(t, err)
			if kind == rows.StoredAsText && cells.Len() < want {
				continue // a text that reads as a number and as a date counts twice
			}
			require.Equal(t, want, cells.Len(), "%s: %s of %s", filepath.Base(path), kind, c.NormalizedName)
			if want > 0 {
				kindsSeen["column "+kind]++
			}
		}
	}
	for _, f := range verdict.Of(r) {
		if f.Level > verdict.Warns || f.Count == 0 {
			require.False(t, f.HasCells())
			continue
		}
		key := f.Key()
		cells, err := kept.Cells(t.Context(), hits.Key{Kind: string(key.Kind), Code: key.Code, Column: key.Column})
		require.NoError(t, err)
		if !f.HasCells() {
			require.Zero(t, cells.Len(), "%s: %s has cells and does not say so", filepath.Base(path), key)
			continue
		}
		require.Equal(t, f.Count, cells.Len(), "%s: %s", filepath.Base(path), key)
		found++
		kindsSeen[string(f.Kind)+" "+map[bool]string{true: f.ID}[f.Kind == verdict.Check]]++
		for i, e := range f.Examples {
			column, row, ok := spreadsheet.ParseAddress(e.Cell)
			require.True(t, ok, e.Cell)
			require.True(t, cells.Has(row, column), "%s: %s: %s is shown and not among the cells", filepath.Base(path), key, e.Cell)
			if at, ok := cells.At(int64(i)); ok && f.ID != "group_names" {
				require.Equal(t, hits.Cell{Row: row, Column: column}, at, "%s: %s: the first ones are those that are shown", filepath.Base(path), key)
			}
		}
		for i := range cells.Len() {
			at, ok := cells.At(i)
			require.True(t, ok)
			if at.Row != kept.HeaderRow() && i < 50 {
				_, known, err := kept.Place(context.Background(), at.Row)
				require.NoError(t, err)
				require.True(t, known || f.Kind == verdict.ShortRows || f.Kind == verdict.LongRows, "%s: %s: row %d is not kept", filepath.Base(path), key, at.Row)
			}
		}
	}
	return found
}

// TestAllCellsOfAFindingAreThere: of each case file, all cells that a finding has counted are kept, and no others.
func TestAllCellsOfAFindingAreThere(t *testing.T) {
	folder := caseFolder(t)
	files, err := os.ReadDir(folder)
	require.NoError(t, err)
	found := 0
	for _, file := range files {
		if filepath.Ext(file.Name()) == ".md" {
			continue
		}
		t.Run(file.Name(), func(t *testing.T) {
			path := filepath.Join(folder, file.Name())
			found += requireCells(t, path, analysis.Options{})
			found += requireCells(t, path, analysis.Options{Read: contract.ReadOptions{RowIs: contract.RowIsOrderLine, RowsNoOrders: contract.Count}})
			found += requireCells(t, path, analysis.Options{Read: contract.ReadOptions{RowIs: contract.RowIsOrder, RowsNoOrders: contract.LeaveOut, ShiftedRows: contract.Realign}})
		})
	}
	require.Greater(t, found, 100)
	for _, kind := range []string{"check group_names", "check header_names", "check order_date_valid", "check order_id_exact", "check order_id_unique", "check rows_left_out",
		"duplicate_rows ", "hidden_rows ", "left_out ", "long_rows ", "short_rows ", "column error_cells", "column formulas_uncached", "column misfits", "column stored_as_text"} {
		require.Positive(t, kindsSeen[kind], "no case file has %s: %v", kind, kindsSeen)
	}
}

// TestAllCellsAreThereWhereKeysAreOnDisk: which rows repeat an order_id is known at the end, in another order.
func TestAllCellsAreThereWhereKeysAreOnDisk(t *testing.T) {
	r := rand.New(rand.NewPCG(7, 9))
	for _, lines := range []string{contract.RowIsOrder, contract.RowIsOrderLine} {
		var b strings.Builder
		b.WriteString("order_id,order_date,channel,region,product_category,quantity,unit_price,discount,revenue,status,currency\n")
		pick := func(of ...string) string { return of[r.IntN(len(of))] }
		for i := range 6000 {
			if i%997 == 5 {
				b.WriteString("  , ,\n") // no row
			}
			id := "O-" + strconv.Itoa(r.IntN(4000))
			switch r.IntN(40) {
			case 0:
				id = ""
			case 1:
				id = strings.ToLower(id)
			case 2:
				id = "1234567890123456700"
			}
			revenue := pick("10", "10", "10", "10", "10", "", "n/k", "-4", "12.5")
			region := pick("North", "South")
			if i%400 == 9 {
				region = "MÃ¼nchen"
			}
			b.WriteString(strings.Join([]string{id, pick("2025-01-01", "2025-01-02", "2025-01-03", "soon", ""), pick("Web", "web", "Store"), region, "Toys", "1", pick("10", "10", "x"), "0", revenue,
				pick("paid", "paid", "returned"), pick("EUR", "EUR", "EUR", "USD")}, ",") + "\n")
			if i%50 == 0 {
				b.WriteString("short,2025-01-01\n")
			}
		}
		path := filepath.Join(t.TempDir(), "orders.csv")
		require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o600))
		o := analysis.Options{Read: contract.ReadOptions{RowIs: lines}}
		require.GreaterOrEqual(t, requireCells(t, path, o), 8)
		o.Limits.Keys = 100
		require.GreaterOrEqual(t, requireCells(t, path, o), 8)
	}
	for _, kind := range []string{"check order_id_case", "check one_currency", "check returned_or_cancelled", "check text_encoding", "check revenue_valid", "rule "} {
		require.Positive(t, kindsSeen[kind], "%s: %v", kind, kindsSeen)
	}
}
