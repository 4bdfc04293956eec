package db_test

import (
	"errors"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/db"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

func TestCreateTakesTheLockAndRecordsTheRun(t *testing.T) {
	d := fresh(t)
	c := creation()
	require.NoError(t, d.Create(t.Context(), c))

	card, err := d.LockCard(t.Context())
	require.NoError(t, err)
	require.Equal(t, c.Run.ID, card.RunID)
	require.Equal(t, owner, card.LockedBy)
	require.WithinDuration(t, time.Now(), card.LockedAt, 10*time.Second)

	run, err := d.Run(t.Context(), c.Run.ID)
	require.NoError(t, err)
	require.Equal(t, runs.Submitted, run.Status)
	require.Equal(t, "sales.xlsx", run.InputFile)
	require.Equal(t, "1.4.2", run.AppVersion)
	require.Empty(t, run.JobURL)
	require.Nil(t, run.StartedAt)
	require.Equal(t, []string{"->SUBMITTED"}, changes(t, d, c.Run.ID))

	require.NoError(t, d.Create(t.Context(), c), "a repetition changes nothing")
	require.Equal(t, 1, count(t, plain, "select count(*) from run_events"))

	var busy *locking.BusyError
	require.ErrorAs(t, d.Create(t.Context(), creation()), &busy)
	require.Equal(t, c.Run.ID, busy.Card.RunID)
	require.Contains(t, busy.Error(), "ana’s computer PC-7 has been running sales.xlsx since ")
	require.Contains(t, busy.Error(), c.Run.ID.String()[:8])
	require.Equal(t, 1, count(t, plain, "select count(*) from pipeline_runs"), "the loser leaves no trace")
}

func TestOfManyAcquirersExactlyOneWins(t *testing.T) {
	require.NoError(t, plain.Reset(t.Context()))
	dbs := make([]*db.DB, 8)
	for i := range dbs {
		dbs[i] = open(t, plain)
	}
	for round := range 5 {
		var won, busy atomic.Int32
		var wg sync.WaitGroup
		var winner atomic.Value
		for i := range 32 {
			wg.Go(func() {
				c := creation()
				err := dbs[i%len(dbs)].Create(t.Context(), c)
				var b *locking.BusyError
				switch {
				case err == nil:
					won.Add(1)
					winner.Store(c.Run.ID)
				case errors.As(err, &b):
					busy.Add(1)
				default:
					t.Errorf("neither won nor busy: %v", err)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 1, won.Load(), "round %d", round)
		require.EqualValues(t, 31, busy.Load(), "round %d", round)
		id := winner.Load().(uuid.UUID)
		require.Equal(t, id, held(t, dbs[0]))
		ended, err := dbs[0].End(t.Context(), runs.Ending{RunID: id, To: runs.Failed, Guard: runs.WithoutIntent})
		require.NoError(t, err)
		require.True(t, ended)
	}
	require.Equal(t, 5, count(t, plain, "select count(*) from pipeline_runs"))
}

func TestALostAnswerToCommitIsFoundOut(t *testing.T) {
	d := fresh(t)
	lose := errors.New("connection reset")
	once := true
	d.Failpoint = func(name string) error {
		if name == "commit_ack_lost" && once {
			once = false
			return lose
		}
		return nil
	}
	c := creation()
	require.NoError(t, d.Create(t.Context(), c), "the transaction was committed, and that was found out")
	require.Equal(t, c.Run.ID, held(t, d))

	// And one that was not committed: the server ended the connection before.
	require.NoError(t, plain.Reset(t.Context()))
	d.Failpoint = func(name string) error {
		if name == "in_acquire_tx" {
			return lose
		}
		return nil
	}
	require.ErrorIs(t, d.Create(t.Context(), creation()), lose)
	require.Equal(t, uuid.Nil, held(t, d))
	require.Zero(t, count(t, plain, "select count(*) from pipeline_runs"))
}

func TestAServerThatEndsConnectionsIsHealed(t *testing.T) {
	d := fresh(t)
	require.Equal(t, uuid.Nil, held(t, d))
	_, err := admin(t, plain).Exec(t.Context(), "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'portal_app'")
	require.NoError(t, err)
	require.Eventually(t, func() bool { _, err := d.LockCard(t.Context()); return err == nil }, 5*time.Second, 10*time.Millisecond)
}

func TestIntentNeedsTheLock(t *testing.T) {
	d := fresh(t)
	id := submitted(t, d)
	e := intentOf(id)
	require.NoError(t, d.Intend(t.Context(), id, e))
	require.NoError(t, d.Intend(t.Context(), id, e), "a repetition changes nothing")
	a, err := d.Active(t.Context())
	require.NoError(t, err)
	require.Equal(t, e.ID, a.Intent.ID)
	require.Equal(t, id, a.Run.ID)
	require.Equal(t, 2, count(t, plain, "select count(*) from run_events"))

	ended, err := d.End(t.Context(), runs.Ending{RunID: id, To: runs.Failed, Guard: runs.WithoutJob})
	require.NoError(t, err)
	require.True(t, ended)
	var lost *runs.LostError
	require.ErrorAs(t, d.Intend(t.Context(), id, intentOf(id)), &lost, "a closed run must never be sent")
	require.ErrorAs(t, d.Intend(t.Context(), uuid.New(), intentOf(id)), &lost)
	id, _ = queued(t, d)
	require.ErrorAs(t, d.Intend(t.Context(), id, intentOf(id)), &lost, "a run with a job must not be sent again, though it holds the lock")
}

// The race that the protocol rests on: either the intent is recorded, or the run is closed as never started, never both.
func TestIntentAndClosingExcludeEachOther(t *testing.T) {
	require.NoError(t, plain.Reset(t.Context()))
	owner, other := open(t, plain), open(t, plain)
	closed, kept := 0, 0
	for range 40 {
		id := submitted(t, owner)
		var wg sync.WaitGroup
		var intendErr, endErr error
		var ended bool
		wg.Go(func() { intendErr = owner.Intend(t.Context(), id, intentOf(id)) })
		wg.Go(func() {
			ended, endErr = other.End(t.Context(), runs.Ending{RunID: id, To: runs.Failed, Guard: runs.WithoutIntent})
		})
		wg.Wait()
		require.NoError(t, endErr)
		require.Equal(t, ended, intendErr != nil, "ended %v, intent %v", ended, intendErr)
		if ended {
			closed++
			continue
		}
		kept++
		_, err := other.End(t.Context(), runs.Ending{RunID: id, To: runs.Failed, Guard: runs.WithoutJob})
		require.NoError(t, err)
	}
	t.Logf("closed first %d times, intended first %d times", closed, kept)
}

func TestLinkJob(t *testing.T) {
	d := fresh(t)
	id, job := queued(t, d)
	run, err := d.Run(t.Context(), id)
	require.NoError(t, err)
	require.Equal(t, runs.Queued, run.Status)
	require.Equal(t, job, run.JobID)
	require.Equal(t, "https://fabric/"+job, run.JobURL)
	require.NotNil(t, run.StartedAt)

	require.NoError(t, d.LinkJob(t.Context(), runs.Link{RunID: id, JobID: job}), "the same again is done already")
	require.Equal(t, []string{"->SUBMITTED", "SUBMITTED->QUEUED"}, changes(t, d, id))

	var late *runs.LateError
	require.ErrorAs(t, d.LinkJob(t.Context(), runs.Link{RunID: id, JobID: uuid.NewString()}), &late, "a second job of one run")
	require.Equal(t, job, late.JobID)

	linked, err := d.LinkedJobs(t.Context(), []string{job, uuid.NewString()})
	require.NoError(t, err)
	require.Equal(t, []string{job}, linked)

	_, err = d.End(t.Context(), runs.Ending{RunID: id, To: runs.Succeeded})
	require.NoError(t, err)
	id2, _ := sent(t, d)
	var lost *runs.LostError
	require.ErrorAs(t, d.LinkJob(t.Context(), runs.Link{RunID: id2, JobID: job, Adopted: true}), &lost, "no job belongs to two runs")
	_, err = d.End(t.Context(), runs.Ending{RunID: id2, To: runs.Failed, Guard: runs.WithoutJob})
	require.NoError(t, err)
	require.ErrorAs(t, d.LinkJob(t.Context(), runs.Link{RunID: id2, JobID: uuid.NewString()}), &late, "accepted after it was closed")
	require.Equal(t, runs.Failed, late.Status)
	var unknown *runs.UnknownRunError
	require.ErrorAs(t, d.LinkJob(t.Context(), runs.Link{RunID: uuid.New(), JobID: uuid.NewString()}), &unknown)
}

func TestOneDesktopPollsInEveryAge(t *testing.T) {
	require.NoError(t, plain.Reset(t.Context()))
	first := open(t, plain)
	id, _ := queued(t, first)
	mine, err := first.ClaimPoll(t.Context(), id, time.Hour)
	require.NoError(t, err)
	require.False(t, mine, "the last look was just now")
	for range 3 {
		_, err := admin(t, plain).Exec(t.Context(), "update pipeline_runs set status_last_updated_at = status_last_updated_at - interval '2 hours'")
		require.NoError(t, err)
		var claimed atomic.Int32
		var wg sync.WaitGroup
		for range 8 {
			d := open(t, plain)
			wg.Go(func() {
				if mine, err := d.ClaimPoll(t.Context(), id, time.Hour); err != nil {
					t.Error(err)
				} else if mine {
					claimed.Add(1)
				}
			})
		}
		wg.Wait()
		require.EqualValues(t, 1, claimed.Load())
	}
	_, err = first.End(t.Context(), runs.Ending{RunID: id, To: runs.Succeeded})
	require.NoError(t, err)
	mine, err = first.ClaimPoll(t.Context(), id, 0)
	require.NoError(t, err)
	require.False(t, mine, "nobody asks about a run that has ended")
}

func TestStatesOnlyMoveUpWithOneEventEach(t *testing.T) {
	require.NoError(t, plain.Reset(t.Context()))
	d, other := open(t, plain), open(t, plain)
	id, _ := queued(t, d)
	var moves atomic.Int32
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			moved, err := []*db.DB{d, other}[i%2].Move(t.Context(), runs.Move{RunID: id, To: runs.Running, Reason: "Fabric says InProgress"})
			if err != nil {
				t.Error(err)
			}
			if moved {
				moves.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, moves.Load())
	moved, err := d.Move(t.Context(), runs.Move{RunID: id, To: runs.Queued})
	require.NoError(t, err)
	require.False(t, moved, "never down")
	_, err = d.Move(t.Context(), runs.Move{RunID: id, To: runs.Succeeded})
	require.Error(t, err, "a run must not end without its lock being released")

	var ends atomic.Int32
	for i := range 16 {
		wg.Go(func() {
			ended, err := []*db.DB{d, other}[i%2].End(t.Context(), runs.Ending{RunID: id, To: []runs.Status{runs.Succeeded, runs.Failed}[i%2]})
			if err != nil {
				t.Error(err)
			}
			if ended {
				ends.Add(1)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, ends.Load())
	moved, err = d.Move(t.Context(), runs.Move{RunID: id, To: runs.Running})
	require.NoError(t, err)
	require.False(t, moved, "an end is final")
	list := changes(t, d, id)
	require.Len(t, list, 4)
	require.Equal(t, []string{"->SUBMITTED", "SUBMITTED->QUEUED", "QUEUED->RUNNING: Fabric says InProgress"}, list[:3])
	require.Contains(t, []string{"RUNNING->SUCCEEDED", "RUNNING->FAILED"}, list[3])
}

func TestEventsAreWrittenOnce(t *testing.T) {
	d := fresh(t)
	id := submitted(t, d)
	e := runs.Event{ID: uuid.New(), RunID: id, Type: runs.Warning, Message: "odd"}
	for i := range 3 {
		added, err := d.AddEvent(t.Context(), e)
		require.NoError(t, err)
		require.Equal(t, i == 0, added)
	}
	require.Equal(t, 1, count(t, plain, "select count(*) from run_events where message = 'odd'"))
}

func TestChangesWakeTheOthers(t *testing.T) {
	d := fresh(t)
	listener := admin(t, plain)
	_, err := listener.Exec(t.Context(), "listen portal")
	require.NoError(t, err)
	submitted(t, d)
	n, err := listener.WaitForNotification(t.Context())
	require.NoError(t, err)
	require.Equal(t, "portal", n.Channel)
	require.Empty(t, n.Payload, "a wake-up, never data")
}
