package runs_test

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/runs/outbox"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

var server *postgres.Server

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	authority, err := certs.New()
	if err == nil {
		server, err = postgres.Start(context.Background(), postgres.Options{Authority: authority, TimeZone: "America/New_York"})
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	code := m.Run()
	server.Stop()
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	return code
}

// The protocol's times, scaled so that a test passes through all of them in a second or two. Nobody waits for them: the
// tests play the time (see later), in steps that no wait is shorter than but the polls'.
var quick = runs.Timing{
	Send: time.Second, Answer: 2 * time.Second, Orphan: 1200 * time.Millisecond, Settle: 100 * time.Millisecond,
	NoJob: 2400 * time.Millisecond, Marker: 1500 * time.Millisecond, Window: 500 * time.Millisecond, Poll: 20 * time.Millisecond,
	Grace: 300 * time.Millisecond, Unknown: 2 * time.Second, Access: 400 * time.Millisecond, Tick: 20 * time.Millisecond,
	Outputs: 200 * time.Millisecond, Fill: 30 * time.Millisecond, Call: 5 * time.Second,
}

const (
	ingestItem  = "11111111-1111-4111-8111-111111111111"
	restoreItem = "22222222-2222-4222-8222-222222222222"
)

// world is an empty database, a Fabric and a lakehouse that all desktops of a test share.
type world struct {
	t      *testing.T
	fabric *fakeFabric
	files  *fakeFiles
	root   *pgx.Conn
	look   *db.DB

	mu     sync.Mutex
	clocks []*clock // of all desktops
}

func newWorld(t *testing.T) *world {
	t.Helper()
	require.NoError(t, server.Reset(t.Context()))
	root, err := pgx.Connect(t.Context(), server.AdminDSN())
	require.NoError(t, err)
	t.Cleanup(func() { root.Close(context.Background()) })
	w := &world{t: t, fabric: newFabric(), files: newFiles(), root: root}
	w.files.put(artifacts.ImportFolder+"/sales.xlsx", "bytes")
	w.look = w.desktop("look@test").db
	return w
}

// desktop is one portal on one computer.
type desktop struct {
	*runs.Runs
	db     *db.DB
	outbox *outbox.Box
	clock  *clock
	state  string
}

// clock is a computer's clock, which the test can set.
type clock struct{ off atomic.Int64 }

func (c *clock) Now() time.Time { return time.Now().Add(time.Duration(c.off.Load())) }

func (c *clock) forward(by time.Duration) { c.off.Add(int64(by)) }

func (w *world) desktop(name string) *desktop {
	w.t.Helper()
	return w.restarted(name, w.t.TempDir())
}

// restarted is a desktop whose program starts again on the same computer.
func (w *world) restarted(name, state string) *desktop {
	w.t.Helper()
	d, err := db.Open(w.t.Context(), config.Database{
		Host: postgres.Host, Port: server.Port, Name: postgres.DatabaseName, User: postgres.AppRole, SSLRootCert: server.CAFile,
	}, secrets.New(server.AppPassword), "")
	require.NoError(w.t, err)
	w.t.Cleanup(d.Close)
	box := outbox.Open(state, "test")
	c := &clock{}
	w.mu.Lock()
	w.clocks = append(w.clocks, c)
	w.mu.Unlock()
	r := runs.New(runs.Parts{Database: d, Fabric: w.fabric, Files: w.files, Outbox: box, Clock: c}, runs.Settings{
		WorkspaceID: "ws", PipelineID: ingestItem, RestorePipelineID: restoreItem, AppVersion: "1.4.2",
		Owner:         locking.Owner{User: strings.Split(name, "@")[0], Host: strings.Split(name, "@")[1], App: "1.4.2", PID: 1, Instance: "test"},
		TotalVisitors: 1428571, ConvertingVisitors: 49080,
	}, quick)
	return &desktop{Runs: r, db: d, outbox: box, clock: c, state: state}
}

func (w *world) submit(d *desktop) runs.Run {
	w.t.Helper()
	run, err := d.Submit(w.t.Context(), runs.Request{InputFile: "sales.xlsx", SHA256: strings.Repeat("a", 64), RequestedBy: "ana"})
	require.NoError(w.t, err)
	return run
}

func (w *world) run(id uuid.UUID) runs.Run {
	w.t.Helper()
	r, err := w.look.Run(w.t.Context(), id)
	require.NoError(w.t, err)
	return r
}

func (w *world) events(id uuid.UUID) []runs.Event {
	w.t.Helper()
	list, err := w.look.Events(w.t.Context(), id)
	require.NoError(w.t, err)
	return list.Rows
}

// said is all that a person reads of a run's events.
func (w *world) said(id uuid.UUID, kinds ...runs.EventType) string {
	var lines []string
	for _, e := range w.events(id) {
		for _, k := range kinds {
			if e.Type == k {
				lines = append(lines, runs.HumanMessage(e))
			}
		}
		if len(kinds) == 0 {
			lines = append(lines, string(e.Type)+" "+runs.HumanMessage(e))
		}
	}
	return strings.Join(lines, "\n")
}

func (w *world) free() bool {
	w.t.Helper()
	var held bool
	require.NoError(w.t, w.root.QueryRow(w.t.Context(), "select run_id is not null from run_lock").Scan(&held))
	return !held
}

func (w *world) count(sql string, args ...any) int {
	w.t.Helper()
	var n int
	require.NoError(w.t, w.root.QueryRow(w.t.Context(), sql, args...).Scan(&n))
	return n
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.root.Exec(w.t.Context(), sql, args...)
	require.NoError(w.t, err)
}

// older makes everything recorded of the runs look as if it had happened the given time earlier.
func (w *world) older(by time.Duration) {
	w.t.Helper()
	s := by.Seconds()
	w.exec("update run_lock set locked_at = locked_at - make_interval(secs => $1)", s)
	w.exec("update run_events set event_time = event_time - make_interval(secs => $1)", s)
	w.exec(`update pipeline_runs set created_at = created_at - make_interval(secs => $1), started_at = started_at - make_interval(secs => $1),
 finished_at = finished_at - make_interval(secs => $1), status_last_updated_at = status_last_updated_at - make_interval(secs => $1)`, s)
}

// later lets time go by for everybody: for what the database and Fabric have recorded, and on the computers' clocks.
func (w *world) later(by time.Duration) {
	w.t.Helper()
	w.older(by)
	w.fabric.set(func() {
		for _, j := range w.fabric.jobs {
			j.started = j.started.Add(-by)
		}
	})
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, c := range w.clocks {
		c.forward(by)
	}
}

// step is how much time goes by between two passes of a desktop.
const step = 100 * time.Millisecond

// pass is one pass of a desktop's loop.
func (w *world) pass(d *desktop) runs.Outcome {
	w.t.Helper()
	out, err := d.Reconcile(w.t.Context())
	require.NoError(w.t, err)
	return out
}

// until lets a desktop work until it has done what is asked, at most for the given time, which is played.
func (w *world) until(d *desktop, atMost time.Duration, what runs.Action) runs.Outcome {
	w.t.Helper()
	var seen []string
	for played := time.Duration(0); played < atMost; played += step {
		out := w.pass(d)
		if out.Action == what {
			return out
		}
		if n := len(seen); n == 0 || seen[n-1] != string(out.Action) {
			seen = append(seen, string(out.Action))
		}
		w.later(step)
	}
	w.t.Fatalf("waited %v for %q; saw %q", atMost, what, seen)
	return runs.Outcome{}
}

// leave puts the documents of a finished run into the lakehouse, as the notebook does.
func (w *world) leave(id uuid.UUID) {
	folder := artifacts.RunsFolder + "/" + id.String() + "/"
	w.files.put(folder+artifacts.CSVFile, "a,b\n")
	w.files.put(folder+artifacts.ParquetFile, "PAR1")
	w.files.put(folder+artifacts.ProfileFile, "{}")
	w.files.put(folder+"sample.txt", "not an artifact")
	w.files.put(folder+artifacts.KPIsFile, string(contracttest.KPIs(func(k *contract.KPIs) { k.RunID, k.Orders, k.TotalRevenue = new(id.String()), 50000, 12.3 })))
	w.leaveMetadata(id, map[string]any{"input_sha256": strings.Repeat("a", 64), "status": "succeeded"})
}

// publish puts the manifest of a run in place, whose files are those of source where that is given.
func (w *world) publish(run, source uuid.UUID) {
	from := ""
	if source != uuid.Nil {
		from = source.String()
	}
	w.files.put(artifacts.CurrentFolder+"/"+artifacts.ManifestFile, string(contracttest.Manifest(run.String(), from, map[string]string{})))
}

func (w *world) leaveMetadata(id uuid.UUID, with map[string]any) {
	var doc map[string]any
	require.NoError(w.t, json.Unmarshal(contracttest.Metadata(func(m *contract.RunMetadata) { m.RunID = id.String() }), &doc))
	maps.Copy(doc, with)
	data, err := json.Marshal(doc)
	require.NoError(w.t, err)
	w.files.put(artifacts.RunsFolder+"/"+id.String()+"/"+artifacts.MetadataFile, string(data))
}

func (w *world) runIDs() []uuid.UUID {
	w.t.Helper()
	rows, err := w.root.Query(w.t.Context(), "select run_id from pipeline_runs order by created_at")
	require.NoError(w.t, err)
	list, err := pgx.CollectRows(rows, pgx.RowTo[uuid.UUID])
	require.NoError(w.t, err)
	return list
}
