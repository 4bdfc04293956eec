//go:build linux && !nowindow

package main

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"fabricportal/internal/portal"
	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/standin/jobs"
)

// stage is a screen, and a sandbox for the program that is shown on it.
type stage struct {
	dir, display string
	self         string // this program, which opens a bare window, too
	box          *sandbox.Sandbox
	env          []string
	programs     []*exec.Cmd
	windows      int
}

func newStage(ctx context.Context, dir string) (*stage, error) {
	s := &stage{dir: dir}
	read, write, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer read.Close()
	x := exec.CommandContext(ctx, "Xvfb", "-displayfd", "3", "-screen", "0", "1360x900x24", "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{write}
	if err := s.run(x); err != nil {
		return nil, err
	}
	_ = write.Close()
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		return nil, fmt.Errorf("xvfb did not start: %w", err)
	}
	s.display = ":" + strings.TrimSpace(number)
	if err := s.run(s.command(ctx, "openbox")); err != nil {
		return nil, err
	}
	// The notebook goes on until it is cancelled, so that a run can be followed for as long as is measured.
	s.box, err = sandbox.Start(ctx, sandbox.Options{QueueTime: -1, Runner: jobs.RunnerFunc(func(ctx context.Context, _ jobs.Execution) (jobs.Outcome, error) {
		<-ctx.Done()
		return jobs.Outcome{}, nil
	})})
	if err != nil {
		s.close()
		return nil, err
	}
	s.env = s.box.Env()
	input := filepath.Join(s.box.Lakehouse, "Files", "import", "sales.csv")
	return s, os.WriteFile(input, []byte("order_id,order_date,revenue\n1,2026-01-01,5\n"), 0o644)
}

func (s *stage) run(cmd *exec.Cmd) error {
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if err := cmd.Start(); err != nil {
		return err
	}
	s.programs = append(s.programs, cmd)
	return nil
}

func (s *stage) command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1", "FYNE_SCALE=1", "FYNE_THEME=light")
	return cmd
}

func (s *stage) close() {
	for i := len(s.programs) - 1; i >= 0; i-- {
		end(s.programs[i])
	}
	if s.box != nil {
		s.box.Close()
	}
}

func end(cmd *exec.Cmd) {
	_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
	_ = cmd.Wait()
}

// opened is a program whose window is there.
type opened struct {
	cmd      *exec.Cmd
	began    time.Time
	appeared time.Duration // from the start of the process
	probe    string
}

func (s *stage) open(ctx context.Context, probed bool, name string, args ...string) (*opened, error) {
	s.windows++
	home := filepath.Join(s.dir, "home"+strconv.Itoa(s.windows))
	if err := os.MkdirAll(home, 0o755); err != nil {
		return nil, err
	}
	o := &opened{cmd: s.command(ctx, name, args...), probe: filepath.Join(home, "probe.json")}
	o.cmd.Env = append(append(o.cmd.Env, s.env...), "HOME="+home)
	if probed {
		o.cmd.Env = append(o.cmd.Env, "PORTAL_GUI_PROBE="+o.probe)
	}
	o.cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	o.began = time.Now()
	if err := o.cmd.Start(); err != nil {
		return nil, err
	}
	for {
		found, err := s.command(ctx, "xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(o.cmd.Process.Pid)).Output()
		if err == nil && len(found) > 0 {
			o.appeared = time.Since(o.began)
			return o, nil
		}
		if time.Since(o.began) > time.Minute {
			end(o.cmd)
			return nil, fmt.Errorf("the window of %s never came", filepath.Base(name))
		}
		if err := pause(ctx, 5*time.Millisecond); err != nil {
			return nil, err
		}
	}
}

func (o *opened) stop() { end(o.cmd) }

// untilShows is how long after its start the window shows a text.
func (o *opened) untilShows(ctx context.Context, text string) (time.Duration, error) {
	for {
		var view struct {
			Texts []string `json:"texts"`
		}
		if data, err := os.ReadFile(o.probe); err == nil && json.Unmarshal(data, &view) == nil {
			for _, t := range view.Texts {
				if strings.Contains(t, text) {
					return time.Since(o.began), nil
				}
			}
		}
		if time.Since(o.began) > 2*time.Minute {
			return 0, fmt.Errorf("the window never showed %q; it shows %q", text, view.Texts)
		}
		if err := pause(ctx, 10*time.Millisecond); err != nil {
			return 0, err
		}
	}
}

// cpu is the process's time on the processor (proc(5): fields 14 and 15 of stat, in hundredths of a second).
func (o *opened) cpu() time.Duration {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(o.cmd.Process.Pid) + "/stat")
	if err != nil {
		return 0
	}
	_, rest, _ := strings.Cut(string(data), ") ")
	fields := strings.Fields(rest)
	user, _ := strconv.ParseInt(fields[11], 10, 64)
	system, _ := strconv.ParseInt(fields[12], 10, 64)
	return time.Duration(user+system) * 10 * time.Millisecond
}

// drawn is for how long the window's own thread, the process's first one, was on a processor (schedstat: the first field, in
// nanoseconds). On a busy machine it tells waiting for the window from waiting for a processor.
func (o *opened) drawn() time.Duration {
	pid := strconv.Itoa(o.cmd.Process.Pid)
	data, err := os.ReadFile("/proc/" + pid + "/task/" + pid + "/schedstat")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data))
	spent, _ := strconv.ParseInt(fields[0], 10, 64)
	return time.Duration(spent)
}

// memory is what the process holds, in bytes (proc(5): the second field of statm, in pages).
func (o *opened) memory() int64 {
	data, err := os.ReadFile("/proc/" + strconv.Itoa(o.cmd.Process.Pid) + "/statm")
	if err != nil {
		return 0
	}
	fields := strings.Fields(string(data))
	pages, _ := strconv.ParseInt(fields[1], 10, 64)
	return pages * int64(os.Getpagesize())
}

// another is another user's desktop on the same sandbox.
func (s *stage) another(ctx context.Context) (*portal.Portal, error) {
	for _, pair := range s.env {
		name, value, _ := strings.Cut(pair, "=")
		if err := os.Setenv(name, value); err != nil {
			return nil, err
		}
	}
	if err := os.Setenv("PORTAL_USER", "ben"); err != nil {
		return nil, err
	}
	return portal.Open(ctx, portal.Options{Version: "bench"})
}

// startRun starts a run from another desktop.
func (s *stage) startRun(ctx context.Context) error {
	p, err := s.another(ctx)
	if err != nil {
		return err
	}
	defer p.Close()
	_, err = p.Run(ctx, "sales.csv", nil)
	return err
}

// changeSeen is how long it takes until the cancelling of the run from another desktop stands in the window's timeline.
// The probe looks ten times a second, and what it takes is in the figure.
func (s *stage) changeSeen(ctx context.Context, program string) (time.Duration, error) {
	w, err := s.open(ctx, true, program)
	if err != nil {
		return 0, err
	}
	defer w.stop()
	if _, err := w.untilShows(ctx, "Running: ben"); err != nil {
		if _, err := w.untilShows(ctx, "ben"); err != nil {
			return 0, err
		}
	}
	id := strings.Fields(s.find(ctx, w))[0]
	if err := s.command(ctx, "xdotool", "windowactivate", "--sync", id, "key", "ctrl+2").Run(); err != nil {
		return 0, fmt.Errorf("going to Monitor: %w", err)
	}
	if _, err := w.untilShows(ctx, "Timeline"); err != nil {
		return 0, err
	}
	if err := pause(ctx, 2*time.Second); err != nil { // wake-ups arrive by then
		return 0, err
	}
	p, err := s.another(ctx)
	if err != nil {
		return 0, err
	}
	defer p.Close()
	state, err := p.State(ctx, [16]byte{})
	if err != nil {
		return 0, err
	}
	if err := p.Cancel(ctx, state.Run.ID); err != nil {
		return 0, err
	}
	committed := time.Since(w.began)
	seen, err := w.untilShows(ctx, "asked Fabric to cancel the job")
	return seen - committed, err
}

func (s *stage) find(ctx context.Context, o *opened) string {
	out, _ := s.command(ctx, "xdotool", "search", "--onlyvisible", "--pid", strconv.Itoa(o.cmd.Process.Pid)).Output()
	return string(out)
}
