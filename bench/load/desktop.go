package main

import (
	"context"
	"io"
	"os"
	"sync/atomic"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/feeds"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/runs/outbox"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

const item = "11111111-1111-4111-8111-111111111111"

// desktop is what goes on behind one open window.
type desktop struct {
	db       *db.DB
	runs     *runs.Runs
	feeds    *feeds.Service
	loop     *runs.Loop
	listener *db.Listener
	state    string
}

func open(ctx context.Context, server *postgres.Server, fabric runs.Fabric, number int) (*desktop, error) {
	database, err := db.Open(ctx, config.Database{
		Host: postgres.Host, Port: server.Port, Name: postgres.DatabaseName, User: postgres.AppRole, SSLRootCert: server.CAFile,
	}, secrets.New(server.AppPassword), "")
	if err != nil {
		return nil, err
	}
	d := &desktop{db: database}
	if d.state, err = os.MkdirTemp("", "portal-load-"); err != nil {
		return nil, err
	}
	box := outbox.Open(d.state, "load")
	owner := locking.Owner{User: "ana", Host: "PC", App: "bench", PID: number, Instance: "load"}
	d.runs = runs.New(runs.Parts{Database: database, Fabric: fabric, Files: noFiles{}, Outbox: box},
		runs.Settings{WorkspaceID: "ws", PipelineID: item, AppVersion: "bench", Owner: owner}, runs.Timing{})
	d.feeds = feeds.New(feeds.Sources{Database: database, Files: noFiles{}, Jobs: fabric, Links: links{}, Phase: d.runs.Phase, Follows: d.runs.Follows, Sentence: error.Error}, feeds.Intervals{})
	d.loop = runs.NewLoop(d.runs, func(out runs.Outcome, _ error) {
		if out.Changed {
			d.feeds.RunsChanged()
		}
	})
	d.listener = db.NewListener(database, db.ListenTiming{}, d.feeds.Woken, func(h db.Hearing) {
		push := feeds.Push{OK: h.State == db.Listening}
		if h.Why != nil {
			push.Sentence = h.Why.Error()
		}
		d.feeds.Hearing(push)
	})
	d.feeds.Start(ctx)
	d.loop.Start(ctx)
	d.listener.Start(ctx)
	return d, nil
}

func (d *desktop) close() {
	d.listener.Stop()
	d.loop.Stop()
	d.feeds.Stop()
	d.db.Close()
	_ = os.RemoveAll(d.state)
}

// onStatus calls seen when the screens show the run in the given state.
func (d *desktop) onStatus(s runs.Status, seen func()) (stop func()) {
	return d.feeds.Monitor.Subscribe(func(m feeds.Monitor) {
		if m.Run != nil && m.Run.Status == s {
			seen()
		}
	})
}

// counting is a Fabric with one job that stays in the queue; it counts what it is asked.
type counting struct{ requests atomic.Int64 }

func (c *counting) PrepareToken(context.Context) error { return nil }

func (c *counting) Ready(context.Context, string) (pipelines.Readiness, error) {
	return pipelines.Readiness{}, nil
}

func (c *counting) Start(context.Context, pipelines.StartRequest) (pipelines.Started, error) {
	return pipelines.Started{JobID: uuid.NewString()}, nil
}

func (c *counting) Get(_ context.Context, _, id string) (pipelines.JobInstance, error) {
	c.requests.Add(1)
	return pipelines.JobInstance{ID: id, Status: pipelines.NotStarted}, nil
}

func (c *counting) List(context.Context, string, time.Time) ([]pipelines.JobInstance, error) {
	c.requests.Add(1)
	return nil, nil
}

func (c *counting) Cancel(context.Context, string, string) error { return nil }

func (c *counting) ActivityRuns(context.Context, string, time.Time, time.Time) ([]pipelines.ActivityRun, error) {
	c.requests.Add(1)
	return nil, nil
}

func (c *counting) Parameters(context.Context, string) ([]string, error) { return nil, nil }

func (c *counting) JobURL(item, job string) string {
	return "https://fabric.invalid/" + item + "/" + job
}

type links struct{}

func (links) JobPage(context.Context, string, string) pipelines.Page { return pipelines.Page{} }
func (links) Checked(string) string                                  { return "" }

// noFiles is a lakehouse that holds just the input file.
type noFiles struct{}

func (noFiles) ListImport(context.Context) ([]artifacts.File, error)   { return nil, nil }
func (noFiles) List(context.Context, string) ([]artifacts.File, error) { return nil, nil }
func (noFiles) Stat(_ context.Context, p string) (artifacts.File, error) {
	return artifacts.File{Path: p}, nil
}
func (noFiles) Upload(context.Context, string, io.ReaderAt, int64, artifacts.UploadOptions) (artifacts.File, error) {
	return artifacts.File{}, nil
}

func (noFiles) Open(_ context.Context, p string) (io.ReadCloser, artifacts.File, error) {
	return nil, artifacts.File{}, &artifacts.NotFoundError{Path: p}
}
