//go:build unix

package process

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime"
	"syscall"
	"time"
)

// Every program and test that imports this package can be its own supervisor, without a line in its main.
func init() {
	text, ok := os.LookupEnv(supervisorEnv)
	if !ok {
		return
	}
	var o order
	if err := json.Unmarshal([]byte(text), &o); err != nil {
		fmt.Fprintln(os.Stderr, "supervisor:", err)
		os.Exit(125)
	}
	os.Exit(supervise(o))
}

// lifelineFD is the descriptor at which a supervisor finds its pipe: the first after the three standard ones.
const lifelineFD = 3

// supervise runs the ordered process and returns its exit code. It ends, with the process and all its children, when the
// process ends, when the lifeline's other end is closed, or when it is told to by a signal.
func supervise(o order) int {
	// The child is killed with the thread that started it, so that thread must stay: it is the process's first one.
	runtime.LockOSThread()
	stop := make(chan struct{})
	signals := make(chan os.Signal, 4)
	signal.Notify(signals, syscall.SIGINT, syscall.SIGTERM, syscall.SIGHUP)
	syscall.CloseOnExec(lifelineFD)
	go func() {
		defer close(stop)
		gone := make(chan struct{})
		go func() {
			defer close(gone)
			_, _ = io.Copy(io.Discard, os.NewFile(lifelineFD, "lifeline"))
		}()
		select {
		case <-gone:
		case <-signals:
		}
	}()
	adoptOrphans()

	attributes := &syscall.SysProcAttr{Setpgid: true}
	dieWithParent(attributes)
	if o.As != nil {
		attributes.Credential = &syscall.Credential{Uid: o.As.UID, Gid: o.As.GID, NoSetGroups: false}
	}
	child, err := os.StartProcess(o.Path, append([]string{o.Path}, o.Args...), &os.ProcAttr{
		Dir: o.Dir, Env: o.Env, Files: []*os.File{os.Stdin, os.Stdout, os.Stderr}, Sys: attributes,
	})
	if err != nil {
		fmt.Fprintln(os.Stderr, "supervisor:", err)
		return 126
	}
	pid := child.Pid

	ended := make(chan int, 1)    // the child's exit code
	nobody := make(chan struct{}) // closed when no child, own or adopted, is left
	go reap(pid, ended, nobody)

	var code int
	stopped := false
	select {
	case code = <-ended:
	case <-stop:
		stopped = true
		// Where orphans are not adopted, this is the last moment at which the child's children can be told.
		family := descendants(pid)
		ask := syscall.SIGTERM
		if o.Interrupt {
			ask = syscall.SIGINT
		}
		_ = syscall.Kill(pid, ask)
		select {
		case code = <-ended:
		case <-time.After(time.Duration(o.GraceMillis) * time.Millisecond):
			family = append(family, descendants(pid)...)
			_ = syscall.Kill(-pid, syscall.SIGKILL)
			_ = syscall.Kill(pid, syscall.SIGKILL)
			code = <-ended
		}
		if !orphansAdopted {
			kill(family)
		}
	}
	_ = syscall.Kill(-pid, syscall.SIGKILL)
	for {
		kill(children())
		select {
		case <-nobody:
			if stopped {
				removeAll(o.RemoveAfter)
			}
			return code
		case <-time.After(5 * time.Millisecond):
		}
	}
}

// reap takes the exit status of every child, the ordered one's and adopted ones', until none is left.
func reap(pid int, ended chan<- int, nobody chan<- struct{}) {
	defer close(nobody)
	for {
		var status syscall.WaitStatus
		got, err := syscall.Wait4(-1, &status, 0, nil)
		if errors.Is(err, syscall.EINTR) {
			continue
		}
		if err != nil {
			return
		}
		if got != pid {
			continue
		}
		if status.Signaled() {
			ended <- 128 + int(status.Signal())
		} else {
			ended <- status.ExitStatus()
		}
	}
}

func kill(pids []int) {
	for _, pid := range pids {
		_ = syscall.Kill(pid, syscall.SIGKILL)
	}
}

func removeAll(paths []string) {
	for _, path := range paths {
		_ = os.RemoveAll(path)
	}
}
