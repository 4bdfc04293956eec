package db_test

import (
	"context"
	"fmt"
	"os"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// Two real servers, far from UTC on both sides, one for each type of the time columns.
var plain, zoned *postgres.Server

func TestMain(m *testing.M) { os.Exit(runAll(m)) }

func runAll(m *testing.M) int {
	authority, err := certs.New()
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	var wg sync.WaitGroup
	var errPlain, errZoned error
	wg.Go(func() {
		plain, errPlain = postgres.Start(context.Background(), postgres.Options{Authority: authority, TimeZone: "America/New_York"})
	})
	wg.Go(func() {
		zoned, errZoned = postgres.Start(context.Background(), postgres.Options{Authority: authority, TimeZone: "Asia/Kolkata", TimestampTZ: true})
	})
	wg.Wait()
	code := 1
	if errPlain == nil && errZoned == nil {
		code = m.Run()
	} else {
		fmt.Fprintln(os.Stderr, errPlain, errZoned)
	}
	for _, s := range []*postgres.Server{plain, zoned} {
		if s != nil {
			s.Stop()
		}
	}
	if err := goleak.Find(); err != nil && code == 0 {
		fmt.Fprintln(os.Stderr, err)
		code = 1
	}
	return code
}

func settings(s *postgres.Server) config.Database {
	return config.Database{Host: postgres.Host, Port: s.Port, Name: postgres.DatabaseName, User: postgres.AppRole, SSLRootCert: s.CAFile}
}

func open(t *testing.T, s *postgres.Server) *db.DB { t.Helper(); return openFor(t, s) }

func openFor(t testing.TB, s *postgres.Server) *db.DB {
	t.Helper()
	d, err := db.Open(t.Context(), settings(s), secrets.New(s.AppPassword), "")
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d
}

// fresh is an empty database on the server with timestamps without zone.
func fresh(t *testing.T) *db.DB {
	t.Helper()
	require.NoError(t, plain.Reset(t.Context()))
	return open(t, plain)
}

// admin connects as the superuser, to look at what really is in the tables.
func admin(t *testing.T, s *postgres.Server) *pgx.Conn { t.Helper(); return adminOf(t, s) }

func adminOf(t testing.TB, s *postgres.Server) *pgx.Conn {
	t.Helper()
	c, err := pgx.Connect(t.Context(), s.AdminDSN())
	require.NoError(t, err)
	t.Cleanup(func() { c.Close(context.Background()) })
	return c
}

func count(t *testing.T, s *postgres.Server, sql string, args ...any) int {
	t.Helper()
	var n int
	require.NoError(t, admin(t, s).QueryRow(t.Context(), sql, args...).Scan(&n))
	return n
}

var owner = locking.Owner{User: "ana", Host: "PC-7", App: "1.4.2", PID: 4312, Instance: "6f1c"}

func creation() runs.Creation {
	id := uuid.Must(uuid.NewV7())
	return runs.Creation{
		Run:      runs.Run{ID: id, TriggeredBy: "ana", InputFile: "sales.xlsx", WorkspaceID: "ws", PipelineItemID: "item", AppVersion: "1.4.2"},
		LockedBy: owner.String(),
		Events:   []runs.Event{{ID: runs.DerivedID(id, "->SUBMITTED"), RunID: id, Type: runs.StatusChange, Message: "->SUBMITTED"}},
	}
}

func intentOf(run uuid.UUID) runs.Event {
	return runs.Event{ID: uuid.Must(uuid.NewV7()), RunID: run, Type: runs.Log, Message: `portal:v1 {"ev":"post_intent","attempt":1}`}
}

// submitted is a run that holds the lock; sent has an intent, too; queued has a job.
func submitted(t *testing.T, d *db.DB) uuid.UUID {
	t.Helper()
	c := creation()
	require.NoError(t, d.Create(t.Context(), c))
	return c.Run.ID
}

func sent(t *testing.T, d *db.DB) (uuid.UUID, runs.Event) {
	t.Helper()
	id := submitted(t, d)
	e := intentOf(id)
	require.NoError(t, d.Intend(t.Context(), id, e))
	return id, e
}

func queued(t *testing.T, d *db.DB) (uuid.UUID, string) {
	t.Helper()
	id, _ := sent(t, d)
	job := uuid.NewString()
	require.NoError(t, d.LinkJob(t.Context(), runs.Link{RunID: id, JobID: job, JobURL: "https://fabric/" + job}))
	return id, job
}

func held(t *testing.T, d *db.DB) uuid.UUID {
	t.Helper()
	card, err := d.LockCard(t.Context())
	require.NoError(t, err)
	return card.RunID
}

func changes(t *testing.T, d *db.DB, run uuid.UUID) []string {
	t.Helper()
	events, err := d.Events(t.Context(), run)
	require.NoError(t, err)
	var list []string
	for _, e := range events.Rows {
		if e.Type == runs.StatusChange {
			list = append(list, e.Message)
		}
	}
	return list
}
