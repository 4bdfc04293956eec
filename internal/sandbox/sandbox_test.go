package sandbox_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/BurntSushi/toml"
	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/setup/config"
)

// quick is a sandbox whose jobs succeed without Python.
func quick() sandbox.Options {
	return sandbox.Options{Runner: jobs.RunnerFunc(func(context.Context, jobs.Execution) (jobs.Outcome, error) { return jobs.Outcome{}, nil })}
}

func start(t *testing.T, o sandbox.Options) *sandbox.Sandbox {
	t.Helper()
	o.Log = t.Logf
	s, err := sandbox.Start(t.Context(), o)
	if errors.Is(err, jobs.ErrNoPython) {
		t.Skip(err)
	}
	require.NoError(t, err)
	t.Cleanup(s.Close)
	return s
}

func TestTheConfigurationFillsEveryKeyAndHoldsNoSecret(t *testing.T) {
	s := start(t, quick())
	text, err := os.ReadFile(s.Config)
	require.NoError(t, err)
	var c config.Config
	meta, err := toml.Decode(string(text), &c)
	require.NoError(t, err)
	require.Empty(t, meta.Undecoded(), "keys that the product does not know")
	var empty []string
	missing(reflect.ValueOf(c), "", &empty)
	require.ElementsMatch(t, []string{"user", "fabric.sign_in", "fabric.certificate_file", "artifacts.folder"}, empty, "keys without a value: who is signed in at the machine, by the client secret, and no folder")
	require.Equal(t, "Sandbox", c.Name)
	require.Equal(t, config.Funnel{TotalVisitors: 1_428_571, ConvertingVisitors: 49_080}, c.Funnel)

	for _, v := range s.Env() {
		name, value, _ := strings.Cut(v, "=")
		require.NotEmpty(t, value, name)
		if name != sandbox.EnvConfig {
			require.NotContains(t, string(text), value, "%s is a secret", name)
		}
	}

	db := c.Database
	conn, err := pgx.Connect(t.Context(), fmt.Sprintf("host=%s port=%d dbname=%s user=%s sslmode=%s sslrootcert='%s' password=%s",
		db.Host, db.Port, db.Name, db.User, db.SSLMode, db.SSLRootCert, s.Database.AppPassword))
	require.NoError(t, err)
	require.NoError(t, conn.Close(t.Context()))
}

// missing collects the keys of a configuration that have no value.
func missing(v reflect.Value, prefix string, found *[]string) {
	for i := range v.NumField() {
		key := v.Type().Field(i).Tag.Get("toml")
		switch field := v.Field(i); {
		case key == "-":
		case field.Kind() == reflect.Struct:
			missing(field, prefix+key+".", found)
		case field.IsZero():
			*found = append(*found, prefix+key)
		}
	}
}

func TestSeveralSideBySide(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts two sandboxes")
	}
	a, b := start(t, quick()), start(t, quick())
	require.NotEqual(t, a.Dir, b.Dir)
	require.NotEqual(t, a.Database.Port, b.Database.Port)
	require.NotEqual(t, a.StandIn.WorkspaceID, b.StandIn.WorkspaceID)
	require.NotEqual(t, a.StandIn.App, b.StandIn.App)
	require.NotEqual(t, a.Env(), b.Env())
	for _, s := range []*sandbox.Sandbox{a, b} {
		conn, err := pgx.Connect(t.Context(), s.AdminDSN())
		require.NoError(t, err)
		require.NoError(t, conn.Close(t.Context()))
	}
	a.Close()
	require.NoDirExists(t, a.Dir)
	conn, err := pgx.Connect(t.Context(), b.AdminDSN())
	require.NoError(t, err, "one's end is not the other's")
	require.NoError(t, conn.Close(t.Context()))
}

func TestANamedFolderIsKeptAndNotMixed(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts sandboxes one after the other")
	}
	o := quick()
	o.Dir = filepath.Join(t.TempDir(), "my sandbox")
	o.SampleData = func(dir string) error {
		return os.WriteFile(filepath.Join(dir, sandbox.SampleFile), []byte("sample"), 0o600)
	}
	s := start(t, o)
	require.FileExists(t, filepath.Join(s.Samples, sandbox.SampleFile))
	require.FileExists(t, filepath.Join(s.Lakehouse, "Files", "import", sandbox.SampleFile))
	_, err := sandbox.Start(t.Context(), o)
	require.ErrorContains(t, err, "already holds a sandbox")
	s.Close()
	require.FileExists(t, s.Config)

	o.Dir, o.SampleData = filepath.Join(t.TempDir(), "other"), func(string) error { return errors.New("disk full") }
	_, err = sandbox.Start(t.Context(), o)
	require.ErrorContains(t, err, "disk full")
}

// TestTheRealNotebooks runs what goes to Fabric, on a file of three orders, and restores the result.
func TestTheRealNotebooks(t *testing.T) {
	if testing.Short() {
		t.Skip("it runs the notebooks")
	}
	s := start(t, sandbox.Options{QueueTime: -1})
	workbook := excelize.NewFile()
	defer workbook.Close()
	for i, row := range [][]any{
		{"Order ID", "Order Date", "Revenue", "Channel", "Region", "Product Category"},
		{"A1", time.Date(2026, 1, 5, 0, 0, 0, 0, time.UTC), 10.5, "Web", "North", "Toys"},
		{"A2", time.Date(2026, 1, 6, 0, 0, 0, 0, time.UTC), 20.25, "Store", "South", "Books"},
		{"A3", time.Date(2026, 2, 1, 0, 0, 0, 0, time.UTC), 30, "Web", "North", "Toys"},
	} {
		require.NoError(t, workbook.SetSheetRow("Sheet1", fmt.Sprint("A", i+1), &row))
	}
	require.NoError(t, workbook.SaveAs(filepath.Join(s.Lakehouse, "Files", "import", "three.xlsx")))

	run := func(pipeline string, parameters map[string]any) jobs.Job {
		t.Helper()
		_, err := s.StandIn.Jobs.Start(s.StandIn.PipelineIDs[pipeline], jobs.Request{JobType: "Pipeline", Parameters: parameters})
		require.NoError(t, err)
		ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
		defer cancel()
		require.NoError(t, s.StandIn.Jobs.Wait(ctx, func(all []jobs.Job) bool { return !all[len(all)-1].Unfinished() }))
		all := s.StandIn.Jobs.Jobs()
		return all[len(all)-1]
	}
	kpis := func() (k struct {
		RunID        string  `json:"run_id"`
		TotalRevenue float64 `json:"total_revenue"`
		Orders       int     `json:"orders"`
	}) {
		text, err := os.ReadFile(filepath.Join(s.Lakehouse, "Files", "results", "current", "kpis.json"))
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(text, &k))
		return k
	}

	id := uuid.NewString()
	job := run("sales_ingest", map[string]any{"input_file": "three.xlsx", "run_id": id, "requested_by": "ana", "total_visitors": 100.0, "converting_visitors": 3.0})
	require.Equal(t, jobs.Completed, job.Status, "%+v", job.Activities)
	require.Equal(t, id, kpis().RunID)
	require.Equal(t, 3, kpis().Orders)
	require.InDelta(t, 60.75, kpis().TotalRevenue, 0.001)
	result := ofNotebook(t, job).Output["result"].(map[string]any)
	require.Contains(t, result["exitValue"], id, "the notebook's exit value reaches the pipeline")

	job = run("restore_run", map[string]any{"source_run_id": id, "run_id": uuid.NewString(), "requested_by": "ben", "input_file": "three.xlsx"})
	require.Equal(t, jobs.Completed, job.Status, "%+v", job.Activities)
	require.Equal(t, id, kpis().RunID)

	job = run("sales_ingest", map[string]any{"input_file": "missing.xlsx", "run_id": uuid.NewString(), "requested_by": "ana"})
	require.Equal(t, jobs.Failed, job.Status)
	failure := ofNotebook(t, job).Output["result"].(map[string]any)["error"].(map[string]any)
	require.Equal(t, "RunFailed", failure["ename"])
	require.Contains(t, failure["evalue"], "missing.xlsx is not in Files/import")
	require.Empty(t, s.StandIn.Jobs.Overlaps())
}

// ofNotebook is the activity that ran a notebook.
func ofNotebook(t *testing.T, job jobs.Job) jobs.ActivityRun {
	t.Helper()
	at := slices.IndexFunc(job.Activities, func(a jobs.ActivityRun) bool { return a.Type == "TridentNotebook" })
	require.GreaterOrEqual(t, at, 0, "%+v", job.Activities)
	return job.Activities[at]
}
