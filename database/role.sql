-- The role that Fabric Data Portal (desktop edition) signs in with: what it needs, column by column, and no more.
-- For the database's administrators; the program never runs this file. Run it once, as the owner of the tables:
--
--   psql -v ON_ERROR_STOP=1 -d fabric_data_portal -f role.sql
--   psql -d fabric_data_portal -c '\password portal_app'
--
-- portal-desktop doctor compares a live database with it, reading only, and names each difference.

CREATE ROLE portal_app LOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;

-- What everybody may do by default is taken away: no temporary tables, no objects of one's own.
REVOKE ALL ON DATABASE fabric_data_portal FROM PUBLIC;
REVOKE CREATE ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE fabric_data_portal TO portal_app;
GRANT USAGE ON SCHEMA public TO portal_app;

-- A fresh start for a role that was there before with other rights.
REVOKE ALL ON pipeline_runs, run_lock, run_events, run_artifacts, run_restores FROM portal_app;

-- All five tables are read.
GRANT SELECT ON pipeline_runs, run_lock, run_events, run_artifacts, run_restores TO portal_app;

-- Runs are recorded once; who started which run on which file, and when, is never rewritten.
GRANT INSERT (run_id, created_at, triggered_by, input_file, workspace_id, pipeline_item_id, fabric_job_location_url,
              app_version, status, status_last_updated_at) ON pipeline_runs TO portal_app;
GRANT UPDATE (started_at, finished_at, fabric_job_location_url, fabric_job_id, status, status_last_updated_at,
              error_message, kpis, notebook_version) ON pipeline_runs TO portal_app;

-- The lock's one row is taken and released. It is the administrator who inserts it, once:
--   INSERT INTO run_lock (lock_key) VALUES ('ACTIVE_PIPELINE_RUN') ON CONFLICT DO NOTHING;
GRANT UPDATE (run_id, locked_at, locked_by) ON run_lock TO portal_app;

-- What happened is only ever added to.
GRANT INSERT (id, run_id, event_time, event_type, message) ON run_events TO portal_app;
GRANT INSERT (id, run_id, artifact_type, file_path, file_size, created_at) ON run_artifacts TO portal_app;
GRANT INSERT (id, restored_at, restored_by, source_run_id, target_run_id) ON run_restores TO portal_app;

-- The role must not have: DELETE, TRUNCATE, TRIGGER or REFERENCES on any table; UPDATE on run_events, run_artifacts or
-- run_restores, or on other columns than those above; INSERT on run_lock; CREATE on the schema; ownership of a table; or
-- the attributes SUPERUSER, CREATEDB, CREATEROLE, REPLICATION and BYPASSRLS.
--
-- Wake-ups between desktops (NOTIFY on the channel portal) need no right.
