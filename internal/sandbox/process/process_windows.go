package process

import (
	"os"
	"os/exec"
	"sync"
	"sync/atomic"
	"syscall"
	"unsafe"

	"golang.org/x/sys/windows"
)

// ownJob holds this program and everything it starts. Windows ends all of a job's processes when its last handle is
// closed, which happens when this program ends, however that comes about.
var ownJob = sync.OnceValue(func() error {
	job, err := newJob()
	if err != nil {
		return err
	}
	return windows.AssignProcessToJobObject(job, windows.CurrentProcess())
})

func newJob() (windows.Handle, error) {
	job, err := windows.CreateJobObject(nil, nil)
	if err != nil {
		return 0, err
	}
	var limits windows.JOBOBJECT_EXTENDED_LIMIT_INFORMATION
	limits.BasicLimitInformation.LimitFlags = windows.JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE
	_, err = windows.SetInformationJobObject(job, windows.JobObjectExtendedLimitInformation, uintptr(unsafe.Pointer(&limits)), uint32(unsafe.Sizeof(limits)))
	if err != nil {
		windows.CloseHandle(job)
		return 0, err
	}
	return job, nil
}

func start(c Command) (*Process, error) {
	if err := ownJob(); err != nil {
		return nil, err
	}
	// A job of the child's own, within ours, ends it together with its children.
	job, err := newJob()
	if err != nil {
		return nil, err
	}
	cmd := exec.Command(c.Path, c.Args...)
	cmd.Dir, cmd.Env, cmd.Stdout, cmd.Stderr = c.Dir, c.Env, c.Stdout, c.Stderr
	// Without a process group of its own, a Ctrl-C in the console would reach the child as well.
	cmd.SysProcAttr = &syscall.SysProcAttr{HideWindow: true, CreationFlags: windows.CREATE_NEW_PROCESS_GROUP}
	if err := cmd.Start(); err != nil {
		windows.CloseHandle(job)
		return nil, err
	}
	handle, err := windows.OpenProcess(windows.PROCESS_SET_QUOTA|windows.PROCESS_TERMINATE, false, uint32(cmd.Process.Pid))
	if err == nil {
		err = windows.AssignProcessToJobObject(job, handle)
		windows.CloseHandle(handle)
	}
	if err != nil {
		_ = cmd.Process.Kill()
		_ = cmd.Wait()
		windows.CloseHandle(job)
		return nil, err
	}
	var once sync.Once
	release := func() { once.Do(func() { _ = windows.TerminateJobObject(job, 1) }) }
	var stopped atomic.Bool
	p := &Process{done: make(chan struct{}), stop: func() { stopped.Store(true); release() }}
	go func() {
		defer close(p.done)
		p.err = cmd.Wait()
		release()
		windows.CloseHandle(job)
		if stopped.Load() {
			for _, path := range c.RemoveAfter {
				_ = os.RemoveAll(path)
			}
		}
	}()
	return p, nil
}
