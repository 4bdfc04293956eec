-- What the product's role may do, and no more: read; add runs, events, artifacts and restores; move a run on; take and
-- release the lock. No DELETE, no TRUNCATE, no DDL, no rewriting of who started which run when.
-- The role itself, portal_app, is made before, with a password of its own.

REVOKE ALL ON DATABASE fabric_data_portal FROM PUBLIC;
REVOKE ALL ON SCHEMA public FROM PUBLIC;
GRANT CONNECT ON DATABASE fabric_data_portal TO portal_app;
GRANT USAGE ON SCHEMA public TO portal_app;

GRANT SELECT ON pipeline_runs, run_lock, run_events, run_artifacts, run_restores TO portal_app;
GRANT INSERT ON pipeline_runs, run_events, run_artifacts, run_restores TO portal_app;

GRANT UPDATE (started_at, finished_at, workspace_id, pipeline_item_id, fabric_job_location_url, fabric_job_id, status,
              status_last_updated_at, error_message, kpis, notebook_version, app_version) ON pipeline_runs TO portal_app;
GRANT UPDATE (run_id, locked_at, locked_by) ON run_lock TO portal_app;
