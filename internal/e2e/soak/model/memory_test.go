package model

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// memory is the database as the protocol describes it, without any SQL: what PostgreSQL is compared with.
type memory struct {
	tables
	fail    func(string) error
	last    time.Time
	mistake string // "" for none
}

// Mistakes, to see that they are found.
const (
	sendsTwice     = "the start request is sent again after an error"
	leaseEnds      = "the lock expires"
	forgetsIntents = "intents are not recorded"
	intendsBlindly = "an intent does not ask whether the run is still its own"
	movesDown      = "states move in any direction"
	keepsTheLock   = "the end does not release the lock, and nothing else does"
	forgetsWhy     = "the end does not say why"
)

// tables is what a transaction changes, or does not change.
type tables struct {
	holder    uuid.UUID
	lockedAt  time.Time
	lockedBy  string
	runs      map[uuid.UUID]runs.Run
	events    []runs.Event
	artifacts []runs.Artifact
	restores  []runs.Restore
}

func (t tables) clone() tables {
	t.runs = maps.Clone(t.runs)
	t.events, t.artifacts, t.restores = slices.Clone(t.events), slices.Clone(t.artifacts), slices.Clone(t.restores)
	return t
}

func newMemory() *memory {
	return &memory{tables: tables{runs: map[uuid.UUID]runs.Run{}}, fail: func(string) error { return nil }}
}

var errNothing = errors.New("nothing to do")

// now is a clock that never gives the same time twice.
func (m *memory) now() time.Time {
	t := time.Now().UTC()
	if !t.After(m.last) {
		t = m.last.Add(time.Microsecond)
	}
	m.last = t
	return t
}

// write is a transaction: work's error undoes it.
func (m *memory) write(work func() error) error {
	before := m.clone()
	if err := work(); err != nil {
		m.tables = before
		return err
	}
	return m.fail("commit_ack_lost")
}

// older makes everything look as if it had happened so much earlier.
func (m *memory) older(by time.Duration) {
	m.lockedAt = m.lockedAt.Add(-by)
	m.last = m.last.Add(-by)
	for i := range m.events {
		m.events[i].Time = m.events[i].Time.Add(-by)
	}
	for id, r := range m.runs {
		r.CreatedAt, r.StatusUpdatedAt = r.CreatedAt.Add(-by), r.StatusUpdatedAt.Add(-by)
		for _, t := range []**time.Time{&r.StartedAt, &r.FinishedAt} {
			if *t != nil {
				earlier := (*t).Add(-by)
				*t = &earlier
			}
		}
		m.runs[id] = r
	}
}

func (m *memory) LockCard(context.Context) (locking.Card, error) {
	c := locking.Card{AsOf: m.now()}
	if m.holder != uuid.Nil {
		c.RunID, c.LockedAt, c.LockedBy = m.holder, m.lockedAt, locking.ParseOwner(m.lockedBy)
	}
	return c, nil
}

func (m *memory) Active(ctx context.Context) (runs.Active, error) {
	card, err := m.LockCard(ctx)
	a := runs.Active{Card: card}
	if r, ok := m.runs[m.holder]; ok {
		a.Run, a.Intent = &r, m.intent(m.holder)
	}
	return a, err
}

func (m *memory) intent(run uuid.UUID) *runs.Event {
	prefix := strings.TrimSuffix(runs.IntentPattern, "%")
	for _, e := range slices.Backward(m.events) {
		if e.RunID == run && e.Type == runs.Log && strings.HasPrefix(e.Message, prefix) {
			return &e
		}
	}
	return nil
}

func (m *memory) Run(_ context.Context, id uuid.UUID) (runs.Run, error) {
	if r, ok := m.runs[id]; ok {
		return r, nil
	}
	return runs.Run{}, &runs.UnknownRunError{ID: id}
}

func (m *memory) Events(_ context.Context, run uuid.UUID) (list runs.Events, _ error) {
	for _, e := range m.events {
		if e.RunID == run {
			list.Rows = append(list.Rows, e)
		}
	}
	return list, nil
}

func (m *memory) LinkedJobs(_ context.Context, ids []string) (list []string, _ error) {
	for _, r := range m.runs {
		if r.JobID != "" && slices.Contains(ids, r.JobID) {
			list = append(list, r.JobID)
		}
	}
	return list, nil
}

func (m *memory) Strays(_ context.Context, of runs.Place, limit int) (list []runs.Stray, _ error) {
	for _, r := range m.sorted() {
		sent := m.intent(r.ID) != nil
		here := r.WorkspaceID == of.WorkspaceID && slices.Contains(of.ItemIDs, r.PipelineItemID)
		if !r.Status.Terminal() && r.ID != m.holder && len(list) < limit && (here || r.JobID == "" && !sent && r.Status == runs.Submitted) {
			list = append(list, runs.Stray{Run: r, AsOf: m.now(), Sent: sent})
		}
	}
	return list, nil
}

func (m *memory) sorted() []runs.Run {
	return slices.SortedFunc(maps.Values(m.runs), func(a, b runs.Run) int { return a.CreatedAt.Compare(b.CreatedAt) })
}

func (m *memory) WithoutResults(_ context.Context, within time.Duration, limit int) (list []runs.Run, _ error) {
	for _, r := range slices.Backward(m.sorted()) {
		if r.Status != runs.Succeeded || time.Since(*r.FinishedAt) > within || len(list) == limit {
			continue
		}
		if r.KPIs == nil || !m.hasArtifacts(r.ID) {
			list = append(list, r)
		}
	}
	return list, nil
}

func (m *memory) hasArtifacts(run uuid.UUID) bool {
	return slices.ContainsFunc(m.artifacts, func(a runs.Artifact) bool { return a.RunID == run })
}

func (m *memory) Create(_ context.Context, c runs.Creation) error {
	err := m.write(func() error {
		if m.mistake == leaseEnds && m.now().Sub(m.lockedAt) > 150*time.Second {
			m.holder = uuid.Nil
		}
		if _, ok := m.runs[c.Run.ID]; ok || m.holder != uuid.Nil {
			return errNothing
		}
		r := c.Run
		r.CreatedAt, r.Status = m.now(), runs.Submitted
		r.StatusUpdatedAt = r.CreatedAt
		m.runs[r.ID] = r
		m.holder, m.lockedAt, m.lockedBy = r.ID, m.now(), c.LockedBy
		m.addEvents(c.Events...)
		return m.fail("in_acquire_tx")
	})
	switch {
	case m.holder == c.Run.ID:
		return nil // also where the answer was lost: it finds out
	case errors.Is(err, errNothing):
		card, _ := m.LockCard(context.Background())
		return &locking.BusyError{Card: card}
	}
	return err
}

func (m *memory) Intend(_ context.Context, run uuid.UUID, intent runs.Event) error {
	return m.write(func() error {
		if r := m.runs[run]; (m.holder != run || r.Status != runs.Submitted || r.JobID != "") && m.mistake != intendsBlindly {
			return &runs.LostError{ID: run}
		}
		if m.mistake != forgetsIntents {
			m.addEvents(intent)
		}
		return m.fail("in_intent_tx")
	})
}

func (m *memory) LinkJob(_ context.Context, l runs.Link) error {
	return undone(m.write(func() error {
		r, ok := m.runs[l.RunID]
		switch {
		case !ok:
			return &runs.UnknownRunError{ID: l.RunID}
		case r.JobID == l.JobID:
			return errNothing
		case r.JobID != "" || r.Status != runs.Submitted:
			return &runs.LateError{ID: l.RunID, Status: r.Status, JobID: r.JobID}
		}
		if linked, _ := m.LinkedJobs(context.Background(), []string{l.JobID}); l.Adopted && (len(linked) > 0 || m.holder != l.RunID) {
			return &runs.LostError{ID: l.RunID}
		}
		now := m.now()
		if r.StartedAt == nil {
			r.StartedAt = &now
		}
		r.JobID, r.JobURL, r.StatusUpdatedAt = l.JobID, l.JobURL, now
		m.move(r, runs.Queued, l.Reason)
		if l.Event != nil {
			m.addEvents(*l.Event)
		}
		return m.fail("in_save_tx")
	}))
}

// move writes the run in its new state, with the event that goes with it.
func (m *memory) move(r runs.Run, to runs.Status, reason string) {
	from := r.Status
	r.Status = to
	m.runs[r.ID] = r
	m.addEvents(runs.Event{ID: runs.DerivedID(r.ID, "->"+string(to)), RunID: r.ID, Type: runs.StatusChange, Message: runs.Change{From: from, To: to, Reason: reason}.Message()})
}

func (m *memory) ClaimPoll(_ context.Context, run uuid.UUID, age time.Duration) (bool, error) {
	mine := false
	err := m.write(func() error {
		r, ok := m.runs[run]
		now := m.now()
		if !ok || r.Status.Terminal() || now.Sub(r.StatusUpdatedAt) <= age {
			return errNothing
		}
		r.StatusUpdatedAt, mine = now, true
		m.runs[run] = r
		return nil
	})
	return mine && err == nil, undone(err)
}

var rank = map[runs.Status]int{runs.Submitted: 0, runs.Queued: 1, runs.Running: 2, runs.Succeeded: 3, runs.Failed: 3}

func (m *memory) Move(_ context.Context, mv runs.Move) (bool, error) {
	err := m.write(func() error {
		r, ok := m.runs[mv.RunID]
		if !ok {
			return &runs.UnknownRunError{ID: mv.RunID}
		}
		if rank[r.Status] >= rank[mv.To] && (m.mistake != movesDown || r.Status == mv.To) {
			return errNothing
		}
		r.StatusUpdatedAt = m.now()
		m.move(r, mv.To, mv.Reason)
		return m.fail("in_move_tx")
	})
	return err == nil, undone(err)
}

func (m *memory) End(_ context.Context, e runs.Ending) (bool, error) {
	err := m.write(func() error {
		r, ok := m.runs[e.RunID]
		if !ok {
			return &runs.UnknownRunError{ID: e.RunID}
		}
		intent := m.intent(e.RunID)
		fits := e.Guard == runs.FromAny || e.Guard == runs.ByHand || (r.Status == runs.Submitted && r.JobID == "")
		fits = fits && (e.Guard != runs.WithoutIntent || intent == nil)
		fits = fits && (e.Guard != runs.OnIntentBefore || (intent != nil && intent.ID == e.Intent))
		if r.Status.Terminal() || !fits {
			return errNothing
		}
		m.end(r, e)
		switch e.Guard {
		case runs.FromAny:
			return m.fail("in_finish_tx")
		case runs.ByHand:
			return m.fail("force_unlock_mid")
		default:
			return m.fail("in_abandon_tx")
		}
	})
	return err == nil, undone(err)
}

func (m *memory) end(r runs.Run, e runs.Ending) {
	now := m.now()
	r.FinishedAt, r.StatusUpdatedAt = &now, now
	r.SetError(e.ErrorMessage)
	if m.mistake == forgetsWhy {
		r.ErrorMessage = ""
	}
	if e.KPIs != nil {
		r.KPIs = e.KPIs
	}
	if e.NotebookVersion != "" {
		r.NotebookVersion = e.NotebookVersion
	}
	m.move(r, e.To, e.Reason)
	m.addEvents(e.Events...)
	m.addArtifacts(e.Artifacts)
	if e.Restore != nil {
		m.restores = append(m.restores, *e.Restore)
	}
	if m.holder == r.ID && m.mistake != keepsTheLock {
		m.holder = uuid.Nil
	}
}

func (m *memory) ReleaseEnded(_ context.Context, run uuid.UUID, e runs.Event) (bool, error) {
	err := m.write(func() error {
		r, ok := m.runs[run]
		if !ok {
			return &runs.UnknownRunError{ID: run}
		}
		if !r.Status.Terminal() || m.holder != run || m.mistake == keepsTheLock {
			return errNothing
		}
		m.holder = uuid.Nil
		m.addEvents(e)
		return nil
	})
	return err == nil, undone(err)
}

func (m *memory) ReleaseUnknown(_ context.Context, run uuid.UUID) (bool, error) {
	err := m.write(func() error {
		if _, known := m.runs[run]; known || m.holder != run || run == uuid.Nil {
			return errNothing
		}
		m.holder = uuid.Nil
		return m.fail("force_unlock_mid")
	})
	return err == nil, undone(err)
}

func (m *memory) AddEvent(_ context.Context, e runs.Event) (bool, error) {
	err := m.write(func() error {
		if !m.addEvents(e) {
			return errNothing
		}
		return nil
	})
	return err == nil, undone(err)
}

func (m *memory) FillResults(_ context.Context, l runs.Results) (bool, error) {
	err := m.write(func() error {
		r, ok := m.runs[l.RunID]
		if !ok {
			return &runs.UnknownRunError{ID: l.RunID}
		}
		had, changed := m.hasArtifacts(r.ID), false
		if r.KPIs == nil && l.KPIs != nil {
			r.KPIs, changed = l.KPIs, true
		}
		if r.NotebookVersion == "" && l.NotebookVersion != "" {
			r.NotebookVersion, changed = l.NotebookVersion, true
		}
		if r.Status != runs.Succeeded || (!changed && (had || len(l.Artifacts) == 0)) {
			return errNothing
		}
		m.runs[r.ID] = r
		m.addArtifacts(l.Artifacts)
		m.addEvents(l.Events...)
		return nil
	})
	return err == nil, undone(err)
}

// addEvents appends those that are not there by their ids; false when none was new.
func (m *memory) addEvents(list ...runs.Event) (added bool) {
	for _, e := range list {
		if !slices.ContainsFunc(m.events, func(o runs.Event) bool { return o.ID == e.ID }) {
			e.Time = m.now()
			m.events, added = append(m.events, e), true
		}
	}
	return added
}

func (m *memory) addArtifacts(list []runs.Artifact) {
	for _, a := range list {
		if !slices.ContainsFunc(m.artifacts, func(o runs.Artifact) bool { return o.ID == a.ID }) {
			m.artifacts = append(m.artifacts, a)
		}
	}
}

func undone(err error) error {
	if errors.Is(err, errNothing) {
		return nil
	}
	return err
}
