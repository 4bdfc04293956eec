package profile_test

import (
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/importfile/profile"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// TestPreviewShowsTheSampleRowsOfTheProfile compares the preview with what the whole profile says of the same rows.
func TestPreviewShowsTheSampleRowsOfTheProfile(t *testing.T) {
	for name, path := range map[string]string{"workbook": sample(t, sampledata.Next()), "csv": write(t, "a.csv", csvOf(5_000))} {
		t.Run(name, func(t *testing.T) {
			p, err := profile.File(t.Context(), path, profile.Options{SampleRows: 50})
			require.NoError(t, err)
			preview, err := profile.ReadPreview(t.Context(), path, 0, profile.Options{})
			require.NoError(t, err)
			require.Equal(t, p.SampleRows, preview.Rows)
			require.Len(t, preview.Numbers, 50)
			require.Equal(t, 2, preview.Numbers[0])
			require.EqualValues(t, *p.HeaderRow, preview.HeaderRow)
			require.Len(t, preview.Names, p.ColumnCount)
			require.Equal(t, p.Columns[0].Name, preview.Names[0])
			require.Equal(t, p.File.Format, preview.Format)
			if p.Sheet != nil {
				require.Equal(t, *p.Sheet, preview.Sheet)
			}

			short, err := profile.ReadPreview(t.Context(), path, 3, profile.Options{HeaderRow: 4})
			require.NoError(t, err)
			require.Len(t, short.Rows, 3)
			require.Equal(t, 4, short.HeaderRow)
			require.Equal(t, p.SampleRows[3], append([]any{}, short.Rows[0]...)[:len(p.SampleRows[3])])
		})
	}
}

func TestPreviewOfADamagedOrForeignFile(t *testing.T) {
	preview, err := profile.ReadPreview(t.Context(), write(t, "a.xlsx", spoiltWorkbook(t)), 100, profile.Options{})
	require.NoError(t, err)
	require.Len(t, preview.Rows, 50)
	_, err = profile.ReadPreview(t.Context(), write(t, "a.xlsx", "%PDF-1.7"), 0, profile.Options{})
	require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
	_, err = profile.ReadPreview(t.Context(), write(t, "a.csv", csvOf(3)), 0, profile.Options{HeaderRow: 17})
	require.ErrorAs(t, err, new(*spreadsheet.UnreadableError))
	require.ErrorContains(t, err, "Row 17 of a.csv")
	empty, err := profile.ReadPreview(t.Context(), write(t, "a.csv", ""), 0, profile.Options{})
	require.NoError(t, err)
	require.Empty(t, empty.Rows)
}

func TestATitleIsNotTakenForNames(t *testing.T) {
	const table = "order_id,order_date,revenue\nA1,2026-01-02,5\nA2,2026-01-03,7\n"
	for name, c := range map[string]struct {
		text   string
		likely int
	}{
		"no title":                  {table, 0},
		"a title":                   {"Sales of November\n" + table, 2},
		"a title, a date, a gap":    {"Sales of November,,\nas of,2026-11-02,\n,,\n" + table, 4},
		"a wide title":              {"Sales,of,November\n" + table, 2},
		"names that no rule knows":  {"Report\nname,town,size\nAnn,Ulm,5\n", 2},
		"two columns":               {"name,size\nAnn,5\nBob,6\n", 0},
		"one column":                {"name\nAnn\nBob\n", 0},
		"texts only, no title":      {"name,town,street\nAnn,Ulm,Hill\nBob,Rome,Way\n", 0},
		"names said again further":  {table + table, 0},
		"numbers below a title":     {"Report\n1,2,3\n4,5,6\n", 0},
		"the same below a title":    {"Report\na,a,b\n4,5,6\n", 0},
		"a title and names alone":   {"Report\nname,town,size\n", 0},
		"rows that are mostly gaps": {"name,note\n" + strings.Repeat("Ann,\n", 10), 0},
	} {
		t.Run(name, func(t *testing.T) {
			for _, path := range []string{write(t, "a.csv", c.text), workbookOf(t, c.text)} {
				preview, err := profile.ReadPreview(t.Context(), path, 0, profile.Options{})
				require.NoError(t, err)
				require.Equal(t, c.likely, preview.LikelyHeader, filepath.Ext(path))
				if c.likely > 0 {
					chosen, err := profile.ReadPreview(t.Context(), path, 0, profile.Options{HeaderRow: c.likely})
					require.NoError(t, err)
					require.Zero(t, chosen.LikelyHeader, "it was chosen")
				}
			}
		})
	}
}

// workbookOf is a workbook with the cells of a text without quotes, numbers as numbers.
func workbookOf(t *testing.T, text string) string {
	t.Helper()
	book := excelize.NewFile()
	for r, line := range strings.Split(strings.TrimSpace(text), "\n") {
		for c, value := range strings.Split(line, ",") {
			cell, err := excelize.CoordinatesToCellName(c+1, r+1)
			require.NoError(t, err)
			if n, err := strconv.Atoi(value); err == nil {
				require.NoError(t, book.SetCellValue("Sheet1", cell, n))
			} else if value != "" {
				require.NoError(t, book.SetCellStr("Sheet1", cell, value))
			}
		}
	}
	return saved(t, book)
}

// BenchmarkPreview is the reading of a file's beginning.
func BenchmarkPreview(b *testing.B) {
	path := sample(b, sampledata.Fact())
	for b.Loop() {
		_, err := profile.ReadPreview(b.Context(), path, 0, profile.Options{})
		require.NoError(b, err)
	}
}
