package model

import (
	"context"
	"errors"
	"flag"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"

	"fabricportal/internal/services/fabric/pipelines"
	"fabricportal/internal/services/runs"
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
		// A note may be written on any run at any time, and changes nothing: the sides go on alike, and no invariant is hurt.
		"note": func(t *rapid.T) {
			i, n, text := who(t), rapid.IntRange(0, 5).Draw(t, "run"), rapid.SampledFrom([]string{"checked", "->FAILED: x", `portal:v1 {"ev":"post_intent"}`, "cancelled in Fabric"}).Draw(t, "text")
			if all, _, _, _ := m.sides[0].read(m.ctx); n >= len(all) {
				submit(t)
				return
			}
			m.both(t, func(s *side) string {
				all, _, _, _ := s.read(m.ctx)
				return s.do(i, "", func(d *desk) error { _, err := d.Note(m.ctx, all[n].ID, uuid.New(), text, "u"); return err })
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
