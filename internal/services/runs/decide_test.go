package runs_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
)

// lostWithJobs is a run whose start request was accepted without an answer, beside other jobs that could be its own.
func lostWithJobs(t *testing.T, others int) (*world, *desktop, runs.Run, []string) {
	t.Helper()
	w := newWorld(t)
	w.fabric.noMarker = true
	var ids []string
	w.fabric.answer = func(accept func() *fakeJob) (pipelines.Started, error) {
		ids = append(ids, accept().id)
		for range others {
			ids = append(ids, accept().id)
		}
		return pipelines.Started{}, &pipelines.InDoubtError{Err: errLost}
	}
	run := w.submit(w.desktop("ana@PC-7"))
	for _, j := range w.fabric.jobs {
		j.status = pipelines.InProgress
	}
	ben := w.desktop("ben@PC-9")
	if others > 0 {
		w.until(ben, 10*time.Second, runs.Undecided)
	}
	return w, ben, run, ids
}

func TestAPersonAdoptsTheRightJob(t *testing.T) {
	w, ben, run, ids := lostWithJobs(t, 1)
	d, err := ben.Examine(t.Context(), run.ID)
	require.NoError(t, err)
	require.Len(t, d.Candidates, 2)
	require.False(t, d.CanClose, "Fabric runs two jobs")
	var refused *runs.DecisionError
	require.ErrorAs(t, ben.Adopt(t.Context(), run.ID, uuid.NewString(), "ben"), &refused)
	require.Contains(t, refused.Sentence, "is none of the jobs that could be this run's")

	require.NoError(t, ben.Adopt(t.Context(), run.ID, strings.ToUpper(ids[0]), "ben"))
	require.Equal(t, ids[0], w.run(run.ID).JobID)
	require.Contains(t, w.said(run.ID, runs.StatusChange), "adopted by decision of ben (on ben@PC-9): job "+ids[0])
	require.ErrorAs(t, w.desktop("cem@PC-3").Adopt(t.Context(), run.ID, ids[1], "cem"), &refused)
	require.Contains(t, refused.Sentence, "has its job already")
}

func TestTwoPeopleWhoDecideAtOnceDoNotBothWin(t *testing.T) {
	w, ben, run, ids := lostWithJobs(t, 1)
	cem := w.desktop("cem@PC-3")
	ben.Failpoint = func(name string) error {
		if name == "before_adopt" { // Cem is a moment faster
			require.NoError(t, cem.Adopt(t.Context(), run.ID, ids[1], "cem"))
		}
		return nil
	}
	var refused *runs.DecisionError
	require.ErrorAs(t, ben.Adopt(t.Context(), run.ID, ids[0], "ben"), &refused)
	require.Contains(t, refused.Sentence, "was decided by somebody else in the meantime")
	require.Equal(t, ids[1], w.run(run.ID).JobID)
}

func TestDismissingLeavesTheRestToTheRules(t *testing.T) {
	w, ben, run, ids := lostWithJobs(t, 2)
	var refused *runs.DecisionError
	require.ErrorAs(t, ben.Dismiss(t.Context(), run.ID, ids[1:2], "ben", " "), &refused)
	require.Contains(t, refused.Sentence, "say why")
	require.NoError(t, ben.Dismiss(t.Context(), run.ID, ids[1:2], "ben", "started by hand in Fabric"))
	d, err := ben.Examine(t.Context(), run.ID)
	require.NoError(t, err)
	require.Len(t, d.Candidates, 3)
	require.True(t, d.Candidates[2].Dismissed)
	require.ErrorAs(t, ben.Dismiss(t.Context(), run.ID, ids[1:2], "ben", "again"), &refused)
	require.NoError(t, ben.Dismiss(t.Context(), run.ID, ids[2:], "ben", "so was this"))
	w.until(w.desktop("cem@PC-3"), 10*time.Second, runs.Adopted)
	require.Equal(t, ids[0], w.run(run.ID).JobID)
	require.Contains(t, w.said(run.ID, runs.Warning), "ben (on ben@PC-9) said that job "+ids[1]+" is not this run's: started by hand in Fabric")
}

func TestDismissingAllClosesTheRun(t *testing.T) {
	w, ben, run, ids := lostWithJobs(t, 1)
	require.NoError(t, ben.Dismiss(t.Context(), run.ID, ids, "ben", "both belong to the nightly job"))
	w.until(ben, 10*time.Second, runs.Abandoned)
	require.Equal(t, runs.Failed, w.run(run.ID).Status)
	require.True(t, w.free())
}

func TestAJobThatCarriesTheRunsIDCanNotBeDismissed(t *testing.T) {
	w, ben, run, ids := lostWithJobs(t, 1)
	w.fabric.set(func() { w.fabric.noMarker = false; w.fabric.jobs[1].params = nil })
	var refused *runs.DecisionError
	require.ErrorAs(t, ben.Dismiss(t.Context(), run.ID, ids[:1], "ben", "no"), &refused)
	require.Contains(t, refused.Sentence, "carries this run's id")
}

func TestForceUnlockIsTheLastResort(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	run := w.submit(ana)
	short := runs.ShortID(run.ID)
	job := w.fabric.jobs[0]
	refusedWith := func(confirm, why, sentence string) {
		t.Helper()
		var refused *runs.DecisionError
		require.ErrorAs(t, ana.Close(t.Context(), run.ID, confirm, "ana", why), &refused)
		require.Contains(t, refused.Sentence, sentence)
		require.False(t, w.free())
	}
	refusedWith("01234567", "stuck", "type "+short+" to confirm")
	refusedWith(short, "", "say why")
	refusedWith(short, "stuck", "Fabric says that the job is NotStarted: cancel it instead")
	w.fabric.set(func() { job.status = pipelines.InProgress })
	refusedWith(short, "stuck", "InProgress: cancel it instead")
	w.fabric.set(func() { job.status = pipelines.Completed })
	refusedWith(short, "stuck", "the run ends with the next look at it")

	w.fabric.set(func() { w.fabric.getErr = &pipelines.ServiceError{HTTPStatus: 503} })
	require.ErrorContains(t, ana.Close(t.Context(), run.ID, short, "ana", "stuck"), "asking Fabric about the run's job")
	require.False(t, w.free(), "without an answer from Fabric nothing is known")

	w.fabric.set(func() { w.fabric.getErr, job.gone = nil, true })
	refusedWith(short, "stuck", "Fabric does not know the job at the moment")
	w.older(time.Minute) // past the grace in which Fabric may not know a young job
	w.until(ana, 5*time.Second, runs.Polled)
	refusedWith(short, "stuck", "it can be closed by hand after")
	w.older(time.Minute)
	require.NoError(t, ana.Close(t.Context(), run.ID, " "+strings.ToUpper(short)+" ", "ana", "Fabric lost it"))
	require.True(t, w.free())
	got := w.run(run.ID)
	require.Equal(t, runs.Failed, got.Status)
	require.Equal(t, "closed by hand by ana, without an answer from Fabric: Fabric lost it", got.ErrorMessage)
	require.Contains(t, w.said(run.ID, runs.ErrorEvent), "ana released the lock by hand (on ana@PC-7): Fabric lost it. Fabric: Fabric does not know the job any more")
}

func TestForceUnlockCanNotFreeANewerLock(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	old := w.submit(ana)
	w.fabric.jobs[0].status = pipelines.Completed
	w.until(ana, 5*time.Second, runs.Ended)
	w.submit(ana)
	var refused *runs.DecisionError
	require.ErrorAs(t, ana.Close(t.Context(), old.ID, runs.ShortID(old.ID), "ana", "stuck"), &refused)
	require.Contains(t, refused.Sentence, "does not hold the lock any more")
	require.False(t, w.free())
}

func TestAnUnknownWordOfFabricsLeavesTheRunToAPerson(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	run := w.submit(ana)
	w.fabric.set(func() { w.fabric.jobs[0].status = "Hibernated" })
	w.until(ana, 5*time.Second, runs.Polled)
	require.Contains(t, w.said(run.ID, runs.Warning), "a word this program does not know")
	require.NoError(t, ana.Close(t.Context(), run.ID, runs.ShortID(run.ID), "ana", "it will never end"))
	require.True(t, w.free())
}

func TestALockOnNoRunIsReleasedByHand(t *testing.T) {
	w := newWorld(t)
	ghost := uuid.New()
	w.exec("update run_lock set run_id = $1, locked_at = clock_timestamp(), locked_by = 'someone'", ghost)
	require.NoError(t, w.desktop("ben@PC-9").Close(t.Context(), ghost, runs.ShortID(ghost), "ben", "left by a restore of the database"))
	require.True(t, w.free())
}

// A run whose lock somebody released by SQL is still brought to its end, and by what Fabric says.
func TestStraysComeToTheirEnd(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	withJob := w.submit(ana)
	w.exec("update run_lock set run_id = null, locked_at = null, locked_by = null")
	crashAt(ana, "after_acquire_commit")
	unsent, err := ana.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	require.ErrorIs(t, err, errCrash)
	w.exec("update run_lock set run_id = null, locked_at = null, locked_by = null")
	w.older(time.Minute)
	w.leave(withJob.ID)
	w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.Completed })

	out := w.pass(w.desktop("ben@PC-9"))
	require.True(t, out.Changed)
	require.False(t, out.Held())
	require.Equal(t, []runs.Action{runs.Ended, runs.Abandoned}, []runs.Action{out.Strays[0].Action, out.Strays[1].Action})
	require.Equal(t, fmt.Sprintf("Run %s (sales.xlsx) has succeeded. Run %s (sales.xlsx) has failed: the run was never sent to Fabric, and its lock was released by other means: start it again.",
		runs.ShortID(withJob.ID), runs.ShortID(unsent.ID)), out.Sentence())
	require.Equal(t, runs.Succeeded, w.run(withJob.ID).Status)
	require.NotNil(t, w.run(withJob.ID).KPIs)
	require.Equal(t, runs.Failed, w.run(unsent.ID).Status)
	require.Contains(t, w.run(unsent.ID).ErrorMessage, "its lock was released by other means")
}

func TestAStrayInDoubtIsNotGuessedAt(t *testing.T) {
	w, _, run, ids := lostWithJobs(t, 0)
	w.exec("update run_lock set run_id = null, locked_at = null, locked_by = null")
	w.older(time.Minute)
	// Without a mark in the job's parameters nothing says whose it is.
	w.pass(w.desktop("cem@PC-3"))
	require.Equal(t, runs.Submitted, w.run(run.ID).Status)
	require.Contains(t, w.said(run.ID, runs.Warning), "1 of Fabric's jobs could be this run's: its state stays as it is")
	w.fabric.set(func() { w.fabric.noMarker = false })
	require.True(t, w.pass(w.desktop("dan@PC-4")).Changed)
	require.Equal(t, ids[0], w.run(run.ID).JobID)
}

func TestActivitiesAreReadFromTheEvents(t *testing.T) {
	w := newWorld(t)
	ana := w.desktop("ana@PC-7")
	run := w.submit(ana)
	w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.InProgress })
	w.until(ana, 5*time.Second, runs.Moved)
	for range 5 {
		w.until(ana, 5*time.Second, runs.Polled)
	}
	list := runs.ActivitiesOf(w.events(run.ID))
	require.Len(t, list, 1)
	require.Equal(t, "Run notebook", list[0].Name)
	require.Equal(t, "InProgress", list[0].Status)
	require.Equal(t, 1, strings.Count(w.said(run.ID), "activity Run notebook is running"), "what has not changed is not written again")
}
