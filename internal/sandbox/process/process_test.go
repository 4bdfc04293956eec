//go:build unix

package process_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/process"
)

// parentEnv makes this test's executable a program that starts a child and waits to be killed.
const parentEnv = "PROCESS_TEST_PARENT"

func TestMain(m *testing.M) {
	if folder := os.Getenv(parentEnv); folder != "" {
		parent(folder)
	}
	os.Exit(m.Run())
}

// family is a shell that has a child with a session of its own, which ignores the polite signals: what a notebook's kernel
// is to papermill. Both write their process id to the folder.
const family = `
trap '' TERM INT HUP
setsid sh -c 'trap "" TERM INT HUP; echo $$ >"$0/grandchild.new"; mv "$0/grandchild.new" "$0/grandchild"; while :; do sleep 0.2; done' "$0" &
echo $$ >"$0/child.new"; mv "$0/child.new" "$0/child"
while :; do sleep 0.2; done`

func command(folder string) process.Command {
	return process.Command{Path: "/bin/sh", Args: []string{"-c", family, folder}, Grace: 50 * time.Millisecond, RemoveAfter: []string{filepath.Join(folder, "remove")}}
}

func parent(folder string) {
	p, err := process.Start(command(folder))
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	fmt.Println("started")
	<-p.Done()
	os.Exit(0)
}

// started waits until both have written their process ids.
func started(t *testing.T, folder string) (pids []int) {
	t.Helper()
	for _, name := range []string{"child", "grandchild"} {
		require.Eventually(t, func() bool {
			text, err := os.ReadFile(filepath.Join(folder, name))
			if err != nil {
				return false
			}
			pid, err := strconv.Atoi(strings.TrimSpace(string(text)))
			pids = append(pids, pid)
			return err == nil
		}, 10*time.Second, 10*time.Millisecond, "the %s did not start", name)
	}
	return pids
}

func requireGone(t *testing.T, pids []int) {
	t.Helper()
	for _, pid := range pids {
		require.Eventually(t, func() bool { return syscall.Kill(pid, 0) == syscall.ESRCH }, 10*time.Second, 10*time.Millisecond, "process %d is still there", pid)
	}
}

func needSetsid(t *testing.T) {
	if _, err := exec.LookPath("setsid"); err != nil {
		t.Skip("this machine has no setsid command to make a child with a session of its own")
	}
}

func TestStopEndsTheWholeFamily(t *testing.T) {
	needSetsid(t)
	folder := t.TempDir()
	require.NoError(t, os.Mkdir(filepath.Join(folder, "remove"), 0o700))
	p, err := process.Start(command(folder))
	require.NoError(t, err)
	pids := started(t, folder)
	p.Stop()
	for _, pid := range pids {
		require.Equal(t, syscall.ESRCH, syscall.Kill(pid, 0), "Stop returned while process %d was there", pid)
	}
	require.NoDirExists(t, filepath.Join(folder, "remove"))
	require.Error(t, p.Err(), "a killed process has no exit code 0")
	p.Stop() // once more does no harm
}

func TestNothingIsLeftHoweverTheParentEnds(t *testing.T) {
	needSetsid(t)
	for _, signal := range []syscall.Signal{syscall.SIGKILL, syscall.SIGTERM, syscall.SIGSEGV} {
		t.Run(signal.String(), func(t *testing.T) {
			folder := t.TempDir()
			require.NoError(t, os.Mkdir(filepath.Join(folder, "remove"), 0o700))
			cmd := exec.Command(os.Args[0])
			cmd.Env = append(os.Environ(), parentEnv+"="+folder)
			out, err := cmd.StdoutPipe()
			require.NoError(t, err)
			require.NoError(t, cmd.Start())
			line, err := bufio.NewReader(out).ReadString('\n')
			require.NoError(t, err)
			require.Equal(t, "started\n", line)
			pids := started(t, folder)

			require.NoError(t, cmd.Process.Signal(signal))
			_ = cmd.Wait()

			requireGone(t, pids)
			require.Eventually(t, func() bool { _, err := os.Stat(filepath.Join(folder, "remove")); return os.IsNotExist(err) }, 5*time.Second, 10*time.Millisecond)
		})
	}
}

func TestTheSupervisorsDeathIsTheChilds(t *testing.T) {
	if _, err := os.Stat("/proc/self/stat"); err != nil {
		t.Skip("only Linux can tie a process to the one that started it")
	}
	folder := t.TempDir()
	script := `echo $$ >"$0/child.new"; mv "$0/child.new" "$0/child"; echo $PPID >"$0/grandchild.new"; mv "$0/grandchild.new" "$0/grandchild"; while :; do sleep 0.1; done`
	p, err := process.Start(process.Command{Path: "/bin/sh", Args: []string{"-c", script, folder}})
	require.NoError(t, err)
	defer p.Stop()
	pids := started(t, folder)
	require.NoError(t, syscall.Kill(pids[1], syscall.SIGKILL))
	requireGone(t, pids[:1])
}

func TestRunTellsTheExitCodeAndHeedsTheContext(t *testing.T) {
	var out strings.Builder
	err := process.Run(t.Context(), process.Command{Path: "/bin/sh", Args: []string{"-c", `echo "$GREETING $PWD"; exit 7`}, Dir: "/", Env: []string{"GREETING=hello"}, Stdout: &out})
	require.Equal(t, "hello /\n", out.String())
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit)
	require.Equal(t, 7, exit.ExitCode())

	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	err = process.Run(ctx, process.Command{Path: "/bin/sh", Args: []string{"-c", "while :; do sleep 1; done"}})
	require.ErrorIs(t, err, context.DeadlineExceeded)

	_, err = process.Start(process.Command{Path: "/nowhere/to/be/found"})
	require.ErrorIs(t, err, os.ErrNotExist)
}
