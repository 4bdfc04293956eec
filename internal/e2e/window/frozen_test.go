//go:build linux

package window

import (
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/lifecycle"
)

// TestAFrozenWindowEndsWhenItIsAskedTo stops the X server, so that the window hangs in whatever it asks of it, and then asks the
// program to end. The next start crashes, and the one after that tells of both.
func TestAFrozenWindowEndsWhenItIsAskedTo(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	w := newWorld(t)
	ana := s.openPortal(program, w.env("ana"))
	ana.untilShows("Free to run", time.Minute)
	pid, err := strconv.Atoi(ana.pid)
	require.NoError(t, err)
	t.Cleanup(func() { _ = syscall.Kill(s.server.Process.Pid, syscall.SIGCONT) })
	require.NoError(t, syscall.Kill(s.server.Process.Pid, syscall.SIGSTOP))
	require.NoError(t, syscall.Kill(pid, syscall.SIGTERM))
	deadline := time.Now().Add(2 * time.Minute)
	for syscall.Kill(pid, 0) == nil { // it is waited for elsewhere, and gone after that
		require.True(t, time.Now().Before(deadline), "it does not end")
		time.Sleep(100 * time.Millisecond)
	}
	ana.close()
	require.Equal(t, lifecycle.EndedByForce, ana.cmd.ProcessState.ExitCode(), "the window could not end by itself")
	require.Equal(t, int64(0), value[int64](t, w, "select count(*) from run_lock where run_id is not null"))

	require.NoError(t, syscall.Kill(s.server.Process.Pid, syscall.SIGCONT))
	again := s.openPortalOf(program, ana.home, w.env("ana"))
	again.untilShows("Free to run", time.Minute)
	pid, err = strconv.Atoi(again.pid)
	require.NoError(t, err)
	require.NoError(t, syscall.Kill(pid, syscall.SIGABRT)) // as the runtime ends a program that it finds broken
	again.close()

	after := s.openPortalOf(program, ana.home, w.env("ana"))
	after.untilShows("The program ended unexpectedly", time.Minute)
	s.shot("crashed")
	after.click("crash.show")
	after.untilShows("SIGABRT", time.Minute)
	after.click("dialog.close")
	after.click("crash.discard")
	after.until("nothing of the crash", time.Minute, func(v view) bool { return !v.shows("ended unexpectedly") })
	after.click("header.connection")
	after.click("connection.log")
	after.untilShows("was left behind", time.Minute)
	s.shot("log")
}
