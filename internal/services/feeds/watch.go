package feeds

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/panics"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/results/comparison"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// activityCache keeps what Fabric said of the watched run's activities when the user asks, until the events tell more.
type activityCache struct {
	run    uuid.UUID
	status runs.Status
	told   int  // activities that the events told of by then
	stale  bool // the user wants them from Fabric
	list   []pipelines.ActivityRun
}

// readDatabase is one pass over the lock and the watched run with its events, and over the archive when it is due.
func (s *Service) readDatabase(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.iv.Call)
	defer cancel()
	seen, err := s.lookInTime(ctx)
	if errors.Is(err, context.Canceled) {
		return
	}
	if err != nil {
		s.databaseFailed(err)
		return
	}
	now := s.now()
	var expected *Expected
	if seen.active != nil && !seen.active.Status.Terminal() {
		expected = s.expected(ctx, *seen.active, seen.card.AsOf)
	}
	s.publishFrame(func(f *Frame) {
		s.reach(&f.Database, nil)
		f.Lock, f.LockKnown, f.Active, f.Phase, f.Expected, f.AsOf = seen.card, true, seen.active, seen.phase, expected, now
	})
	s.publishMonitor(ctx, seen, expected, now)
	if err := s.readArchive(ctx, seen, now); err != nil && !errors.Is(err, context.Canceled) {
		s.databaseFailed(err)
	}
	s.resultsAfter(seen.latest)
}

// sight is what one pass saw.
type sight struct {
	card    locking.Card
	latest  *runs.Run // the newest run; nil when there is none
	watched *runs.Run // the active run, else the newest
	active  *runs.Run // the run that holds the lock
	events  runs.Events
	phase   runs.Phase
}

// lookInTime is look that says meanwhile that the database takes long: a frozen one answers nothing, and refuses nothing.
func (s *Service) lookInTime(ctx context.Context) (sight, error) {
	answered := make(chan struct{})
	var waiting panics.Group
	waiting.Go(func() {
		slow := time.NewTimer(s.iv.Slow)
		defer slow.Stop()
		select {
		case <-answered:
		case <-slow.C:
			s.publishFrame(func(f *Frame) { f.Database.Slow = true })
		}
	})
	defer waiting.Wait()
	defer close(answered)
	return s.look(ctx)
}

func (s *Service) look(ctx context.Context) (sight, error) {
	var out sight
	var err error
	if out.card, err = s.src.Database.LockCard(ctx); err != nil {
		return out, err
	}
	list, err := s.src.Database.ListRuns(ctx, nil, 1)
	if err != nil {
		return out, err
	}
	if len(list) > 0 {
		out.latest = &list[0]
		out.watched = out.latest
	}
	if id := out.card.RunID; out.card.Held() && (out.latest == nil || out.latest.ID != id) {
		run, err := s.src.Database.Run(ctx, id)
		var unknown *runs.UnknownRunError
		switch {
		case errors.As(err, &unknown): // a lock that names no run; reconciling looks after it
		case err != nil:
			return out, err
		default:
			out.watched = &run
		}
	}
	if out.watched == nil {
		return out, nil
	}
	if out.events, err = s.src.Database.Events(ctx, out.watched.ID); err != nil {
		return out, err
	}
	if out.watched.ID == out.card.RunID {
		out.active = out.watched
		out.phase = s.src.Phase(*out.watched, out.events.Rows, out.card.AsOf)
	}
	return out, nil
}

func (s *Service) databaseFailed(err error) {
	s.publishFrame(func(f *Frame) { s.reach(&f.Database, err) })
	sentence := s.src.Sentence(err)
	m, _ := s.Monitor.Latest()
	m.Sentence = sentence
	s.Monitor.Publish(m)
	s.publishArchive(func(a *Archive) { a.Sentence = sentence })
	s.mu.Lock()
	s.archiveStale = true // so that the next pass that works takes the sentence back
	s.mu.Unlock()
}

// archiveEvery bounds how old the archive may be when nothing seems to have changed: results may be added to an older run.
const archiveEvery = time.Minute

// readArchive reads the list of runs when the newest run has changed, when more is wanted, or when it has got old: the
// list is long beside the rest, and many desktops ask.
func (s *Service) readArchive(ctx context.Context, seen sight, now time.Time) error {
	s.mu.Lock()
	key := archiveKey{pages: s.pages, lock: seen.card.RunID}
	if seen.latest != nil {
		key.run, key.status, key.kpis = seen.latest.ID, seen.latest.Status, seen.latest.HasKPIs()
	}
	due := key != s.archived || s.archiveStale || now.Sub(s.archivedAt) >= archiveEvery
	s.mu.Unlock()
	if !due {
		return nil
	}
	limit := key.pages * pageSize
	list, err := s.src.Database.ListRuns(ctx, nil, limit+1)
	if err != nil {
		return err
	}
	more := len(list) > limit
	if more {
		list = list[:limit]
	}
	beside, err := s.src.Database.Beside(ctx, runs.IDs(list))
	if err != nil {
		return err
	}
	s.mu.Lock()
	s.archived, s.archivedAt, s.archiveStale = key, now, false
	s.mu.Unlock()
	s.publishArchive(func(a *Archive) {
		*a = Archive{Runs: list, Beside: beside, Published: a.Published, More: more, Loaded: true, AsOf: now}
	})
	return nil
}

// archiveKey is what the archive depends on, as far as one look at the newest run tells.
type archiveKey struct {
	pages  int
	lock   uuid.UUID
	run    uuid.UUID
	status runs.Status
	kpis   bool
}

func (s *Service) publishMonitor(ctx context.Context, seen sight, expected *Expected, now time.Time) {
	run := seen.watched
	m := Monitor{Run: run, Phase: seen.phase, Expected: expected, Loaded: true, AsOf: now}
	m.Events, m.EventsHidden = slices.Clone(seen.events.Rows), seen.events.Hidden
	slices.Reverse(m.Events)
	if run != nil && run.JobID != "" && s.src.Follows(*run) {
		m.JobPage = s.src.Links.JobPage(ctx, run.PipelineItemID, run.JobID)
		m.Activities = s.activitiesOf(ctx, *run, seen.events.Rows)
		for _, a := range m.Activities {
			// They may come from an event, which anybody with the database's password can write.
			m.NotebookLink = cmp.Or(s.src.Links.Checked(a.SnapshotURL), m.NotebookLink)
			m.SparkLink = cmp.Or(s.src.Links.Checked(a.SparkURL), m.SparkLink)
		}
	}
	s.Monitor.Publish(m)
}

// historyLimit is how many past runs tell how long one takes.
const historyLimit = 300

// expected says how long runs like this one take. The history is read once for each run.
func (s *Service) expected(ctx context.Context, run runs.Run, now time.Time) *Expected {
	s.mu.Lock()
	known := s.history
	s.mu.Unlock()
	if known.run != run.ID {
		list, err := s.src.Database.ListRuns(ctx, nil, historyLimit)
		if err != nil {
			return nil // the pass that failed says so by itself; the next one reads again
		}
		beside, err := s.src.Database.Beside(ctx, append(runs.IDs(list), run.ID))
		if err != nil {
			return nil
		}
		// Where one pipeline does both, a restore says nothing of how long a run takes, nor a run of a restore.
		_, restore := beside.Sources[run.ID]
		list = slices.DeleteFunc(list, func(r runs.Run) bool { _, other := beside.Sources[r.ID]; return other != restore })
		known = history{run: run.ID, durations: comparison.NewDurations(list, run.PipelineItemID)}
		s.mu.Lock()
		s.history = known
		s.mu.Unlock()
	}
	usual, ok := known.durations.Expected()
	if !ok {
		return nil
	}
	elapsed := run.Elapsed(now)
	e := &Expected{From: usual.From, To: usual.To, Samples: usual.Samples, Overdue: known.durations.Overdue(elapsed)}
	if left, ok := known.durations.Remaining(elapsed); ok {
		e.LeftFrom, e.LeftTo = left.From, left.To
	}
	return e
}

// history is what past runs tell of how long one takes.
type history struct {
	run       uuid.UUID // read for this one
	durations comparison.Durations
}

// activitiesOf are the run's activities as its events tell them: the desktop that asks Fabric about the run writes them
// there. Where the user asks, this desktop asks Fabric itself.
func (s *Service) activitiesOf(ctx context.Context, run runs.Run, events []runs.Event) []pipelines.ActivityRun {
	told := runs.ActivitiesOf(events)
	s.mu.Lock()
	c := s.activities
	s.activities.stale = false
	s.mu.Unlock()
	same := c.run == run.ID && c.status == run.Status && c.told == len(told)
	if !c.stale {
		if same && len(c.list) > 0 {
			return c.list
		}
		return told
	}
	from, to := run.Begun(), s.now()
	if run.FinishedAt != nil {
		to = *run.FinishedAt
	}
	list, err := s.src.Jobs.ActivityRuns(ctx, run.JobID, from, to)
	if err != nil && ctx.Err() != nil {
		return told
	}
	s.publishFrame(func(f *Frame) { s.reach(&f.Fabric, err) })
	if err != nil || len(list) == 0 {
		return told // they are best effort (docs/fabric.md §4)
	}
	s.mu.Lock()
	s.activities.run, s.activities.status, s.activities.told, s.activities.list = run.ID, run.Status, len(told), list
	s.mu.Unlock()
	return list
}

// FabricAnswered notes how another part's question to Fabric ended.
func (s *Service) FabricAnswered(err error) {
	s.publishFrame(func(f *Frame) { s.reach(&f.Fabric, err) })
}

// resultsAfter reads current/ and the import files again when a run has ended since the last pass.
func (s *Service) resultsAfter(latest *runs.Run) {
	if latest == nil || !latest.Status.Terminal() {
		return
	}
	ended := fmt.Sprint(latest.ID, latest.Status, latest.HasKPIs())
	s.mu.Lock()
	changed := ended != s.ended
	s.ended = ended
	s.mu.Unlock()
	if changed {
		s.results.poke()
		s.files.poke()
	}
}
