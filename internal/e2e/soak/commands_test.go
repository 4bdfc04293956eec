//go:build linux

package soak

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/certs"
	"fabricportal/internal/sandbox/postgres"
	"fabricportal/internal/sandbox/standin/faults"
)

// commands is computers on which nobody opens a window: each command is the real program, which starts, does its work and ends.
type commands struct {
	*world
	program string

	mu     sync.Mutex
	codes  map[string]int  // how often a command ended with a code
	took   []time.Duration // of commands that freed the lock
	faulty []violation
}

// buildProgram builds the program without its window.
func buildProgram(t testing.TB) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "portal-desktop")
	build := exec.CommandContext(t.Context(), "go", "build", "-tags", "migrated_fynedo,nowindow", "-o", path, "fabricportal/cmd/portal-desktop")
	build.Env = append(os.Environ(), "CGO_ENABLED=0")
	said, err := build.CombinedOutput()
	require.NoError(t, err, string(said))
	return path
}

// configure writes the configuration of a user's computer.
func (c *commands) configure(user string) (env []string) {
	s := c.spec(desktopRole, user)
	f, d := s.Fabric, s.Database
	var text strings.Builder
	set := func(name string, value any) { fmt.Fprintf(&text, "%s = %q\n", name, fmt.Sprint(value)) }
	set("ca_file", s.CAFile)
	set("state_dir", s.StateDir)
	text.WriteString("[fabric]\n")
	for name, value := range map[string]string{
		"tenant_id": f.TenantID, "client_id": f.ClientID, "workspace_id": f.WorkspaceID, "lakehouse_id": f.LakehouseID, "pipeline_id": f.PipelineID,
		"restore_pipeline_id": f.RestorePipelineID, "owner_user_principal_name": f.OwnerPrincipalName, "owner_user_object_id": f.OwnerObjectID,
		"api_url": f.APIURL, "onelake_url": f.OneLakeURL, "authority_url": f.AuthorityURL, "portal_url": f.PortalURL, "api_scope": f.APIScope, "storage_scope": f.StorageScope,
	} {
		set(name, value)
	}
	text.WriteString("[database]\n")
	fmt.Fprintf(&text, "port = %d\n", d.Port)
	for name, value := range map[string]string{"host": d.Host, "name": d.Name, "user": d.User, "sslmode": d.SSLMode, "sslrootcert": d.SSLRootCert} {
		set(name, value)
	}
	path := filepath.Join(s.StateDir, "portal.toml")
	require.NoError(c.t, os.WriteFile(path, []byte(text.String()), 0o600))
	return append(os.Environ(), "PORTAL_CONFIG="+path, "PORTAL_CLIENT_SECRET="+s.Secret, "PORTAL_DATABASE_PASSWORD="+s.Password, "PORTAL_USER="+user,
		"PORTAL_LOG_DIR="+filepath.Join(s.StateDir, "logs"), "GOMAXPROCS=1")
}

// said is what a command came to.
type said struct {
	code     int
	out, err string
}

// run is one command, from its start to its end. It is told to end after a minute, which no command may take.
func (c *commands) run(ctx context.Context, env []string, args ...string) said {
	ctx, cancel := context.WithTimeout(ctx, time.Minute)
	defer cancel()
	var out, errs bytes.Buffer
	cmd := exec.CommandContext(ctx, c.program, args...)
	cmd.Env, cmd.Stdout, cmd.Stderr = env, &out, &errs
	cmd.Cancel = func() error { return cmd.Process.Signal(syscall.SIGTERM) }
	err := cmd.Run()
	s := said{cmd.ProcessState.ExitCode(), out.String(), errs.String()}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.codes[fmt.Sprintf("%s: %d", args[0], s.code)]++
	if ee := (*exec.ExitError)(nil); err != nil && !errors.As(err, &ee) || s.code < 0 || s.code > 3 ||
		strings.Contains(s.err, "panic") || strings.Contains(s.err, "fault of its own") || strings.Contains(s.err, "lost contact") {
		if ctx.Err() == nil || errors.Is(ctx.Err(), context.DeadlineExceeded) {
			c.faulty = append(c.faulty, violation{"program", "", fmt.Sprintf("%v ended with %d: %s%s", args, s.code, s.out, s.err)})
		}
	}
	return s
}

// user works for a while with commands alone.
func (c *commands) user(ctx context.Context, env []string) {
	for pause(ctx, c.some(400)) {
		// A command that was begun is not broken off: that is what the other soak is for.
		do := func(args ...string) said { return c.run(context.WithoutCancel(ctx), env, args...) }
		switch n := rand.IntN(10); {
		case n < 5:
			do("run", sharedFile, "--unseen")
		case n < 7:
			do("status", "--json")
		case n < 8:
			do("watch", "--once")
		default:
			var list struct {
				Runs []struct {
					RunID  string `json:"run_id"`
					Status string `json:"status"`
				} `json:"runs"`
			}
			if s := do("runs", "--json"); s.code != 0 || json.Unmarshal([]byte(s.out), &list) != nil {
				continue
			}
			for _, r := range list.Runs {
				if r.Status == "SUCCEEDED" {
					do("restore", r.RunID)
					break
				}
				if ranks[r.Status] < 3 {
					do([]string{"cancel", "examine"}[rand.IntN(2)], r.RunID)
					break
				}
			}
		}
	}
}

// regional names another host in each Location, and asks clients to wait a minute.
var regional = faults.Tenant{Region: "https://wabi-test-redirect.analysis.invalid", Wait: time.Minute}

// tenant pauses the capacity and resumes it.
func (c *commands) tenant(ctx context.Context) {
	for pause(ctx, c.some(6000)) {
		paused := regional
		paused.Capacity, paused.PausedBy = faults.Paused, []string{"", "CapacityNotActive"}[rand.IntN(2)]
		paused.NoJobID = rand.IntN(2) == 0
		c.fabric.Faults.SetTenant(paused)
		pause(ctx, 500*time.Millisecond+c.some(2000))
		running := regional
		running.NoJobID = paused.NoJobID
		c.fabric.Faults.SetTenant(running)
	}
}

func newCommands(t testing.TB) *commands {
	authority, err := certs.New()
	require.NoError(t, err)
	server, err := postgres.Start(t.Context(), postgres.Options{Authority: authority, TimeZone: "Asia/Kolkata"})
	require.NoError(t, err)
	t.Cleanup(server.Stop)
	c := &commands{program: buildProgram(t), world: newWorld(t, authority, server, postgres.DatabaseName, 1), codes: map[string]int{}}
	c.jobTime, c.failing = 800*time.Millisecond, 0.1
	c.fabric.Faults.SetTenant(regional)
	return c
}

// freed has a command begin when all jobs have ended: after it the lock is free. The time that it took is kept.
func (c *commands) freed(env []string, args ...string) {
	c.t.Helper()
	began := time.Now()
	s := c.run(c.t.Context(), env, args...)
	c.took = append(c.took, time.Since(began))
	b, err := c.read(c.t.Context())
	require.NoError(c.t, err)
	require.Empty(c.t, b.lock, "after %v the lock is held; it said %s%s\n%s", args, s.out, s.err, b.story(b.lock))
}

// awaitJobs waits until Fabric has ended all jobs.
func (c *commands) awaitJobs() {
	c.t.Helper()
	for {
		active := false
		for _, j := range c.fabric.Jobs.Jobs() {
			active = active || j.Unfinished()
		}
		if !active {
			return
		}
		require.True(c.t, pause(c.t.Context(), 20*time.Millisecond))
	}
}

// TestWithoutAnyWindow has no window and no --follow: Fabric names another host, asks to wait a minute, and its capacity is paused
// and resumed. Each run stays one run, and the next command after a job's end frees the lock.
func TestWithoutAnyWindow(t *testing.T) {
	if testing.Short() {
		t.Skip("it takes half a minute")
	}
	c := newCommands(t)
	c.alone(t)
	c.pausedAtTheStart(t)
	c.withoutOutputs(t)
	c.watchers(t)
	b, err := c.read(t.Context())
	require.NoError(t, err)
	found := append(c.check(b), c.faulty...)
	report := result{violations: found, book: b, runs: int64(len(b.runs)), jobs: int64(len(b.jobs))}
	fmt.Printf("%scommands: %v; the lock was free within %v\n%s\n", report.report(), c.codes, c.took, report.summary())
	require.Empty(t, found)
	require.Positive(t, report.jobs, "a soak without jobs proves nothing")
	for _, r := range b.runs {
		for _, e := range b.events[r.ID] {
			require.NotContains(t, e.Message, "answer_lost", "an answer that is a refusal is none that was lost:\n%s", b.story(r.ID))
		}
	}
}

// alone has users work with commands alone, and then looks whether the next one frees the lock.
func (c *commands) alone(t *testing.T) {
	lasts := min(time.Duration(*soakSeconds)*time.Second, 12*time.Second)
	if *soakSeconds > 60 {
		lasts = time.Duration(*soakSeconds) * time.Second
	}
	ctx, cancel := context.WithTimeout(t.Context(), lasts)
	defer cancel()
	var wg sync.WaitGroup
	var envs [][]string
	for i := range 3 {
		env := c.configure(fmt.Sprintf("u%d", i))
		envs = append(envs, env)
		wg.Go(func() { c.user(ctx, env) })
	}
	wg.Go(func() { c.tenant(ctx) })
	wg.Wait()
	c.fabric.Faults.SetTenant(regional)
	c.awaitJobs()
	c.freed(envs[0], "status", "--json")

	// Each of the commands does it, though the one that started the run has ended long ago.
	for i, args := range [][]string{{"runs"}, {"watch", "--once"}} {
		s := c.run(t.Context(), envs[i], "run", sharedFile, "--unseen")
		require.Zero(t, s.code, s.err)
		c.awaitJobs()
		c.freed(envs[2], args...)
	}
	for _, d := range c.took {
		require.Less(t, d, 15*time.Second, "each within the time that is promised: %v", c.took)
	}
}

// pausedAtTheStart has the capacity pause between the question whether a run can be started and the start.
func (c *commands) pausedAtTheStart(t *testing.T) {
	asked := 0
	paused := faults.Fault{Status: 500, Final: true}
	c.fabric.Faults.Pick(faults.Items, func() faults.Fault {
		if asked++; asked == 1 {
			return faults.Fault{}
		}
		return paused
	})
	c.fabric.Faults.Next(faults.Start, 1, paused)
	s := c.run(t.Context(), c.configure("ben"), "run", sharedFile, "--unseen")
	c.fabric.Faults.Clear()
	require.Equal(t, 1, s.code)
	require.Contains(t, s.err, "resume it", "the refusal is told as what it is")
	b, err := c.read(t.Context())
	require.NoError(t, err)
	require.Empty(t, b.lock, "it held the lock for ten minutes once")
	require.Equal(t, "FAILED", b.runs[len(b.runs)-1].Status)

	// Where it is paused already, not even a run is recorded: whether the lakehouse says so, or Fabric.
	state := regional
	state.Capacity = faults.Paused
	c.fabric.Faults.SetTenant(state)
	s = c.run(t.Context(), c.configure("ben"), "run", sharedFile, "--unseen")
	require.Equal(t, 1, s.code)
	require.Contains(t, s.err, "resume it")
	c.fabric.Faults.SetTenant(regional)
	c.fabric.Faults.Next(faults.Items, 1, paused)
	s = c.run(t.Context(), c.configure("ben"), "run", sharedFile, "--unseen")
	require.Equal(t, 1, s.code)
	require.Contains(t, s.err, "Fabric would refuse the run (the lock was not taken)")
	require.Contains(t, s.err, "resume it")
	after, err := c.read(t.Context())
	require.NoError(t, err)
	require.Len(t, after.runs, len(b.runs))
}

// withoutOutputs has a job complete although its notebook did nothing.
func (c *commands) withoutOutputs(t *testing.T) {
	env := c.configure("cem")
	state := regional
	state.Hollow = true
	c.fabric.Faults.SetTenant(state)
	s := c.run(t.Context(), env, "run", sharedFile, "--unseen")
	require.Zero(t, s.code, s.err)
	c.awaitJobs()
	c.fabric.Faults.SetTenant(regional)
	s = c.run(t.Context(), env, "status")
	require.Zero(t, s.code, s.err)
	require.Contains(t, s.out, "its outputs are not there; they are looked for again before the run counts as failed")
	c.exec("update run_events set event_time = event_time - interval '2 minutes'")
	s = c.run(t.Context(), env, "watch", "--once")
	require.Zero(t, s.code, s.err)
	require.Contains(t, s.out, "has failed; the lock is free: Fabric completed the job, but it left no outputs")
}

// watchers has two programs that watch beside each other, and ends them as a service is ended and as a person does.
func (c *commands) watchers(t *testing.T) {
	c.failing = 0
	s := c.run(t.Context(), c.configure("ana"), "run", sharedFile, "--unseen")
	require.Zero(t, s.code, s.err)
	c.awaitJobs()
	c.exec("update pipeline_runs set status_last_updated_at = status_last_updated_at - interval '1 minute' where finished_at is null") // nobody was there
	type watcher struct {
		cmd       *exec.Cmd
		out, errs bytes.Buffer
	}
	var all []*watcher
	for i := range 2 {
		w := &watcher{cmd: exec.CommandContext(t.Context(), c.program, "watch", "--json")}
		w.cmd.Env, w.cmd.Stdout, w.cmd.Stderr = c.configure(fmt.Sprintf("server%d", i)), &w.out, &w.errs
		require.NoError(t, w.cmd.Start())
		all = append(all, w)
	}
	for deadline := time.Now().Add(2 * time.Minute); ; {
		b, err := c.read(t.Context())
		require.NoError(t, err)
		if last := b.runs[len(b.runs)-1]; b.lock == "" && ranks[last.Status] == 3 {
			require.Equal(t, "SUCCEEDED", last.Status, b.story(last.ID))
			break
		}
		require.True(t, time.Now().Before(deadline), "nobody looked after the run")
		require.True(t, pause(t.Context(), 50*time.Millisecond))
	}
	var lines strings.Builder
	for i, w := range all {
		require.NoError(t, w.cmd.Process.Signal([]os.Signal{syscall.SIGTERM, os.Interrupt}[i]))
		require.NoError(t, w.cmd.Wait(), w.errs.String())
		require.Contains(t, w.errs.String(), "stopped watching")
		for line := range strings.Lines(w.out.String()) {
			require.True(t, json.Valid([]byte(line)), line)
			lines.WriteString(line)
		}
	}
	require.Contains(t, lines.String(), `"action":"ended"`, "one of them ended the run and said so")
}
