//go:build !windows

package lifecycle

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// frozenVariable makes this test's program one whose main loop answers nothing any more; it names a folder.
const frozenVariable = "LIFECYCLE_TEST_FROZEN"

// TestFrozen is that program.
func TestFrozen(t *testing.T) {
	dir := os.Getenv(frozenVariable)
	if dir == "" {
		t.Skip("the other tests start it")
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	ended := EndBy(ctx, 100*time.Millisecond, func() {
		_ = os.WriteFile(filepath.Join(dir, "saved"), []byte("all"), 0o600)
		if os.Getenv(frozenVariable+"_LAST") != "" {
			select {}
		}
	}, os.Exit)
	defer ended()
	runtime.LockOSThread()
	fmt.Println("ready")
	for { // as a window that measures a text for four minutes
		runtime.Gosched()
	}
}

func TestAProgramEndsWhoseMainLoopIsBusy(t *testing.T) {
	for _, last := range []string{"", "hangs"} {
		dir := t.TempDir()
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		cmd := exec.CommandContext(ctx, os.Args[0], "-test.run=^TestFrozen$")
		cmd.Env = append(os.Environ(), frozenVariable+"="+dir, frozenVariable+"_LAST="+last)
		out, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		line, err := bufio.NewReader(out).ReadString('\n')
		require.NoError(t, err)
		require.Equal(t, "ready\n", line)
		require.NoError(t, cmd.Process.Signal(syscall.SIGTERM))
		var exit *exec.ExitError
		require.True(t, errors.As(cmd.Wait(), &exit))
		require.NoError(t, ctx.Err(), "it did not end")
		require.Equal(t, EndedByForce, exit.ExitCode())
		saved, err := os.ReadFile(filepath.Join(dir, "saved"))
		require.NoError(t, err)
		require.Equal(t, "all", string(saved))
	}
}

func TestWhatEndsByItselfIsNotForced(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	forced := make(chan int, 1)
	ended := EndBy(ctx, time.Hour, func() {}, func(code int) { forced <- code })
	cancel()
	ended()
	require.Empty(t, forced)
}
