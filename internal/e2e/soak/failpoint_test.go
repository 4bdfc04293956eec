//go:build linux

package soak

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"sync"

	"golang.org/x/sys/unix"
)

// errFailpoint is what a step that is to fail returns.
var errFailpoint = errors.New("the step was told to fail")

// trap waits for its failpoint to be passed.
type trap struct {
	fail Failpoint

	mu     sync.Mutex
	passed int
	sprung bool
}

// at is called at each step.
func (t *trap) at(name string) error {
	t.mu.Lock()
	if name != t.fail.Name || t.sprung {
		t.mu.Unlock()
		return nil
	}
	t.passed++
	if t.passed < t.fail.Nth {
		t.mu.Unlock()
		return nil
	}
	t.sprung = true
	t.mu.Unlock()
	say("hit %s", name)
	switch t.fail.Action {
	case Kill:
		killSelf()
	case Freeze:
		freezeSelf()
	case Panic:
		panic("a failpoint: " + name)
	case Fail:
		return errFailpoint
	}
	return nil
}

func (t *trap) wasHit() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.sprung
}

func killSelf() {
	_ = unix.Kill(os.Getpid(), unix.SIGKILL)
	select {} // the signal is on its way
}

// freezeSelf stops this very thread, so that nothing behind the failpoint happens before the whole process stands still.
func freezeSelf() {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	say("freeze")
	_ = unix.Tgkill(os.Getpid(), unix.Gettid(), unix.SIGSTOP)
	say("thaw")
}

// say tells the orchestrator something: one line, one write.
func say(format string, args ...any) {
	_, _ = os.Stdout.WriteString(fmt.Sprintf(format, args...) + "\n")
}
