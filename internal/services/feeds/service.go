package feeds

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/lifecycle"
	"fabricportal/internal/services/desktop/waitingrun"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// Database is what the feeds read from PostgreSQL.
type Database interface {
	LockCard(ctx context.Context) (locking.Card, error)
	Run(ctx context.Context, id uuid.UUID) (runs.Run, error)
	// ListRuns returns at most limit runs, latest first, older than the run before (nil: from the latest).
	ListRuns(ctx context.Context, before *runs.Run, limit int) ([]runs.Run, error)
	// Events returns a run's events.
	Events(ctx context.Context, run uuid.UUID) (runs.Events, error)
	// LatestRestore is the last restore recorded; nil when there is none.
	LatestRestore(ctx context.Context) (*runs.Restore, error)
	// Beside returns what is known of runs besides their rows.
	Beside(ctx context.Context, ids []uuid.UUID) (runs.Beside, error)
}

// Files is what the feeds read from the lakehouse.
type Files interface {
	artifacts.Store
}

// Jobs is what the feeds ask Fabric for.
type Jobs interface {
	ActivityRuns(ctx context.Context, jobID string, from, to time.Time) ([]pipelines.ActivityRun, error)
}

// Links builds the pages of Fabric that a run can be looked at on.
type Links interface {
	// JobPage is a run's own page, else its pipeline's.
	JobPage(ctx context.Context, pipelineItemID, jobID string) pipelines.Page
	// Checked makes an address that was kept in an event anew from its ids; "" where it is none of Fabric's.
	Checked(kept string) string
}

// Sources is everything the feeds read from.
type Sources struct {
	Database Database
	Files    Files
	Jobs     Jobs
	Links    Links
	// Phase derives what the holder of the lock is doing.
	Phase func(run runs.Run, events []runs.Event, now time.Time) runs.Phase
	// Follows tells whether Fabric may be asked about a run: one of the configured pipelines.
	Follows func(run runs.Run) bool
	// Sentence turns an error into what the user reads.
	Sentence func(error) string
}

// Intervals says how often is asked; the zero value means the defaults.
type Intervals struct {
	Database time.Duration // lock, active run, events; 2 s
	Pushed   time.Duration // the same while changes come by themselves; 5 s
	Slow     time.Duration // how long the database may take before what it said last is not claimed any more; 2 s
	Files    time.Duration // Files/import; 30 s
	Results  time.Duration // current/; 60 s, and at once when a run ends
	Call     time.Duration // the deadline of one question; 20 s
}

// pageSize is the number of runs that the archive shows at first, and adds with each step.
const pageSize = 50

// Service runs the goroutines behind the feeds. Make it with New, then Start, then Stop.
type Service struct {
	Frame   Feed[Frame]
	Import  Feed[Import]
	Monitor Feed[Monitor]
	Results Feed[Results]
	Archive Feed[Archive]

	src Sources
	iv  Intervals
	now func() time.Time

	database, files, results *loop

	frameMu sync.Mutex // guards frame, and keeps its publications in order
	frame   Frame

	archiveMu sync.Mutex // guards archive, and keeps its publications in order
	archive   Archive

	mu         sync.Mutex // guards what the loops share besides
	pages      int
	ended      string // the newest run that had ended at the last pass; a change means new results
	archived   archiveKey
	archivedAt time.Time
	// archiveStale asks for the list of runs again.
	archiveStale bool
	activities   activityCache
	history      history

	loops lifecycle.Loops
}

// New prepares the feeds; nothing is asked before Start.
func New(src Sources, iv Intervals) *Service {
	set := func(d *time.Duration, to time.Duration) {
		if *d == 0 {
			*d = to
		}
	}
	set(&iv.Database, 2*time.Second)
	set(&iv.Pushed, 5*time.Second)
	set(&iv.Slow, 2*time.Second)
	set(&iv.Files, 30*time.Second)
	set(&iv.Results, time.Minute)
	set(&iv.Call, 20*time.Second)
	s := &Service{src: src, iv: iv, now: time.Now, pages: 1}
	s.database = newLoop(iv.Database, s.readDatabase)
	s.files = newLoop(iv.Files, s.readFiles)
	s.results = newLoop(iv.Results, s.readResults)
	return s
}

// Start begins asking.
func (s *Service) Start(ctx context.Context) {
	s.loops.Start(ctx, s.database.run, s.files.run, s.results.run)
}

// Stop ends the goroutines and waits for them.
func (s *Service) Stop() { s.loops.Stop() }

// Refresh asks everything again soon, when the user asks.
func (s *Service) Refresh() {
	s.mu.Lock()
	s.activities.stale = true
	s.archiveStale = true
	s.mu.Unlock()
	s.database.poke()
	s.files.poke()
	s.results.poke()
}

// RunsChanged asks the database again soon: this or another desktop changed something.
func (s *Service) RunsChanged() {
	s.mu.Lock()
	s.archiveStale = true
	s.mu.Unlock()
	s.database.poke()
}

// Woken says that some desktop changed something, as all desktops hear at the same moment.
func (s *Service) Woken() { s.database.nudge() }

// Hearing says whether Woken can be relied on; while it can, asking regularly is only the safety net.
func (s *Service) Hearing(p Push) {
	every := s.iv.Database
	if p.OK {
		every = s.iv.Pushed
	}
	s.database.setEvery(every)
	s.publishFrame(func(f *Frame) { f.Push = p })
	s.database.poke()
}

// Noticed says what a look at the database's tables, rights and clock found.
func (s *Service) Noticed(notices []format.Sayer, skew time.Duration) {
	s.publishFrame(func(f *Frame) { f.Notices, f.Skew = notices, skew })
}

// SetWaiting says which run waits for the lock to be free.
func (s *Service) SetWaiting(w *waitingrun.Request) { s.publishFrame(func(f *Frame) { f.Waiting = w }) }

// FilesChanged asks for the import files again soon.
func (s *Service) FilesChanged() { s.files.poke() }

// MoreRuns adds a page of older runs to the archive.
func (s *Service) MoreRuns() {
	s.mu.Lock()
	s.pages++
	s.mu.Unlock()
	s.database.poke()
}

// reach notes how a question ended; must be called from a publishFrame change.
func (s *Service) reach(r *Reach, err error) {
	if errors.Is(err, context.Canceled) {
		return
	}
	ok := err == nil
	trouble, answered := errors.AsType[*troubles.Trouble](err)
	if !r.Known || r.OK != ok || r.Answered != answered {
		*r = Reach{Known: true, OK: ok, Answered: answered, Since: s.now()}
	}
	r.Slow = false
	r.Sentence, r.Secret, r.SignIn = "", answered && trouble.OfSecret(), answered && trouble.OfSignIn()
	if !ok {
		r.Sentence = s.src.Sentence(err)
	}
}

// publishFrame changes the frame and publishes it.
func (s *Service) publishFrame(change func(*Frame)) {
	s.frameMu.Lock()
	defer s.frameMu.Unlock()
	change(&s.frame)
	s.Frame.Publish(s.frame)
}
