package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"time"

	"fabricportal/internal/sandbox/hostile"
)

// measurement is where the processes that are measured come from.
type measurement struct {
	program, self, home string
	env                 []string
}

// cost is the most of several processes.
type cost struct {
	peak    int64 // resident bytes
	took    time.Duration
	slowest string // which one took that
	killed  bool   // one was not done after longest
}

// longest is more than all deadlines of a subcommand together.
const longest = 4 * time.Minute

// of measures what meets an attack.
func (m measurement) of(ctx context.Context, a hostile.Attack) (behind, commands cost) {
	behind.add(m.run(ctx, m.self, "-desk"))
	saved := filepath.Join(m.home, "saved")
	calls := map[hostile.Place][][]string{
		hostile.SignIn:    {{"files"}, {"doctor"}},
		hostile.Jobs:      {{"doctor"}, {"examine", hostile.OldRun}, {"run", "--unseen", "sales.csv"}},
		hostile.Import:    {{"files"}, {"run", "sales.csv"}},
		hostile.Documents: {{"kpis"}, {"evidence", hostile.OldRun, "-o", saved}, {"download", "current", "kpis.json", "-o", filepath.Join(saved, "kpis")}},
		hostile.Rows:      {{"evidence", hostile.OldRun, "-o", saved}, {"download", "current", "sales_cleaned.parquet", "-o", filepath.Join(saved, "rows")}},
		hostile.Text:      {{"download", "current", "sales_cleaned.csv", "-o", filepath.Join(saved, "text")}},
		hostile.Database:  {{"runs", "--limit", "100000"}, {"status", hostile.OldRun}, {"status"}, {"artifacts", hostile.OldRun}, {"evidence", hostile.OldRun, "-o", saved}},
	}[a.Place]
	for _, args := range calls {
		if os.MkdirAll(saved, 0o700) != nil {
			commands.killed = true
		}
		commands.add(m.run(ctx, m.program, args...))
		_ = os.RemoveAll(saved) // a download may be large
	}
	return behind, commands
}

func (c *cost) add(other cost) {
	if other.took > c.took {
		c.took, c.slowest = other.took, other.slowest
	}
	c.peak, c.killed = max(c.peak, other.peak), c.killed || other.killed
}

func (m measurement) run(ctx context.Context, program string, args ...string) cost {
	limited, cancel := context.WithTimeout(ctx, longest)
	defer cancel()
	cmd := exec.CommandContext(limited, program, args...)
	cmd.Env, cmd.Dir = append(os.Environ(), m.env...), m.home
	var said bytes.Buffer
	if program == m.self { // a subcommand may well fail: that is what the sandbox is for
		cmd.Stderr = &said
	}
	began := time.Now()
	if err := cmd.Start(); err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		return cost{killed: true}
	}
	ended, most := make(chan struct{}), make(chan int64)
	go func() { most <- highest(cmd.Process.Pid, ended) }()
	err := cmd.Wait()
	close(ended)
	c := cost{peak: <-most, took: time.Since(began), killed: limited.Err() != nil}
	if program == m.program {
		c.slowest = " (" + args[0] + ")"
	}
	if program == m.self && err != nil {
		fmt.Printf("The services behind the window did not start: %.500s\n", said.String())
	}
	if exit, ok := errors.AsType[*exec.ExitError](err); ok && exit.ExitCode() < 0 { // a signal, such as for want of memory
		c.killed = true
	}
	return c
}

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

// highest is the most that a process had resident until it ended; 0 where the system does not tell. What is asked of a
// process that has ended counts this one's memory, too (getrusage), so it is looked at while it lives.
func highest(pid int, ended <-chan struct{}) int64 {
	var most int64
	if runtime.GOOS != "linux" {
		<-ended
		return 0
	}
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	for {
		if text, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/status"); err == nil {
			if found := peakLine.FindSubmatch(text); found != nil {
				kb, _ := strconv.ParseInt(string(found[1]), 10, 64)
				most = max(most, kb<<10)
			}
		}
		select {
		case <-ended:
			return most
		case <-ticker.C:
		}
	}
}
