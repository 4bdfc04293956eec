package runs_test

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/contract"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/runs/outbox"
)

func TestSubmitStartsOneJobAndSavesIt(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	require.Len(t, w.fabric.jobs, 1)
	job := w.fabric.jobs[0]
	require.Equal(t, runs.Queued, run.Status)
	require.Equal(t, job.id, run.JobID)
	require.Equal(t, "https://fabric.test/"+ingestItem+"/"+job.id, run.JobURL)
	require.Equal(t, "ws", run.WorkspaceID)
	require.Equal(t, map[string]any{
		"input_file": "sales.xlsx", "run_id": run.ID.String(), "requested_by": "ana",
		"total_visitors": int64(1428571), "converting_visitors": int64(49080), "input_sha256": strings.Repeat("a", 64),
	}, job.params)
	entries, err := d.outbox.All()
	require.NoError(t, err)
	require.Empty(t, entries, "what is in the database needs no note")

	said := w.said(run.ID)
	require.Contains(t, said, "Submitted: ana asked for it on ana@PC-7")
	require.Contains(t, said, "ana@PC-7 is sending the start request to Fabric")
	require.Contains(t, said, "Queued: Fabric accepted the run, started by ana@PC-7")
	require.NotContains(t, said, "portal:v1", "a person reads sentences")
}

func TestSubmitLooksBeforeItLocks(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	for _, name := range []string{"", "missing.xlsx", "../sales.xlsx", `a\b.xlsx`, "sales\u202excod.xlsx", "a/b.xlsx"} {
		_, err := d.Submit(t.Context(), runs.Request{InputFile: name, RequestedBy: "ana"})
		var refused *runs.RefusedError
		require.ErrorAs(t, err, &refused, "%q", name)
		require.Nil(t, refused.Run)
	}
	require.Zero(t, w.count("select count(*) from pipeline_runs"))
	require.Zero(t, w.fabric.posts)
}

func TestBusySaysWho(t *testing.T) {
	w := newWorld(t)
	first := w.submit(w.desktop("ana@PC-7"))
	_, err := w.desktop("ben@PC-9").Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ben"})
	var busy *locking.BusyError
	require.ErrorAs(t, err, &busy)
	require.Equal(t, first.ID, busy.Card.RunID)
	require.Contains(t, err.Error(), "ana’s computer PC-7 has been running sales.xlsx since ")
	require.Equal(t, 1, w.fabric.posts)
}

func TestOf32DesktopsOneStartsTheJob(t *testing.T) {
	w := newWorld(t)
	desktops := make([]*desktop, 8)
	for i := range desktops {
		desktops[i] = w.desktop("user@PC")
	}
	var won, busy atomic.Int32
	var wg sync.WaitGroup
	for i := range 32 {
		wg.Go(func() {
			_, err := desktops[i%8].Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
			var b *locking.BusyError
			switch {
			case err == nil:
				won.Add(1)
			case errors.As(err, &b):
				busy.Add(1)
			default:
				t.Errorf("%v", err)
			}
		})
	}
	wg.Wait()
	require.EqualValues(t, 1, won.Load())
	require.EqualValues(t, 31, busy.Load())
	require.Equal(t, 1, w.fabric.posts)
}

func TestARefusalIsRecordedAndFreesTheLock(t *testing.T) {
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"refused": {&pipelines.RefusedError{HTTPStatus: 404, Code: "ItemNotFound", Sentence: "the pipeline does not exist: check pipeline_id"}, "the pipeline does not exist: check pipeline_id"},
		"429":     {&pipelines.RefusedError{HTTPStatus: 429, Code: "TooManyRequestsForJobs", Message: "too many jobs"}, "too many jobs"},
		"denied":  {&pipelines.UnauthorizedError{HTTPStatus: 403, Sentence: "this identity may not run it"}, "this identity may not run it"},
		"no dial": {&pipelines.NotSentError{Err: errors.New("no route to host")}, "no route to host"},
		"late":    {&pipelines.NotSentError{TooLate: true}, "its deadline had passed"},
		"hostile": {&pipelines.RefusedError{HTTPStatus: 400, Message: "token eyJhbGciOiJub25lIn0.eyJzdWIiOiJ4In0.sig\u202e\x00 password=canary\nline"}, "[removed]"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.fabric.answer = func(func() *fakeJob) (pipelines.Started, error) { return pipelines.Started{}, c.err }
			d := w.desktop("ana@PC-7")
			run, err := d.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
			var refused *runs.RefusedError
			require.ErrorAs(t, err, &refused)
			require.ErrorIs(t, err, c.err)
			require.Contains(t, refused.Sentence, c.says)
			require.Equal(t, runs.Failed, run.Status)
			require.Equal(t, refused.Sentence, run.ErrorMessage)
			require.Equal(t, run, w.run(run.ID))
			require.True(t, w.free())
			all := run.ErrorMessage + w.said(run.ID)
			for _, e := range w.events(run.ID) {
				all += e.Message
			}
			require.NotContains(t, all, "eyJhbGci")
			require.NotContains(t, all, "canary")
			require.NotContains(t, all, "\u202e")
			require.Equal(t, 1, w.fabric.posts, "never sent again by itself")
		})
	}
}

// What a start would be refused for costs nobody the lock, and neither does a Fabric that is not there.
func TestFabricIsAskedBeforeTheLockIsTaken(t *testing.T) {
	paused := troubles.Of(troubles.Answer{Service: troubles.Fabric, Doing: troubles.LookingUp, Status: 404, Code: "CapacityNotActive"})
	for name, c := range map[string]struct {
		err  error
		says string
	}{
		"paused":         {&pipelines.RefusedError{HTTPStatus: 404, Sentence: paused.Error(), Trouble: paused}, "Fabric would refuse the run (the lock was not taken): "},
		"no right":       {&pipelines.UnauthorizedError{HTTPStatus: 403, Sentence: "this network is not let in"}, "this network is not let in"},
		"full":           {&pipelines.ServiceError{HTTPStatus: 430, Sentence: "the capacity is in full use: try again in 20 s"}, "as Fabric answers: the capacity is in full use"},
		"busy":           {&pipelines.ServiceError{HTTPStatus: 503, Sentence: "Fabric has a problem of its own"}, "Fabric has a problem of its own"},
		"no answer":      {&pipelines.UnreachableError{Doing: "looking up", Err: errLost}, "Fabric could not be reached while looking up"},
		"bad id":         {errors.New("the pipeline's id “x” is none"), "none"},
		"never heard of": {errors.New("something else"), "something else"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			d := w.desktop("ana@PC-7")
			source := w.submit(d)
			w.leave(source.ID)
			w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.Completed })
			w.until(d, 5*time.Second, runs.Ended)
			w.fabric.set(func() { w.fabric.readyErr, w.fabric.asked = c.err, nil })
			for _, start := range []func() (runs.Run, error){
				func() (runs.Run, error) {
					return d.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
				},
				func() (runs.Run, error) { return d.Restore(t.Context(), source.ID, "ana") },
			} {
				_, err := start()
				var refused *runs.RefusedError
				require.ErrorAs(t, err, &refused)
				require.ErrorIs(t, err, c.err)
				require.Nil(t, refused.Run, "no run is recorded")
				require.Contains(t, err.Error(), c.says)
				require.Contains(t, err.Error(), "the lock was not taken")
				if name == "paused" {
					german := format.Writer{Text: func(string) string { return "die Kapazität ruht" }}
					require.Contains(t, german.Sentence(err), "ie Kapazität ruht", "the catalogue's sentence is said in the window's language")
				}
			}
			require.Equal(t, []string{ingestItem, restoreItem}, w.fabric.asked)
			require.True(t, w.free())
			require.Equal(t, 1, w.count("select count(*) from pipeline_runs"))
			require.Equal(t, 1, w.fabric.posts)
		})
	}
	t.Run("a role that is not seen is no refusal", func(t *testing.T) {
		w := newWorld(t)
		w.fabric.ready = pipelines.Readiness{Right: pipelines.RightNotSeen}
		w.submit(w.desktop("ana@PC-7"))
	})
	t.Run("whoever gives up while Fabric is asked hears that", func(t *testing.T) {
		w := newWorld(t)
		ctx, cancel := context.WithCancel(t.Context())
		d := w.desktop("ana@PC-7")
		w.fabric.readyErr = context.Canceled
		w.fabric.preparing = cancel
		_, err := d.Submit(ctx, runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
		require.ErrorIs(t, err, context.Canceled)
		var refused *runs.RefusedError
		require.NotErrorAs(t, err, &refused)
	})
}

func TestALostAnswerIsNoFailure(t *testing.T) {
	answer := &troubles.Trouble{}
	for name, tc := range map[string]struct {
		doubt error
		said  string
	}{
		"lost":                    {&pipelines.InDoubtError{Err: errLost}, "was lost"},
		"accepted without an id":  {&pipelines.InDoubtError{Accepted: true}, "answered the start request"},
		"an error as the answer":  {&pipelines.InDoubtError{Err: answer, Trouble: answer}, "answered the start request"},
		"an error never heard of": {errors.New("something else"), "was lost"},
	} {
		t.Run(name, func(t *testing.T) {
			w := newWorld(t)
			w.fabric.answer = func(accept func() *fakeJob) (pipelines.Started, error) {
				accept()
				return pipelines.Started{}, tc.doubt
			}
			d := w.desktop("ana@PC-7")
			run := w.submit(d)
			require.Equal(t, runs.Submitted, run.Status)
			require.False(t, w.free())
			phase := d.Phase(w.run(run.ID), w.events(run.ID), time.Now().UTC().Add(quick.Send+quick.Settle))
			require.Equal(t, runs.PhaseChecking, phase.Kind)
			require.Contains(t, phase.Sentence, tc.said, "an answer is no lost contact")
			require.WithinDuration(t, time.Now().Add(quick.NoJob), phase.Until, 10*time.Second)
		})
	}
}

func TestAClockThatJumpsStopsTheSending(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	d.Failpoint = func(name string) error {
		if name == "after_intent" { // the lid was closed for an hour
			d.clock.forward(time.Hour)
		}
		return nil
	}
	run, err := d.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	var refused *runs.RefusedError
	require.ErrorAs(t, err, &refused)
	require.Equal(t, runs.Failed, run.Status)
	require.Zero(t, w.fabric.posts)
	require.True(t, w.free())
}

func TestAClosedWindowLosesNothing(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	ctx, cancel := context.WithCancel(t.Context())
	d.Failpoint = func(name string) error {
		if name == "after_202" {
			cancel()
		}
		return nil
	}
	run, err := d.Submit(ctx, runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	require.NoError(t, err)
	require.Equal(t, runs.Queued, w.run(run.ID).Status, "the job is saved although the window is closed")

	w = newWorld(t)
	d = w.desktop("ana@PC-7")
	ctx, cancel = context.WithCancel(t.Context())
	d.Failpoint = func(name string) error {
		if name == "after_acquire_commit" {
			cancel()
		}
		return nil
	}
	_, err = d.Submit(ctx, runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	require.Error(t, err)
	require.True(t, w.free(), "nothing was sent, so nothing is left")
	require.Zero(t, w.fabric.posts)
}

func TestRestoreIsARun(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	source := w.submit(d)
	_, err := d.Restore(t.Context(), source.ID, "ben")
	var refused *runs.RefusedError
	require.ErrorAs(t, err, &refused, "a run that has not succeeded")
	w.leave(source.ID)
	w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)

	run, err := d.Restore(t.Context(), source.ID, "ben")
	require.NoError(t, err)
	require.Equal(t, restoreItem, run.PipelineItemID)
	require.Equal(t, "sales.xlsx", run.InputFile)
	require.Equal(t, map[string]any{
		"source_run_id": source.ID.String(), "run_id": run.ID.String(), "requested_by": "ben", "input_file": "sales.xlsx",
	}, w.fabric.jobs[1].params)
	require.ElementsMatch(t, contract.RestoreParameters, slices.Collect(maps.Keys(w.fabric.jobs[1].params)), "doctor looks whether the pipeline takes them")
	_, err = w.desktop("cem@PC-1").Restore(t.Context(), source.ID, "cem")
	var busy *locking.BusyError
	require.ErrorAs(t, err, &busy, "it takes the same lock")

	w.leaveMetadata(run.ID, map[string]any{"kind": "restore", "status": "succeeded", "source_run_id": source.ID.String()})
	w.fabric.set(func() { w.fabric.jobs[1].status = pipelines.Completed })
	w.until(w.desktop("ben@PC-9"), 5*time.Second, runs.Ended) // another desktop knows what was restored, too
	restore, err := d.db.LatestRestore(t.Context())
	require.NoError(t, err)
	require.Equal(t, source.ID, restore.SourceRun)
	require.Equal(t, run.ID, *restore.TargetRun)
	require.Equal(t, "ben", restore.RestoredBy)
	require.JSONEq(t, string(w.run(source.ID).KPIs), string(w.run(run.ID).KPIs))
	require.True(t, w.free())
	arts, err := d.db.Artifacts(t.Context(), run.ID)
	require.NoError(t, err)
	require.Len(t, arts.Rows, 1)
	require.Equal(t, "metadata", arts.Rows[0].Type)

	_, err = d.Restore(t.Context(), run.ID, "ben")
	require.ErrorAs(t, err, &refused, "a restore has no outputs of its own")
	_, err = d.Restore(t.Context(), uuid.New(), "ben")
	var unknown *runs.UnknownRunError
	require.ErrorAs(t, err, &unknown)
}

func TestAFailedRestorePromisesNothing(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	source := w.submit(d)
	w.leave(source.ID)
	w.fabric.set(func() { w.fabric.jobs[0].status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	run, err := d.Restore(t.Context(), source.ID, "ben")
	require.NoError(t, err)
	w.fabric.set(func() { w.fabric.jobs[1].status, w.fabric.jobs[1].reason = pipelines.JobFailed, "a file is missing" })
	w.until(d, 5*time.Second, runs.Ended)
	require.Equal(t, runs.Failed, w.run(run.ID).Status)
	require.Zero(t, w.count("select count(*) from run_restores"))
}

func TestCancelWaitsForFabric(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	require.NoError(t, w.desktop("ben@PC-9").Cancel(t.Context(), run.ID, "ben"))
	require.Equal(t, runs.Queued, w.run(run.ID).Status, "only Fabric ends a run")
	w.until(d, 5*time.Second, runs.Ended)
	run = w.run(run.ID)
	require.Equal(t, runs.Failed, run.Status)
	require.Equal(t, "cancelled in Fabric, as ben asked", run.ErrorMessage)
	require.True(t, run.Cancelled(), "it is kept as failed, but nothing went wrong")
	require.True(t, w.free())
	var refused *runs.RefusedError
	require.ErrorAs(t, d.Cancel(t.Context(), run.ID, "ben"), &refused)
	require.Len(t, w.fabric.cancels, 1)
}

// TestNothingIsSentWhoseIdCanNotBeKept: a folder for notes that can't be used is said before anything is recorded or asked for.
func TestNothingIsSentWhoseIdCanNotBeKept(t *testing.T) {
	w := newWorld(t)
	state := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.WriteFile(state, nil, 0o600))
	d := w.restarted("ana@PC-7", state)
	_, err := d.Submit(t.Context(), runs.Request{InputFile: "sales.xlsx", RequestedBy: "ana"})
	var unusable *outbox.FolderError
	require.ErrorAs(t, err, &unusable)
	require.ErrorContains(t, err, "PORTAL_STATE_DIR")
	require.Empty(t, w.fabric.jobs)
	require.Empty(t, w.runIDs())
	require.True(t, w.free())
}
