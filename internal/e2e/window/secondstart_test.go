//go:build linux

package window

import (
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// TestASecondStartOpensItsFilesInTheFirstWindow starts the program twice for one user: the second start ends, and its file is open in the
// window that is there, which is before all others. One that hangs is not waited for.
func TestASecondStartOpensItsFilesInTheFirstWindow(t *testing.T) {
	s := newScreen(t, 1360, 900)
	program := buildProgram(t)
	home := newHome(t)
	none := []string{"PORTAL_CONFIG=", "PORTAL_LANG=en"}
	first := s.openPortalOf(program, home, none)
	first.click("setup.sample")
	first.find("No connection")
	first.untilShows("Made up on this computer", time.Minute)

	folder := t.TempDir()
	sales, more := filepath.Join(folder, "second start.csv"), filepath.Join(folder, "more.csv")
	for _, path := range []string{sales, more} {
		require.NoError(t, os.WriteFile(path, []byte("order_id,order_date,revenue\nSO-1,2026-10-01,12.50\nSO-2,2026-10-02,7.25\n"), 0o600))
	}
	again := s.command(program, sales, more)
	again.Env = append(append(again.Env, none...), "HOME="+home, "XDG_CONFIG_HOME=", "XDG_CACHE_HOME=", "FYNE_THEME=light", "FYNE_SCALE=1")
	out, err := again.CombinedOutput()
	require.NoError(t, err, string(out))
	first.untilShows("only one file is opened at a time: second start.csv", 20*time.Second)
	first.untilShows("2 rows", 20*time.Second)
	s.shot("handed-over")

	require.NoError(t, first.cmd.Process.Signal(syscall.SIGSTOP))
	began := time.Now()
	second := s.openPortalOf(program, home, none)
	require.Less(t, time.Since(began), 30*time.Second)
	require.NoError(t, first.cmd.Process.Signal(syscall.SIGCONT))
	second.untilShows("See first what the portal says about a file", 20*time.Second)
}
