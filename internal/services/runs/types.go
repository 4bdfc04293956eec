// Package runs is the life of a run: submitted once, sent to Fabric at most once, followed to its end by any desktop,
// and let go. It owns the rules (docs/run-protocol.md §2 and §3); the database and Fabric stand behind small interfaces.
package runs

import (
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
)

// Status is the state of a run as pipeline_runs.status stores it. It only ever moves up:
// SUBMITTED < QUEUED < RUNNING < SUCCEEDED or FAILED.
type Status string

// The five states (docs/specification.md §4).
const (
	Submitted Status = "SUBMITTED"
	Queued    Status = "QUEUED"
	Running   Status = "RUNNING"
	Succeeded Status = "SUCCEEDED"
	Failed    Status = "FAILED"
)

// Terminal tells whether the run has ended.
func (s Status) Terminal() bool { return s == Succeeded || s == Failed }

// Run is one row of pipeline_runs. Times are UTC by the database's clock.
type Run struct {
	ID              uuid.UUID
	CreatedAt       time.Time
	StartedAt       *time.Time
	FinishedAt      *time.Time
	TriggeredBy     string
	InputFile       string
	WorkspaceID     string
	PipelineItemID  string
	JobURL          string // as stored; never dereferenced, only shown
	JobID           string // "" until known
	Status          Status
	StatusUpdatedAt time.Time // while the run is active: when Fabric was last asked
	ErrorMessage    string
	KPIs            json.RawMessage // nil until known
	KPIsUnread      string          // why KPIs is nil though the database has some: goes on after “its figures can't be read: ”
	// Until is the last day (YYYY-MM-DD) that the figures of a listed run have orders of; "" where the list does not tell: the figures are by
	// month, unread, or whole.
	Until           string
	NotebookVersion string
	AppVersion      string

	failure string // ErrorMessage as it is stored, with the tail of a sentence that can be said in other languages
}

// SetError takes error_message as the database has it: ErrorMessage is what it says in English.
func (r *Run) SetError(stored string) { r.ErrorMessage, r.failure = plain(stored), stored }

// Failure is why the run has failed, in a language as far as it can be said in it; "" where it has not, or nobody said why.
func (r Run) Failure(w format.Writer) string {
	if r.failure != "" && plain(r.failure) == r.ErrorMessage {
		if said := Told(r.failure, w); said != r.failure {
			return said
		}
	}
	return NotebookSaid(r.ErrorMessage, w)
}

// Published tells whether the run has published results: it succeeded, or its job failed after that (docs/run-protocol.md §3 step 5).
// Only such a failed run has figures.
func (r Run) Published() bool { return r.Status == Succeeded || r.Status == Failed && r.HasKPIs() }

// HasKPIs tells whether the database has figures of the run, whether or not they could be read.
func (r Run) HasKPIs() bool { return r.KPIs != nil || r.KPIsUnread != "" }

// EventType is run_events.event_type.
type EventType string

// The four event types (docs/specification.md §4).
const (
	StatusChange EventType = "STATUS_CHANGE"
	Log          EventType = "LOG"
	Warning      EventType = "WARNING"
	ErrorEvent   EventType = "ERROR"
)

// Event is one row of run_events.
type Event struct {
	ID      uuid.UUID
	RunID   uuid.UUID
	Time    time.Time
	Type    EventType
	Message string
}

// Artifact is one row of run_artifacts. Path is relative to the lakehouse, such as Files/results/runs/<run_id>/kpis.json.
type Artifact struct {
	ID        uuid.UUID
	RunID     uuid.UUID
	Type      string // parquet, csv, json, profile or metadata
	Path      string
	Size      *int64 // bytes; nil where not known
	CreatedAt time.Time
}

// Restore is one row of run_restores.
type Restore struct {
	ID         uuid.UUID
	RestoredAt time.Time
	RestoredBy string
	SourceRun  uuid.UUID
	TargetRun  *uuid.UUID // the restore's own run
}
