//go:build linux

package soak

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/netfault"
	"fabricportal/internal/sandbox/postgres"
)

// options say what a soak is like.
type options struct {
	lasts     time.Duration
	desktops  int
	bouncer   bool
	broken    string     // the same deliberate mistake in all desktops
	points    []string   // the failpoints that are drawn; nil for all
	always    *Failpoint // what happens at them, every time; nil to draw that, too
	peaceful  bool       // the database and the networks are left alone
	timeZone  string
	withZones bool // timestamptz columns
	history   bool
	job       time.Duration // how long a job takes on average; 0 for the usual
	frozen    time.Duration // how long a process stands still; 0 for random times
	settle    time.Duration // how long at most; 0 for what I7 allows
}

// result is what a soak counted and found.
type result struct {
	runs, jobs, kills, freezes int64
	panics, errors             int64
	terminated, crashes        int64
	settled                    time.Duration
	met                        map[string]int64 // what the desktops said of their requests
	adopted, abandoned         int
	operations                 int // on the lock, that were put in an order
	people                     int // runs that wait for a person's decision
	violations                 []violation
	book                       book
}

// summary is the line that a soak ends with.
func (r result) summary() string {
	return fmt.Sprintf("soak: %d runs, %d jobs, %d kills, %d freezes, %d violations", r.runs, r.jobs, r.kills, r.freezes, len(r.violations))
}

func (r result) report() string {
	var s strings.Builder
	seen := map[string]bool{}
	for _, v := range r.violations {
		fmt.Fprintln(&s, v)
		if v.Run != "" && !seen[v.Run] {
			seen[v.Run] = true
			s.WriteString(r.book.story(v.Run))
		}
	}
	for _, what := range slices.Sorted(maps.Keys(r.met)) {
		fmt.Fprintf(&s, "met %d times: %s\n", r.met[what], what)
	}
	status := map[string]int{}
	for _, run := range r.book.runs {
		status[run.Status]++
	}
	fmt.Fprintf(&s, "runs by state: %v; adopted %d, closed without a job %d, waiting for a person %d\n", status, r.adopted, r.abandoned, r.people)
	fmt.Fprintf(&s, "besides: %d panics, %d errors at steps, %d connections ended, %d crashes of the database; settled within %v\n",
		r.panics, r.errors, r.terminated, r.crashes, r.settled.Round(10*time.Millisecond))
	fmt.Fprintf(&s, "%d operations on the lock were put in an order\n", r.operations)
	return s.String()
}

// soak lets desktops live and die in a hostile world, and says what came of it.
type soak struct {
	*world
	options
	networks []network
	counts   result
	mu       sync.Mutex // guards counts.met and faulty
	faulty   []violation

	kills, freezes, panics, errors, terminated, crashes atomic.Int64
}

func runSoak(t testing.TB, o options) result {
	authority, err := certs.New()
	require.NoError(t, err)
	server, err := postgres.Start(t.Context(), postgres.Options{Authority: authority, TimeZone: o.timeZone, TimestampTZ: o.withZones})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	s := &soak{world: newWorld(t, authority, server, postgres.DatabaseName, scale()), options: o}
	s.counts.met = map[string]int64{}
	s.jobTime, s.world.failing = cmp.Or(o.job, 300*time.Millisecond), 0.1
	s.fabric.Faults.Gateway(true)
	target, insecure := fmt.Sprintf("%s:%d", postgres.Host, server.Port), false
	if o.bouncer {
		target, insecure = startBouncer(t, server), true
	}
	for range o.desktops {
		s.networks = append(s.networks, network{s.proxy(target), s.proxy(address(s.fabric.APIURL))})
	}

	s.hostile()
	ctx, cancel := context.WithTimeout(t.Context(), o.lasts)
	defer cancel()
	var wg sync.WaitGroup
	for i := range o.desktops {
		wg.Go(func() { s.desktop(ctx, i, insecure) })
	}
	wg.Go(func() { s.mischief(ctx) })
	if !o.peaceful {
		wg.Go(func() { s.weather(ctx, s.networks) })
		wg.Go(func() { s.sabotage(ctx, &s.terminated, &s.crashes) })
	}
	wg.Wait()
	return s.settle(t, insecure)
}

func (s *soak) proxy(target string) *netfault.Proxy {
	p, err := netfault.Start(context.WithoutCancel(s.t.Context()), target)
	require.NoError(s.t, err)
	s.t.Cleanup(p.Close)
	return p
}

// through points a desktop at its own networks.
func (s *soak) through(spec *Spec, n network, insecure bool) {
	spec.Fabric.APIURL = "https://" + n.fabric.Addr
	spec.Database.Port = n.database.Port()
	if insecure {
		spec.Database.SSLMode, spec.Database.SSLRootCert = "disable", ""
	}
}

// clocks are how wrong the desktops' clocks are.
var clocks = []time.Duration{0, 0, 0, -7 * time.Hour, 10 * time.Minute, 5*time.Hour + 30*time.Minute, -10 * time.Minute}

// desktop is one user's computer, whose program is started again whenever it has ended, until ctx is done.
func (s *soak) desktop(ctx context.Context, i int, insecure bool) {
	for ctx.Err() == nil {
		spec := s.spec(desktopRole, fmt.Sprintf("u%d", i))
		s.through(&spec, s.networks[i], insecure)
		spec.Clock, spec.Broken, spec.Asleep = clocks[i%len(clocks)], s.broken, i%2 == 0
		if s.always != nil || rand.IntN(100) < 60 {
			spec.Fail = s.drawFailpoint()
		}
		if s.history {
			s.recordHistory(&spec)
		}
		p, err := launch(spec)
		if err != nil {
			s.fault("the orchestrator", err.Error())
			return
		}
		s.live(ctx, p)
		pause(ctx, s.some(500))
	}
}

func (s *soak) drawFailpoint() Failpoint {
	names := s.points
	if names == nil {
		for _, step := range steps {
			names = append(names, step.name)
		}
	}
	if s.always != nil {
		return Failpoint{Name: names[rand.IntN(len(names))], Nth: s.always.Nth, Action: s.always.Action}
	}
	actions := []Action{Kill, Freeze, Panic, Fail, Kill, Freeze}
	return Failpoint{Name: names[rand.IntN(len(names))], Nth: 1 + rand.IntN(3), Action: actions[rand.IntN(len(actions))]}
}

// live is the life of one process: frozen now and then, and ended at random if it does not end itself.
func (s *soak) live(ctx context.Context, p *process) {
	end := time.NewTimer(time.Second + 2*s.frozen + s.some(14000))
	defer end.Stop()
	stop := time.NewTimer(s.some(20000))
	defer stop.Stop()
	frozen := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() { // it freezes itself at its failpoint, and others thaw it
		defer close(frozen)
		if _, ok := p.await(time.Hour, "freeze"); ok {
			s.freezes.Add(1)
			pause(context.WithoutCancel(ctx), s.frost())
			p.thaw()
		}
	})
	defer wg.Wait()
	for {
		select {
		case <-p.done:
			s.obituary(p)
			return
		case <-stop.C:
			s.freezes.Add(1)
			p.signal(syscall.SIGSTOP)
			if pause(ctx, s.frost()) {
				p.signal(syscall.SIGCONT)
			}
			continue
		case <-end.C:
			if rand.IntN(3) == 0 && ctx.Err() == nil {
				p.exit() // somebody closes the window
			}
		case <-ctx.Done():
		}
		p.kill()
		s.obituary(p)
		return
	}
}

// frost is how long a process stands still.
func (s *soak) frost() time.Duration {
	if s.frozen > 0 {
		return s.frozen
	}
	if rand.IntN(5) == 0 {
		return 3*time.Second + s.some(4000)
	}
	return 200*time.Millisecond + s.some(3000)
}

// obituary counts how a process ended and what it met.
func (s *soak) obituary(p *process) {
	if p.killed() {
		s.kills.Add(1)
	}
	if said := p.complaint(); said != "" {
		s.fault(p.spec.Name, said)
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if strings.Contains(p.stderr.String(), "panic: a failpoint:") {
		s.panics.Add(1)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, line := range p.lines {
		switch word, _, _ := strings.Cut(line, " "); word {
		case "did", "busy", "failed":
			s.counts.met[line]++
		case "hit":
			if p.spec.Fail.Action == Fail {
				s.errors.Add(1)
			}
		}
	}
}

// fault notes that a desktop did what no program should: a data race, a goroutine left behind, a panic of its own.
func (s *soak) fault(name, text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.faulty = append(s.faulty, violation{"program", "", name + ": " + text})
}

// settleWithin bounds I7: how long two healthy desktops may take to bring everything to its end.
func (s *soak) settleWithin() time.Duration {
	return cmp.Or(s.options.settle, timing(s.scale).NoJob+45*time.Second)
}

// settle lets two healthy desktops bring everything to its end, and then looks into the books.
func (s *soak) settle(t testing.TB, insecure bool) result {
	s.fabric.Faults.Clear()
	s.fabric.Faults.Gateway(true)
	for _, n := range s.networks {
		n.database.Set(netfault.Fault{})
		n.fabric.Set(netfault.Fault{})
	}
	var healthy []*process
	for i := range 2 {
		spec := s.spec(healerRole, fmt.Sprintf("healthy%d", i))
		s.through(&spec, s.networks[i], insecure)
		if s.history {
			s.recordHistory(&spec)
		}
		p := s.start(spec)
		p.order("go")
		healthy = append(healthy, p)
	}
	began := time.Now()
	s.awaitEnd(t)
	took := time.Since(began)
	pause(t.Context(), 10*timing(s.scale).Tick)
	for _, p := range healthy {
		p.exit()
		if said := p.complaint(); said != "" || p.err != nil {
			s.fault(p.spec.Name, fmt.Sprint(p.err, said))
		}
	}
	b, err := s.read(t.Context())
	require.NoError(t, err)
	r := s.counts
	r.book, r.settled = b, took
	r.kills, r.freezes, r.panics, r.errors = s.kills.Load(), s.freezes.Load(), s.panics.Load(), s.errors.Load()
	r.terminated, r.crashes = s.terminated.Load(), s.crashes.Load()
	r.runs, r.jobs = int64(len(b.runs)), int64(len(b.jobs))
	for _, run := range b.runs {
		if b.needsPerson(run.ID) && ranks[run.Status] < 3 {
			r.people++
		}
		for _, e := range b.events[run.ID] {
			if strings.Contains(e.Message, "adopted by") {
				r.adopted++
			}
			if strings.Contains(e.Message, "Fabric shows no job") || strings.Contains(e.Message, "never started;") {
				r.abandoned++
			}
		}
	}
	r.violations = append(s.check(b), s.faulty...)
	if s.history {
		var found []violation
		r.operations, found, err = checkHistory(s.historyDir(), b)
		require.NoError(t, err)
		r.violations = append(r.violations, found...)
	}
	return r
}

// awaitEnd waits until no run is active, no job either, and the lock is free, at most as long as I7 allows.
func (s *soak) awaitEnd(t testing.TB) {
	for deadline := time.Now().Add(s.settleWithin()); ; {
		b, err := s.read(t.Context())
		if err == nil {
			quiet := b.lock == "" || b.needsPerson(b.lock)
			for _, r := range b.runs {
				quiet = quiet && (ranks[r.Status] == 3 || b.needsPerson(r.ID))
			}
			for _, j := range b.jobs {
				quiet = quiet && !j.Unfinished()
			}
			if quiet || time.Now().After(deadline) {
				return
			}
		}
		require.True(t, pause(t.Context(), 50*time.Millisecond))
	}
}

// TestSoak is the proof of docs/run-protocol.md §2: it prints what it found, and its last line by itself.
func TestSoak(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes a minute")
	}
	zones := []string{"UTC", "America/New_York", "Asia/Kolkata"}
	o := options{
		lasts: time.Duration(*soakSeconds) * time.Second, desktops: *soakDesktops, bouncer: *soakBouncer,
		timeZone: zones[rand.IntN(len(zones))], withZones: rand.IntN(2) == 0, history: true,
	}
	t.Logf("%d desktops for %v, times scaled by %v, server in %s, timestamptz %v, PgBouncer %v", o.desktops, o.lasts, scale(), o.timeZone, o.withZones, o.bouncer)
	r := runSoak(t, o)
	fmt.Print(r.report())
	fmt.Println(r.summary())
	require.Empty(t, r.violations)
	require.Positive(t, r.jobs, "a soak without jobs proves nothing")
	require.Positive(t, r.kills)
	require.Positive(t, r.freezes)
}
