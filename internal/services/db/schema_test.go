package db_test

import (
	"context"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"fabricportal/database"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/setup/secrets"
)

const checkedRole = "portal_checked"

// administered is a database whose role was made by the file for administrators.
func administered(t *testing.T, s *postgres.Server) (*db.DB, *pgx.Conn) {
	t.Helper()
	require.NoError(t, s.Reset(t.Context()))
	root := admin(t, s)
	drop := func() {
		_, err := root.Exec(context.Background(), "do $$ begin if exists (select from pg_roles where rolname = '"+checkedRole+
			"') then execute 'drop owned by "+checkedRole+"'; execute 'drop role "+checkedRole+"'; end if; end $$")
		require.NoError(t, err)
	}
	drop()
	t.Cleanup(drop)
	_, err := root.PgConn().Exec(t.Context(), strings.ReplaceAll(database.Role, "portal_app", checkedRole)).ReadAll()
	require.NoError(t, err)
	_, err = root.Exec(t.Context(), "alter role "+checkedRole+" password 'a password for the test'")
	require.NoError(t, err)
	cfg := settings(s)
	cfg.User = checkedRole
	d, err := db.Open(t.Context(), cfg, secrets.New("a password for the test"), "")
	require.NoError(t, err)
	t.Cleanup(d.Close)
	return d, root
}

func TestTheRoleFileGrantsWhatTheProgramNeedsAndNoMore(t *testing.T) {
	for _, s := range []*postgres.Server{plain, zoned} {
		d, _ := administered(t, s)
		found, err := d.CheckSchema(t.Context())
		require.NoError(t, err)
		require.Empty(t, found)
		// The whole life of a run, by this role.
		id, _ := queued(t, d)
		moved, err := d.Move(t.Context(), runs.Move{RunID: id, To: runs.Running})
		require.NoError(t, err)
		require.True(t, moved)
		ended, err := d.End(t.Context(), ending(id, id))
		require.NoError(t, err)
		require.True(t, ended)
		filled, err := d.FillResults(t.Context(), runs.Results{RunID: id, NotebookVersion: "2"})
		require.NoError(t, err)
		_ = filled
		d.Close()
	}
}

func TestEachDifferenceIsNamed(t *testing.T) {
	for name, c := range map[string]struct {
		sql      string
		undo     string
		object   string
		says     string
		blocking bool
	}{
		"a table is not there":      {"alter table run_restores rename to restores", "alter table restores rename to run_restores", "run_restores", "the table run_restores is not there", true},
		"a column is not there":     {"alter table pipeline_runs rename kpis to figures", "alter table pipeline_runs rename figures to kpis", "pipeline_runs.kpis", "the column pipeline_runs.kpis is not there", true},
		"another type":              {"alter table pipeline_runs alter kpis type json", "alter table pipeline_runs alter kpis type jsonb", "pipeline_runs.kpis", "is json, and should be jsonb", true},
		"null is refused":           {"alter table run_artifacts alter file_size set not null", "alter table run_artifacts alter file_size drop not null", "run_artifacts.file_size", "does not take null", true},
		"a column of others":        {"alter table run_events add tenant text not null", "alter table run_events drop tenant", "run_events.tenant", "it needs a default", true},
		"a right is missing":        {"revoke update (status) on pipeline_runs from portal_checked", "", "pipeline_runs.status", "lacks the right UPDATE on pipeline_runs.status", true},
		"reading is not allowed":    {"revoke select on run_events from portal_checked", "", "run_events.message", "lacks the right SELECT", true},
		"inserting is not allowed":  {"revoke insert (message) on run_events from portal_checked", "", "run_events.message", "lacks the right INSERT", true},
		"the lock has no row":       {"delete from run_lock", "insert into run_lock (lock_key) values ('ACTIVE_PIPELINE_RUN')", "run_lock", "lacks its row ACTIVE_PIPELINE_RUN", true},
		"rows can be deleted":       {"grant delete on run_events to portal_checked", "", "run_events", "the right DELETE on run_events", false},
		"tables can be emptied":     {"grant truncate on pipeline_runs to portal_checked", "", "pipeline_runs", "the right TRUNCATE", false},
		"history can be rewritten":  {"grant update on run_events to portal_checked", "", "run_events.message", "may UPDATE run_events.message", false},
		"who ran it can be changed": {"grant update (triggered_by) on pipeline_runs to portal_checked", "", "pipeline_runs.triggered_by", "may UPDATE", false},
		"locks can be added":        {"grant insert on run_lock to portal_checked", "", "run_lock", "the right INSERT on run_lock", false},
		"a table can be made":       {"grant create on schema public to portal_checked", "", "the role", "CREATE on the schema", false},
		"roles can be made":         {"alter role portal_checked createrole", "", "the role", "CREATEROLE", false},
		"the table is its own":      {"alter table run_restores owner to portal_checked", "alter table run_restores owner to sandbox_admin", "run_restores", "the role owns run_restores", false},
		"another zone's times": {`insert into pipeline_runs (run_id, created_at, triggered_by, input_file, workspace_id, pipeline_item_id, fabric_job_location_url, status, status_last_updated_at)
 values (gen_random_uuid(), clock_timestamp() at time zone 'UTC' + interval '5 hours', 'x', 'x', 'x', 'x', '', 'FAILED', now())`, "delete from pipeline_runs",
			"pipeline_runs.created_at", "5 h in the future", false},
	} {
		t.Run(name, func(t *testing.T) {
			d, root := administered(t, plain)
			_, err := root.Exec(t.Context(), c.sql)
			require.NoError(t, err)
			if c.undo != "" {
				t.Cleanup(func() { // the server is shared
					_, err := root.Exec(context.Background(), c.undo)
					require.NoError(t, err)
				})
			}
			found, err := d.CheckSchema(t.Context())
			require.NoError(t, err)
			seen := false
			for _, f := range found {
				if f.Object == c.object && strings.Contains(f.Said.Error(), c.says) {
					seen = true
					require.Equal(t, c.blocking, f.Blocking)
				}
			}
			require.True(t, seen, "%+v", found)
		})
	}
	require.NoError(t, plain.Reset(t.Context()))
}

// All tests of the program run with the rights that administrators are told to give, and no others.
func TestTheSandboxesRoleIsTheAdministrators(t *testing.T) {
	for _, s := range []*postgres.Server{plain, zoned} {
		require.NoError(t, s.Reset(t.Context()))
		found, err := open(t, s).CheckSchema(t.Context())
		require.NoError(t, err)
		require.Empty(t, found)
	}
}
