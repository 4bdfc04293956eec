package runs

import (
	"context"
	"encoding/json"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/services/runs/locking"
)

// Reader is what is read from the database.
type Reader interface {
	LockCard(ctx context.Context) (locking.Card, error)
	// Active is the lock, the run that holds it and its last intent, as of one moment.
	Active(ctx context.Context) (Active, error)
	// Run is one run; *UnknownRunError when there is none of this id.
	Run(ctx context.Context, id uuid.UUID) (Run, error)
	// Events returns a run's events.
	Events(ctx context.Context, run uuid.UUID) (Events, error)
	// LinkedJobs returns those of the given Fabric job ids that a run already carries.
	LinkedJobs(ctx context.Context, jobIDs []string) ([]string, error)
	// Strays returns runs that have not ended though they do not hold the lock, oldest first: of the given place those with
	// a job or an intent, and of any place those with neither.
	Strays(ctx context.Context, of Place, limit int) ([]Stray, error)
	// WithoutResults returns succeeded runs that ended within the given time and lack KPIs or artifacts, latest first.
	WithoutResults(ctx context.Context, within time.Duration, limit int) ([]Run, error)
}

// Writer is what is written to the database. Each method is one transaction and wakes the other desktops; all may be
// called again after an error without doing anything twice.
type Writer interface {
	// Create takes the lock and inserts the run. *locking.BusyError when another run holds the lock.
	Create(ctx context.Context, c Creation) error
	// Intend records that the start request is about to be sent: the point of no return. *LostError when the run no
	// longer holds the lock or has moved on.
	Intend(ctx context.Context, run uuid.UUID, intent Event) error
	// LinkJob records the run's Fabric job and moves the run to QUEUED. *LateError when the run has ended or has
	// another job.
	LinkJob(ctx context.Context, l Link) error
	// ClaimPoll tells whether this desktop is to ask Fabric now: true at most once in every age for all desktops.
	ClaimPoll(ctx context.Context, run uuid.UUID, age time.Duration) (bool, error)
	// Move moves the run up to a state that is not terminal; false when it was there or further already.
	Move(ctx context.Context, m Move) (bool, error)
	// End moves the run to its terminal state, records all that comes with it, and releases the lock if the run holds
	// it; false when the run had ended already or the guard did not hold.
	End(ctx context.Context, e Ending) (bool, error)
	// ReleaseEnded releases the lock if the run holds it and has ended.
	ReleaseEnded(ctx context.Context, run uuid.UUID, e Event) (bool, error)
	// ReleaseUnknown releases the lock if it names this run and there is no such run.
	ReleaseUnknown(ctx context.Context, run uuid.UUID) (bool, error)
	// AddEvent appends an event; false when one of this ID is there already.
	AddEvent(ctx context.Context, e Event) (bool, error)
	// FillResults adds what End did not have; what is there already stays.
	FillResults(ctx context.Context, r Results) (bool, error)
}

// Database is the source of truth that all desktops share.
type Database interface {
	Reader
	Writer
}

// Active is the lock with the run that holds it.
type Active struct {
	Card   locking.Card
	Run    *Run   // nil when the lock is free, or names a run that does not exist
	Intent *Event // the run's last intent; nil before it
}

// Stray is a run that has not ended and does not hold the lock: somebody took the lock from it by other means.
type Stray struct {
	Run  Run
	AsOf time.Time // the database's clock
	Sent bool      // it has an intent
}

// Creation is a new run with the events that come with it.
type Creation struct {
	Run      Run // ID, TriggeredBy, InputFile, WorkspaceID, PipelineItemID and AppVersion are used
	LockedBy string
	Events   []Event
}

// Link ties a Fabric job to its run.
type Link struct {
	RunID         uuid.UUID
	JobID, JobURL string
	Reason        string // the end of the STATUS_CHANGE event's message: who, on what evidence
	Adopted       bool   // the id was found, not answered: only while the run holds the lock
	Event         *Event // written with it; may be nil
}

// Move is a step up.
type Move struct {
	RunID  uuid.UUID
	To     Status
	Reason string
}

// Guard says under what condition an Ending holds.
type Guard int

// The guards.
const (
	FromAny        Guard = iota // the run has not ended
	WithoutJob                  // and is SUBMITTED without a Fabric job
	WithoutIntent               // and has no intent either
	OnIntentBefore              // as WithoutJob, and its last intent is Ending.Intent
	ByHand                      // as FromAny, by a person's decision
)

// Ending is the end of a run.
type Ending struct {
	RunID           uuid.UUID
	To              Status // Succeeded or Failed
	Guard           Guard
	Intent          uuid.UUID // the event that OnIntentBefore means
	Reason          string
	ErrorMessage    string // "" stores null
	KPIs            json.RawMessage
	NotebookVersion string
	Artifacts       []Artifact
	Restore         *Restore // RestoredAt is the database's clock
	Events          []Event
}

// Results is what a run left in its folder, found after its end.
type Results struct {
	RunID           uuid.UUID
	KPIs            json.RawMessage
	NotebookVersion string
	Artifacts       []Artifact
	Events          []Event
}

// UnknownRunError says that there is no run of this id.
type UnknownRunError struct{ ID uuid.UUID }

func (e *UnknownRunError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *UnknownRunError) Say(w format.Writer) string {
	return w.T("the database has no run {{.Run}}", "Run", e.ID)
}

// LostError says that a run is no longer this desktop's to send.
type LostError struct{ ID uuid.UUID }

func (e *LostError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *LostError) Say(w format.Writer) string {
	return w.T("run {{.Run}} was closed by another desktop before it was sent to Fabric: start it again", "Run", ShortID(e.ID))
}

// LateError says that Fabric accepted a job for a run that has moved on without it.
type LateError struct {
	ID     uuid.UUID
	Status Status
	JobID  string // the run's own job, "" when it has none
}

func (e *LateError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *LateError) Say(w format.Writer) string {
	return w.T("Fabric accepted a job for run {{.Run}} too late: the run is {{.State}} already", "Run", ShortID(e.ID), "State", e.Status.word().Say(w))
}
