// Package pipelines speaks the Fabric Job Scheduler REST API: start, read, list and cancel job instances, and read the
// activity runs of a pipeline run (docs/fabric.md §2 to §4). It decides nothing about runs.
package pipelines

import (
	"encoding/json"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/troubles"
)

// JobStatus is a job instance's status as Fabric words it; other words than these may come.
type JobStatus string

// The documented statuses (docs/fabric.md §3.1).
const (
	NotStarted JobStatus = "NotStarted"
	InProgress JobStatus = "InProgress"
	Completed  JobStatus = "Completed"
	JobFailed  JobStatus = "Failed"
	Cancelled  JobStatus = "Cancelled"
	Deduped    JobStatus = "Deduped"
)

// StartRequest asks for one job instance.
type StartRequest struct {
	ItemID     string         // pipeline item, a UUID
	Parameters map[string]any // flat map of pipeline parameters
	SendBy     time.Time      // wall clock; past it nothing is sent any more
}

// Started is an accepted job instance.
type Started struct {
	JobID      string // lower-case UUID
	JobURL     string // for people: what Fabric said where it names this job, on whatever host, else made from the configuration; never called
	RetryAfter time.Duration
	RequestID  string
}

// JobInstance is one execution of an item.
type JobInstance struct {
	ID            string
	ItemID        string
	JobType       string
	InvokeType    string
	Status        JobStatus
	Start         *time.Time // UTC
	End           *time.Time // UTC
	FailureCode   string
	FailureReason string
	RetryAfter    time.Duration // 0 when Fabric named none
}

// ActivityRun is one activity of a pipeline run. Input and Output are kept as they came.
type ActivityRun struct {
	ID             string
	Name           string
	Type           string // TridentNotebook, Wait, Fail …
	Status         string // Queued, InProgress, Succeeded, Failed, Cancelled, Skipped …
	Start          *time.Time
	End            *time.Time
	Duration       time.Duration
	Input          json.RawMessage
	Output         json.RawMessage
	ErrorCode      string
	ErrorMessage   string            // the notebook's own error where the output carries one
	Trouble        *troubles.Trouble // the catalogue's entry that ErrorMessage is; nil where it is another's text
	SnapshotURL    string            // the notebook run's page in Fabric, "" where it can't be built
	SparkURL       string            // the Spark application's page, "" where there is none
	RetryAttempt   int
	IterationIndex string
}

// RefusedError says that Fabric refused: nothing was started. Sentence tells the user what to do.
type RefusedError struct {
	HTTPStatus int
	Code       string // Fabric's errorCode
	Message    string // Fabric's message
	RequestID  string
	RetryAfter time.Duration
	Sentence   string
	Trouble    *troubles.Trouble // the catalogue's entry; nil in errors that were not made from an answer
}

func (e *RefusedError) Error() string { return e.Sentence }

func (e *RefusedError) Unwrap() error { return troubleOf(e.Trouble) }

// NotSentError says that no byte of the request left this machine (no connection, or too late): nothing was started.
type NotSentError struct {
	TooLate bool // the SendBy deadline passed before the first byte
	Err     error
}

func (e *NotSentError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *NotSentError) Say(w format.Writer) string {
	if e.TooLate || e.Err == nil {
		return w.T("the start request was not sent: its deadline had passed on this computer's clock")
	}
	return w.T("the start request could not be sent to Fabric: {{.Why}}", "Why", w.Words(e.Err))
}

func (e *NotSentError) Unwrap() error { return e.Err }

// InDoubtError says that the request left, but that no usable answer came: a job may or may not exist.
type InDoubtError struct {
	Accepted  bool // Fabric answered 202, but without a usable job id: a job surely exists
	RequestID string
	Err       error
	Trouble   *troubles.Trouble // what Fabric answered; nil where no answer came
}

func (e *InDoubtError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *InDoubtError) Say(w format.Writer) string {
	switch {
	case e.Accepted:
		return w.T("Fabric accepted the run but did not say which job it is")
	case e.Trouble != nil:
		return w.T("Fabric answered the start request without saying whether it started a job: {{.Why}}", "Why", e.Trouble.Say(w))
	case e.Err == nil:
		return w.T("the start request left, but Fabric's answer was lost")
	}
	return w.T("the start request left, but Fabric's answer was lost: {{.Why}}", "Why", w.Words(e.Err))
}

func (e *InDoubtError) Unwrap() error { return e.Err }

// NotFoundError says that Fabric does not know the job instance (too early, or older than it keeps).
type NotFoundError struct{ JobID string }

func (e *NotFoundError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *NotFoundError) Say(w format.Writer) string {
	return w.T("Fabric does not know job {{.Job}}", "Job", e.JobID)
}

// UnauthorizedError says that this desktop's own identity was refused (401 or 403): nothing is known about the job.
type UnauthorizedError struct {
	HTTPStatus int
	Code       string
	Sentence   string
	Trouble    *troubles.Trouble // the catalogue's entry; nil in errors that were not made from an answer
}

func (e *UnauthorizedError) Error() string { return e.Sentence }

func (e *UnauthorizedError) Unwrap() error { return troubleOf(e.Trouble) }
