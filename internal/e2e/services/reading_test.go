package services

import (
	"archive/zip"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/contract"
	"fabricportal/fabric"
	"fabricportal/internal/format"
	"fabricportal/internal/portal"
	"fabricportal/internal/sandbox"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/runs"
)

// report is a workbook whose orders stand on its second sheet, below a title.
func report(t *testing.T, path string) {
	t.Helper()
	f := excelize.NewFile()
	defer f.Close()
	require.NoError(t, f.SetSheetName("Sheet1", "Cover"))
	require.NoError(t, f.SetCellValue("Cover", "A1", "Sales 2025"))
	_, err := f.NewSheet("Orders")
	require.NoError(t, err)
	for cell, row := range map[string][]any{"A1": {"All orders of 2025"}, "A4": {"order_id", "order_date", "revenue"}, "A5": {"A-1", "2025-12-01", 12.5}, "A6": {"A-2", "2025-12-02", 30}} {
		require.NoError(t, f.SetSheetRow("Orders", cell, &row))
	}
	require.NoError(t, f.SaveAs(path))
}

// TestAnotherSheetIsAskedForAndRun: what a person has decided reaches the notebook, and stands in all that the run leaves.
func TestAnotherSheetIsAskedForAndRun(t *testing.T) {
	w := open(t)
	report(t, filepath.Join(w.samples, "report.xlsx"))
	w.upload(t, "report.xlsx")
	found, as, err := w.portal.LookInput(t.Context(), "report.xlsx", analysis.Options{})
	require.NoError(t, err)
	require.Nil(t, as.Record)
	require.Len(t, found.Reading.Questions, 1)
	require.Equal(t, "sheet", found.Reading.Questions[0].ID)
	answer := as.Given.Merged(*found.Reading.Questions[0].Readings[0].Options)
	require.Equal(t, "Orders", answer.Sheet)
	found, as, err = w.portal.LookInput(t.Context(), "report.xlsx", analysis.Options{Read: answer})
	require.NoError(t, err)
	require.Empty(t, found.Reading.Questions)
	run, err := w.portal.Run(t.Context(), "report.xlsx", as.Given.ForRun(found.Reading))
	require.NoError(t, err)
	run = w.follow(t, run)
	require.Equal(t, runs.Succeeded, run.Status, run.ErrorMessage)
	k := read[contract.KPIs](t, w.current("kpis.json"))
	require.Equal(t, 42.5, k.TotalRevenue)
	require.Equal(t, &contract.ReadOptions{SchemaVersion: 1, Sheet: "Orders", HeaderRow: 4}, k.ReadOptions)
	meta := read[contract.RunMetadata](t, filepath.Join(w.runFolder(run.ID), "run_metadata.json"))
	require.Equal(t, k.ReadOptions, meta.ReadOptions)
	require.Equal(t, []string{"order_id", "order_date", "revenue"}, meta.Headers)
	require.Equal(t, *k.ReadOptions, read[contract.ImportProfile](t, filepath.Join(w.runFolder(run.ID), "import_profile.json")).Reading.Options)

	again, err := w.portal.RunAgain(t.Context(), run.ID)
	require.NoError(t, err)
	again = w.follow(t, again)
	require.Equal(t, runs.Succeeded, again.Status, again.ErrorMessage)
	require.Equal(t, 42.5, read[contract.KPIs](t, filepath.Join(w.runFolder(again.ID), "kpis.json")).TotalRevenue)
	bundle, err := w.portal.Evidence(t.Context(), again.ID, t.TempDir(), format.English, func(int64, int64) {})
	require.NoError(t, err)
	require.Contains(t, part(t, bundle, "ro-crate-preview.html"), "Sheet: Orders · Header row: 4")
}

// part is a file of a zip.
func part(t *testing.T, path, name string) string {
	t.Helper()
	z, err := zip.OpenReader(path)
	require.NoError(t, err)
	defer z.Close()
	f, err := z.Open(name)
	require.NoError(t, err)
	data, err := io.ReadAll(f)
	require.NoError(t, err)
	return string(data)
}

// deployedBefore are the definitions as they were before the pipeline had a parameter.
func deployedBefore(t *testing.T, parameter string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(fabric.Items, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := fs.ReadFile(fabric.Items, path)
		if strings.HasSuffix(path, "sales_ingest.DataPipeline/pipeline-content.json") {
			require.Contains(t, string(data), parameter)
			data = []byte(strings.ReplaceAll(string(data), parameter, "comment"))
		}
		out[path] = &fstest.MapFile{Data: data}
		return err
	}))
	return out
}

// TestAnOldPipelineIsNamedAndNotToldInVain: doctor says it, and a run that needs to be told is refused with what to do.
func TestAnOldPipelineIsNamedAndNotToldInVain(t *testing.T) {
	w := openWith(t, sandbox.Options{Log: t.Logf, Definitions: deployedBefore(t, contract.ReadOptionsParameter)})
	said := ""
	for _, c := range portal.Doctor(t.Context(), portal.Options{Version: "9.9.9"}, doctor.Manner{}) {
		if c.Name == "pipeline's parameters" {
			said = c.Message
			require.False(t, c.OK)
		}
	}
	require.Contains(t, said, "too old")
	require.NoError(t, os.WriteFile(filepath.Join(w.samples, "us.csv"), []byte("order_id,order_date,revenue\nA-1,2025-12-01,\"1,234.50\"\n"), 0o600))
	w.upload(t, "us.csv")
	found, as, err := w.portal.LookInput(t.Context(), "us.csv", analysis.Options{})
	require.NoError(t, err)
	require.Empty(t, found.Reading.Questions, "it is read in one way only")
	_, err = w.portal.Run(t.Context(), "us.csv", as.Given.ForRun(found.Reading))
	var refused *runs.RefusedError
	require.ErrorAs(t, err, &refused, "the old notebook would empty the amount")
	require.Contains(t, refused.Sentence, "import the pipeline and the notebook of this version")
	require.Zero(t, value[int64](t, w, "select count(*) from pipeline_runs"))
}
