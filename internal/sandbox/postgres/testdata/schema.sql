-- The database as its administrators keep it (a fixture: the product neither creates nor changes any of it).
-- A column is NOT NULL unless the specification marks it null; there are no defaults. The sandbox can replace the type
-- "timestamp" by "timestamptz", as either may be found.

CREATE TABLE pipeline_runs (
    run_id                  uuid PRIMARY KEY,
    created_at              timestamp NOT NULL,
    started_at              timestamp,
    finished_at             timestamp,
    triggered_by            text NOT NULL,
    input_file              text NOT NULL,
    workspace_id            text NOT NULL,
    pipeline_item_id        text NOT NULL,
    fabric_job_location_url text NOT NULL,
    fabric_job_id           text,
    status                  text NOT NULL CHECK (status IN ('SUBMITTED', 'QUEUED', 'RUNNING', 'SUCCEEDED', 'FAILED')),
    status_last_updated_at  timestamp NOT NULL,
    error_message           text,
    kpis                    jsonb,
    notebook_version        text,
    app_version             text
);

CREATE TABLE run_lock (
    lock_key  text PRIMARY KEY CHECK (lock_key = 'ACTIVE_PIPELINE_RUN'),
    run_id    uuid,
    locked_at timestamp,
    locked_by text
);

INSERT INTO run_lock (lock_key) VALUES ('ACTIVE_PIPELINE_RUN');

CREATE TABLE run_events (
    id         uuid PRIMARY KEY,
    run_id     uuid NOT NULL REFERENCES pipeline_runs (run_id),
    event_time timestamp NOT NULL,
    event_type text NOT NULL CHECK (event_type IN ('STATUS_CHANGE', 'LOG', 'WARNING', 'ERROR')),
    message    text NOT NULL
);

CREATE TABLE run_artifacts (
    id            uuid PRIMARY KEY,
    run_id        uuid NOT NULL REFERENCES pipeline_runs (run_id),
    artifact_type text NOT NULL CHECK (artifact_type IN ('parquet', 'csv', 'json', 'profile', 'metadata')),
    file_path     text NOT NULL,
    file_size     bigint,
    created_at    timestamp NOT NULL
);

CREATE TABLE run_restores (
    id            uuid PRIMARY KEY,
    restored_at   timestamp NOT NULL,
    restored_by   text NOT NULL,
    source_run_id uuid NOT NULL REFERENCES pipeline_runs (run_id),
    target_run_id uuid
);
