//go:build linux

package soak

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"time"
)

// process is a desktop in a process of its own.
type process struct {
	spec  Spec
	cmd   *exec.Cmd
	stdin io.WriteCloser
	done  chan struct{} // closed when it has ended and all its lines were heard
	err   error         // how it ended; valid once done is closed

	mu     sync.Mutex
	lines  []string
	heard  chan struct{} // closed and replaced with each line
	stderr bytes.Buffer
}

// orders are what the launcher's thread is to do.
var orders = make(chan func())

// serveOrders starts processes from one thread that lives as long as the orchestrator: the kernel ends them when that
// thread ends, so that no frozen process outlives a test that was killed.
func serveOrders() {
	runtime.LockOSThread()
	for order := range orders {
		order()
	}
}

func launch(spec Spec) (*process, error) {
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	p := &process{spec: spec, cmd: exec.Command(self), done: make(chan struct{}), heard: make(chan struct{})}
	p.cmd.Env = append(os.Environ(), spec.env(), "GOMAXPROCS=2", "GORACE=halt_on_error=1")
	p.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	p.cmd.Stderr = &locked{mu: &p.mu, to: &p.stderr}
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		return nil, err
	}
	stdout, err := p.cmd.StdoutPipe()
	if err != nil {
		return nil, err
	}
	started := make(chan error)
	orders <- func() { started <- p.cmd.Start() }
	if err := <-started; err != nil {
		return nil, fmt.Errorf("starting a desktop: %w", err)
	}
	go func() {
		defer close(p.done)
		lines := bufio.NewScanner(stdout)
		lines.Buffer(nil, 1<<20)
		for lines.Scan() {
			p.hear(lines.Text())
		}
		p.err = p.cmd.Wait()
		p.hear("ended")
	}()
	return p, nil
}

type locked struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.to.Len() < 1<<16 {
		l.to.Write(b)
	}
	return len(b), nil
}

func (p *process) hear(line string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = append(p.lines, line)
	close(p.heard)
	p.heard = make(chan struct{})
}

// await waits for a line that begins so, among those not awaited before that moment; false when the process ended or the
// time was over first.
func (p *process) await(atMost time.Duration, prefixes ...string) (string, bool) {
	timer := time.NewTimer(atMost)
	defer timer.Stop()
	for {
		p.mu.Lock()
		heard := p.heard
		ended := false
		for _, line := range p.lines {
			for _, prefix := range prefixes {
				if strings.HasPrefix(line, prefix) {
					p.mu.Unlock()
					return line, true
				}
			}
			ended = ended || line == "ended"
		}
		p.mu.Unlock()
		if ended {
			return "", false
		}
		select {
		case <-heard:
		case <-timer.C:
			return "", false
		}
	}
}

// forget drops the lines heard so far, so that await waits for new ones.
func (p *process) forget() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.lines = nil
}

func (p *process) order(line string) { _, _ = io.WriteString(p.stdin, line+"\n") }

func (p *process) signal(s syscall.Signal) { _ = p.cmd.Process.Signal(s) }

// stopped tells whether the process stands still.
func (p *process) stopped() bool {
	stat, err := os.ReadFile(fmt.Sprintf("/proc/%d/stat", p.cmd.Process.Pid))
	if err != nil {
		return false
	}
	_, after, _ := bytes.Cut(stat, []byte(") "))
	return len(after) > 0 && after[0] == 'T'
}

// thaw lets a process that was told to freeze go on.
func (p *process) thaw() {
	for !p.ended() && !p.stopped() { // a signal that came before it stands still would be lost
		time.Sleep(time.Millisecond)
	}
	p.signal(syscall.SIGCONT)
}

func (p *process) ended() bool {
	select {
	case <-p.done:
		return true
	default:
		return false
	}
}

// kill ends the process and waits for it.
func (p *process) kill() {
	p.signal(syscall.SIGKILL)
	<-p.done
}

// exit lets the process end by itself, as when its window is closed, and waits for it.
func (p *process) exit() {
	p.order("exit")
	select {
	case <-p.done:
	case <-time.After(time.Minute):
		p.kill()
	}
}

// complaint is what the process said before it ended that it should not have.
func (p *process) complaint() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	text := p.stderr.String()
	switch {
	case strings.Contains(text, "DATA RACE"), strings.Contains(text, "found unexpected goroutines"), strings.Contains(text, "composing:"),
		strings.Contains(text, "fatal error:"), panicked(text):
		return text
	}
	return ""
}

// panicked tells of any panic that no failpoint made, be it in the goroutine that raised it or carried to the one that waits for that.
func panicked(text string) bool {
	for line := range strings.Lines(text) {
		if strings.Contains(line, "panic:") && !strings.Contains(line, "a failpoint: ") {
			return true
		}
	}
	return false
}

// said is all that was heard of the process, for a failed test.
func (p *process) said() string {
	p.mu.Lock()
	defer p.mu.Unlock()
	return strings.Join(p.lines, "\n") + "\n" + p.stderr.String()
}

// killed tells whether the process died by SIGKILL.
func (p *process) killed() bool {
	status, ok := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	return ok && status.Signaled() && status.Signal() == syscall.SIGKILL
}
