package export

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/internal/services/results/dataset"
	"fabricportal/internal/services/runs"
)

func TestFilesAreNamedByTheirRun(t *testing.T) {
	id := "018f4e6e-0000-7000-8000-000000000001"
	ended := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	p := Published{
		Source: "Files/results/current", KPIs: &contract.KPIs{RunID: &id, SourceFile: "sales.xlsx", TotalRevenue: 5, Orders: 1},
		Run: &runs.Run{ID: uuid.MustParse(id), TriggeredBy: "ana", FinishedAt: &ended},
	}
	rows := &grid{columns: []dataset.Column{{Name: "order_id"}, {Name: "note"}}, cells: [][]dataset.Cell{texts("A1", "=1+1")}}
	dir := t.TempDir()
	e := Exporter{Connection: "Production"}
	var told int64
	path, err := e.Excel(t.Context(), dir, p, rows, nil, nil, func(done, _ int64) { told = done })
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "results 018f4e6e-0000.xlsx"), path)
	require.Equal(t, int64(1), told)
	book, err := excelize.OpenFile(path)
	require.NoError(t, err)
	defer book.Close()
	said, err := book.GetRows("KPIs")
	require.NoError(t, err)
	var words []string
	for _, row := range said {
		words = append(words, row...)
	}
	for _, want := range []string{"Production", "Files/results/current", id, "sales.xlsx", "ana"} {
		require.Contains(t, words, want)
	}
	path, err = e.Excel(t.Context(), dir, p, rows, nil, nil, nil)
	require.NoError(t, err)
	require.Equal(t, "results 018f4e6e-0000 (2).xlsx", filepath.Base(path), "the file before stays")

	path, err = e.CSV(t.Context(), dir, p, rows, []int{1}, nil)
	require.NoError(t, err)
	require.Equal(t, "rows 018f4e6e-0000.csv", filepath.Base(path))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "\ufeffnote\r\n\"'=1+1\"\r\n", string(data), "for people: nothing acts as a formula")
	path, err = e.CSV(t.Context(), dir, Published{}, rows, nil, nil)
	require.NoError(t, err)
	require.Equal(t, "rows.csv", filepath.Base(path), "whose rows these are is not known")
}

func TestAHostileRunIdIsNoPartOfAPath(t *testing.T) {
	id := "/../../../x"
	dir := filepath.Join(t.TempDir(), "downloads")
	require.NoError(t, os.Mkdir(dir, 0o700))
	rows := &grid{columns: []dataset.Column{{Name: "order_id"}}, cells: [][]dataset.Cell{texts("A1")}}
	path, err := Exporter{}.CSV(t.Context(), dir, Published{KPIs: &contract.KPIs{RunID: &id}}, rows, nil, nil)
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "rows.csv"), path)
}

func TestFreeName(t *testing.T) {
	dir := t.TempDir()
	for _, want := range []string{"a.zip", "a (2).zip", "a (3).zip"} {
		path := FreeName(dir, "a", ".zip")
		require.Equal(t, filepath.Join(dir, want), path)
		require.NoError(t, os.WriteFile(path, nil, 0o600))
	}
	file := filepath.Join(dir, "a.zip")
	require.Equal(t, filepath.Join(file, "b.zip"), FreeName(file, "b", ".zip"), "a file is no folder, and writing there says so")
}
