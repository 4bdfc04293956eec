//go:build linux

package soak

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"fabricportal/internal/sandbox/standin/jobs"
	"fabricportal/internal/services/runs"
)

// violation is a breach of one of the invariants of docs/run-protocol.md §2.
type violation struct {
	Invariant string // I1 to I8
	Run       string // "" where it concerns none
	Text      string
}

func (v violation) String() string { return v.Invariant + ": " + v.Text }

// book is what the database and Fabric hold at the end.
type book struct {
	runs   []runRow
	events map[string][]eventRow
	lock   string // run id, "" when it is free
	jobs   []jobs.Job
	hollow map[string]bool // runs whose job completed, and of which the lakehouse has no document
}

type runRow struct {
	ID, Job, Status string
	Finished        *time.Time
}

type eventRow struct {
	Type, Message string
	Time          time.Time
}

// read takes everything down. The desktops should be at rest.
func (w *world) read(ctx context.Context) (book, error) {
	b := book{events: map[string][]eventRow{}, jobs: w.fabric.Jobs.Jobs()[w.skipJobs:], hollow: map[string]bool{}}
	for _, j := range b.jobs {
		if j.Status == jobs.Completed {
			_, err := os.Stat(filepath.Join(w.dir, "lakehouse", "Files", "results", "runs", runOf(j), "run_metadata.json"))
			b.hollow[runOf(j)] = os.IsNotExist(err)
		}
	}
	rows, err := w.admin.Query(ctx, "select run_id::text, coalesce(fabric_job_id, ''), status, finished_at at time zone 'UTC' from pipeline_runs order by created_at")
	if err != nil {
		return b, err
	}
	if b.runs, err = pgx.CollectRows(rows, pgx.RowToStructByPos[runRow]); err != nil {
		return b, err
	}
	if rows, err = w.admin.Query(ctx, "select run_id::text, event_type, message, event_time at time zone 'UTC' from run_events order by event_time, id"); err != nil {
		return b, err
	}
	var run string
	var e eventRow
	if _, err = pgx.ForEachRow(rows, []any{&run, &e.Type, &e.Message, &e.Time}, func() error {
		b.events[run] = append(b.events[run], e)
		return nil
	}); err != nil {
		return b, err
	}
	return b, w.admin.QueryRow(ctx, "select coalesce(run_id::text, '') from run_lock").Scan(&b.lock)
}

// check lists the violations in the book, with those that were seen while it was written.
func (w *world) check(b book) []violation {
	w.mu.Lock()
	defer w.mu.Unlock()
	found := b.check()
	for _, v := range w.unowned {
		if !b.closedByHand(v.Run) {
			found = append(found, v)
		}
	}
	return found
}

func (b book) check() []violation {
	var found []violation
	add := func(invariant, run, format string, args ...any) {
		found = append(found, violation{invariant, run, fmt.Sprintf(format, args...)})
	}
	ofRun := map[string][]jobs.Job{}
	var before []jobs.Job
	for _, j := range b.jobs {
		run := runOf(j)
		ofRun[run] = append(ofRun[run], j)
		for _, a := range before {
			if a.Status != jobs.Deduped && j.Status != jobs.Deduped && (a.Unfinished() || a.Ended.After(j.Accepted)) {
				add("I1", run, "job %s of run %s was accepted while job %s of run %s was not finished", j.ID, run, a.ID, runOf(a))
			}
		}
		before = append(before, j)
	}
	for run, list := range ofRun {
		if len(list) > 1 {
			add("I2", run, "run %s has %d jobs in Fabric", run, len(list))
		}
	}
	linked := map[string]string{} // job to run
	known := map[string]bool{}
	for _, r := range b.runs {
		known[r.ID] = true
		if r.Job != "" {
			if other := linked[r.Job]; other != "" {
				add("I5", r.ID, "job %s is linked to run %s and to run %s", r.Job, other, r.ID)
			}
			linked[r.Job] = r.ID
		}
		b.checkMoves(r, add)
		b.checkClaim(r, ofRun[r.ID], add)
	}
	for _, j := range b.jobs {
		b.checkLink(j, linked[j.ID], known, add)
	}
	if b.lock != "" && !b.needsPerson(b.lock) {
		add("I4", b.lock, "the lock is still held by run %s", b.lock)
	}
	return found
}

func runOf(j jobs.Job) string {
	id, _ := j.Parameters["run_id"].(string)
	return id
}

var ranks = map[string]int{"SUBMITTED": 0, "QUEUED": 1, "RUNNING": 2, "SUCCEEDED": 3, "FAILED": 3}

// checkMoves is I3: the events tell of one way up, and the row agrees with them.
func (b book) checkMoves(r runRow, add func(invariant, run, format string, args ...any)) {
	at := ""
	for _, e := range b.events[r.ID] {
		if e.Type != string(runs.StatusChange) {
			continue
		}
		change, _, _ := strings.Cut(e.Message, ":")
		from, to, _ := strings.Cut(change, "->")
		rank, ok := ranks[to]
		switch {
		case !ok:
			add("I3", r.ID, "run %s: %q names no state", r.ID, e.Message)
		case from != at:
			add("I3", r.ID, "run %s was %q, but an event says %q", r.ID, at, change)
		case at != "" && rank <= ranks[at]:
			add("I3", r.ID, "run %s moved from %s to %s, which is not up", r.ID, at, to)
		}
		at = to
	}
	if at != r.Status {
		add("I3", r.ID, "run %s is %s, but its events end at %s", r.ID, r.Status, at)
	}
	if terminal := ranks[r.Status] == 3; terminal != (r.Finished != nil) {
		add("I3", r.ID, "run %s is %s, and finished_at is %v", r.ID, r.Status, r.Finished)
	}
}

// checkClaim is I8, and I7 for runs that never ended.
func (b book) checkClaim(r runRow, list []jobs.Job, add func(invariant, run, format string, args ...any)) {
	status := map[string]int{}
	for _, j := range list {
		status[j.Status]++
	}
	switch r.Status {
	case "SUCCEEDED":
		if status[jobs.Completed] == 0 {
			add("I8", r.ID, "run %s is shown as SUCCEEDED, but Fabric completed no job of it: %v", r.ID, status)
		}
		if b.hollow[r.ID] {
			add("I8", r.ID, "run %s is shown as SUCCEEDED, but its job left nothing", r.ID)
		}
	case "FAILED":
		if status[jobs.Completed] > 0 && !b.closedByHand(r.ID) && !b.hollow[r.ID] {
			add("I8", r.ID, "run %s is shown as FAILED, but Fabric completed its job", r.ID)
		}
		for _, j := range list {
			if r.Job == "" && r.Finished != nil {
				add("I8", r.ID, "run %s was closed as not started at %s, but Fabric accepted job %s for it at %s", r.ID, r.Finished.UTC().Format(clockFormat), j.ID, j.Accepted.UTC().Format(clockFormat))
			}
		}
	default:
		if !b.needsPerson(r.ID) {
			add("I7", r.ID, "run %s is still %s", r.ID, r.Status)
		}
	}
}

const clockFormat = "15:04:05.000"

// checkLink is I5.
func (b book) checkLink(j jobs.Job, linked string, known map[string]bool, add func(invariant, run, format string, args ...any)) {
	run := runOf(j)
	switch {
	case linked == run && run != "":
		return
	case linked != "":
		add("I5", run, "job %s of run %s is linked to run %s", j.ID, run, linked)
		return
	case !known[run]:
		add("I5", run, "job %s is of a run %s that the database does not know", j.ID, run)
		return
	}
	for _, e := range b.events[run] {
		if e.Type == string(runs.ErrorEvent) && strings.Contains(e.Message, j.ID) {
			return
		}
	}
	add("I5", run, "job %s of run %s is neither linked nor named by an ERROR event", j.ID, run)
}

// needsPerson tells whether a run says of itself that a person must decide.
func (b book) needsPerson(run string) bool {
	for _, e := range b.events[run] {
		if strings.Contains(e.Message, `"ev":"candidates"`) {
			return true
		}
	}
	return false
}

// closedByHand tells whether a person ended the run without an answer from Fabric, and an ERROR event says so: then what
// Fabric says later is no contradiction.
func (b book) closedByHand(run string) bool {
	for _, e := range b.events[run] {
		if e.Type == string(runs.ErrorEvent) && strings.Contains(e.Message, "released the lock by hand") {
			return true
		}
	}
	return false
}

// story is a run's events with its jobs, for who looks into a violation.
func (b book) story(run string) string {
	var s strings.Builder
	for _, r := range b.runs {
		if r.ID == run {
			fmt.Fprintf(&s, "  run %s: %s, job %q\n", r.ID, r.Status, r.Job)
		}
	}
	for _, e := range b.events[run] {
		fmt.Fprintf(&s, "    %s %-13s %s\n", e.Time.UTC().Format(clockFormat), e.Type, runs.HumanMessage(runs.Event{Type: runs.EventType(e.Type), Message: e.Message}))
	}
	for _, j := range b.jobs {
		if runOf(j) == run {
			fmt.Fprintf(&s, "    job %s %s: accepted %s, ended %s\n", j.ID, j.Status, j.Accepted.UTC().Format(clockFormat), j.Ended.UTC().Format(clockFormat))
		}
	}
	return s.String()
}
