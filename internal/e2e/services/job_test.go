// Package services does the whole job through the services, as the window and the subcommands compose them, against a
// sandbox: a real PostgreSQL, real HTTPS, and notebooks that really run.
package services

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/portal"
	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/sampledata"
	"fabricportal/internal/services/desktop/imports"
	"fabricportal/internal/services/doctor"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// workplace is a sandbox with a portal on it, and an administrator's look at the database.
type workplace struct {
	*sandbox.Sandbox
	portal  *portal.Portal
	admin   *pgx.Conn
	samples string
}

func open(t *testing.T) *workplace {
	t.Helper()
	return openWith(t, sandbox.Options{Log: t.Logf})
}

func openWith(t *testing.T, o sandbox.Options) *workplace {
	t.Helper()
	box, err := sandbox.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(box.Close)
	w := &workplace{Sandbox: box, samples: samples(t)}
	for _, pair := range box.Env() {
		name, value, _ := strings.Cut(pair, "=")
		t.Setenv(name, value)
	}
	w.portal = w.as(t, "ana")
	w.admin, err = pgx.Connect(t.Context(), box.AdminDSN())
	require.NoError(t, err)
	t.Cleanup(func() { _ = w.admin.Close(context.Background()) })
	return w
}

// The sample files are made once, as that takes longer than many of these tests.
var (
	made     string // the folder for them, which TestMain removes
	makeOnce sync.Once
	makeErr  error
)

func TestMain(m *testing.M) {
	var err error
	if made, err = os.MkdirTemp("", "portal-samples-"); err != nil {
		panic(err)
	}
	code := m.Run()
	_ = os.RemoveAll(made)
	os.Exit(code)
}

// samples is a folder of the test's own with the sample files.
func samples(t *testing.T) string {
	t.Helper()
	makeOnce.Do(func() { makeErr = sampledata.Write(made) })
	require.NoError(t, makeErr)
	dir := t.TempDir()
	require.NoError(t, os.CopyFS(dir, os.DirFS(made)))
	return dir
}

// as opens a portal as another user's desktop would.
func (w *workplace) as(t *testing.T, user string) *portal.Portal {
	t.Helper()
	t.Setenv("PORTAL_USER", user)
	p, err := portal.Open(t.Context(), portal.Options{Version: "9.9.9"})
	require.NoError(t, err)
	t.Cleanup(p.Close)
	return p
}

func (w *workplace) upload(t *testing.T, name string) {
	t.Helper()
	f, err := w.portal.Upload(t.Context(), filepath.Join(w.samples, name), imports.How{}, nil)
	require.NoError(t, err)
	require.Equal(t, "Files/import/"+name, f.Path)
	require.Equal(t, hash(t, filepath.Join(w.samples, name)), hash(t, filepath.Join(w.Lakehouse, "Files", "import", name)))
}

func (w *workplace) follow(t *testing.T, run runs.Run) runs.Run {
	t.Helper()
	ended, err := w.portal.Follow(t.Context(), run.ID, func(runs.State) {})
	require.NoError(t, err)
	return ended
}

// value reads one value of the database as the administrator.
func value[T any](t *testing.T, w *workplace, sql string, args ...any) T {
	t.Helper()
	var v T
	require.NoError(t, w.admin.QueryRow(t.Context(), sql, args...).Scan(&v), sql)
	return v
}

func hash(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

func (w *workplace) runFolder(id uuid.UUID) string {
	return filepath.Join(w.Lakehouse, "Files", "results", "runs", id.String())
}

func (w *workplace) current(name string) string {
	return filepath.Join(w.Lakehouse, "Files", "results", "current", name)
}

func read[T contract.ImportProfile | contract.KPIs | contract.RunMetadata](t *testing.T, path string) T {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	doc, err := contract.Decode[T](filepath.Base(path), data)
	require.NoError(t, err)
	return doc
}

// TestTheWholeJob is the main job as one user does it, and what it leaves in the database and the lakehouse.
func TestTheWholeJob(t *testing.T) {
	heard := &heard{}
	w := openWith(t, sandbox.Options{Around: heard.around, Log: t.Logf})
	ctx := t.Context()
	funnel := &contract.Funnel{TotalVisitors: sandbox.TotalVisitors}
	converting := int64(sandbox.ConvertingVisitors)
	funnel.ConvertingVisitors = &converting
	local, err := w.portal.Analyze(ctx, filepath.Join(w.samples, sampledata.FactFile), analysis.Options{Parts: analysis.KPIs, Funnel: funnel})
	require.NoError(t, err)
	require.NoError(t, local.KPIError)

	w.upload(t, sampledata.FactFile)
	first, err := w.portal.Run(ctx, sampledata.FactFile, nil)
	require.NoError(t, err)
	require.Equal(t, first.ID, value[uuid.UUID](t, w, "select run_id from run_lock"), "the lock names the run")

	// A second portal can't start another meanwhile, and is told who, since when and which run.
	_, err = w.as(t, "ben").Run(ctx, sampledata.FactFile, nil)
	var busy *locking.BusyError
	require.ErrorAs(t, err, &busy)
	require.Equal(t, first.ID, busy.Card.RunID)
	require.Equal(t, "ana", busy.Card.LockedBy.User)
	require.False(t, busy.Card.LockedAt.IsZero())
	require.Equal(t, int64(1), value[int64](t, w, "select count(*) from pipeline_runs"), "a refused request leaves no run behind")

	first = w.follow(t, first)
	require.Equal(t, runs.Succeeded, first.Status, first.ErrorMessage)
	w.requireRow(t, first, "sales_orders_fact.xlsx")
	w.requireDocuments(t, first.ID, local.KPIs, local.Profile)
	require.Len(t, w.StandIn.Jobs.Jobs(), 1, "exactly one job in Fabric")
	require.Equal(t, int64(1), value[int64](t, w, `select count(*) from run_events where message like '%"sha256":"' || $1 || '%'`, local.Profile.File.SHA256),
		"the events name the content that was uploaded")
	require.Zero(t, value[int64](t, w, "select count(*) from run_events where event_type in ('WARNING', 'ERROR')"))

	w.upload(t, sampledata.NextFile)
	second, err := w.portal.Run(ctx, sampledata.NextFile, nil)
	require.NoError(t, err)
	second = w.follow(t, second)
	require.Equal(t, runs.Succeeded, second.Status, second.ErrorMessage)
	require.Equal(t, second.ID.String(), *read[contract.KPIs](t, w.current("kpis.json")).RunID)
	before := map[string]string{}
	for _, f := range []string{"sales_cleaned.csv", "sales_cleaned.parquet", "import_profile.json", "kpis.json", "run_metadata.json"} {
		before[f] = hash(t, filepath.Join(w.runFolder(first.ID), f))
	}

	// Restore: the first run's files are current again, byte for byte; the run's own folder is as it was.
	restore, err := w.portal.Restore(ctx, first.ID)
	require.NoError(t, err)
	restore = w.follow(t, restore)
	require.Equal(t, runs.Succeeded, restore.Status, restore.ErrorMessage)
	for name, want := range before {
		require.Equal(t, want, hash(t, filepath.Join(w.runFolder(first.ID), name)), name)
		if name != "run_metadata.json" {
			require.Equal(t, want, hash(t, w.current(name)), name)
		}
	}
	require.Equal(t, first.ID, value[uuid.UUID](t, w, "select source_run_id from run_restores"))
	require.Equal(t, restore.ID, value[uuid.UUID](t, w, "select target_run_id from run_restores"))
	require.Equal(t, "ana", value[string](t, w, "select restored_by from run_restores"))
	require.Equal(t, "restore", read[contract.RunMetadata](t, filepath.Join(w.runFolder(restore.ID), "run_metadata.json")).Kind)
	w.requireNoSecrets(t)
	require.Empty(t, w.StandIn.Jobs.Overlaps(), "never two jobs at once")
	require.Empty(t, w.StandIn.Jobs.Doubles(), "never two jobs for one run")

	for _, check := range portal.Doctor(ctx, portal.Options{Version: "9.9.9"}, doctor.Manner{}) {
		require.True(t, check.OK, check.Message)
	}
	third, err := w.portal.Run(ctx, sampledata.FactFile, nil)
	require.NoError(t, err)
	require.NoError(t, w.portal.Cancel(ctx, third.ID))
	require.Equal(t, runs.Failed, w.follow(t, third).Status)
	t.Run("as Microsoft publishes it", heard.requirePublished)
}

// requireRow checks what the database holds of a run that succeeded.
func (w *workplace) requireRow(t *testing.T, run runs.Run, file string) {
	t.Helper()
	require.Equal(t, file, run.InputFile)
	require.Equal(t, "ana", run.TriggeredBy)
	require.Equal(t, "9.9.9", run.AppVersion)
	require.NotEmpty(t, run.NotebookVersion)
	require.NotNil(t, run.StartedAt)
	require.NotNil(t, run.FinishedAt)
	require.Contains(t, run.JobURL, run.JobID)
	require.Equal(t, w.StandIn.Jobs.Jobs()[0].ID, run.JobID)
	require.False(t, value[bool](t, w, "select run_id is not null or locked_at is not null or locked_by is not null from run_lock"), "the lock is free")
	require.JSONEq(t, string(mustRead(t, filepath.Join(w.runFolder(run.ID), "kpis.json"))), string(run.KPIs), "the database has the same snapshot")

	rows, err := w.admin.Query(t.Context(), "select artifact_type, file_path, file_size from run_artifacts where run_id = $1", run.ID)
	require.NoError(t, err)
	types := map[string]int64{}
	var kind, path string
	var size int64
	_, err = pgx.ForEachRow(rows, []any{&kind, &path, &size}, func() error {
		info, err := os.Stat(filepath.Join(w.Lakehouse, filepath.FromSlash(path)))
		require.NoError(t, err)
		require.Equal(t, info.Size(), size, path)
		types[kind] = size
		return nil
	})
	require.NoError(t, err)
	require.Len(t, types, 5, "%v", types)

	changes := value[[]string](t, w, "select array_agg(split_part(message, ':', 1) order by event_time, id) from run_events where run_id = $1 and event_type = 'STATUS_CHANGE'", run.ID)
	require.Equal(t, "->SUBMITTED", changes[0])
	require.True(t, strings.HasSuffix(changes[len(changes)-1], "->SUCCEEDED"), "%v", changes)
}

func mustRead(t *testing.T, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	return data
}

// requireNoSecrets looks for the secrets, and for anything shaped like a token, in all that the program wrote to the
// database.
func (w *workplace) requireNoSecrets(t *testing.T) {
	t.Helper()
	written := value[string](t, w, "select string_agg(e::text, ' ') || (select string_agg(r::text, ' ') from pipeline_runs r) from run_events e")
	for _, secret := range []string{w.StandIn.App.ClientSecret, w.Database.AppPassword, "eyJ", "Bearer"} {
		require.NotContains(t, written, secret)
	}
	require.Contains(t, written, "SUCCEEDED", "it was looked at")
}

// requireDocuments checks that the notebook's documents say what this program computed from the same file.
func (w *workplace) requireDocuments(t *testing.T, run uuid.UUID, kpis *contract.KPIs, profile *contract.ImportProfile) {
	t.Helper()
	got := read[contract.KPIs](t, w.current("kpis.json"))
	require.Equal(t, run.String(), *got.RunID)
	require.Equal(t, int64(50_000), got.Orders)
	rate, ok := got.Conversion.Rate()
	require.True(t, ok)
	require.Equal(t, 0.034356, rate)
	require.Equal(t, contract.ConvertingPerTotal, got.Conversion.Definition)
	got.RunID, got.ComputedAt, got.Generator = nil, kpis.ComputedAt, kpis.Generator
	require.Equal(t, canonical(t, kpis), canonical(t, got), "the notebook's figures are this program's, to the cent")

	seen := read[contract.ImportProfile](t, w.current("import_profile.json"))
	require.Equal(t, run.String(), *seen.RunID)
	seen.RunID, seen.GeneratedAt, seen.Generator, seen.File.LastModified = nil, profile.GeneratedAt, profile.Generator, profile.File.LastModified
	mine := *profile
	mine.SampleRows, seen.SampleRows = mine.SampleRows[:20], seen.SampleRows[:20] // each may keep as many as it likes
	require.Equal(t, canonical(t, mine), canonical(t, seen), "the notebook's profile is this program's")
}

func canonical(t *testing.T, v any) string {
	t.Helper()
	data, err := json.MarshalIndent(v, "", " ")
	require.NoError(t, err)
	return string(data)
}

// requireSentence checks that an error is one sentence that says what is asked.
func requireSentence(t *testing.T, err error, parts ...string) {
	t.Helper()
	require.Error(t, err)
	text := portal.Sentence(err)
	for _, part := range parts {
		require.Contains(t, text, part)
	}
	require.NotContains(t, text, "\n", "one sentence")
	require.Less(t, len(text), 400, text)
}

func (w *workplace) requireFree(t *testing.T) {
	t.Helper()
	require.False(t, value[bool](t, w, "select run_id is not null from run_lock"), "the lock is free")
}

// TestDoctor checks a good set-up, and that each fault is named at its own part.
func TestDoctor(t *testing.T) {
	w := open(t)
	failing := func() []string {
		var names []string
		for _, c := range portal.Doctor(t.Context(), portal.Options{Version: "9.9.9"}, doctor.Manner{}) {
			if !c.OK {
				names = append(names, c.Name)
				require.NotEmpty(t, c.Message)
			}
		}
		return names
	}
	require.Empty(t, failing())
	for variable, part := range map[string]string{
		"PORTAL_CLIENT_SECRET": "sign-in to Fabric", "PORTAL_DATABASE_PASSWORD": "database", "PORTAL_FABRIC_WORKSPACE_ID": "pipeline",
		"PORTAL_FABRIC_LAKEHOUSE_ID": "lakehouse files", "PORTAL_DATABASE_NAME": "database", "PORTAL_FABRIC_RESTORE_PIPELINE_ID": "restore pipeline",
	} {
		t.Run(variable, func(t *testing.T) {
			t.Setenv(variable, uuid.NewString())
			require.Contains(t, failing(), part)
		})
	}
	t.Setenv("PORTAL_CONFIG", filepath.Join(w.samples, "nowhere.toml"))
	require.Equal(t, []string{"configuration"}, failing())
}

// TestBadInput goes through the ways in which the main job can go wrong: each ends in one sentence, nothing is lost, and
// the lock is free afterwards.
func TestBadInput(t *testing.T) {
	w := open(t)
	ctx := t.Context()
	t.Run("a missing local file", func(t *testing.T) {
		_, err := w.portal.Upload(ctx, filepath.Join(w.samples, "nowhere.xlsx"), imports.How{}, nil)
		requireSentence(t, err, "nowhere.xlsx", "not found")
		_, err = w.portal.Analyze(ctx, filepath.Join(w.samples, "nowhere.xlsx"), analysis.Options{})
		requireSentence(t, err, "nowhere.xlsx", "not found")
	})
	t.Run("a file that is not in the lakehouse", func(t *testing.T) {
		_, err := w.portal.Run(ctx, "nowhere.xlsx", nil)
		requireSentence(t, err, "nowhere.xlsx", "upload it first")
		require.Zero(t, value[int64](t, w, "select count(*) from pipeline_runs"))
		w.requireFree(t)
	})
	t.Run("an upload over an existing file", func(t *testing.T) {
		w.upload(t, sampledata.BrokenFile)
		_, err := w.portal.Upload(ctx, filepath.Join(w.samples, sampledata.BrokenFile), imports.How{}, nil)
		var exists *artifacts.ExistsError
		require.ErrorAs(t, err, &exists)
		requireSentence(t, err, sampledata.BrokenFile)
	})
	t.Run("a notebook that throws", func(t *testing.T) {
		run, err := w.portal.Run(ctx, sampledata.BrokenFile, nil)
		require.NoError(t, err)
		run = w.follow(t, run)
		require.Equal(t, runs.Failed, run.Status)
		require.Equal(t, "The required column revenue is missing.", run.ErrorMessage)
		require.Equal(t, "failed", read[contract.RunMetadata](t, filepath.Join(w.runFolder(run.ID), "run_metadata.json")).Status)
		require.NoFileExists(t, w.current("kpis.json"), "nothing is published")
		w.requireFree(t)
	})
	t.Run("a wrong client secret", func(t *testing.T) {
		t.Setenv("PORTAL_CLIENT_SECRET", "canary-wrong-secret")
		_, err := w.as(t, "ana").Files(ctx)
		requireSentence(t, err, "secret")
		require.NotContains(t, err.Error(), "canary-wrong-secret")
	})
	t.Run("a wrong database password", func(t *testing.T) {
		t.Setenv("PORTAL_DATABASE_PASSWORD", "canary-wrong-password")
		_, err := w.as(t, "ana").Runs(ctx, 1)
		requireSentence(t, err, "refused the user or the password")
		require.NotContains(t, err.Error(), "canary-wrong-password")
	})
	t.Run("an unreachable database", func(t *testing.T) {
		t.Setenv("PORTAL_DATABASE_PORT", "1")
		_, err := w.as(t, "ana").Runs(ctx, 1)
		requireSentence(t, err, "does not answer")
	})
	t.Run("a refused pipeline", func(t *testing.T) {
		t.Setenv("PORTAL_FABRIC_PIPELINE_ID", uuid.NewString())
		before := value[int](t, w, "select count(*) from pipeline_runs")
		_, err := w.as(t, "ana").Run(ctx, sampledata.BrokenFile, nil)
		requireSentence(t, err, "the lock was not taken")
		require.Equal(t, before, value[int](t, w, "select count(*) from pipeline_runs"), "no run is recorded for what Fabric would refuse")
		w.requireFree(t)
		t.Logf("refused: %s", portal.Sentence(err))
	})
}
