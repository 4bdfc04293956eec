"""The version that both notebooks state in run_metadata.json (and with it pipeline_runs.notebook_version)."""

NOTEBOOK_VERSION = "1.2.0"
