package evidence

import (
	"encoding/json"
	"time"

	"fabricportal/internal/services/runs"
)

// runRow is a row of pipeline_runs with the names of its columns (docs/specification.md §4).
type runRow struct {
	RunID           string          `json:"run_id"`
	CreatedAt       string          `json:"created_at"`
	StartedAt       *string         `json:"started_at"`
	FinishedAt      *string         `json:"finished_at"`
	TriggeredBy     string          `json:"triggered_by"`
	InputFile       string          `json:"input_file"`
	WorkspaceID     string          `json:"workspace_id"`
	PipelineItemID  string          `json:"pipeline_item_id"`
	JobURL          string          `json:"fabric_job_location_url"`
	JobID           string          `json:"fabric_job_id"`
	Status          runs.Status     `json:"status"`
	StatusUpdatedAt string          `json:"status_last_updated_at"`
	ErrorMessage    string          `json:"error_message"`
	KPIs            json.RawMessage `json:"kpis"`
	NotebookVersion string          `json:"notebook_version"`
	AppVersion      string          `json:"app_version"`
}

func rowOf(r runs.Run) runRow {
	return runRow{
		RunID: r.ID.String(), CreatedAt: stamp(r.CreatedAt), StartedAt: stampOf(r.StartedAt), FinishedAt: stampOf(r.FinishedAt),
		TriggeredBy: r.TriggeredBy, InputFile: r.InputFile, WorkspaceID: r.WorkspaceID, PipelineItemID: r.PipelineItemID,
		JobURL: r.JobURL, JobID: r.JobID, Status: r.Status, StatusUpdatedAt: stamp(r.StatusUpdatedAt), ErrorMessage: r.ErrorMessage,
		KPIs: r.KPIs, NotebookVersion: r.NotebookVersion, AppVersion: r.AppVersion,
	}
}

// eventRow is a row of run_events; text is its message as people read it.
type eventRow struct {
	ID      string         `json:"id"`
	Time    string         `json:"event_time"`
	Type    runs.EventType `json:"event_type"`
	Message string         `json:"message"`
	Text    string         `json:"text"`
}

func eventRows(events []runs.Event) []eventRow {
	out := make([]eventRow, 0, len(events))
	for _, e := range events {
		out = append(out, eventRow{e.ID.String(), stamp(e.Time), e.Type, e.Message, runs.HumanMessage(e)})
	}
	return out
}

// artifactRow is a row of run_artifacts.
type artifactRow struct {
	ID        string `json:"id"`
	Type      string `json:"artifact_type"`
	Path      string `json:"file_path"`
	Size      *int64 `json:"file_size"`
	CreatedAt string `json:"created_at"`
}

func artifactRows(list []runs.Artifact) []artifactRow {
	out := make([]artifactRow, 0, len(list))
	for _, a := range list {
		out = append(out, artifactRow{a.ID.String(), a.Type, a.Path, a.Size, stamp(a.CreatedAt)})
	}
	return out
}

// stamp is a time as RFC 3339 in UTC, to the millisecond.
func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func stampOf(t *time.Time) *string {
	if t == nil {
		return nil
	}
	s := stamp(*t)
	return &s
}
