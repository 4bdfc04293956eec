//go:build unix

package process

import (
	"encoding/json"
	"os"
	"os/exec"
	"sync"
	"syscall"
)

// supervisorEnv carries the order for a supervisor; a program that finds it set is one.
const supervisorEnv = "PORTAL_SANDBOX_SUPERVISE"

// order is what a supervisor is told.
type order struct {
	Path        string
	Args        []string
	Dir         string
	Env         []string
	As          *Account
	Interrupt   bool
	GraceMillis int64
	RemoveAfter []string
}

func start(c Command) (*Process, error) {
	if c.Env == nil {
		c.Env = os.Environ()
	}
	// Looked at here, as the supervisor could only say so by its exit code.
	if _, err := os.Stat(c.Path); err != nil {
		return nil, err
	}
	text, err := json.Marshal(order{c.Path, c.Args, c.Dir, c.Env, c.As, c.Interrupt, c.Grace.Milliseconds(), c.RemoveAfter})
	if err != nil {
		return nil, err
	}
	self, err := os.Executable()
	if err != nil {
		return nil, err
	}
	lifeline, held, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(self) //nolint:noctx // it ends with its lifeline, which Run ties to a context
	cmd.Env = []string{supervisorEnv + "=" + string(text)}
	cmd.Stdout, cmd.Stderr = c.Stdout, c.Stderr
	cmd.ExtraFiles = []*os.File{lifeline}
	// A process group of its own keeps a Ctrl-C in the terminal from the child: this program decides in which order things end.
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	err = cmd.Start()
	lifeline.Close()
	if err != nil {
		held.Close()
		return nil, err
	}
	var once sync.Once
	release := func() { once.Do(func() { held.Close() }) }
	p := &Process{done: make(chan struct{}), stop: release}
	go func() {
		defer close(p.done)
		p.err = cmd.Wait()
		release()
	}()
	return p, nil
}
