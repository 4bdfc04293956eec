//go:build linux

package soak

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/contract/contracttest"
	"fabricportal/fabric"
	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/sandbox/standin"
	"fabricportal/internal/sandbox/standin/entra"
	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/setup/config"
)

// world is all that the desktops share: a database, a Fabric that is also the oracle, and a lakehouse.
type world struct {
	t       testing.TB
	dir     string
	scale   float64
	caFile  string
	server  *postgres.Server
	name    string // of the database
	admin   *pgxpool.Pool
	fabric  *standin.StandIn
	jobTime time.Duration // how long a job takes on average
	failing float64       // share of the jobs that fail

	skipJobs int // jobs of Fabric's book that are of runs forgotten since

	mu      sync.Mutex
	unowned []violation // writes to current/ by a run that did not hold the lock
}

// newWorld makes a world on a server. database is a name of its own, or postgres.DatabaseName.
func newWorld(t testing.TB, authority *certs.Authority, server *postgres.Server, database string, scale float64) *world {
	t.Helper()
	w := &world{t: t, dir: t.TempDir(), scale: scale, server: server, name: database, caFile: server.CAFile, jobTime: 100 * time.Millisecond}
	if database != postgres.DatabaseName {
		w.copyDatabase()
	}
	pool, err := pgxpool.ParseConfig(w.adminDSN())
	require.NoError(t, err)
	pool.MaxConns = 4
	w.admin, err = pgxpool.NewWithConfig(t.Context(), pool)
	require.NoError(t, err)
	t.Cleanup(w.admin.Close)
	// Without it a crash of the server loses commits that were confirmed, which no protocol survives.
	w.exec("alter database " + database + " set synchronous_commit = on")

	lake := filepath.Join(w.dir, "lakehouse")
	require.NoError(t, os.MkdirAll(filepath.Join(lake, "Files", "import"), 0o700))
	require.NoError(t, os.WriteFile(filepath.Join(lake, "Files", "import", sharedFile), []byte("bytes"), 0o600))
	w.fabric, err = standin.Start(context.WithoutCancel(t.Context()), standin.Options{
		Authority: authority, LakehouseDir: lake, PendingDir: filepath.Join(w.dir, "pending"), Definitions: fabric.Items,
		Runner: jobs.RunnerFunc(w.notebook), QueueTime: 100 * time.Millisecond,
		IgnoreConcurrency: true, // what must never overlap has to be able to
	})
	require.NoError(t, err)
	t.Cleanup(w.fabric.Close)
	return w
}

func (w *world) copyDatabase() {
	w.t.Helper()
	pool, err := pgxpool.New(w.t.Context(), strings.Replace(w.server.AdminDSN(), "/"+postgres.DatabaseName, "/postgres", 1))
	require.NoError(w.t, err)
	defer pool.Close()
	_, err = pool.Exec(w.t.Context(), "create database "+w.name+" template "+postgres.DatabaseName)
	require.NoError(w.t, err)
}

func (w *world) adminDSN() string {
	return strings.Replace(w.server.AdminDSN(), "/"+postgres.DatabaseName, "/"+w.name, 1)
}

func (w *world) exec(sql string, args ...any) {
	w.t.Helper()
	_, err := w.admin.Exec(w.t.Context(), sql, args...)
	require.NoError(w.t, err)
}

// empty forgets all runs; what Fabric accepted stays in its book.
func (w *world) empty() {
	w.t.Helper()
	w.exec("truncate pipeline_runs, run_events, run_artifacts, run_restores")
	w.exec("update run_lock set run_id = null, locked_at = null, locked_by = null")
	w.mu.Lock()
	defer w.mu.Unlock()
	w.skipJobs, w.unowned = len(w.fabric.Jobs.Jobs()), nil
}

// spec is a desktop in this world.
func (w *world) spec(role, name string) Spec {
	w.t.Helper()
	state := filepath.Join(w.dir, "state of "+name)
	require.NoError(w.t, os.MkdirAll(state, 0o700))
	return Spec{
		Role: role, Name: name, CAFile: w.caFile, Secret: w.fabric.App.ClientSecret, Password: w.server.AppPassword, StateDir: state,
		Scale: w.scale, Pause: 100 * time.Millisecond, Seed: rand.Uint64(),
		Fabric: config.Fabric{
			TenantID: w.fabric.App.TenantID, ClientID: w.fabric.App.ClientID, WorkspaceID: w.fabric.WorkspaceID, LakehouseID: w.fabric.LakehouseID,
			PipelineID: w.fabric.PipelineIDs["sales_ingest"], RestorePipelineID: w.fabric.PipelineIDs["restore_run"],
			OwnerPrincipalName: "owner@sandbox.example", OwnerObjectID: uuid.NewString(),
			APIURL: w.fabric.APIURL, OneLakeURL: w.fabric.OneLakeURL, AuthorityURL: w.fabric.AuthorityURL, PortalURL: "https://app.fabric.microsoft.com",
			APIScope: entra.FabricAudience + "/.default", StorageScope: entra.StorageAudience + "/.default", StorageVersion: "2021-06-08",
		},
		Database: config.Database{
			Host: postgres.Host, Port: w.server.Port, Name: w.name, User: postgres.AppRole, SSLMode: "verify-full", SSLRootCert: w.caFile,
		},
	}
}

// start launches a desktop and ends it with the test.
func (w *world) start(spec Spec) *process {
	w.t.Helper()
	p, err := launch(spec)
	require.NoError(w.t, err)
	w.t.Cleanup(p.kill)
	return p
}

// address is host:port of a base URL.
func address(base string) string {
	u, err := url.Parse(base)
	if err != nil {
		panic(err)
	}
	return u.Host
}

// notebook plays both notebooks: it takes its time, leaves the run's documents, and publishes them in current/, where it
// looks whether its run holds the lock as it should.
func (w *world) notebook(ctx context.Context, x jobs.Execution) (jobs.Outcome, error) {
	run, _ := x.Parameters["run_id"].(string)
	if !pause(ctx, w.jobTime/2+rand.N(w.jobTime+1)) {
		return jobs.Outcome{}, ctx.Err()
	}
	if rand.Float64() < w.failing {
		return jobs.Outcome{Error: &jobs.NotebookError{Name: "ValueError", Value: "the file has no orders"}}, nil
	}
	root := filepath.Join(fmt.Sprint(x.Parameters["lakehouse_root"]), "Files", "results")
	source, restores := x.Parameters["source_run_id"].(string)
	record := func(status string) error {
		return write(filepath.Join(root, "runs", run, "run_metadata.json"), string(contracttest.Metadata(func(m *contract.RunMetadata) {
			if m.RunID, m.Status = run, status; restores {
				m.Kind, m.SourceRunID = "restore", &source
			}
		})))
	}
	if err := record("started"); err != nil {
		return jobs.Outcome{}, err
	}
	home := run
	if restores {
		home = source
	}
	files := contracttest.Published(home, func(k *contract.KPIs) { k.Orders, k.TotalRevenue = 50000, 12.3 })
	if !restores {
		if err := writeAll(filepath.Join(root, "runs", run), files); err != nil {
			return jobs.Outcome{}, err
		}
	}
	if err := w.ownsLock(ctx, run, x.JobID); err != nil {
		return jobs.Outcome{}, err
	}
	if err := writeAll(filepath.Join(root, "current"), files); err != nil {
		return jobs.Outcome{}, err
	}
	if err := write(filepath.Join(root, "current", "manifest.json"), string(contracttest.Manifest(run, source, files))); err != nil {
		return jobs.Outcome{}, err
	}
	return jobs.Outcome{ExitValue: "done"}, record("succeeded")
}

func writeAll(folder string, files map[string]string) error {
	for name, content := range files {
		if err := write(filepath.Join(folder, name), content); err != nil {
			return err
		}
	}
	return nil
}

func write(path, content string) error {
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		return err
	}
	return os.WriteFile(path, []byte(content), 0o600)
}

// ownsLock notes a violation of I6 when the run that is about to write current/ does not hold the lock.
func (w *world) ownsLock(ctx context.Context, run, job string) error {
	for {
		var holder string
		err := w.admin.QueryRow(ctx, "select coalesce(run_id::text, 'nobody') from run_lock").Scan(&holder)
		if err == nil {
			if holder != run {
				w.mu.Lock()
				defer w.mu.Unlock()
				w.unowned = append(w.unowned, violation{"I6", run, fmt.Sprintf("job %s writes current/ while the lock is held by %s", job, holder)})
			}
			return nil
		}
		if !pause(ctx, 20*time.Millisecond) { // the server may be down at the moment
			return errors.Join(err, ctx.Err())
		}
	}
}
