package main

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/setup/config"
)

// asProgram is the variable that makes this test program the program itself.
const asProgram = "PORTAL_TEST_AS_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(asProgram) != "" {
		main()
	}
	os.Exit(m.Run())
}

const planted = "planted-Tr0ub4dor&3"

// desktop is one computer: a configuration whose services do not answer, and a folder for the log.
type desktop struct{ home, logs string }

func newDesktop(t *testing.T) desktop {
	t.Helper()
	d := desktop{home: t.TempDir(), logs: filepath.Join(t.TempDir(), "logs")}
	require.NoError(t, os.WriteFile(filepath.Join(d.home, "portal.toml"), []byte(config.Example()), 0o600))
	return d
}

func (d desktop) command(t *testing.T, args ...string) *exec.Cmd {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], args...)
	cmd.Env = []string{
		asProgram + "=1", "HOME=" + d.home, "LOCALAPPDATA=" + d.home, "APPDATA=" + d.home, "PATH=" + os.Getenv("PATH"), "SYSTEMROOT=" + os.Getenv("SYSTEMROOT"),
		"TMP=" + d.home, "TMPDIR=" + d.home, "PORTAL_LOG_DIR=" + d.logs, "PORTAL_CONFIG=" + filepath.Join(d.home, "portal.toml"), "PORTAL_STATE_DIR=" + d.home,
		"PORTAL_CLIENT_SECRET=" + planted, "PORTAL_DATABASE_PASSWORD=" + planted + "-of-the-database", "PGPASSWORD=" + planted + "-of-another",
		"PORTAL_DATABASE_HOST=127.0.0.1", "PORTAL_DATABASE_PORT=1", "PORTAL_FABRIC_AUTHORITY_URL=https://127.0.0.1:1",
		"PORTAL_FABRIC_API_URL=https://127.0.0.1:1", "PORTAL_FABRIC_ONELAKE_URL=https://127.0.0.1:1", "NO_PROXY=*",
	}
	return cmd
}

// run is what a subcommand prints, on both streams.
func (d desktop) run(t *testing.T, args ...string) string {
	t.Helper()
	out, err := d.command(t, args...).CombinedOutput()
	if err != nil {
		require.IsType(t, &exec.ExitError{}, err)
	}
	require.NotContains(t, string(out), planted)
	return string(out)
}

func (d desktop) logged(t *testing.T) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(d.logs, "portal.log"))
	if os.IsNotExist(err) {
		return ""
	}
	require.NoError(t, err)
	return string(data)
}

func TestEachSubcommandIsLogged(t *testing.T) {
	d := newDesktop(t)
	require.Contains(t, d.run(t, "runs"), "portal-desktop: ")
	text := d.logged(t)
	require.Contains(t, text, "command=runs")
	require.Contains(t, text, "msg=failed")
	require.NotContains(t, text, planted)
	require.NotEmpty(t, d.run(t, "profile", filepath.Join(d.home, "nowhere.csv")))
	require.Contains(t, d.logged(t), "command=profile", "one without a configuration, too")
	require.Contains(t, d.run(t, "log", "--lines", "3"), "command=log")

	before := d.logged(t)
	d.run(t, "--log-level", "off", "runs")
	d.run(t, "runs", "--log-level=error")
	require.Equal(t, before, d.logged(t))
	require.Contains(t, d.run(t, "runs", "--log-level", "loud"), "“loud” is no level of the log")
	doctor := d.run(t, "doctor")
	require.Contains(t, doctor, filepath.Join(d.logs, "portal.log"))
	files, err := filepath.Glob(filepath.Join(d.logs, "*"))
	require.NoError(t, err)
	require.Equal(t, []string{filepath.Join(d.logs, "portal.log")}, files, "no file for a crash stays")
	if runtime.GOOS != "windows" {
		for path, want := range map[string]os.FileMode{d.logs: 0o700, files[0]: 0o600} {
			info, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, want, info.Mode().Perm(), path)
		}
	}
}

func TestSeveralProgramsKeepOneLog(t *testing.T) {
	d := newDesktop(t)
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { _ = d.command(t, "profile", "nowhere.csv").Run() }) // that it fails is what is logged
	}
	all.Wait()
	lines := strings.Split(strings.TrimSpace(d.logged(t)), "\n")
	require.Len(t, lines, 8, "each began and failed")
	for _, line := range lines {
		require.Regexp(t, `^time=\S+ level=\w+ msg=.* pid=\d+ .*command=profile`, line)
	}
}

func TestACrashOfASubcommandIsShownByTheNextStart(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no signal that makes Go say what it does")
	}
	d := newDesktop(t)
	require.Contains(t, d.run(t, "log", "--crash"), "no crash is known")

	cmd := d.command(t, "secret", "set", "client_secret") // it waits for a line
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	defer in.Close()
	require.NoError(t, cmd.Start())
	waitForCrashFile(t, d)
	require.NoError(t, cmd.Process.Signal(syscall.SIGQUIT))
	require.Error(t, cmd.Wait())

	found := d.run(t, "log", "--crash")
	require.Contains(t, found, "SIGQUIT")
	require.Contains(t, found, "goroutine 1 ")
	require.Contains(t, found, "portal-desktop "+version)
	require.Contains(t, d.run(t, "doctor"), "“portal-desktop log --crash” shows the text")

	// What a crash says may hold a secret.
	path := filepath.Join(d.logs, "crash-1.txt")
	require.NoError(t, os.WriteFile(path, []byte("portal-desktop 0.1\npanic: password "+planted+"\x1b[2J\n"), 0o600))
	require.Contains(t, d.run(t, "log", "--crash"), "panic: password ***")
	require.Contains(t, d.run(t, "log", "--crash", "--json"), `panic: password ***`)
	d.run(t, "log", "--discard")
	require.Contains(t, d.run(t, "log", "--crash"), "no crash is known")

	cmd = d.command(t, "secret", "set", "client_secret")
	in, err = cmd.StdinPipe()
	require.NoError(t, err)
	defer in.Close()
	require.NoError(t, cmd.Start())
	waitForCrashFile(t, d)
	require.NoError(t, cmd.Process.Kill())
	require.Error(t, cmd.Wait())
	require.Contains(t, d.run(t, "log", "--crash"), "no crash is known")
	require.Contains(t, d.logged(t), "an earlier start ended without a word")
}

// waitForCrashFile waits until a program that was started has come so far that its crash is caught: what it logs comes
// after.
func waitForCrashFile(t *testing.T, d desktop) {
	t.Helper()
	require.Eventually(t, func() bool {
		f, err := os.Open(filepath.Join(d.logs, "portal.log"))
		if err != nil {
			return false
		}
		defer f.Close()
		last := ""
		for lines := bufio.NewScanner(f); lines.Scan(); {
			last = lines.Text()
		}
		return strings.Contains(last, "msg=began") && strings.Contains(last, `command="secret set"`)
	}, time.Minute, 5*time.Millisecond)
}
