//go:build linux

package soak

import (
	"context"
	"errors"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
)

// The deliberate mistakes, each of which some program has made in earnest (docs/run-protocol.md §8).
const (
	retriesPost = "retries the start request"  // as HTTP libraries do by themselves
	leaseLock   = "takes the lock for expired" // when it is older than a second
	noClock     = "ignores the clock"          // when it sends
)

// breakFabric makes the mistakes that concern the start request.
func breakFabric(s Spec, f runs.Fabric) runs.Fabric {
	switch s.Broken {
	case retriesPost:
		return &retrier{f}
	case noClock:
		return &clockless{f}
	}
	return f
}

type retrier struct{ runs.Fabric }

// Start sends again whatever got no good answer.
func (r *retrier) Start(ctx context.Context, req pipelines.StartRequest) (started pipelines.Started, err error) {
	for range 3 {
		req.SendBy = time.Now().Add(time.Minute)
		if started, err = r.Fabric.Start(ctx, req); err == nil {
			return started, nil
		}
	}
	return started, err
}

type clockless struct{ runs.Fabric }

// Start sends however long it took to come here; timers stood still meanwhile, as those of a sleeping computer do.
func (c *clockless) Start(ctx context.Context, req pipelines.StartRequest) (pipelines.Started, error) {
	req.SendBy = time.Now().Add(24 * time.Hour)
	return c.Fabric.Start(context.WithoutCancel(ctx), req)
}

// breakDatabase makes the mistakes that concern the lock. dsn is the database's.
func breakDatabase(s Spec, d runs.Database, dsn string) (runs.Database, func(), error) {
	if s.Broken != leaseLock {
		return d, func() {}, nil
	}
	pool, err := pgxpool.New(context.Background(), dsn)
	if err != nil {
		return nil, nil, err
	}
	return &leaser{d, pool, time.Duration(s.Scale * float64(time.Second))}, pool.Close, nil
}

type leaser struct {
	runs.Database
	pool  *pgxpool.Pool
	lease time.Duration
}

// Create frees a lock that it takes for abandoned.
func (l *leaser) Create(ctx context.Context, c runs.Creation) error {
	_, err := l.pool.Exec(ctx, `update run_lock set run_id = null, locked_at = null, locked_by = null
 where locked_at < (clock_timestamp() at time zone 'UTC') - make_interval(secs => $1)`, l.lease.Seconds())
	return errors.Join(err, l.Database.Create(ctx, c))
}

// invariants are the names of those that were violated.
func invariants(found []violation) map[string]int {
	names := map[string]int{}
	for _, v := range found {
		names[v.Invariant]++
	}
	return names
}

// The soak finds the mistakes that it is there to find.
func TestTheSoakFindsMistakes(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	for _, c := range []struct {
		mistake string
		with    options
		want    []string // any of these
	}{
		{retriesPost, options{}, []string{"I1", "I2", "I5"}},
		{leaseLock, options{job: 3 * timing(scale()).NoJob / 2, history: true}, []string{"I1", "I6"}},
		{noClock, options{
			points: []string{"before_dial", "before_send"}, always: &Failpoint{Nth: 1, Action: Freeze}, frozen: 2 * timing(scale()).NoJob,
		}, []string{"I1", "I5", "I8"}},
	} {
		t.Run(c.mistake, func(t *testing.T) {
			t.Parallel()
			o := c.with
			o.lasts, o.desktops, o.broken, o.peaceful, o.timeZone = 12*time.Second, 5, c.mistake, true, "UTC"
			o.settle = 5 * time.Second // what is stuck stays stuck
			// By chance a short soak may meet no occasion for it, least of all on a busy computer.
			for attempt := 1; ; attempt++ {
				r := runSoak(t, o)
				names := invariants(r.violations)
				t.Log(r.summary(), names)
				if slices.ContainsFunc(c.want, func(name string) bool { return names[name] > 0 }) && (!o.history || names["lock"] > 0) {
					return
				}
				require.Less(t, attempt, 4, "it was not found as %v: %v", c.want, r.violations)
			}
		})
	}
}

// The checker sees a violation of each invariant in a book that was tampered with, and none in the book as it was.
func TestTheCheckerSeesEachViolation(t *testing.T) {
	at := func(s int) time.Time { return time.Date(2026, 1, 1, 12, 0, s, 0, time.UTC) }
	ended := at(9)
	one, two := uuid.NewString(), uuid.NewString()
	healthy := func() book {
		job := func(id, run, status string, from, to int) jobs.Job {
			return jobs.Job{ID: id, Status: status, Parameters: map[string]any{"run_id": run}, Accepted: at(from), Ended: at(to)}
		}
		events := func(last string) []eventRow {
			return []eventRow{
				{string(runs.StatusChange), "->SUBMITTED: ana asked for it", at(0)}, {string(runs.StatusChange), "SUBMITTED->QUEUED: accepted", at(1)},
				{string(runs.StatusChange), "QUEUED->RUNNING", at(2)}, {string(runs.StatusChange), "RUNNING->" + last, at(9)},
			}
		}
		return book{
			runs:   []runRow{{one, "job-1", "SUCCEEDED", &ended}, {two, "job-2", "FAILED", &ended}},
			events: map[string][]eventRow{one: events("SUCCEEDED"), two: events("FAILED")},
			jobs:   []jobs.Job{job("job-1", one, jobs.Completed, 1, 3), job("job-2", two, jobs.Failed, 4, 6)},
		}
	}
	require.Empty(t, healthy().check())
	for name, c := range map[string]struct {
		want   string
		tamper func(*book)
	}{
		"jobs that overlap":     {"I1", func(b *book) { b.jobs[1].Accepted = at(2) }},
		"a job that never ends": {"I1", func(b *book) { b.jobs[0].Ended = time.Time{} }},
		"two jobs for a run":    {"I2", func(b *book) { b.jobs[1].Parameters["run_id"] = one }},
		"an event twice":        {"I3", func(b *book) { b.events[one] = append(b.events[one], b.events[one][3]) }},
		"a move down":           {"I3", func(b *book) { b.events[one][3].Message = "RUNNING->QUEUED" }},
		"a move after the end": {"I3", func(b *book) {
			b.events[two] = append(b.events[two], eventRow{"STATUS_CHANGE", "FAILED->SUCCEEDED", at(10)})
		}},
		"a move without its event":   {"I3", func(b *book) { b.events[one] = b.events[one][:3] }},
		"a gap":                      {"I3", func(b *book) { b.events[one] = append(b.events[one][:1], b.events[one][2:]...) }},
		"an end without a time":      {"I3", func(b *book) { b.runs[0].Finished = nil }},
		"a lock that stayed":         {"I4", func(b *book) { b.lock = one }},
		"a job that nobody knows of": {"I5", func(b *book) { b.runs[1].Job = "" }},
		"a job of an unknown run":    {"I5", func(b *book) { b.jobs[0].Parameters["run_id"] = uuid.NewString() }},
		"a job at the wrong run":     {"I5", func(b *book) { b.runs[0].Job, b.runs[1].Job = "job-2", "job-1" }},
		"a run that never ends": {"I7", func(b *book) {
			b.runs[0].Status, b.runs[0].Finished = "RUNNING", nil
			b.events[one] = b.events[one][:3]
		}},
		"a success that Fabric denies": {"I8", func(b *book) { b.jobs[0].Status = jobs.Cancelled }},
		"a success without outputs":    {"I8", func(b *book) { b.hollow = map[string]bool{one: true} }},
		"a failure that Fabric denies": {"I8", func(b *book) { b.jobs[1].Status = jobs.Completed }},
		"a run that started after all": {"I8", func(b *book) {
			b.runs[1].Job = ""
			b.events[two] = append(b.events[two], eventRow{"ERROR", "accepted job-2 late", at(10)})
		}},
	} {
		b := healthy()
		c.tamper(&b)
		require.Contains(t, invariants(b.check()), c.want, name)
	}
	// A late job that an ERROR event names is linked, as I5 says.
	b := healthy()
	b.runs[1].Job = ""
	b.events[two] = append(b.events[two], eventRow{"ERROR", "Fabric accepted job job-2 for this run after the run was FAILED", at(10)})
	require.NotContains(t, invariants(b.check()), "I5")
}
