//go:build linux

package window

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// screen is an X server of the test's own, with a window manager, on which the program really runs.
type screen struct {
	t       *testing.T
	display string
	shots   string // folder for screenshots, git-ignored
	count   int
	server  *exec.Cmd
	hands   hands // by which the windows on it are used
}

// tools are the programs that a test of the real window needs.
var tools = []string{"Xvfb", "openbox", "xdotool", "import"}

// newScreen starts Xvfb and openbox, which end with the test.
func newScreen(t *testing.T, width, height int) *screen {
	t.Helper()
	for _, tool := range tools {
		if _, err := exec.LookPath(tool); err != nil {
			const how = "the real window is driven with Xvfb, openbox, xdotool and ImageMagick: apt-get install xvfb openbox xdotool imagemagick"
			if os.Getenv("PORTAL_REQUIRE_WINDOW") != "" {
				t.Fatal(how)
			}
			t.Skip(how)
		}
	}
	read, write, err := os.Pipe()
	require.NoError(t, err)
	defer read.Close()
	x := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", width, height), "-nolisten", "tcp")
	x.ExtraFiles = []*os.File{write}
	start(t, x)
	require.NoError(t, write.Close())
	number, err := bufio.NewReader(read).ReadString('\n')
	require.NoError(t, err, "Xvfb did not start")
	s := &screen{t: t, server: x, hands: mouse{}, display: ":" + strings.TrimSpace(number), shots: shotsFolder(t)}
	start(t, s.command("openbox"))
	return s
}

// start runs a program until the test ends, or until the returned function is called; its whole process group ends with it.
func start(t *testing.T, cmd *exec.Cmd) (stop func()) {
	t.Helper()
	cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	require.NoError(t, cmd.Start())
	done := make(chan struct{})
	go func() { _ = cmd.Wait(); close(done) }()
	stop = sync.OnceFunc(func() {
		_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGTERM)
		select {
		case <-done:
		case <-time.After(10 * time.Second):
			_ = syscall.Kill(-cmd.Process.Pid, syscall.SIGKILL)
			<-done
		}
	})
	t.Cleanup(stop)
	return stop
}

func shotsFolder(t *testing.T) string {
	t.Helper()
	dir := filepath.Join(root(t), "screenshots")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	return dir
}

// root is the project's folder.
func root(t *testing.T) string {
	t.Helper()
	dir, err := filepath.Abs("../../..")
	require.NoError(t, err)
	return dir
}

func (s *screen) command(name string, args ...string) *exec.Cmd {
	cmd := exec.Command(name, args...)
	cmd.Env = append(os.Environ(), "DISPLAY="+s.display, "WAYLAND_DISPLAY=", "LIBGL_ALWAYS_SOFTWARE=1")
	return cmd
}

// do runs a tool on this screen and returns what it prints.
func (s *screen) do(name string, args ...string) string {
	s.t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
	defer cancel()
	cmd := s.command(name, args...)
	bounded := exec.CommandContext(ctx, cmd.Path, cmd.Args[1:]...)
	bounded.Env = cmd.Env
	out, err := bounded.CombinedOutput()
	require.NoError(s.t, err, "%s %v: %s", name, args, out)
	return strings.TrimSpace(string(out))
}

// shot keeps a picture of the screen; the pictures are numbered in the order they were taken.
func (s *screen) shot(name string) {
	s.t.Helper()
	s.count++
	s.do("import", "-window", "root", filepath.Join(s.shots, fmt.Sprintf("%s-%02d-%s.png", strings.ToLower(s.t.Name()), s.count, name)))
}
