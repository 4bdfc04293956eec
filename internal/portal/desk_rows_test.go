package portal

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/results/dataset"
)

func TestTheRowsOfAFileLeaveNothingBehind(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	file := artifacts.File{Name: "a.csv", Path: artifacts.ImportFolder + "/a.csv", ETag: "1", Size: int64(len(orders))}
	p := deskOn(t, map[string]string{file.Path: orders})
	found, err := p.AnalyzeRemote(t.Context(), file, analysis.Options{}, true)
	require.NoError(t, err)

	how := dataset.FileReading{Title: "Row", Known: found.Profile, Seen: func(*dataset.FileRows) {}}
	rows, err := p.RowsRemote(t.Context(), file, analysis.Options{}, how)
	require.NoError(t, err)
	require.Equal(t, 2, rows.Rows())
	require.Equal(t, found.Profile.File.SHA256, rows.Result.Profile.File.SHA256)
	require.Equal(t, found.Profile.Validation, rows.Result.Profile.Validation, "the same is found as when the file was chosen")
	shown, err := rows.All().Shown(t.Context(), 0, 9, []int{0, 1, 3})
	require.NoError(t, err)
	require.Equal(t, []dataset.Cell{{Text: "3"}, {Text: "B"}, {Text: "5"}}, shown.Cells[1])
	left, err := os.ReadDir(os.Getenv("TMPDIR"))
	require.NoError(t, err)
	require.Empty(t, left, "no file has a name, not even while the rows are looked at")
	require.NoError(t, rows.Close())

	_, err = p.RowsRemote(t.Context(), artifacts.File{Name: "b.csv", Path: "Files/import/b.csv"}, analysis.Options{}, how)
	require.ErrorAs(t, err, new(*artifacts.NotFoundError))
}
