package postgres_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
)

func start(t *testing.T, o postgres.Options) *postgres.Server {
	t.Helper()
	authority, err := certs.New()
	require.NoError(t, err)
	o.Authority = authority
	o.Log = t.Logf
	server, err := postgres.Start(t.Context(), o)
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	return server
}

func connect(t *testing.T, dsn string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), dsn)
	require.NoError(t, err)
	t.Cleanup(func() { _ = conn.Close(context.WithoutCancel(t.Context())) })
	return conn
}

func code(err error) string {
	var pg *pgconn.PgError
	if e, ok := err.(*pgconn.PgError); ok { //nolint:errorlint // the server's own answer, unwrapped
		pg = e
	}
	if pg == nil {
		return fmt.Sprint(err)
	}
	return pg.Code
}

const (
	run1 = "0190a000-0000-7000-8000-000000000001"
	run2 = "0190a000-0000-7000-8000-000000000002"
	id1  = "0190a000-0000-7000-8000-0000000000a1"
)

// What a row's every NOT NULL column needs.
const insertRun = `INSERT INTO pipeline_runs (run_id, created_at, triggered_by, input_file, workspace_id, pipeline_item_id,
	fabric_job_location_url, status, status_last_updated_at) VALUES ('%s', clock_timestamp(), 'ana', 'a.xlsx', 'w', 'p', '', 'SUBMITTED', clock_timestamp())`

func TestTheProductsRole(t *testing.T) {
	server := start(t, postgres.Options{})
	app := connect(t, server.AppDSN())

	for _, sql := range []string{
		fmt.Sprintf(insertRun, run1),
		`SELECT run_id FROM run_lock WHERE lock_key = 'ACTIVE_PIPELINE_RUN' FOR UPDATE`,
		`UPDATE run_lock SET run_id = '` + run1 + `', locked_at = clock_timestamp(), locked_by = 'ana@pc' WHERE lock_key = 'ACTIVE_PIPELINE_RUN' AND run_id IS NULL`,
		`SELECT 1 FROM pipeline_runs WHERE run_id = '` + run1 + `' FOR UPDATE`,
		`UPDATE pipeline_runs SET status = 'QUEUED', fabric_job_id = 'j', fabric_job_location_url = 'u', started_at = clock_timestamp(), finished_at = clock_timestamp(), kpis = '{}', error_message = 'e', notebook_version = '1', status_last_updated_at = clock_timestamp() WHERE run_id = '` + run1 + `'`,
		`INSERT INTO run_events (id, run_id, event_time, event_type, message) VALUES (gen_random_uuid(), '` + run1 + `', clock_timestamp(), 'LOG', 'm')`,
		`INSERT INTO run_artifacts (id, run_id, artifact_type, file_path, created_at) VALUES (gen_random_uuid(), '` + run1 + `', 'csv', 'p', clock_timestamp())`,
		`INSERT INTO run_restores (id, restored_at, restored_by, source_run_id, target_run_id) VALUES (gen_random_uuid(), clock_timestamp(), 'ana', '` + run1 + `', NULL)`,
		`SELECT pg_notify('portal', '')`,
		`SELECT has_table_privilege('pipeline_runs', 'DELETE')`,
	} {
		_, err := app.Exec(t.Context(), sql)
		require.NoError(t, err, sql)
	}

	const refused = "42501" // insufficient_privilege
	for _, sql := range []string{
		`DELETE FROM pipeline_runs`, `DELETE FROM run_events`, `DELETE FROM run_lock`, `TRUNCATE run_events`,
		`UPDATE pipeline_runs SET triggered_by = 'ben'`, `UPDATE pipeline_runs SET run_id = '` + run2 + `'`,
		`UPDATE pipeline_runs SET created_at = clock_timestamp()`, `UPDATE pipeline_runs SET app_version = '2'`, `UPDATE pipeline_runs SET pipeline_item_id = 'q'`,
		`INSERT INTO pipeline_runs (run_id, kpis) VALUES (gen_random_uuid(), '{}')`, `UPDATE pipeline_runs SET input_file = 'b.xlsx'`,
		`UPDATE run_events SET message = 'forged'`, `UPDATE run_restores SET restored_by = 'ben'`, `UPDATE run_artifacts SET file_path = 'x'`,
		`UPDATE run_lock SET lock_key = 'ACTIVE_PIPELINE_RUN'`, `INSERT INTO run_lock (lock_key) VALUES ('ACTIVE_PIPELINE_RUN')`,
		`DROP TABLE run_events`, `ALTER TABLE run_events ADD COLUMN x int`, `CREATE TABLE mine (x int)`, `CREATE TEMP TABLE mine (x int)`,
		`CREATE SCHEMA mine`, `CREATE ROLE mine`, `CREATE DATABASE mine`, `SELECT pg_read_file('/etc/hostname')`,
	} {
		_, err := app.Exec(t.Context(), sql)
		require.Equal(t, refused, code(err), sql)
	}
}

func TestTheSchemaHoldsWhatTheSpecificationSays(t *testing.T) {
	server := start(t, postgres.Options{})
	admin := connect(t, server.AdminDSN())

	rows, err := admin.Query(t.Context(), `SELECT table_name || '.' || column_name || ' ' || replace(data_type, ' without time zone', '') || CASE is_nullable WHEN 'YES' THEN ' null' ELSE '' END, column_default IS NULL
		FROM information_schema.columns WHERE table_schema = 'public' ORDER BY table_name, ordinal_position`)
	require.NoError(t, err)
	var columns []string
	for rows.Next() {
		var column string
		var noDefault bool
		require.NoError(t, rows.Scan(&column, &noDefault))
		require.True(t, noDefault, "%s has a default", column)
		columns = append(columns, column)
	}
	require.NoError(t, rows.Err())
	require.Equal(t, strings.Split(strings.TrimSpace(`
pipeline_runs.run_id uuid
pipeline_runs.created_at timestamp
pipeline_runs.started_at timestamp null
pipeline_runs.finished_at timestamp null
pipeline_runs.triggered_by text
pipeline_runs.input_file text
pipeline_runs.workspace_id text
pipeline_runs.pipeline_item_id text
pipeline_runs.fabric_job_location_url text
pipeline_runs.fabric_job_id text null
pipeline_runs.status text
pipeline_runs.status_last_updated_at timestamp
pipeline_runs.error_message text null
pipeline_runs.kpis jsonb null
pipeline_runs.notebook_version text null
pipeline_runs.app_version text null
run_artifacts.id uuid
run_artifacts.run_id uuid
run_artifacts.artifact_type text
run_artifacts.file_path text
run_artifacts.file_size bigint null
run_artifacts.created_at timestamp
run_events.id uuid
run_events.run_id uuid
run_events.event_time timestamp
run_events.event_type text
run_events.message text
run_lock.lock_key text
run_lock.run_id uuid null
run_lock.locked_at timestamp null
run_lock.locked_by text null
run_restores.id uuid
run_restores.restored_at timestamp
run_restores.restored_by text
run_restores.source_run_id uuid
run_restores.target_run_id uuid null`), "\n"), columns)

	_, err = admin.Exec(t.Context(), fmt.Sprintf(insertRun, run1))
	require.NoError(t, err)
	const check, notNull, foreign = "23514", "23502", "23503"
	for sql, want := range map[string]string{
		`UPDATE pipeline_runs SET status = 'DONE'`:                                               check,
		`UPDATE pipeline_runs SET fabric_job_location_url = NULL`:                                notNull,
		`INSERT INTO run_lock (lock_key) VALUES ('OTHER')`:                                       check,
		`INSERT INTO run_events VALUES ('` + id1 + `', '` + run1 + `', now(), 'NOTE', 'm')`:      check,
		`INSERT INTO run_events VALUES ('` + id1 + `', '` + run2 + `', now(), 'LOG', 'm')`:       foreign,
		`INSERT INTO run_artifacts VALUES ('` + id1 + `', '` + run1 + `', 'xls', 'p', 1, now())`: check,
		`INSERT INTO run_restores VALUES ('` + id1 + `', now(), 'ana', '` + run2 + `', NULL)`:    foreign,
	} {
		_, err := admin.Exec(t.Context(), sql)
		require.Equal(t, want, code(err), sql)
	}

	_, err = admin.Exec(t.Context(), `UPDATE run_lock SET run_id = '`+run1+`'`)
	require.NoError(t, err)
	require.NoError(t, server.Reset(t.Context()))
	var runs, free int
	require.NoError(t, admin.QueryRow(t.Context(), `SELECT (SELECT count(*) FROM pipeline_runs), (SELECT count(*) FROM run_lock WHERE run_id IS NULL)`).Scan(&runs, &free))
	require.Equal(t, []int{0, 1}, []int{runs, free})
}

func TestOnlyTheRightPeopleGetIn(t *testing.T) {
	server := start(t, postgres.Options{})
	stranger, err := certs.New()
	require.NoError(t, err)
	strangersCA := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(strangersCA, stranger.PEM(), 0o600))

	_, err = pgx.Connect(t.Context(), strings.Replace(server.AppDSN(), server.AppPassword, "wrong", 1))
	require.ErrorContains(t, err, "password authentication failed")
	_, err = pgx.Connect(t.Context(), strings.Replace(server.AppDSN(), "verify-full", "disable", 1))
	require.ErrorContains(t, err, "no pg_hba.conf entry")
	_, err = pgx.Connect(t.Context(), fmt.Sprintf("host=127.0.0.1 port=%d user=%s password=%s dbname=%s sslmode=verify-full sslrootcert=%s",
		server.Port, postgres.AppRole, server.AppPassword, postgres.DatabaseName, strangersCA))
	require.ErrorContains(t, err, "certificate signed by unknown authority")
	connect(t, strings.Replace(server.AppDSN(), "127.0.0.1", "localhost", 1))
}

func TestTimeTypesAndZone(t *testing.T) {
	server := start(t, postgres.Options{TimestampTZ: true, TimeZone: "Asia/Kolkata"})
	admin := connect(t, server.AdminDSN())
	var zone string
	require.NoError(t, admin.QueryRow(t.Context(), `SHOW timezone`).Scan(&zone))
	require.Equal(t, "Asia/Kolkata", zone)
	var with, without int
	require.NoError(t, admin.QueryRow(t.Context(), `SELECT count(*) FILTER (WHERE data_type = 'timestamp with time zone'), count(*) FILTER (WHERE data_type = 'timestamp without time zone')
		FROM information_schema.columns WHERE table_schema = 'public'`).Scan(&with, &without))
	require.Equal(t, []int{8, 0}, []int{with, without})
}

func TestStopLeavesNothing(t *testing.T) {
	also := filepath.Join(t.TempDir(), "also")
	require.NoError(t, os.Mkdir(also, 0o700))
	server := start(t, postgres.Options{RemoveAfter: []string{also}})
	home := filepath.Dir(server.CAFile)
	info, err := os.Stat(filepath.Join(home, "data"))
	require.NoError(t, err)
	require.Equal(t, os.FileMode(0o700), info.Mode().Perm())
	server.Stop()
	require.NoDirExists(t, home)
	require.NoDirExists(t, also)
	_, err = pgx.Connect(t.Context(), server.AppDSN())
	require.Error(t, err)
	require.Empty(t, processesMentioning(t, home))
}

// processesMentioning lists the processes whose command line holds a text.
func processesMentioning(t *testing.T, text string) (found []string) {
	t.Helper()
	paths, _ := filepath.Glob("/proc/[0-9]*/cmdline")
	for _, path := range paths {
		if line, err := os.ReadFile(path); err == nil && bytes.Contains(line, []byte(text)) {
			found = append(found, string(line))
		}
	}
	return found
}

// TestFetchedServer downloads some megabytes, so it runs only where that is asked for.
func TestFetchedServer(t *testing.T) {
	if os.Getenv("PORTAL_TEST_FETCH_POSTGRES") == "" {
		t.Skip("set PORTAL_TEST_FETCH_POSTGRES=1 to download a PostgreSQL and run on it")
	}
	server := start(t, postgres.Options{Fetch: true})
	require.Contains(t, server.Binaries, "fabric-data-portal-sandbox")
	connect(t, server.AppDSN())
}
