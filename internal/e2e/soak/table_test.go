//go:build linux

package soak

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/sandbox/standin/faults"
	"fabricportal/internal/sandbox/standin/jobs"
)

// step is a failpoint of the protocol with what must have become of the run when another desktop has dealt with it.
type step struct {
	name   string
	nth    int
	wait   func() time.Duration // the longest time that the protocol itself waits before a healthy desktop may act
	end    string               // SUCCEEDED or FAILED; "" where no run was recorded; either where it depends on who was quicker
	jobs   int                  // accepted by Fabric; -1 where it depends on who was quicker
	inTx   bool                 // inside a transaction: while it stands still its row locks keep others out
	byHand bool                 // the run is closed by hand, as Fabric says a word of its job that the program does not know
	fault  faults.Fault         // what Fabric does with the start request
}

const either = "either"

// The waits of the protocol.
func byOrphan() time.Duration { t := timing(scale()); return t.Orphan }
func byNoJob() time.Duration  { t := timing(scale()); return t.NoJob }
func byMarker() time.Duration { t := timing(scale()); return t.Send + t.Settle + t.Marker }

// slack is what a healthy desktop may take besides, on a busy computer.
const slack = 15 * time.Second

// frozenInTx is how long the server lets a transaction stand still whose desktop does: its row locks keep others out so
// long. A desktop's loop may be in one, whatever step its submission was frozen at.
const frozenInTx = 30 * time.Second

// bound is within which time another desktop must have healed what is left.
func (s step) bound(a Action) time.Duration {
	if a == Freeze {
		return s.wait() + frozenInTx + slack
	}
	return s.wait() + slack
}

// The failpoints (docs/run-protocol.md §8) in the order of the steps. Before the lock a crash leaves nothing that needs healing.
var steps = []step{
	{name: "during_upload", wait: byOrphan},
	{name: "after_upload", wait: byOrphan},
	{name: "in_acquire_tx", wait: byOrphan, inTx: true},
	{name: "after_acquire_commit", wait: byOrphan, end: "FAILED"},
	{name: "commit_ack_lost", nth: 1, wait: byOrphan, end: "FAILED"},
	{name: "in_intent_tx", wait: byOrphan, end: "FAILED", inTx: true},
	{name: "commit_ack_lost", nth: 2, wait: byNoJob, end: "FAILED"},
	{name: "after_intent", wait: byNoJob, end: "FAILED"},
	{name: "before_dial", wait: byNoJob, end: "FAILED"},
	{name: "before_send", wait: byNoJob, end: "FAILED"},
	{name: "mid_body", wait: byNoJob, end: "FAILED"},
	{name: "after_send_before_response", wait: byMarker, end: either, jobs: -1},
	{name: "after_202", wait: byMarker, end: "SUCCEEDED", jobs: 1},
	{name: "after_outbox", wait: byMarker, end: "SUCCEEDED", jobs: 1},
	{name: "in_save_tx", wait: byMarker, end: "SUCCEEDED", jobs: 1, inTx: true},
	{name: "commit_ack_lost", nth: 3, wait: byMarker, end: "SUCCEEDED", jobs: 1},
	{name: "after_save", wait: byMarker, end: "SUCCEEDED", jobs: 1},
	{name: "before_poll_claim", wait: byMarker, end: "SUCCEEDED", jobs: 1},
	{name: "after_claim", wait: byMarker, end: "SUCCEEDED", jobs: 1},
	{name: "in_move_tx", wait: byMarker, end: "SUCCEEDED", jobs: 1, inTx: true},
	{name: "before_finish", wait: byMarker, end: "SUCCEEDED", jobs: 1},
	{name: "in_finish_tx", wait: byMarker, end: "SUCCEEDED", jobs: 1, inTx: true},
	{name: "after_finish", wait: byMarker, end: "SUCCEEDED", jobs: 1},
	{name: "before_adopt", wait: byMarker, end: "SUCCEEDED", jobs: 1, fault: faults.Fault{Spoil: faults.DropAnswer}},
	{name: "in_abandon_tx", wait: byNoJob, end: "FAILED", inTx: true, fault: faults.Fault{Status: 429}},
	{name: "force_unlock_mid", wait: byMarker, end: "SUCCEEDED", jobs: 1, inTx: true, byHand: true},
}

func (s step) String() string {
	if s.nth > 0 {
		return fmt.Sprintf("%s %d", s.name, s.nth)
	}
	return s.name
}

// expected is what must have become of the run; it differs where the process that met the action goes on by itself.
func (s step) expected(a Action) (end string, accepted int) {
	switch {
	case a == Fail && s.name == "commit_ack_lost" && s.nth == 1:
		return "SUCCEEDED", 1 // it finds out that it has the lock
	case a != Kill && a != Panic && strings.HasSuffix(s.name, "_upload"):
		return either, -1 // it goes on and submits
	case a == Freeze && s.byHand:
		return "FAILED", 1 // thawed, it goes on: a person has decided
	case a == Freeze && s.name == "in_acquire_tx":
		return either, -1 // thawed, it goes on
	}
	return s.end, s.jobs
}

// lanes are worlds in which cases run side by side.
const lanes = 12

// A desktop that is killed, frozen, panics or meets an error at any step is healed by another that knows nothing of it,
// within the wait that the protocol states for that step and some slack.
func TestEachStepIsHealedByAnother(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	authority, err := certs.New()
	require.NoError(t, err)
	server, err := postgres.Start(t.Context(), postgres.Options{Authority: authority, TimeZone: "America/New_York"})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	type job struct {
		step
		action Action
	}
	cases := make(chan job)
	var wg sync.WaitGroup
	var mu sync.Mutex
	slowest := map[string]time.Duration{}
	for lane := range lanes {
		w := newWorld(t, authority, server, fmt.Sprintf("lane_%d", lane), scale())
		w.jobTime = 4 * timing(w.scale).Poll // so long that each state is seen
		healer := w.start(w.spec(healerRole, "healer"))
		wg.Go(func() {
			for c := range cases {
				name := fmt.Sprintf("%s/%s", c.action, c.step)
				t.Run(name, func(t *testing.T) {
					took := w.heal(t, healer, c.step, c.action)
					mu.Lock()
					defer mu.Unlock()
					slowest[c.step.String()] = max(slowest[c.step.String()], took)
				})
			}
			healer.exit()
			if said := healer.complaint(); said != "" || healer.err != nil {
				t.Errorf("the healthy desktop: %v\n%s", healer.err, said)
			}
		})
	}
	for _, s := range steps {
		for _, a := range []Action{Kill, Freeze, Panic, Fail} {
			cases <- job{s, a}
		}
	}
	close(cases)
	wg.Wait()
	for _, s := range steps {
		t.Logf("%-28s healed within %v (bound %v, frozen %v)", s, slowest[s.String()].Round(10*time.Millisecond), s.bound(Kill), s.bound(Freeze))
	}
}

// heal lets a desktop meet an action at a step, and another heal what is left. It returns how long that took.
func (w *world) heal(t *testing.T, healer *process, s step, a Action) time.Duration {
	w.empty()
	w.fabric.Faults.Clear()
	if s.fault != (faults.Fault{}) {
		w.fabric.Faults.Next(faults.Start, -1, s.fault)
	}
	spec := w.spec(victimRole, "victim")
	spec.StateDir = t.TempDir()
	spec.Fail = Failpoint{Name: s.name, Nth: max(s.nth, 1), Action: a}
	spec.Asleep, spec.ByHand = a == Freeze, s.byHand
	victim, err := launch(spec)
	require.NoError(t, err)
	defer victim.kill()
	if s.byHand {
		w.showStrangeWord(t)
	}
	_, ok := victim.await(time.Minute, "hit "+s.name)
	require.True(t, ok, "the step was not reached: %s", victim.said())
	w.fabric.Faults.Clear()
	switch a {
	case Kill, Panic:
		<-victim.done
	case Freeze:
		_, ok := victim.await(time.Minute, "freeze")
		require.True(t, ok)
	}

	healer.forget()
	healer.order("go")
	began := time.Now()
	if a == Freeze && s.inTx {
		// Longer than a start request may take to leave, shorter than the server waits before it ends such a transaction.
		require.True(t, pause(t.Context(), timing(w.scale).Send*5/4))
		victim.thaw()
	}
	bound := s.bound(a)
	w.awaitQuiet(t, bound)
	took := time.Since(began)
	if a == Freeze || a == Fail { // what the other comes back to must not be spoilt by it
		if !s.inTx && a == Freeze {
			victim.thaw()
		}
		_, ok := victim.await(time.Minute, "submitted", "ended")
		require.True(t, ok || victim.ended())
		require.True(t, pause(t.Context(), 5*timing(w.scale).Tick))
		w.awaitQuiet(t, bound)
	}
	victim.exit()
	require.Empty(t, victim.complaint())
	healer.order("pause")
	_, ok = healer.await(time.Minute, "paused")
	require.True(t, ok, "the healthy desktop does not pause: %s", healer.said())

	b, err := w.read(t.Context())
	require.NoError(t, err)
	var stories []string
	for _, r := range b.runs {
		stories = append(stories, b.story(r.ID))
	}
	story := strings.Join(stories, "")
	require.Empty(t, w.check(b), story)
	end, accepted := s.expected(a)
	if accepted >= 0 {
		last := 0
		if n := len(b.runs); n > 0 {
			for _, j := range b.jobs {
				if runOf(j) == b.runs[n-1].ID {
					last++
				}
			}
		}
		require.Equal(t, accepted, last, story)
	}
	switch {
	case end == "" && a != Fail:
		require.Empty(t, b.runs, story)
	case end != "" && end != either:
		require.NotEmpty(t, b.runs)
		require.Equal(t, end, b.runs[len(b.runs)-1].Status, story)
	}
	return took
}

// showStrangeWord waits for the next job and has Fabric say a word of it that nobody knows.
func (w *world) showStrangeWord(t *testing.T) {
	ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
	defer cancel()
	require.NoError(t, w.fabric.Jobs.Wait(ctx, func(all []jobs.Job) bool {
		if len(all) == w.skipJobs {
			return false
		}
		w.fabric.Faults.ShowStatus(all[len(all)-1].ID, "Hibernating")
		return true
	}))
}

// awaitQuiet waits until no run is active and the lock is free.
func (w *world) awaitQuiet(t testing.TB, bound time.Duration) {
	t.Helper()
	for deadline := time.Now().Add(bound); ; {
		var held bool
		var active int
		err := w.admin.QueryRow(t.Context(), "select (select run_id is not null from run_lock), (select count(*) from pipeline_runs where status not in ('SUCCEEDED', 'FAILED'))").Scan(&held, &active)
		if err == nil && !held && active == 0 {
			return
		}
		if time.Now().After(deadline) {
			b, _ := w.read(t.Context())
			for _, r := range b.runs {
				if ranks[r.Status] < 3 || r.ID == b.lock {
					t.Log(b.story(r.ID))
				}
			}
			require.FailNow(t, "not healed in time", "after %v: lock held %v, %d runs active, %v", bound, held, active, err)
		}
		require.True(t, pause(t.Context(), 10*time.Millisecond))
	}
}
