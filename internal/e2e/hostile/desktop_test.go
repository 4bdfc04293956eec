//go:build linux

package hostile

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox"
	"fabricportal/internal/sandbox/hostile"
)

const (
	memoryLimit = 256 << 20         // bytes that a subcommand may have resident
	timeLimit   = 150 * time.Second // the longest of its own deadlines, on a busy machine
	followed    = 4 * time.Second   // after which a subcommand that waits for something is interrupted
	outputLimit = 64 << 20          // bytes that are kept of what a subcommand prints
)

// desktop is one user's computer in a hostile world.
type desktop struct {
	t       *testing.T
	program string
	box     *sandbox.Sandbox
	outside *hostile.Outside
	admin   *pgx.Conn
	home    string // of the user: logs and whatever else there is
	folder  string // where files are saved
	local   string // where files are read from

	mu         sync.Mutex
	violations map[string]int
	first      map[string]string // the first example of each
	calls      int
	peak       int64
	heaviest   string
	longest    time.Duration
	slowest    string
}

func newDesktop(t *testing.T, o hostile.Options) *desktop {
	t.Helper()
	if testing.Short() {
		t.Skip("it builds the program and starts a sandbox")
	}
	d := &desktop{t: t, program: buildProgram(t), outside: hostile.New(o), violations: map[string]int{}, first: map[string]string{}}
	var err error
	d.box, err = sandbox.Start(t.Context(), sandbox.Options{
		Around: d.outside.Around, Log: t.Logf, QueueTime: -1,
		Runner: hostile.Notebook,
	})
	require.NoError(t, err)
	t.Cleanup(d.box.Close)
	require.NoError(t, d.outside.Enter(t.Context(), d.box))
	t.Cleanup(func() { d.outside.Close(context.Background()) })
	d.admin, err = pgx.Connect(t.Context(), d.box.AdminDSN())
	require.NoError(t, err)
	t.Cleanup(func() { _ = d.admin.Close(context.Background()) })
	d.home, d.folder, d.local = t.TempDir(), t.TempDir(), t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(d.box.Lakehouse, "Files", "import", "sales.csv"), []byte(salesFile), 0o600))
	d.writeLocal()
	return d
}

const salesFile = "order_id,order_date,revenue\n1,2026-01-01,5\n2,2026-01-02,7\n"

// outcome is how one call of the program ended.
type outcome struct {
	args     string
	code     int
	signal   syscall.Signal // 0 where it ended by itself
	out, err []byte
	peak     int64
	took     time.Duration
	late     bool // it had to be killed
}

// call runs a subcommand; what it should not do is noted.
func (d *desktop) call(c call) outcome {
	args := c.args(d)
	cmd := exec.Command(d.program, args...)
	cmd.Env = append(append(os.Environ(), d.box.Env()...), d.outside.Env()...)
	cmd.Env = append(cmd.Env, "HOME="+d.home, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "XDG_STATE_HOME=", "PORTAL_USER=ana", "DBUS_SESSION_BUS_ADDRESS=unix:path=/nowhere")
	cmd.Dir = d.folder
	cmd.Stdin = strings.NewReader(c.stdin)
	var out, err capped
	cmd.Stdout, cmd.Stderr = &out, &err
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	began := time.Now()
	require.NoError(d.t, cmd.Start())
	ended := make(chan struct{})
	var watching sync.WaitGroup
	var high int64
	watching.Go(func() { high = highest(cmd.Process.Pid, ended) })
	o := outcome{args: strings.Join(args, " ")}
	watching.Go(func() {
		timer, interrupted := time.NewTimer(timeLimit), !c.waits
		defer timer.Stop()
		if c.waits {
			timer.Reset(followed)
		}
		for {
			select {
			case <-ended:
				return
			case <-timer.C:
			}
			if !interrupted {
				interrupted = true
				_ = cmd.Process.Signal(os.Interrupt)
				timer.Reset(30 * time.Second)
				continue
			}
			o.late = true
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			return
		}
	})
	_ = cmd.Wait()
	close(ended)
	watching.Wait()
	o.took, o.code, o.out, o.err, o.peak = time.Since(began), cmd.ProcessState.ExitCode(), out.Bytes(), err.Bytes(), high
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	// Linux counts in it what this test had when it started the other, so it says something only above that, by more than the pages
	// that each processor has not yet added to its sum.
	if most := usage.Maxrss << 10; most > ownPeak()+ownPeak()/50+8<<20 {
		o.peak = most
	}
	if status := cmd.ProcessState.Sys().(syscall.WaitStatus); status.Signaled() {
		o.signal = status.Signal()
	}
	d.judge(c, o)
	return o
}

// highest is the most memory that a process had, looked at until it has ended.
func highest(pid int, ended <-chan struct{}) int64 {
	ticker := time.NewTicker(20 * time.Millisecond)
	defer ticker.Stop()
	var most int64
	for {
		most = max(most, peakOf(strconv.Itoa(pid)))
		select {
		case <-ended:
			return most
		case <-ticker.C:
		}
	}
}

func ownPeak() int64 { return peakOf("self") }

var peakLine = regexp.MustCompile(`VmHWM:\s+(\d+) kB`)

func peakOf(pid string) int64 {
	text, err := os.ReadFile("/proc/" + pid + "/status")
	if err != nil {
		return 0
	}
	found := peakLine.FindSubmatch(text)
	if found == nil {
		return 0
	}
	kb, _ := strconv.ParseInt(string(found[1]), 10, 64)
	return kb << 10
}

// capped keeps the beginning of what is printed.
type capped struct{ bytes.Buffer }

func (c *capped) Write(b []byte) (int, error) {
	if c.Len() < outputLimit {
		c.Buffer.Write(b)
	}
	return len(b), nil
}

// violation notes what must not happen.
func (d *desktop) violation(kind, example string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.violations[kind]++; d.violations[kind] == 1 {
		d.first[kind] = example
	}
}

// judge looks at how a call ended and at what it printed.
func (d *desktop) judge(c call, o outcome) {
	d.mu.Lock()
	d.calls++
	if o.peak > d.peak {
		d.peak, d.heaviest = o.peak, o.args
	}
	if o.took > d.longest {
		d.longest, d.slowest = o.took, o.args
	}
	d.mu.Unlock()
	example := fmt.Sprintf("“%s” while %s: exit code %d after %.1f s, %d MB\nstdout: %.2000q\nstderr: %.2000q",
		o.args, strings.Join(d.outside.Active(), ", "), o.code, o.took.Seconds(), o.peak>>20, o.out, tail(o.err))
	name := c.name
	switch {
	case o.late:
		d.violation(name+" did not end by its deadline", example)
	case o.signal != 0:
		d.violation(name+" died of "+o.signal.String(), example)
	case o.code < 0 || o.code > 4:
		d.violation(name+" ended with an exit code that means nothing", example)
	case o.code != 0 && !saysWhy.Match(o.err):
		d.violation(name+" failed without a sentence", example)
	}
	if bytes.Contains(o.err, []byte("goroutine ")) || bytes.Contains(o.err, []byte("panic:")) {
		d.violation(name+" panicked", example)
	}
	if o.peak > memoryLimit {
		d.violation(name+" took too much memory", example)
	}
	for stream, text := range map[string][]byte{"standard output": o.out, "standard error": o.err} {
		if why := hostile.NotPlain(text); why != "" {
			d.violation(name+" printed what a terminal acts on, on "+stream, why+"\n"+example)
		}
		if found := d.outside.Secrets.Find(text); len(found) > 0 {
			d.violation(name+" printed a secret, on "+stream, strings.Join(found, ", ")+"\n"+example)
		}
	}
}

func tail(b []byte) []byte { return b[max(0, len(b)-2000):] }

// saysWhy is how the program says why it failed.
var saysWhy = regexp.MustCompile(`(?m)^portal-desktop: \S.{8,}`)

// lookAround looks for secrets in all that the calls left: files on the disk and rows in the database.
func (d *desktop) lookAround() {
	d.t.Helper()
	d.outside.Rest()
	for _, folder := range []string{d.home, d.box.StateDir, d.folder} {
		require.NoError(d.t, filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
			if err != nil || !e.Type().IsRegular() {
				return err
			}
			d.lookInto(path)
			return nil
		}))
	}
	for what, sql := range map[string]string{
		"an event":    "select id::text, message from run_events where id::text not like $1 || '%'",
		"a run":       "select run_id::text, concat_ws(' ', error_message, notebook_version, app_version, triggered_by) from pipeline_runs where run_id::text not like $1 || '%'",
		"a restore":   "select id::text, restored_by from run_restores where id::text not like $1 || '%'",
		"the lock":    "select lock_key, locked_by from run_lock where locked_by like 'ana%' and $1 <> ''",
		"an artifact": "select id::text, file_path from run_artifacts where run_id::text not in ('" + hostile.OldRun + "') and $1 <> ''",
	} {
		rows, err := d.admin.Query(d.t.Context(), sql, hostile.Planted)
		require.NoError(d.t, err)
		for rows.Next() {
			var id, text string
			require.NoError(d.t, rows.Scan(&id, &text))
			if found := d.outside.Secrets.Find([]byte(text)); len(found) > 0 {
				d.violation("a secret stands in "+what, fmt.Sprintf("%s %s: %.3000q", strings.Join(found, ", "), id, text))
			}
			if what == "an event" && hostile.NotPlain([]byte(text)) != "" {
				d.violation("an event is not plain", fmt.Sprintf("%.2000q", text))
			}
		}
		require.NoError(d.t, rows.Err())
	}
}

// lookInto looks for secrets in a file, and in the files of a zip. What is larger than any document is a download.
func (d *desktop) lookInto(path string) {
	data, err := os.ReadFile(path)
	if os.IsNotExist(err) {
		return
	}
	require.NoError(d.t, err)
	if len(data) > 20<<20 {
		return
	}
	where := strings.NewReplacer(d.home, "HOME", d.box.StateDir, "STATE", d.folder, "SAVED").Replace(path)
	look := func(name string, data []byte) {
		if found := d.outside.Secrets.Find(data); len(found) > 0 {
			at := bytes.Index(data, []byte(d.box.StandIn.App.ClientSecret))
			d.violation("a secret stands in a file", fmt.Sprintf("%s: %s at %d: %.2000q", name, strings.Join(found, ", "), at, data))
		}
	}
	look(where, data)
	book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return
	}
	for _, f := range book.File {
		if r, err := f.Open(); err == nil {
			inner, _ := io.ReadAll(io.LimitReader(r, 64<<20))
			r.Close()
			look(where+"/"+f.Name, inner)
		}
	}
}

// settle names what was noted.
func (d *desktop) settle() {
	d.t.Helper()
	for _, heard := range d.outside.Canary.Heard() {
		d.violation("the canary heard something", heard)
	}
	for _, asked := range d.outside.Strange() {
		d.violation("something was asked for that is not configured", asked)
	}
	d.mu.Lock()
	defer d.mu.Unlock()
	for kind, n := range d.violations {
		d.t.Errorf("%s (%d times), such as\n%s", kind, n, d.first[kind])
	}
	d.t.Logf("hostile: %d calls, %d kinds of violations; most memory %d MB (%s), longest %.1f s (%s)",
		d.calls, len(d.violations), d.peak>>20, d.heaviest, d.longest.Seconds(), d.slowest)
}
