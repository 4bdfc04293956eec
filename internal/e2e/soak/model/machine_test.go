package model

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/services/config"
	"fabricportal/internal/services/db"
	"fabricportal/internal/services/locking"
	"fabricportal/internal/services/outbox"
	"fabricportal/internal/services/pipelines"
	"fabricportal/internal/services/runs"
	"fabricportal/internal/services/secrets"
)

// How many histories are tried: in memory many cost little.
var (
	inMemory     = flag.Int("model.memory", 150, "how many histories in memory")
	onPostgreSQL = flag.Int("model.postgresql", 12, "how many histories on PostgreSQL")
)

func TestMain(m *testing.M) {
	_ = flag.Set("rapid.steps", "40")
	_ = flag.Set("rapid.nofailfile", "true") // a failure names its seed
	goleak.VerifyTestMain(m)
}

// The protocol's times, half a minute off whole minutes: histories advance in whole minutes, so that the seconds which a
// busy computer takes decide nothing.
var timing = runs.Timing{
	Send: 15 * time.Second, Settle: 15 * time.Second, Orphan: 150 * time.Second, NoJob: 630 * time.Second, Marker: 90 * time.Second,
	Window: 150 * time.Second, Poll: 30 * time.Second, Grace: 90 * time.Second, Unknown: 930 * time.Second, Access: 90 * time.Second,
	Fill: 30 * time.Second, Stray: 30 * time.Second,
}

const (
	ingest  = "11111111-1111-4111-8111-111111111111"
	restore = "22222222-2222-4222-8222-222222222222"
)

var errCrash = errors.New("the program has stopped")

// crashPoints are where a program may stop; slept is where its computer falls asleep for an hour instead.
var crashPoints = []string{
	"in_acquire_tx", "after_acquire_commit", "commit_ack_lost", "in_intent_tx", "after_intent", "after_202", "after_outbox", "in_save_tx", "after_save",
	"before_poll_claim", "after_claim", "in_move_tx", "before_finish", "in_finish_tx", "after_finish", "before_adopt", "in_abandon_tx", slept,
}

const slept = "asleep after_intent"

// overtaken are points, outside of transactions, at which a desktop stands still for so long that the other does the work.
var overtaken = []string{
	"after_acquire_commit", "after_intent", "after_202", "after_outbox", "after_save", "before_poll_claim", "after_claim", "before_finish", "before_adopt",
}

const overtakenPrefix = "overtaken "

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

// violations are the breaches of run-protocol §3.3 that can be seen at any time, and with atEnd those that must be
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
		events := func(run uuid.UUID) []runs.Event { list, _ := m.Events(ctx, run); return list }
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
			return list
		}
		artifacts := func(run uuid.UUID) int {
			list, err := look.Artifacts(ctx, run)
			require.NoError(t, err)
			return len(list)
		}
		return all, card.RunID, events, artifacts
	}
	s.boot(0)
	s.boot(1)
	return s
}

// machine does the same on all sides.
type machine struct {
	ctx   context.Context
	sides []*side
}

// both does something on each side and requires that the same comes of it.

func (m *machine) both(t rapid.TB, what func(s *side) string) {
	first := ""
	for i, s := range m.sides {
		got := what(s)
		if i == 0 {
			first = got
		}
		require.Equal(t, first, got, "%s and %s differ in what they answer", m.sides[0].name, s.name)
	}
}

// agree requires that the sides hold the same and keep the invariants.
func (m *machine) agree(t rapid.TB, atEnd bool) {
	first := ""
	for i, s := range m.sides {
		v := s.view(m.ctx)
		if i == 0 {
			first = v
		}
		require.Equal(t, first, v, "%s and %s differ in what they hold", m.sides[0].name, s.name)
		require.Empty(t, s.violations(m.ctx, atEnd), "%s\n%s", s.name, v)
	}
}

func (m *machine) actions() map[string]func(*rapid.T) {
	who := func(t *rapid.T) int { return rapid.IntRange(0, 1).Draw(t, "desktop") }
	crash := func(t *rapid.T) string {
		switch rapid.IntRange(0, 5).Draw(t, "hindrance") {
		case 0, 1, 2:
			return ""
		case 3:
			return overtakenPrefix + rapid.SampledFrom(overtaken).Draw(t, "where")
		}
		return rapid.SampledFrom(crashPoints).Draw(t, "where")
	}
	latest := func(s *side) *job {
		if n := len(s.fabric.jobs); n > 0 {
			return s.fabric.jobs[n-1]
		}
		return &job{status: pipelines.Completed}
	}
	// What makes no sense at the moment is replaced by a submission, as a history ends after steps that are refused.
	submit := func(t *rapid.T) {
		i, at, o := who(t), crash(t), rapid.SampledFrom(outcomes).Draw(t, "outcome")
		m.both(t, func(s *side) string {
			s.fabric.next = o
			return s.do(i, at, func(d *desk) error {
				_, err := d.Submit(m.ctx, runs.Request{InputFile: "sales.xlsx", RequestedBy: "u"})
				return err
			})
		})
	}
	tick := func(t *rapid.T) {
		i, at, minutes := who(t), crash(t), rapid.SampledFrom([]int{0, 1, 1, 2}).Draw(t, "minutes")
		m.both(t, func(s *side) string {
			s.advance(time.Duration(minutes) * time.Minute)
			var out runs.Outcome
			result := s.do(i, at, func(d *desk) (err error) { out, err = d.Reconcile(m.ctx); return err })
			return result + " " + string(out.Action)
		})
	}
	progress := func(t *rapid.T) {
		to := rapid.SampledFrom([]pipelines.JobStatus{
			pipelines.InProgress, pipelines.InProgress, pipelines.InProgress, pipelines.InProgress, pipelines.Completed, pipelines.Completed, pipelines.JobFailed, pipelines.Cancelled}).Draw(t, "to")
		if !latest(m.sides[0]).unfinished() {
			submit(t)
			return
		}
		m.both(t, func(s *side) string { latest(s).status = to; return "" })
	}
	// polled has Fabric be asked about the latest job after a change of it, which single steps seldom do in that order.
	polled := func(change func(j *job)) func(*rapid.T) {
		return func(t *rapid.T) {
			i := who(t)
			if !latest(m.sides[0]).unfinished() {
				submit(t)
				return
			}
			m.both(t, func(s *side) string {
				change(latest(s))
				s.advance(time.Minute)
				result := s.do(i, "", func(d *desk) error { _, err := d.Reconcile(m.ctx); return err })
				latest(s).shown = ""
				return result
			})
		}
	}
	return map[string]func(*rapid.T){
		"runs":        polled(func(j *job) { j.status = pipelines.InProgress }),
		"looks older": polled(func(j *job) { j.shown = pipelines.NotStarted }),
		"tick":        tick, "tick too": tick, "tick again": tick, "progress": progress, "progress too": progress,
		"submit": submit,
		"restore": func(t *rapid.T) {
			i, at, o, n := who(t), crash(t), rapid.SampledFrom(outcomes).Draw(t, "outcome"), rapid.IntRange(0, 5).Draw(t, "run")
			if all, _, _, _ := m.sides[0].read(m.ctx); n >= len(all) {
				submit(t)
				return
			}
			m.both(t, func(s *side) string {
				all, _, _, _ := s.read(m.ctx)
				s.fabric.next = o
				return s.do(i, at, func(d *desk) error { _, err := d.Restore(m.ctx, all[n].ID, "u"); return err })
			})
		},
		"cancel": func(t *rapid.T) {
			i := who(t)
			if _, holder, _, _ := m.sides[0].read(m.ctx); holder == uuid.Nil {
				submit(t)
				return
			}
			m.both(t, func(s *side) string {
				_, holder, _, _ := s.read(m.ctx)
				return s.do(i, "", func(d *desk) error { return d.Cancel(m.ctx, holder, "u") })
			})
		},
		"time": func(t *rapid.T) {
			by := time.Duration(rapid.SampledFrom([]int{1, 2, 3, 11, 16}).Draw(t, "minutes")) * time.Minute
			m.both(t, func(s *side) string { s.advance(by); return "" })
		},
		"mischief": func(t *rapid.T) {
			gone, shown := rapid.IntRange(0, 3).Draw(t, "gone") == 0, rapid.SampledFrom([]pipelines.JobStatus{"", "Hibernating", pipelines.NotStarted, pipelines.NotStarted}).Draw(t, "shown")
			broken := rapid.IntRange(0, 3).Draw(t, "broken") == 0
			m.both(t, func(s *side) string {
				j := latest(s)
				j.shown = shown
				j.gone = gone && j.unfinished() && s.linked(m.ctx, j) // the listing of one that nobody knows yet is not what Fabric forgets
				s.fabric.broken = broken
				return ""
			})
		},
		"": func(t *rapid.T) { m.agree(t, false) },
	}
}

func (s *side) linked(ctx context.Context, j *job) bool {
	all, _, _, _ := s.read(ctx)
	return slices.ContainsFunc(all, func(r runs.Run) bool { return r.JobID == j.id })
}

func (s *side) honest() {
	s.fabric.broken = false
	for _, j := range s.fabric.jobs {
		j.shown, j.gone = "", false
	}
}

// settle lets two healthy desktops bring everything to its end: within the longest wait of the protocol and some passes.
func (m *machine) settle(t rapid.TB) {
	for range 12 {
		m.both(t, func(s *side) string {
			s.honest()
			s.advance(2 * time.Minute)
			for _, j := range s.fabric.jobs {
				if j.unfinished() {
					j.status = map[pipelines.JobStatus]pipelines.JobStatus{pipelines.NotStarted: pipelines.InProgress, pipelines.InProgress: pipelines.Completed}[j.status]
				}
			}
			for i := range s.desks {
				if got := s.do(i, "", func(d *desk) error { _, err := d.Reconcile(m.ctx); return err }); got != "done" {
					return got
				}
			}
			return ""
		})
	}
	m.agree(t, true)
}

// histories drives the sides through n random histories.
func histories(t rapid.TB, n int, sides func(t rapid.TB) []*side) {
	if err := flag.Set("rapid.checks", strconv.Itoa(n)); err != nil {
		t.Fatal(err)
	}
	rapid.Check(t, func(t *rapid.T) {
		m := &machine{ctx: context.Background(), sides: sides(t)}
		t.Repeat(m.actions())
		m.settle(t)
	})
}

// In memory, where many histories cost little.
func TestTheProtocolInMemory(t *testing.T) {
	histories(t, *inMemory, func(rapid.TB) []*side { return []*side{memorySide("")} })
}

// The same histories on PostgreSQL, which must hold the same after each step.
func TestPostgreSQLDoesAsTheModel(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	d := openDatabase(t)
	histories(t, *onPostgreSQL, func(t rapid.TB) []*side { return []*side{memorySide(""), d.side(context.Background(), t)} })
	t.Run("and not as a model with a mistake", func(t *testing.T) {
		said := attempt(t, func(t rapid.TB) {
			histories(t, 100, func(t rapid.TB) []*side { return []*side{memorySide(forgetsWhy), d.side(context.Background(), t)} })
		})
		require.Contains(t, said, "differ in what they")
	})
}

// Each mistake is found, by one of its signs.
func TestTheHistoriesFindMistakes(t *testing.T) {
	for mistake, signs := range map[string]string{
		sendsTwice: "I1:|I2:", leaseEnds: "I1:", forgetsIntents: "I5:|I8:", intendsBlindly: "I1:|I2:|I5:|I8:", movesDown: "I3:", keepsTheLock: "I4, I7:",
	} {
		t.Run(mistake, func(t *testing.T) {
			said := attempt(t, func(t rapid.TB) {
				histories(t, 2000, func(rapid.TB) []*side { return []*side{memorySide(mistake)} })
			})
			require.Regexp(t, signs, said)
		})
	}
}

// attempt runs a test that is to fail, and returns what it said; "" where it did not fail.
func attempt(t *testing.T, test func(t rapid.TB)) string {
	// Whether it is found matters, not in how few steps.
	require.NoError(t, flag.Set("rapid.shrinktime", "1s"))
	defer func() { require.NoError(t, flag.Set("rapid.shrinktime", "30s")) }()
	a := &attempted{TB: t}
	done := make(chan struct{})
	go func() { // FailNow ends its goroutine
		defer close(done)
		test(a)
	}()
	<-done
	if !a.failed {
		return ""
	}
	return a.said.String()
}

type attempted struct {
	rapid.TB
	failed bool
	said   strings.Builder
}

func (a *attempted) Logf(format string, args ...any)   { fmt.Fprintf(&a.said, format+"\n", args...) }
func (a *attempted) Log(args ...any)                   { fmt.Fprintln(&a.said, args...) }
func (a *attempted) Errorf(format string, args ...any) { a.Logf(format, args...); a.Fail() }
func (a *attempted) Error(args ...any)                 { a.Log(args...); a.Fail() }
func (a *attempted) Fatalf(format string, args ...any) { a.Logf(format, args...); a.FailNow() }
func (a *attempted) Fatal(args ...any)                 { a.Log(args...); a.FailNow() }
func (a *attempted) Fail()                             { a.failed = true }
func (a *attempted) FailNow()                          { a.failed = true; runtime.Goexit() }
func (a *attempted) Failed() bool                      { return a.failed }
