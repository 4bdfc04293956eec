package runs

import (
	"context"
	"io"
	"sync"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/runs/outbox"
)

// Fabric is what a run needs of Fabric's job scheduler. Errors are those of package pipelines.
type Fabric interface {
	// Start sends one start request, at most once. *RefusedError and *NotSentError mean that nothing was started; any
	// other error leaves it in doubt.
	Start(ctx context.Context, r pipelines.StartRequest) (pipelines.Started, error)
	// PrepareToken signs in, so that Start does not have to.
	PrepareToken(ctx context.Context) error
	// Ready asks whether the item could be started, and starts nothing.
	Ready(ctx context.Context, itemID string) (pipelines.Readiness, error)
	Get(ctx context.Context, itemID, jobID string) (pipelines.JobInstance, error)
	// List returns the item's jobs that started at since or later, and those that have not started; all or an error.
	List(ctx context.Context, itemID string, since time.Time) ([]pipelines.JobInstance, error)
	Cancel(ctx context.Context, itemID, jobID string) error
	ActivityRuns(ctx context.Context, jobID string, from, to time.Time) ([]pipelines.ActivityRun, error)
	// Parameters names the parameters that a pipeline declares.
	Parameters(ctx context.Context, itemID string) ([]string, error)
	// JobURL builds the address of a job instance from configuration; it is only shown.
	JobURL(itemID, jobID string) string
}

// Files is what a run needs of the lakehouse. Errors are those of package artifacts.
type Files interface {
	Stat(ctx context.Context, path string) (artifacts.File, error)
	List(ctx context.Context, folder string) ([]artifacts.File, error)
	Open(ctx context.Context, path string) (io.ReadCloser, artifacts.File, error)
}

// Outbox keeps accepted job ids on this computer until they are in the database.
type Outbox interface {
	Ready() error // why no id can be kept, before a job is asked for
	Put(e outbox.Entry) error
	All() ([]outbox.Entry, error)
	Remove(run uuid.UUID) error
}

// Clock is this computer's clock. It decides nothing but when to stop sooner; all ages are the database's.
type Clock interface{ Now() time.Time }

// SystemClock is the real one.
type SystemClock struct{}

// Now is time.Now.
func (SystemClock) Now() time.Time { return time.Now() }

// Settings is what the runs of this desktop are made of.
type Settings struct {
	WorkspaceID       string
	PipelineID        string // the ingest pipeline's item
	RestorePipelineID string
	AppVersion        string
	Owner             locking.Owner // goes into locked_by and into the events
	// TotalVisitors and ConvertingVisitors are the configured funnel; 0 where not known.
	TotalVisitors, ConvertingVisitors int64
	// FromFolder says that people look at files in a folder of this computer, which may be ahead of the lakehouse.
	FromFolder bool
}

// Timing is the protocol's times (docs/run-protocol.md §4); zero values mean the defaults.
type Timing struct {
	Send       time.Duration // D: how long after the decision the start request may still leave; 15 s
	Answer     time.Duration // how long Fabric's answer to it is waited for; 60 s
	Orphan     time.Duration // a run without an intent is closed after it; 2 min
	Settle     time.Duration // an intent younger than Send + Settle is left to its owner; 10 s
	NoJob      time.Duration // G: a run in doubt without a job in Fabric is closed after it; 10 min
	Marker     time.Duration // a lone candidate without a marker is adopted at this age of the intent; 60 s
	Window     time.Duration // candidates may have started this much before the intent; 2 min
	Ask        time.Duration // for a person who waits, Fabric is asked so soon after the last question; 2 s
	Poll       time.Duration // all desktops together ask Fabric about a run once in it; 10 s
	Grace      time.Duration // a job younger than it may be unknown or look failed to Fabric; 60 s
	Unknown    time.Duration // a job unknown to Fabric for so long needs a person; 15 min
	Outputs    time.Duration // a completed job's outputs are looked for so long before the run counts as failed; 1 min
	Access     time.Duration // after Fabric refused this desktop's identity it does not ask for so long; 1 min
	Tick       time.Duration // between two passes of the loop; 3 s
	Fill       time.Duration // between two tries to fill in missing results, doubling up to an hour; 1 min
	Stray      time.Duration // between two looks for runs that lost the lock without having ended; 1 min
	FillWithin time.Duration // how long after a run's end that is tried; 7 days
	Call       time.Duration // the deadline of one question to the database, Fabric or the files; 20 s
}

func (t Timing) withDefaults() Timing {
	for _, d := range []struct {
		v  *time.Duration
		to time.Duration
	}{
		{&t.Send, 15 * time.Second}, {&t.Answer, time.Minute}, {&t.Orphan, 2 * time.Minute}, {&t.Settle, 10 * time.Second},
		{&t.NoJob, 10 * time.Minute}, {&t.Marker, time.Minute}, {&t.Window, 2 * time.Minute}, {&t.Ask, 2 * time.Second}, {&t.Poll, 10 * time.Second},
		{&t.Grace, time.Minute}, {&t.Unknown, 15 * time.Minute}, {&t.Outputs, time.Minute}, {&t.Access, time.Minute}, {&t.Tick, 3 * time.Second},
		{&t.Fill, time.Minute}, {&t.Stray, time.Minute}, {&t.FillWithin, 7 * 24 * time.Hour}, {&t.Call, 20 * time.Second},
	} {
		if *d.v == 0 {
			*d.v = d.to
		}
	}
	return t
}

// Parts is what the runs stand on.
type Parts struct {
	Database Database
	Fabric   Fabric
	Files    Files
	Outbox   Outbox
	Clock    Clock // nil: the system's
}

// Runs starts runs and follows them. It is safe for concurrent use.
type Runs struct {
	db     Database
	fabric Fabric
	files  Files
	outbox Outbox
	clock  Clock
	set    Settings
	timing Timing

	// Failpoint, when set, is called at each step of the protocol with the step's name; an error ends the call there as
	// a crash would. For tests.
	Failpoint func(name string) error

	pass sync.Mutex // one reconcile pass at a time

	mu        sync.Mutex
	notUntil  map[uuid.UUID]time.Time // Fabric's Retry-After for a run, on this computer's clock
	pausedTo  time.Time               // Fabric refused this desktop's identity
	polled    uuid.UUID               // the run that this desktop asked Fabric about last
	nextStray time.Time               // when runs without the lock are looked for again
	lateAfter time.Time               // when a job that came too late may be cancelled again
	fills     map[uuid.UUID]attempt
	nextFill  time.Time
}

// New makes the service; nothing is asked before the first call.
func New(p Parts, s Settings, t Timing) *Runs {
	if p.Clock == nil {
		p.Clock = SystemClock{}
	}
	return &Runs{
		db: p.Database, fabric: p.Fabric, files: p.Files, outbox: p.Outbox, clock: p.Clock, set: s, timing: t.withDefaults(),
		notUntil: map[uuid.UUID]time.Time{}, fills: map[uuid.UUID]attempt{},
	}
}

// at is a failpoint.
func (r *Runs) at(name string) error {
	if r.Failpoint == nil {
		return nil
	}
	return r.Failpoint(name)
}

// me is how events name this desktop.
func (r *Runs) me() string { return r.set.Owner.Name() }
