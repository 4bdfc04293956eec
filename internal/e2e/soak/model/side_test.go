package model

import (
	"context"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/runs/locking"
	"fabricportal/internal/services/runs/outbox"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// desk is a desktop: a program that may stop, on a computer that keeps its outbox.
type desk struct {
	*runs.Runs
	outbox  runs.Outbox
	crashAt string // "" for nowhere
	crashed bool
}

// side is the whole world, on one kind of database.
type side struct {
	name   string
	fabric *fabric
	clock  *clock
	desks  [2]*desk
	db     func(desk int) (runs.Database, func(fail func(string) error))
	read   func(ctx context.Context) (all []runs.Run, holder uuid.UUID, events func(uuid.UUID) []runs.Event, artifacts func(uuid.UUID) int)
	older  func(by time.Duration)
	twice  bool // the mistake of sending a start request again
}

// clock is the desktops', which goes with the world's.
type clock struct{ off time.Duration }

func (c *clock) Now() time.Time { return time.Now().Add(c.off) }

func newSide(name string) *side {
	return &side{name: name, fabric: &fabric{next: accepted}, clock: &clock{}}
}

// boot starts a desktop's program, again or for the first time.
func (s *side) boot(i int) {
	d := &desk{outbox: &box{entries: map[uuid.UUID]outbox.Entry{}}}
	if s.desks[i] != nil {
		d.outbox = s.desks[i].outbox
	}
	database, setFail := s.db(i)
	var scheduler runs.Fabric = s.fabric
	if s.twice {
		scheduler = retrier{s.fabric}
	}
	d.Runs = runs.New(runs.Parts{Database: database, Fabric: scheduler, Files: lake{}, Outbox: d.outbox, Clock: s.clock}, runs.Settings{
		WorkspaceID: "ws", PipelineID: ingest, RestorePipelineID: restore, AppVersion: "1",
		Owner: locking.Owner{User: fmt.Sprintf("u%d", i), Host: "PC", App: "1", PID: 1, Instance: "i"},
	}, timing)
	fail := func(name string) error {
		switch {
		case d.crashAt == overtakenPrefix+name:
			d.crashAt = ""
			s.overtake(1 - i)
			setFail(d.Failpoint)
		case d.crashAt == slept && name == "after_intent":
			s.clock.off += time.Hour
			d.crashAt = ""
		case d.crashed, name == d.crashAt: // what has stopped does nothing any more
			d.crashed = true
			return errCrash
		}
		return nil
	}
	d.Failpoint = fail
	setFail(fail)
	s.desks[i] = d
}

// overtake has a desktop do what is to be done while time passes.
func (s *side) overtake(i int) {
	for range 6 {
		s.advance(2 * time.Minute)
		s.do(i, "", func(d *desk) error { _, err := d.Reconcile(context.Background()); return err })
	}
}

// do has a desktop do something, perhaps stop at some point of it, and start again then.
func (s *side) do(i int, crashAt string, what func(d *desk) error) string {
	d := s.desks[i]
	_, setFail := s.db(i)
	setFail(d.Failpoint)
	d.crashAt = crashAt
	err := what(d)
	d.crashAt = ""
	if d.crashed {
		s.boot(i)
		return "crashed"
	}
	var busy *locking.BusyError
	switch {
	case err == nil:
		return "done"
	case errors.As(err, &busy):
		return "busy"
	}
	return "error"
}

// advance lets time pass; what a gateway sits on arrives within a minute.
func (s *side) advance(by time.Duration) {
	s.pass(min(by, time.Minute))
	for _, j := range s.fabric.waiting {
		s.fabric.accept(j)
	}
	s.fabric.waiting = nil
	s.pass(by - min(by, time.Minute))
}

func (s *side) pass(d time.Duration) {
	s.clock.off += d
	s.older(d)
	for _, j := range s.fabric.jobs {
		j.start = j.start.Add(-d)
	}
}

var (
	ids     = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{4,27}`)
	figures = regexp.MustCompile(`[0-9]+`)
)

// view is all that matters of a side, in a form in which two sides can be compared.
func (s *side) view(ctx context.Context) string {
	var v strings.Builder
	all, holder, events, artifacts := s.read(ctx)
	number := map[string]int{}
	for i, r := range all {
		number[r.ID.String()] = i
		if r.ID == holder {
			fmt.Fprintf(&v, "lock: run %d\n", i)
		}
		fmt.Fprintf(&v, "run %d: %s job %q started %v finished %v error %q kpis %v notebook %q artifacts %d\n", i, r.Status, r.JobID, r.StartedAt != nil,
			r.FinishedAt != nil, mask(r.ErrorMessage), r.KPIs != nil, r.NotebookVersion, artifacts(r.ID))
		var lines []string
		for _, e := range events(r.ID) {
			lines = append(lines, fmt.Sprintf("   %s %s\n", e.Type, mask(e.Message)))
		}
		slices.Sort(lines) // the order of those of one transaction is no matter
		v.WriteString(strings.Join(lines, ""))
	}
	for _, j := range s.fabric.jobs {
		fmt.Fprintf(&v, "job %s of run %d: %s\n", j.id, number[j.run], j.status)
	}
	for i, d := range s.desks {
		entries, _ := d.outbox.All()
		fmt.Fprintf(&v, "outbox %d: %d\n", i, len(entries))
	}
	return v.String()
}

func mask(s string) string { return figures.ReplaceAllString(ids.ReplaceAllString(s, "ID"), "#") }

// violations are the breaches of docs/run-protocol.md §2 that can be seen at any time, and with atEnd those that must be
// healed by then.
func (s *side) violations(ctx context.Context, atEnd bool) (found []string) {
	add := func(format string, args ...any) { found = append(found, fmt.Sprintf(format, args...)) }
	for _, o := range s.fabric.overlaps {
		add("I1: %s", o)
	}
	ofRun := map[string][]*job{}
	for _, j := range s.fabric.jobs {
		if ofRun[j.run] = append(ofRun[j.run], j); len(ofRun[j.run]) == 2 {
			add("I2: run %s has two jobs", j.run)
		}
	}
	all, holder, events, _ := s.read(ctx)
	for _, r := range all {
		at := ""
		undecided := false
		for _, e := range events(r.ID) {
			undecided = undecided || strings.Contains(e.Message, `"ev":"candidates"`)
			if e.Type != runs.StatusChange {
				continue
			}
			change, _, _ := strings.Cut(e.Message, ":")
			from, to, _ := strings.Cut(change, "->")
			if from != at || (at != "" && rank[runs.Status(to)] <= rank[runs.Status(at)]) {
				add("I3: run %s was %q, and then %q", r.ID, at, change)
			}
			at = to
		}
		if at != string(r.Status) {
			add("I3: run %s is %s, but its events end at %s", r.ID, r.Status, at)
		}
		list := ofRun[r.ID.String()]
		completed := slices.ContainsFunc(list, func(j *job) bool { return j.status == pipelines.Completed })
		if (r.Status == runs.Succeeded) != completed && (r.Status.Terminal() || atEnd) && !undecided {
			add("I8: run %s is %s, Fabric completed its job: %v", r.ID, r.Status, completed)
		}
		if atEnd && !undecided && (!r.Status.Terminal() || r.ID == holder) {
			add("I4, I7: run %s is still %s, lock %v", r.ID, r.Status, r.ID == holder)
		}
		if atEnd && !undecided && len(list) > 0 && r.JobID != list[0].id {
			add("I5: job %s of run %s is not linked to it", list[0].id, r.ID)
		}
	}
	return found
}

// memorySide is the side without a database; with a mistake, one that does what no database should.
func memorySide(mistake string) *side {
	s, m := newSide("memory"), newMemory()
	m.mistake, s.twice = mistake, mistake == sendsTwice
	s.db = func(int) (runs.Database, func(func(string) error)) {
		return m, func(f func(string) error) { m.fail = f }
	}
	s.older = m.older
	s.read = func(ctx context.Context) ([]runs.Run, uuid.UUID, func(uuid.UUID) []runs.Event, func(uuid.UUID) int) {
		events := func(run uuid.UUID) []runs.Event { list, _ := m.Events(ctx, run); return list.Rows }
		artifacts := func(run uuid.UUID) (n int) {
			for _, a := range m.artifacts {
				if a.RunID == run {
					n++
				}
			}
			return n
		}
		return m.sorted(), m.holder, events, artifacts
	}
	s.boot(0)
	s.boot(1)
	return s
}

// database is a server with one connection pool for each desktop, for many histories.
type database struct {
	server *postgres.Server
	admin  *pgxpool.Pool
	desks  [2]*db.DB
}

func openDatabase(t *testing.T) *database {
	authority, err := certs.New()
	require.NoError(t, err)
	d := &database{}
	d.server, err = postgres.Start(t.Context(), postgres.Options{Authority: authority, TimeZone: "Asia/Kolkata"})
	require.NoError(t, err)
	t.Cleanup(d.server.Stop)
	d.admin, err = pgxpool.New(t.Context(), d.server.AdminDSN())
	require.NoError(t, err)
	t.Cleanup(d.admin.Close)
	for i := range d.desks {
		d.desks[i], err = db.Open(t.Context(), config.Database{
			Host: postgres.Host, Port: d.server.Port, Name: postgres.DatabaseName, User: postgres.AppRole, SSLRootCert: d.server.CAFile,
		}, secrets.New(d.server.AppPassword), "")
		require.NoError(t, err)
		t.Cleanup(d.desks[i].Close)
	}
	return d
}

// side is the side with a real database, emptied.
func (d *database) side(ctx context.Context, t rapid.TB) *side {
	_, err := d.admin.Exec(ctx, "truncate pipeline_runs, run_events, run_artifacts, run_restores; update run_lock set run_id = null, locked_at = null, locked_by = null")
	require.NoError(t, err)
	s := newSide("PostgreSQL")
	s.db = func(i int) (runs.Database, func(func(string) error)) {
		return d.desks[i], func(f func(string) error) { d.desks[i].Failpoint = f }
	}
	s.older = func(by time.Duration) {
		for _, sql := range []string{
			"update run_lock set locked_at = locked_at - make_interval(secs => $1)", "update run_events set event_time = event_time - make_interval(secs => $1)",
			`update pipeline_runs set created_at = created_at - make_interval(secs => $1), started_at = started_at - make_interval(secs => $1),
 finished_at = finished_at - make_interval(secs => $1), status_last_updated_at = status_last_updated_at - make_interval(secs => $1)`,
		} {
			_, err := d.admin.Exec(ctx, sql, by.Seconds())
			require.NoError(t, err)
		}
	}
	look := d.desks[0]
	s.read = func(ctx context.Context) ([]runs.Run, uuid.UUID, func(uuid.UUID) []runs.Event, func(uuid.UUID) int) {
		all, err := look.ListRuns(ctx, nil, 10_000)
		require.NoError(t, err)
		slices.Reverse(all)
		card, err := look.LockCard(ctx)
		require.NoError(t, err)
		events := func(run uuid.UUID) []runs.Event {
			list, err := look.Events(ctx, run)
			require.NoError(t, err)
			return list.Rows
		}
		artifacts := func(run uuid.UUID) int {
			list, err := look.Artifacts(ctx, run)
			require.NoError(t, err)
			return len(list.Rows)
		}
		return all, card.RunID, events, artifacts
	}
	s.boot(0)
	s.boot(1)
	return s
}
