// Package process runs child processes that end with this program, however this program ends: by returning, by a panic,
// by a signal or by kill -9. A process's own children end with it, too.
//
// On Unix a supervisor watches each child. It is this same executable, started again. It reads from a pipe that only this
// program can write to: when the pipe closes, this program is gone. On Windows a job object does the same.
package process

import (
	"context"
	"fmt"
	"io"
	"time"
)

// Command says what to run.
type Command struct {
	Path        string   // executable, absolute
	Args        []string // without the program's own name
	Dir         string
	Env         []string // the whole environment; nil takes this program's
	Stdout      io.Writer
	Stderr      io.Writer
	As          *Account      // whom to run it as; nil for the same account. Unix only, and only root may
	Interrupt   bool          // whether Stop asks with an interrupt (SIGINT) instead of SIGTERM; Windows ends it at once
	Grace       time.Duration // how long Stop waits between asking and killing
	RemoveAfter []string      // files and folders to remove after Stop, or when the process ends because this program does
}

// Account is a Unix account.
type Account struct {
	Name string
	UID  uint32
	GID  uint32
}

// Process is a running child.
type Process struct {
	done chan struct{} // closed when the process and its children are gone
	err  error         // how it ended; valid once done is closed
	stop func()
}

// Start starts a process. The caller must call Stop or wait for Done.
func Start(c Command) (*Process, error) {
	p, err := start(c)
	if err != nil {
		return nil, fmt.Errorf("starting %s: %w", c.Path, err)
	}
	return p, nil
}

// Done is closed when the process and all its children are gone.
func (p *Process) Done() <-chan struct{} { return p.done }

// Err is how the process ended, nil for exit code 0. It may be asked once Done is closed.
func (p *Process) Err() error { return p.err }

// Stop asks the process to end, kills it with all its children when it does not within its grace, and waits for that.
func (p *Process) Stop() {
	p.stop()
	<-p.done
}

// Run runs a process to its end. When ctx is done first, the process is stopped and ctx's error returned.
func Run(ctx context.Context, c Command) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	p, err := Start(c)
	if err != nil {
		return err
	}
	select {
	case <-p.Done():
		return p.Err()
	case <-ctx.Done():
		p.Stop()
		return ctx.Err()
	}
}
