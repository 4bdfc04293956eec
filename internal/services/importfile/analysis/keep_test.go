package analysis_test

import (
	"context"
	"os"
	"path/filepath"
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

// countsNoCells are the findings that are about no cells, or count something else than cells.
var countsNoCells = map[string]bool{
	"reading_decided": true, "rows_present": true, "required_columns": true, "recommended_columns": true,
}

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
	for _, f := range verdict.Of(r) {
		if f.Level > verdict.Warns || f.Count == 0 {
			continue
		}
		switch f.Kind {
		case verdict.Check, verdict.Rule:
			if countsNoCells[f.ID] || strings.HasPrefix(f.ID, "required") || f.ID == "order_date_fresh" && len(f.Examples) == 0 { // the newest day is old
				continue
			}
		case verdict.HiddenSheet, verdict.LeftOutColumns, verdict.Macros, verdict.ExternalLinks, verdict.MissingDays, verdict.Incomplete, verdict.RulesNotApplied:
			continue
		default:
		}
		key := f.Key()
		cells, err := kept.Cells(t.Context(), hits.Key{Kind: string(key.Kind), Code: key.Code, Column: key.Column})
		require.NoError(t, err)
		require.Equal(t, f.Count, cells.Len(), "%s: %s", filepath.Base(path), key)
		found++
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
}
