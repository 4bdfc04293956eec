package runs_test

import (
	"context"
	"errors"
	"log/slog"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/db"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
)

// observer is what a desktop sees of the runs.
func observer(d *desktop) *runs.Observer {
	return runs.NewObserver(d.db, d.Runs, "ana", slog.New(slog.DiscardHandler))
}

// hashes are the contents that a desktop has seen.
type hashes map[string]string

func (h hashes) KnownHash(_ context.Context, name string) string { return h[name] }

func operator(d *desktop, person string) *runs.Operator {
	return runs.NewOperator(d.Runs, person, hashes{"sales.xlsx": strings.Repeat("a", 64)})
}

func TestStateIsOfTheActiveRunElseTheLast(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	o := observer(d)
	_, err := o.State(t.Context(), uuid.Nil)
	require.ErrorIs(t, err, runs.ErrNoRun)
	var unknown *runs.UnknownRunError
	_, err = o.State(t.Context(), uuid.New())
	require.ErrorAs(t, err, &unknown)

	first, err := operator(d, "ana").Run(t.Context(), "sales.xlsx", nil)
	require.NoError(t, err)
	s, err := o.State(t.Context(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, first.ID, s.Run.ID)
	require.Equal(t, first.ID, s.Lock.RunID)
	require.Equal(t, runs.PhaseRunning, s.Phase.Kind)
	require.Contains(t, runs.HumanMessage(s.Events.Rows[0]), "Submitted: ana asked for it")

	w.leave(first.ID)
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	w.until(d, 5*time.Second, runs.Ended)
	s, err = o.State(t.Context(), uuid.Nil)
	require.NoError(t, err)
	require.Equal(t, first.ID, s.Run.ID, "the last")
	require.Equal(t, runs.Succeeded, s.Run.Status)
	require.Equal(t, runs.Phase{}, s.Phase, "it holds no lock")

	detail, err := o.Detail(t.Context(), first.ID)
	require.NoError(t, err)
	require.Equal(t, s.Run, detail.Run)
	require.Equal(t, s.Events, detail.Events)
	require.Len(t, detail.Artifacts.Rows, 5)
	list, err := o.Artifacts(t.Context(), first.ID)
	require.NoError(t, err)
	require.Equal(t, detail.Artifacts, list)
	_, err = o.Detail(t.Context(), uuid.New())
	require.ErrorAs(t, err, &unknown)
}

func TestFollowTellsEachChangeUntilTheEnd(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.job(func(j *fakeJob) { j.status = pipelines.InProgress })
	w.leave(run.ID)
	var seen []runs.Status
	ended, err := observer(d).Follow(t.Context(), run.ID, func(s runs.State) {
		if n := len(seen); n == 0 || seen[n-1] != s.Run.Status {
			seen = append(seen, s.Run.Status)
		}
		if s.Run.Status == runs.Running {
			w.job(func(j *fakeJob) { j.status = pipelines.Completed })
		}
	})
	require.NoError(t, err)
	require.Equal(t, runs.Succeeded, ended.Status)
	require.Equal(t, []runs.Status{runs.Running, runs.Succeeded}, seen[max(0, len(seen)-2):])

	again, err := observer(d).Follow(t.Context(), run.ID, func(runs.State) {})
	require.NoError(t, err)
	require.Equal(t, ended, again, "a run that has ended")
	_, err = observer(d).Follow(t.Context(), uuid.New(), func(runs.State) {})
	var unknown *runs.UnknownRunError
	require.ErrorAs(t, err, &unknown)
}

// brokenHistory is a database that does not answer for some questions.
type brokenHistory struct {
	runs.History
	err   error
	fails atomic.Int32
}

func (b *brokenHistory) LockCard(ctx context.Context) (locking.Card, error) {
	if b.fails.Add(-1) >= 0 {
		return locking.Card{}, b.err
	}
	return b.History.LockCard(ctx)
}

func TestFollowOutlivesAnOutageOfTheDatabase(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	run := w.submit(d)
	w.leave(run.ID)
	w.job(func(j *fakeJob) { j.status = pipelines.Completed })
	var log strings.Builder
	broken := &brokenHistory{History: d.db, err: &db.UnreachableError{Sentence: "the database does not answer"}}
	broken.fails.Store(1)
	o := runs.NewObserver(broken, d.Runs, "ana", slog.New(slog.NewTextHandler(&log, nil)))
	ended, err := o.Follow(t.Context(), run.ID, func(runs.State) {})
	require.NoError(t, err)
	require.Equal(t, runs.Succeeded, ended.Status)
	require.Contains(t, log.String(), "the database does not answer")

	broken.err = errors.New("the tables are not as expected")
	broken.fails.Store(1)
	_, err = o.Follow(t.Context(), run.ID, func(runs.State) {})
	require.ErrorIs(t, err, broken.err, "an error that does not pass ends it")

	stopped, stop := context.WithCancel(t.Context())
	stop()
	_, err = o.Follow(stopped, run.ID, func(runs.State) {})
	require.ErrorIs(t, err, context.Canceled)
}

func TestRunsAreFound(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	o := observer(d)
	insert := func(id, by, status, file string) {
		w.exec(`insert into pipeline_runs (run_id, created_at, triggered_by, input_file, workspace_id, pipeline_item_id, fabric_job_location_url, status, status_last_updated_at)
 values ($1, now() at time zone 'utc', $2, $4, 'ws', 'item', '', $3, now() at time zone 'utc')`, id, by, status, file)
	}
	const a, b, c = "aaaa1111-0000-7000-8000-000000000001", "aaaa2222-0000-7000-8000-000000000002", "cccc3333-0000-7000-8000-000000000003"
	insert(a, "ana", "SUCCEEDED", "sales.xlsx")
	insert(b, "ben", "FAILED", "other.csv")
	insert(c, "ana", "RUNNING", "sales.csv")
	names := func(list []runs.Run) (ids []string) {
		for _, r := range list {
			ids = append(ids, r.ID.String()[:4])
		}
		return ids
	}
	list, err := o.Runs(t.Context(), 2)
	require.NoError(t, err)
	require.Equal(t, []string{"cccc", "aaaa"}, names(list))

	today := time.Now()
	for _, f := range []struct {
		filter runs.Filter
		found  []string
	}{
		{runs.Filter{}, []string{"cccc", "aaaa", "aaaa"}},
		{runs.Filter{Mine: true}, []string{"cccc", "aaaa"}},
		{runs.Filter{Status: "succeeded"}, []string{"aaaa"}},
		{runs.Filter{Status: "failed"}, []string{"aaaa"}},
		{runs.Filter{Status: "active"}, []string{"cccc"}},
		{runs.Filter{Status: "published"}, []string{"aaaa", "aaaa"}},
		{runs.Filter{Text: "SALES"}, []string{"cccc", "aaaa"}},
		{runs.Filter{From: today.AddDate(0, 0, -1), To: today.AddDate(0, 0, 1)}, []string{"cccc", "aaaa", "aaaa"}},
		{runs.Filter{From: today.AddDate(0, 0, 2)}, nil},
		{runs.Filter{To: today.AddDate(0, 0, -2)}, nil},
	} {
		found, more, err := o.FindRuns(t.Context(), f.filter, 10)
		require.NoError(t, err)
		require.False(t, more)
		require.Equal(t, f.found, names(found), "%+v", f.filter)
	}
	require.True(t, runs.Filter{}.All())
	require.False(t, runs.Filter{Mine: true}.All())
	found, more, err := o.FindRuns(t.Context(), runs.Filter{}, 2)
	require.NoError(t, err)
	require.True(t, more)
	require.Len(t, found, 2)

	for text, want := range map[string]string{a: a, "AAAA1": a, " cccc ": c} {
		id, err := o.FindRun(t.Context(), text)
		require.NoError(t, err, text)
		require.Equal(t, want, id.String())
	}
	for text, says := range map[string]string{
		"aaaa": "more than one run's id begins with “aaaa”", "dddd": "no run's id begins with “dddd”", "aa": "at least its first four characters",
		uuid.NewString(): "the database has no run",
	} {
		_, err := o.FindRun(t.Context(), text)
		require.ErrorContains(t, err, says)
	}
}

func TestWhatAPersonDoesCarriesTheirName(t *testing.T) {
	w := newWorld(t)
	d := w.desktop("ana@PC-7")
	cem := operator(d, "cem")
	run, err := cem.Run(t.Context(), "sales.xlsx", nil)
	require.NoError(t, err)
	require.Equal(t, "cem", run.TriggeredBy)
	require.Contains(t, w.said(run.ID), "Input file Files/import/sales.xlsx: 5 B")
	require.NoError(t, cem.Cancel(t.Context(), run.ID))
	require.Contains(t, w.said(run.ID), "cem asked Fabric to cancel")
	w.until(d, 5*time.Second, runs.Ended)

	var refused *runs.RefusedError
	_, err = cem.Restore(t.Context(), run.ID)
	require.ErrorAs(t, err, &refused, "it did not succeed")
	var decision *runs.DecisionError
	_, err = cem.Examine(t.Context(), run.ID)
	require.ErrorAs(t, err, &decision)
	require.ErrorAs(t, cem.Adopt(t.Context(), run.ID, "job"), &decision)
	require.ErrorAs(t, cem.Dismiss(t.Context(), run.ID, []string{"job"}, "not ours"), &decision)
	require.ErrorAs(t, cem.Unlock(t.Context(), run.ID, runs.ShortID(run.ID), "lost"), &decision)
}
