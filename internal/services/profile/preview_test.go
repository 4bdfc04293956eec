package profile_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/profile"
	"fabricportal/internal/services/spreadsheet"
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

// BenchmarkPreview is the reading of a file's beginning.
func BenchmarkPreview(b *testing.B) {
	path := sample(b, sampledata.Fact())
	for b.Loop() {
		_, err := profile.ReadPreview(b.Context(), path, 0, profile.Options{})
		require.NoError(b, err)
	}
}
