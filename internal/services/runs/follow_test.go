package runs_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// job changes the only job there is.
func (w *world) job(change func(j *fakeJob)) {
	w.fabric.set(func() { change(w.fabric.jobs[0]) })
}

func TestASuccessBringsItsResults(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.job(func(j *fakeJob) { j.status = pipelines.InProgress })
	w.until(d, 5*time.Second, runs.Moved)
	w.leave(run.ID)
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	out := w.until(d, 5*time.Second, runs.Ended)
	require.True(t, out.Changed)
	got := w.run(run.ID)
	require.Equal(t, runs.Succeeded, got.Status)
	require.NotNil(t, got.FinishedAt)
	require.Empty(t, got.ErrorMessage)
	figures, err := contract.Decode[contract.KPIs](artifacts.KPIsFile, got.KPIs)
	require.NoError(t, err)
	require.Equal(t, []any{run.ID.String(), int64(50000), 12.3}, []any{*figures.RunID, figures.Orders, figures.TotalRevenue})
	require.Equal(t, "1.0.0", got.NotebookVersion)
	require.True(t, w.free())
	arts, err := d.db.Artifacts(t.Context(), run.ID)
	require.NoError(t, err)
	found := map[string]string{}
	for _, a := range arts.Rows {
		require.NotNil(t, a.Size)
		require.Positive(t, *a.Size)
		found[a.Type] = a.Path
	}
	folder := "Files/results/runs/" + run.ID.String() + "/"
	require.Equal(t, map[string]string{
		"csv": folder + "sales_cleaned.csv", "parquet": folder + "sales_cleaned.parquet", "json": folder + "kpis.json",
		"profile": folder + "import_profile.json", "metadata": folder + "run_metadata.json",
	}, found)
	require.Empty(t, w.said(run.ID, runs.Warning, runs.ErrorEvent))
	require.Equal(t, runs.Outcome{}, w.pass(d))
}

// TestOutputsInPartsAreRecordedAsOne, with their size together; a listing of the run's folder shows files only.
func TestOutputsInPartsAreRecordedAsOne(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.leave(run.ID)
	folder := "Files/results/runs/" + run.ID.String() + "/"
	delete(w.files.files, folder+"sales_cleaned.csv")
	w.leaveMetadata(run.ID, map[string]any{
		"status": "succeeded", "input_sha256": strings.Repeat("a", 64),
		"outputs": contracttest.Outputs(map[string]string{
			"sales_cleaned.parquet": "PAR1", "sales_cleaned.csv/part-00000.csv": "a,b\n1,2\n", "sales_cleaned.csv/part-00001.csv": "a,b\n",
		}),
	})
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	arts, err := d.db.Artifacts(t.Context(), run.ID)
	require.NoError(t, err)
	found := map[string]int64{}
	for _, a := range arts.Rows {
		found[a.Type+" "+strings.TrimPrefix(a.Path, folder)] = *a.Size
	}
	require.EqualValues(t, 12, found["csv sales_cleaned.csv"])
	require.EqualValues(t, 4, found["parquet sales_cleaned.parquet"])
	require.Len(t, found, 5)
}

func TestAnotherInputIsWarnedOf(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.leave(run.ID)
	w.leaveMetadata(run.ID, map[string]any{"status": "succeeded", "input_sha256": strings.Repeat("b", 64)})
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	require.Equal(t, runs.Succeeded, w.run(run.ID).Status)
	require.Contains(t, w.said(run.ID, runs.Warning), "sales.xlsx was changed between submission and the run")
}

func TestATableThatIsBehindIsWarnedOf(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.leave(run.ID)
	w.leaveMetadata(run.ID, map[string]any{"schema_version": 3, "status": "succeeded", "delta_table": map[string]any{
		"name": "sales_orders", "version": nil, "error": "The table sales_orders could not be written (OSError): until the next run it shows other rows."}})
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	require.Equal(t, runs.Succeeded, w.run(run.ID).Status)
	require.Contains(t, w.said(run.ID, runs.Warning), "The table sales_orders could not be written")
}

func TestResultsThatCantBeReadAreAddedLater(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.leave(run.ID)
	w.files.fail(&artifacts.UnreachableError{Doing: "reading", Err: errors.New("no route")})
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	got := w.run(run.ID)
	require.Equal(t, runs.Succeeded, got.Status, "Fabric says so")
	require.Nil(t, got.KPIs)
	require.True(t, w.free(), "the lock does not wait for the files")
	require.Contains(t, w.said(run.ID, runs.Warning), "could not be read in full yet and are added later")

	w.files.fail(nil)
	w.until(w.desktop("ben@PC-9"), 5*time.Second, runs.Filled)
	got = w.run(run.ID)
	require.NotNil(t, got.KPIs)
	require.Equal(t, "1.0.0", got.NotebookVersion)
	arts, err := d.db.Artifacts(t.Context(), run.ID)
	require.NoError(t, err)
	require.Len(t, arts.Rows, 5)
	require.Contains(t, w.said(run.ID), "were added by ben@PC-9")
	require.Equal(t, runs.Outcome{}, w.pass(w.desktop("cem@PC-1")))
}

// No document, however odd, may keep a run from ending.
func TestOddDocumentsDoNotKeepARunFromEnding(t *testing.T) {
	document := func(file string) string {
		whole := string(contracttest.KPIs(func(k *contract.KPIs) { k.SourceFile = "FILE" }))
		return strings.NewReplacer(*contracttest.WholeKPIs(contract.KPIs{}).RunID, "RUN", "FILE", file).Replace(whole)
	}
	for name, text := range map[string]string{
		"nothing":        `{}`,
		"not JSON":       `{"run_id":`,
		"of another run": strings.Replace(document("x"), "RUN", uuid.NewString(), 1),
		"later version":  `{"schema_version":99,"run_id":"RUN"}`,
		"NUL":            document(`a\u0000b`),
		"half pair":      document(`a\ud800b`),
		"huge":           document(strings.Repeat("x", artifacts.MaxDocument)),
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.desktop("ana@PC-7")
			run := w.submit(d)
			w.leave(run.ID)
			w.files.put("Files/results/runs/"+run.ID.String()+"/kpis.json", strings.ReplaceAll(text, "RUN", run.ID.String()))
			w.job(func(j *fakeJob) { j.status = pipelines.Completed })
			w.until(d, 5*time.Second, runs.Ended)
			got := w.run(run.ID)
			require.Equal(t, runs.Succeeded, got.Status)
			require.Equal(t, name == "half pair", got.KPIs != nil)
			require.Equal(t, "1.0.0", got.NotebookVersion, "what can be read is kept")
			require.True(t, w.free())
			said := w.said(run.ID, runs.Warning)
			require.NotContains(t, said, "added later", "waiting does not mend it")
			if name == "half pair" {
				require.Empty(t, said)
			} else {
				require.Contains(t, said, "Not all of the run's results are in the database; its folder in the lakehouse has them: ")
				require.Contains(t, said, artifacts.KPIsFile)
			}
			if name == "huge" {
				require.Contains(t, said, "has 16.1 MB, and documents of at most 16 MB are read")
			}
		})
	}
}

// What the screens can show of a run the database can hold.
func TestManyCategoriesGoIntoTheDatabase(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.leave(run.ID)
	doc := contract.KPIs{Orders: 160_000}
	for i := range 80_000 {
		doc.RevenueByProductCategory = append(doc.RevenueByProductCategory, contract.Share{Key: fmt.Sprintf("Category %06d <&>", i), Revenue: 12.34, Orders: 2})
	}
	id := run.ID.String()
	doc.RunID = &id
	data, err := json.Marshal(contracttest.WholeKPIs(doc))
	require.NoError(t, err)
	require.Greater(t, len(data), 5<<20)
	w.files.put(artifacts.RunsFolder+"/"+id+"/"+artifacts.KPIsFile, string(data))
	shown, err := artifacts.Document[contract.KPIs](t.Context(), w.files, artifacts.RunsFolder+"/"+id, artifacts.KPIsFile)
	require.NoError(t, err)

	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 20*time.Second, runs.Ended)
	kept, err := contract.Decode[contract.KPIs](artifacts.KPIsFile, w.run(run.ID).KPIs)
	require.NoError(t, err)
	require.Equal(t, shown, kept)
	require.Empty(t, w.said(run.ID, runs.Warning))
}

// narrow is a line to the database on which figures of many categories take too long.
type narrow struct {
	runs.Database
	ends int
}

func (n *narrow) End(ctx context.Context, e runs.Ending) (bool, error) {
	n.ends++
	if len(e.KPIs) > 100<<10 {
		return false, &db.UnreachableError{Sentence: "the database does not answer"}
	}
	return n.Database.End(ctx, e)
}

// A line on which the figures take too long must not keep the run from ending, and so the lock from everybody.
func TestFiguresThatTakeTooLongAreAddedLater(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	slow := &narrow{Database: d.db}
	d.Runs = runs.New(runs.Parts{Database: slow, Fabric: w.fabric, Files: w.files, Outbox: d.outbox, Clock: d.clock},
		runs.Settings{WorkspaceID: "ws", PipelineID: ingestItem, Owner: locking.Owner{User: "ana", Host: "PC-7", App: "1", PID: 1, Instance: "x"}}, quick)
	run := w.submit(d)
	w.leave(run.ID)
	w.files.put(artifacts.RunsFolder+"/"+run.ID.String()+"/"+artifacts.KPIsFile, string(contracttest.KPIs(func(k *contract.KPIs) { k.RunID, k.SourceFile = new(run.ID.String()), strings.Repeat("x", 1<<20) })))
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	require.Equal(t, 2, slow.ends)
	got := w.run(run.ID)
	require.Equal(t, runs.Succeeded, got.Status)
	require.Nil(t, got.KPIs)
	require.True(t, w.free())
	require.Contains(t, w.said(run.ID, runs.Warning), "figures (1.0 MB) could not be written with its end and are added later: the database does not answer")

	w.until(w.desktop("ben@PC-9"), 5*time.Second, runs.Filled)
	require.NotNil(t, w.run(run.ID).KPIs)
}

func TestAFailureSaysWhy(t *testing.T) {
	at := func(s int) *time.Time { x := time.Now().Add(time.Duration(s) * time.Second); return &x }
	for name, c := range map[string]struct {
		job  func(j *fakeJob)
		meta map[string]any
		says string
	}{
		"the notebook's own error, not that of the Fail activity": {func(j *fakeJob) {
			j.reason = "general"
			j.failures = []pipelines.ActivityRun{
				{Type: "Fail", Status: "Failed", ErrorMessage: "something failed", Start: at(0)},
				{Type: "TridentNotebook", Status: "Failed", ErrorMessage: "second", Start: at(2)},
				{Type: "TridentNotebook", Status: "Failed", ErrorMessage: "the file has no column order_id", Start: at(1)},
			}
		}, nil, "the file has no column order_id"},
		"the notebook's, not that of the condition around it, nor of a look before that was got over": {func(j *fakeJob) {
			j.failures = []pipelines.ActivityRun{
				{Type: "GetMetadata", Status: "Failed", ErrorMessage: "the folder can't be listed", Start: at(0)},
				{Type: "Filter", Status: "Skipped", Start: at(1)},
				{Type: "IfCondition", Status: "Failed", ErrorMessage: "Activity failed because an inner activity failed", Start: at(2)},
				{Type: "TridentNotebook", Status: "Failed", ErrorMessage: "orders is a folder", Start: at(3)},
			}
		}, nil, "orders is a folder"},
		"a condition's, where nothing in it failed": {func(j *fakeJob) {
			j.failures = []pipelines.ActivityRun{{Type: "IfCondition", Status: "Failed", ErrorMessage: "The expression can't be evaluated", Start: at(2)}}
		}, nil, "The expression can't be evaluated"},
		"run_metadata.json": {func(j *fakeJob) { j.reason = "general" },
			map[string]any{"status": "failed", "error": map[string]any{"type": "RunFailed", "message": "no rows in the file"}}, "no rows in the file"},
		"Fabric's reason": {func(j *fakeJob) { j.reason = "capacity paused\nsee sig=AbCdEf123 here" }, nil, "capacity paused see [removed] here"},
		"nothing":         {func(*fakeJob) {}, nil, "Fabric says that the job failed and gives no reason: look at the job in Fabric"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.desktop("ana@PC-7")
			run := w.submit(d)
			if c.meta != nil {
				w.leaveMetadata(run.ID, c.meta)
			}
			w.job(func(j *fakeJob) { j.status = pipelines.JobFailed; c.job(j) })
			w.until(d, 5*time.Second, runs.Ended)
			got := w.run(run.ID)
			require.Equal(t, runs.Failed, got.Status)
			require.Equal(t, c.says, got.ErrorMessage)
			require.True(t, w.free())
			require.Zero(t, w.count("select count(*) from run_artifacts"))
			require.Equal(t, c.meta != nil, got.NotebookVersion == "1.0.0")
		})
	}
}

func TestDedupedIsAFailure(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.job(func(j *fakeJob) { j.status = pipelines.Deduped })
	w.until(d, 5*time.Second, runs.Ended)
	require.Contains(t, w.run(run.ID).ErrorMessage, "another job of the pipeline was running")
}

func TestAnUnknownWordChangesNothing(t *testing.T) {
	w := newWorld(t)
	d, ben := w.desktop("ana@PC-7"), w.desktop("ben@PC-9")
	run := w.submit(d)
	w.job(func(j *fakeJob) { j.status = "Hibernating" })
	for range 3 {
		w.until(d, 5*time.Second, runs.Polled)
		w.until(ben, 5*time.Second, runs.Polled)
	}
	require.Equal(t, runs.Queued, w.run(run.ID).Status)
	require.Equal(t, 1, strings.Count(w.said(run.ID, runs.Warning), "Hibernating"), "said once")
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
}

func TestStatesNeverMoveDown(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.job(func(j *fakeJob) { j.status = pipelines.InProgress })
	w.until(d, 5*time.Second, runs.Moved)
	w.job(func(j *fakeJob) { j.status = pipelines.NotStarted })
	w.until(d, 5*time.Second, runs.Polled)
	require.Equal(t, runs.Running, w.run(run.ID).Status)
}

func TestAYoungJobMayBeUnknownOrLookFailed(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	patient := quick
	patient.Grace = time.Hour // longer than the busiest computer takes to come to the last step
	d.Runs = runs.New(runs.Parts{Database: d.db, Fabric: w.fabric, Files: w.files, Outbox: d.outbox, Clock: d.clock},
		runs.Settings{WorkspaceID: "ws", PipelineID: ingestItem, RestorePipelineID: restoreItem}, patient)
	run := w.submit(d)
	w.job(func(j *fakeJob) { j.gone = true })
	w.until(d, 5*time.Second, runs.Polled)
	require.Empty(t, w.said(run.ID, runs.Warning))
	w.job(func(j *fakeJob) { j.gone, j.status, j.code = false, pipelines.JobFailed, "RequestExecutionFailed" })
	w.until(d, 5*time.Second, runs.Polled)
	require.Equal(t, runs.Queued, w.run(run.ID).Status)
	w.later(patient.Grace)
	w.until(d, 5*time.Second, runs.Ended) // past the grace it is what it says
	require.Equal(t, runs.Failed, w.run(run.ID).Status)
}

func TestAJobThatFabricForgotIsForAPerson(t *testing.T) {
	w := newWorld(t)
	d, ben := w.desktop("ana@PC-7"), w.desktop("ben@PC-9")
	run := w.submit(d)
	w.older(quick.Grace)
	w.job(func(j *fakeJob) { j.gone = true })
	for range 2 {
		w.until(d, 5*time.Second, runs.Polled)
		w.until(ben, 5*time.Second, runs.Polled)
	}
	require.Equal(t, runs.Queued, w.run(run.ID).Status, "unknown is not failed")
	require.Equal(t, 1, strings.Count(w.said(run.ID, runs.Warning), "Fabric does not know the job (asked by"))
	require.Equal(t, runs.PhaseRunning, d.Phase(w.run(run.ID), w.events(run.ID), time.Now().UTC()).Kind)
	require.Equal(t, runs.PhaseNeedsYou, d.Phase(w.run(run.ID), w.events(run.ID), time.Now().UTC().Add(quick.Unknown)).Kind)
	w.job(func(j *fakeJob) { j.gone = false })
	w.until(ben, 5*time.Second, runs.Polled)
	require.Contains(t, w.said(run.ID), "Fabric knows the job again")
	require.Equal(t, runs.PhaseRunning, d.Phase(w.run(run.ID), w.events(run.ID), time.Now().UTC().Add(time.Hour)).Kind)
	w.job(func(j *fakeJob) { j.gone = true })
	w.until(ben, 5*time.Second, runs.Polled)
	require.Equal(t, 2, strings.Count(w.said(run.ID, runs.Warning), "Fabric does not know the job (asked by"), "a second disappearance is a second warning")
}

func TestARefusedIdentityLeavesThePollsToOthers(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	denied := &pipelines.UnauthorizedError{HTTPStatus: 403, Sentence: "no role"}
	w.fabric.set(func() { w.fabric.getErr = denied })
	out := w.until(d, 5*time.Second, runs.Polled)
	require.ErrorIs(t, out.FabricErr, denied)
	gets := w.fabric.gets
	w.later(3 * quick.Poll)
	require.Equal(t, runs.Waited, w.pass(d).Action)
	require.Equal(t, gets, w.fabric.gets)
	require.Equal(t, runs.Queued, w.run(run.ID).Status)
	w.fabric.set(func() { w.fabric.getErr = nil; w.fabric.jobs[0].status = pipelines.InProgress })
	w.until(w.desktop("ben@PC-9"), 5*time.Second, runs.Moved)
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended) // and later it asks again itself
}

func TestRetryAfterIsHonoured(t *testing.T) {
	w := newWorld(t)
	w.fabric.retry = time.Hour
	d := w.desktop("ana@PC-7")
	w.submit(d)
	w.older(time.Minute)
	require.Equal(t, runs.Waited, w.pass(d).Action)
	require.Zero(t, w.fabric.gets)
	d.clock.forward(6 * time.Minute) // but a run does not go unwatched for an hour
	require.Equal(t, runs.Polled, w.pass(d).Action)
}
