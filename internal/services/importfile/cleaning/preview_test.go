package cleaning_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/cleaning"
)

// preview is what the cleaning will do with a file, of which nothing else is asked.
func preview(ctx context.Context, path string, o analysis.Options) (*cleaning.Preview, error) {
	o.Parts = analysis.Cleaning
	found, err := analysis.File(ctx, path, o)
	if err != nil {
		return nil, err
	}
	return found.Cleaning, nil
}

func TestThePreviewSaysWhatTheCleaningWillDo(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sales.xlsx")
	f := excelize.NewFile()
	for i, row := range [][]any{
		{"Order ID", "order_date", "Channel ", "revenue"},
		{"A1", "2025-03-01", "Web", 10},
		{"A2", "31.02.2025", " Shop ", "12.50"},
		{"A1", "2025-03-02", "Web", 11},
		{nil, "2025-03-02", "Web", 11},
		{"A3", nil, "Web", "free"},
		{"A4", nil, "Web", "n/a"},
		{"A5", "1.3.2025", "Web", "1.234,50 €"},
		{"∑", nil, nil, nil},
	} {
		cell, err := excelize.CoordinatesToCellName(1, i+1)
		require.NoError(t, err)
		require.NoError(t, f.SetSheetRow("Sheet1", cell, &row))
	}
	require.NoError(t, f.SaveAs(path))
	orders := contract.ReadOptions{RowIs: contract.RowIsOrder}
	p, err := preview(t.Context(), path, analysis.Options{Read: orders})
	require.NoError(t, err)
	require.Equal(t, []cleaning.Renaming{{From: "Order ID", To: "order_id"}, {From: "Channel ", To: "channel"}}, p.Renamed)
	require.True(t, p.Whole)
	require.Equal(t, int64(8), p.Rows)
	said := func(p *cleaning.Preview) (sentences []string) {
		for _, c := range p.Changes {
			sentences = append(sentences, c.Sentence())
		}
		return sentences
	}
	want := []string{
		"B2 (order_date): “2025-03-01” becomes “2025-03-01”",
		"B3 (order_date): “31.02.2025” becomes empty",
		"C3 (channel): “ Shop ” becomes “Shop”",
		"D3 (revenue): “12.50” becomes “12.50”",
		"row 4 is left out: an earlier one has its order_id “A1”",
		"row 5 is left out: it has no order_id",
		"D6 (revenue): “free” becomes empty", // n/a is nothing, and stays so
		"B8 (order_date): “1.3.2025” becomes “2025-03-01”",
		"D8 (revenue): “1.234,50 €” becomes “1234.5”",
		"row 9 is left out: it is no order, or a delimiter has shifted it",
	}
	require.Equal(t, want, said(p))

	p, err = preview(t.Context(), path, analysis.Options{})
	require.NoError(t, err)
	want[4] = "B4 (order_date): “2025-03-02” becomes “2025-03-02”" // the rows of A1 have different amounts: they are its lines
	require.Equal(t, want, said(p))

	p, err = preview(t.Context(), path, analysis.Options{Cleaning: cleaning.PreviewOptions{Rows: 2, Changes: 1}})
	require.NoError(t, err)
	require.False(t, p.Whole)
	require.Len(t, p.Changes, 1)
	require.Equal(t, int64(2), p.Counts[cleaning.Reread])
	p, err = preview(t.Context(), path, analysis.Options{Read: contract.ReadOptions{HeaderRow: 3}})
	require.NoError(t, err)
	require.Equal(t, "A2", p.Renamed[0].From)
	_, err = preview(t.Context(), path, analysis.Options{Read: contract.ReadOptions{Sheet: "none"}})
	require.Error(t, err)
}

// TestThePreviewCountsAsTheCleaningDoes compares with the counts that kpis takes while it reads a whole file, which are the
// notebook's (package kpis).
func TestThePreviewCountsAsTheCleaningDoes(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, sampledata.Write(dir))
	names := []string{sampledata.NextFile, sampledata.FactFile}
	if testing.Short() {
		names = names[:1]
	}
	for _, name := range names {
		path := filepath.Join(dir, name)
		p, err := preview(t.Context(), path, analysis.Options{Cleaning: cleaning.PreviewOptions{Rows: 1 << 40}})
		require.NoError(t, err)
		a, err := analysis.File(t.Context(), path, analysis.Options{Parts: analysis.KPIs})
		require.NoError(t, err)
		require.True(t, p.Whole)
		require.Equal(t, a.Rows.Read, p.Rows)
		require.Equal(t, a.Rows.WithoutOrderID, p.Counts[cleaning.WithoutID])
		require.Equal(t, a.Rows.DuplicateOrderID, p.Counts[cleaning.Repeated])
		require.Equal(t, a.Rows.InvalidDates+a.Rows.InvalidNumbers, p.Counts[cleaning.Emptied])
		require.Positive(t, p.Counts[cleaning.Repeated]+p.Counts[cleaning.WithoutID], "otherwise nothing is tried: %s", name)
	}
}

func TestATextFileIsPreviewedAndReadingEndsWithItsContext(t *testing.T) {
	path := filepath.Join(t.TempDir(), "sales.csv")
	begin := "order_id;order_date;revenue\nA;2025-01-01;5\nB;tomorrow; 7.10 \n"
	require.NoError(t, os.WriteFile(path, []byte(begin+strings.Repeat("C;2025-01-01;x\n", 3)), 0o600))
	p, err := preview(t.Context(), path, analysis.Options{})
	require.NoError(t, err)
	require.Empty(t, p.Renamed)
	require.Equal(t, map[cleaning.ChangeKind]int64{cleaning.Emptied: 2, cleaning.Repeated: 2}, p.Counts, "the rows of C are the same one")
	p, err = preview(t.Context(), path, analysis.Options{Read: contract.ReadOptions{RowIs: contract.RowIsOrderLine}})
	require.NoError(t, err)
	require.Equal(t, map[cleaning.ChangeKind]int64{cleaning.Emptied: 4}, p.Counts)

	require.NoError(t, os.WriteFile(path, []byte(begin+"C;2025-01-01;x\n"+strings.Repeat("C;2025-01-01;\n", 2)), 0o600))
	p, err = preview(t.Context(), path, analysis.Options{})
	require.NoError(t, err)
	require.Equal(t, map[cleaning.ChangeKind]int64{cleaning.Emptied: 2}, p.Counts, "rows without an amount below their order are its lines")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = preview(ctx, path, analysis.Options{})
	require.ErrorIs(t, err, context.Canceled)
}
