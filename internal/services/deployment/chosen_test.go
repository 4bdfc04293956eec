package deployment_test

import (
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/fabric/pipelines"
)

// TestThePipelineChoosesTheNotebook: a folder and a large file are for Spark, all else is for the Python notebook, also what isn't there.
func TestThePipelineChoosesTheNotebook(t *testing.T) {
	ran := make(chan string, 1)
	w := newWorkspaceNamed(t, "", func(string) jobs.Runner {
		return jobs.RunnerFunc(func(_ context.Context, x jobs.Execution) (jobs.Outcome, error) {
			ran <- x.Notebook.Name
			return jobs.Outcome{}, nil
		})
	})
	p, err := w.deploy(false)
	require.NoError(t, err)
	imports := filepath.Join(w.lake, "Files", "import")
	require.NoError(t, os.Mkdir(filepath.Join(imports, "many"), 0o700))
	for name, size := range map[string]int64{"small.csv": 10, "exactly.csv": 1 << 30, "large.csv": 1<<30 + 1} {
		require.NoError(t, os.WriteFile(filepath.Join(imports, name), nil, 0o600))
		require.NoError(t, os.Truncate(filepath.Join(imports, name), size)) // it takes no place
	}
	ingest, _ := p.PipelineIDs()
	for i, c := range []struct {
		input    string
		profiles bool
		want     string
	}{
		{"small.csv", false, "sales_ingest"}, {"exactly.csv", false, "sales_ingest"}, {"large.csv", false, "sales_ingest_spark"}, {"many", false, "sales_ingest_spark"},
		{"gone.csv", false, "sales_ingest"}, {"", true, "sales_ingest"}, {"large.csv", true, "sales_ingest"},
	} {
		_, err = w.jobs.Start(t.Context(), pipelines.StartRequest{ItemID: ingest, SendBy: time.Now().Add(time.Minute), Parameters: map[string]any{
			"run_id": uuid.NewString(), "input_file": c.input, "profile_only": c.profiles,
		}})
		require.NoError(t, err)
		select {
		case name := <-ran:
			require.Equal(t, c.want, name, "%+v", c)
		case <-time.After(time.Minute):
			require.Fail(t, "no notebook was run", "%+v", w.Jobs.Jobs())
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		require.NoError(t, w.Jobs.Wait(ctx, func(all []jobs.Job) bool { return !all[i].Unfinished() }))
		cancel()
		require.Equal(t, jobs.Completed, w.Jobs.Jobs()[i].Status, "%+v", w.Jobs.Jobs()[i].Activities)
	}
}

// TestAFolderRunsOnSpark: a folder of files and its figures, as one table.
func TestAFolderRunsOnSpark(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs a notebook on Spark")
	}
	if _, err := jobs.FindSpark(t.Context(), ""); errors.Is(err, jobs.ErrNoSpark) {
		t.Skip(err)
	}
	w := newWorkspaceNamed(t, "", func(dir string) jobs.Runner { return jobs.Papermill{Dir: filepath.Join(dir, "jobs")} })
	p, err := w.deploy(false)
	require.NoError(t, err)
	folder := filepath.Join(w.lake, "Files", "import", "orders")
	require.NoError(t, os.Mkdir(folder, 0o700))
	for name, rows := range map[string]string{"2025-11.csv": "A-1,2025-11-01,10.50\n", "2025-12.csv": "A-3,2025-12-01,9.99\nA-2,2025-12-02,20.25\n", "_SUCCESS": ""} {
		if rows != "" {
			rows = "order_id,order_date,revenue\n" + rows
		}
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(rows), 0o600))
	}
	ingest, _ := p.PipelineIDs()
	run := uuid.NewString()
	_, err = w.jobs.Start(t.Context(), pipelines.StartRequest{ItemID: ingest, SendBy: time.Now().Add(time.Minute), Parameters: map[string]any{
		"run_id": run, "input_file": "orders", "requested_by": "ana@contoso.com", "total_visitors": 0, "converting_visitors": 0, "read_options": "",
	}})
	require.NoError(t, err)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Minute)
	defer cancel()
	require.NoError(t, w.Jobs.Wait(ctx, func(all []jobs.Job) bool { return !all[0].Unfinished() }))
	require.Equal(t, jobs.Completed, w.Jobs.Jobs()[0].Status, "%+v", w.Jobs.Jobs()[0].Activities)
	text, err := os.ReadFile(filepath.Join(w.lake, "Files", "results", "current", "kpis.json"))
	require.NoError(t, err)
	var kpis struct {
		RunID     string  `json:"run_id"`
		File      string  `json:"source_file"`
		Revenue   float64 `json:"total_revenue"`
		Orders    int     `json:"orders"`
		Generator struct {
			Name string `json:"name"`
		} `json:"generator"`
	}
	require.NoError(t, json.Unmarshal(text, &kpis))
	require.Equal(t, []any{run, "orders", 40.74, 3, "sales_ingest_spark"}, []any{kpis.RunID, kpis.File, kpis.Revenue, kpis.Orders, kpis.Generator.Name})
	var names []string
	for _, a := range w.activities(t, w.Jobs.Jobs()[0].ID) {
		names = append(names, a.Name+" "+a.Status)
		require.Equal(t, a.Name == "sales_ingest_spark", a.SnapshotURL != "", "the notebook's page is that of the one that ran")
	}
	require.Equal(t, []string{"look Succeeded", "a_file Succeeded", "a_folder Succeeded", "weigh Succeeded", "by_kind Succeeded", "choose Succeeded", "sales_ingest_spark Succeeded"}, names)
}

// activities are those of a job, as the program reads them over HTTPS.
func (w *workspace) activities(t *testing.T, job string) []pipelines.ActivityRun {
	t.Helper()
	list, err := w.jobs.ActivityRuns(t.Context(), job, time.Now().Add(-time.Hour), time.Now())
	require.NoError(t, err)
	return list
}
