package feeds

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/services/locking"
	"fabricportal/internal/services/pipelines"
	"fabricportal/internal/services/runs"
)

// activityCache keeps the activity runs of the watched run between the questions to Fabric.
type activityCache struct {
	run    uuid.UUID
	status runs.Status
	stale  bool
	list   []pipelines.ActivityRun
}

// readDatabase is one pass over the lock, the watched run with its events, and the archive.
func (s *Service) readDatabase(ctx context.Context) {
	ctx, cancel := context.WithTimeout(ctx, s.iv.Call)
	defer cancel()
	card, list, err := s.readLockAndRuns(ctx)
	if ctx.Err() != nil && err == nil {
		return
	}
	if err != nil {
		s.databaseFailed(err)
		return
	}
	var watched *runs.Run
	if card.Held() {
		if i := slices.IndexFunc(list, func(r runs.Run) bool { return r.ID == card.RunID }); i >= 0 {
			watched = &list[i]
		} else if r, err := s.src.Database.Run(ctx, card.RunID); err == nil {
			watched = &r
		}
	}
	if watched == nil && len(list) > 0 {
		watched = &list[0]
	}
	var events []runs.Event
	if watched != nil {
		if events, err = s.src.Database.Events(ctx, watched.ID); err != nil {
			s.databaseFailed(err)
			return
		}
	}
	var phase runs.Phase
	var active *runs.Run
	if card.Held() && watched != nil && watched.ID == card.RunID {
		active = watched
		phase = s.src.Phase(*watched, events, card.AsOf)
	}
	now := s.now()
	s.publishFrame(func(f *Frame) {
		s.reach(&f.Database, nil)
		f.Lock, f.LockKnown, f.Active, f.Phase, f.AsOf = card, true, active, phase, now
	})
	s.publishArchive(list, now)
	s.publishMonitor(ctx, watched, events, phase, now)
	s.resultsAfter(list)
}

func (s *Service) readLockAndRuns(ctx context.Context) (locking.Card, []runs.Run, error) {
	card, err := s.src.Database.LockCard(ctx)
	if err != nil {
		return card, nil, err
	}
	s.mu.Lock()
	want := s.pages*pageSize + 1
	s.mu.Unlock()
	list, err := s.src.Database.ListRuns(ctx, nil, want)
	return card, list, err
}

func (s *Service) databaseFailed(err error) {
	s.publishFrame(func(f *Frame) { s.reach(&f.Database, err) })
	sentence := s.src.Sentence(err)
	m, _ := s.Monitor.Latest()
	m.Sentence = sentence
	s.Monitor.Publish(m)
	a, _ := s.Archive.Latest()
	a.Sentence = sentence
	s.Archive.Publish(a)
}

func (s *Service) publishArchive(list []runs.Run, now time.Time) {
	s.mu.Lock()
	limit := s.pages * pageSize
	s.mu.Unlock()
	more := len(list) > limit
	if more {
		list = list[:limit]
	}
	s.Archive.Publish(Archive{Runs: list, More: more, Loaded: true, AsOf: now})
}

func (s *Service) publishMonitor(ctx context.Context, run *runs.Run, events []runs.Event, phase runs.Phase, now time.Time) {
	m := Monitor{Run: run, Phase: phase, Loaded: true, AsOf: now}
	m.Events = slices.Clone(events)
	slices.Reverse(m.Events)
	if run != nil && run.JobID != "" {
		m.JobLink = s.src.Links.JobLink(run.PipelineItemID, run.JobID)
		m.Activities = s.activitiesOf(ctx, *run)
		for _, a := range m.Activities {
			if a.SnapshotURL != "" {
				m.NotebookLink = a.SnapshotURL
			}
		}
	}
	s.Monitor.Publish(m)
}

// activitiesOf asks Fabric for the activities of a run when its state changed, when this desktop has just polled it, or
// on the user's wish; else it repeats what was seen last.
func (s *Service) activitiesOf(ctx context.Context, run runs.Run) []pipelines.ActivityRun {
	s.mu.Lock()
	c := s.activities
	s.mu.Unlock()
	if c.run == run.ID && c.status == run.Status && !c.stale {
		return c.list
	}
	from := run.CreatedAt
	if run.StartedAt != nil {
		from = *run.StartedAt
	}
	to := s.now()
	if run.FinishedAt != nil {
		to = *run.FinishedAt
	}
	list, err := s.src.Jobs.ActivityRuns(ctx, run.JobID, from, to)
	if err != nil && ctx.Err() != nil {
		return c.list
	}
	s.publishFrame(func(f *Frame) { s.reach(&f.Fabric, err) })
	if err != nil {
		// The activities are best effort (fabric-facts §4): what was seen last stays.
		if c.run == run.ID {
			list = c.list
		}
	}
	s.mu.Lock()
	s.activities = activityCache{run: run.ID, status: run.Status, list: list}
	s.mu.Unlock()
	return list
}

// FabricAnswered notes how another part's question to Fabric ended.
func (s *Service) FabricAnswered(err error) {
	s.publishFrame(func(f *Frame) { s.reach(&f.Fabric, err) })
}

// resultsAfter reads current/ again when a run has ended since the last pass.
func (s *Service) resultsAfter(list []runs.Run) {
	seen := ""
	for _, r := range list {
		if r.Status == runs.Succeeded {
			seen = fmt.Sprint(r.ID, r.KPIs != nil)
			break
		}
	}
	s.mu.Lock()
	changed := seen != s.ended
	s.ended = seen
	s.mu.Unlock()
	if changed {
		s.results.poke()
		s.files.poke()
	}
}
