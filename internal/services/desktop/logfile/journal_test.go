package logfile

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/setup/secrets"
)

const canary = "canary-Tr0ub4dor&3"

// dies is the variable that makes this test program a process that ends as its value says.
const dies = "LOGFILE_TEST_DIES"

func TestMain(m *testing.M) {
	if how := os.Getenv(dies); how != "" {
		j := Open(os.Getenv("LOGFILE_TEST_DIR"), &secrets.Redactor{})
		if err := j.Watch("portal-desktop 1.2.3"); err != nil {
			fmt.Println(err)
			os.Exit(3)
		}
		fmt.Println("ready")
		_, _ = bufio.NewReader(os.Stdin).ReadString('\n')
		if how == "panics" {
			go func() { panic("no such column: " + canary + "\x1b[31m\u202e") }()
			select {} // until the panic ends the process
		}
		if how == "overflows" {
			debug.SetMaxStack(64 << 10)
			fmt.Println(deeper(1))
		}
		j.End()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func deeper(n int) int {
	if n < 0 {
		return 0
	}
	return deeper(n+1) + deeper(n+2)
}

// child starts a process that has its own crash file; end lets it come to its end.
func child(t *testing.T, dir, how string) (cmd *exec.Cmd, end func()) {
	t.Helper()
	cmd = exec.CommandContext(t.Context(), os.Args[0])
	cmd.Env = append(os.Environ(), dies+"="+how, "LOGFILE_TEST_DIR="+dir)
	in, err := cmd.StdinPipe()
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	cmd.Stderr = io.Discard
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)
	return cmd, func() {
		in.Close()
		_ = cmd.Wait() // a crash is what is wanted
	}
}

func crashFiles(t *testing.T, dir string) []string {
	t.Helper()
	names, err := filepath.Glob(filepath.Join(dir, crashPrefix+"*"))
	require.NoError(t, err)
	return names
}

func TestACrashIsFoundByTheNextStart(t *testing.T) {
	for _, how := range []string{"panics", "overflows"} {
		t.Run(how, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "log")
			_, end := child(t, dir, how)
			end()

			redactor := secrets.NewRedactor(secrets.New(canary))
			j := Open(dir, redactor)
			require.NoError(t, j.Watch("portal-desktop 1.2.4"))
			defer j.End()
			text, at, found := j.Crash()
			require.True(t, found)
			require.WithinDuration(t, time.Now(), at, time.Hour)
			require.Contains(t, text, "portal-desktop 1.2.3, "+runtime.GOOS)
			require.Contains(t, text[:min(len(text), 4000)], map[string]string{"panics": "no such column: ***", "overflows": "runtime.newstack"}[how])
			require.Contains(t, text, "journal_test.go:")
			require.NotContains(t, text, canary)
			require.NotContains(t, text, "\x1b")
			require.NotContains(t, text, "\u202e")
			require.Less(t, len(text), 2*mostCrash)

			require.NoError(t, j.DiscardCrash())
			_, _, found = j.Crash()
			require.False(t, found)
			require.Len(t, crashFiles(t, dir), 1, "this process's own")
		})
	}
}

func TestAKilledProcessLeavesALineInTheLogAndNoFile(t *testing.T) {
	dir := t.TempDir()
	cmd, end := child(t, dir, "is killed")
	require.Len(t, crashFiles(t, dir), 1)
	require.NoError(t, cmd.Process.Kill())
	end()
	require.Len(t, crashFiles(t, dir), 1)

	j := Open(dir, &secrets.Redactor{})
	require.NoError(t, j.Watch("portal-desktop 1.2.4"))
	_, _, found := j.Crash()
	require.False(t, found)
	lines, err := j.LogTail(1)
	require.NoError(t, err)
	require.Contains(t, lines[0], "an earlier start ended without a word")
	require.Contains(t, lines[0], "portal-desktop 1.2.3")
	require.Len(t, crashFiles(t, dir), 1, "this process's own")
	j.End()
	require.Empty(t, crashFiles(t, dir), "a program that ends leaves none")
}

func TestTheFileOfALivingProcessStays(t *testing.T) {
	dir := t.TempDir()
	_, end := child(t, dir, "panics")
	for range 3 {
		j := Open(dir, &secrets.Redactor{})
		require.NoError(t, j.Watch("portal-desktop 1.2.4"))
		_, _, found := j.Crash()
		require.False(t, found)
		require.NoError(t, j.DiscardCrash())
		require.Len(t, crashFiles(t, dir), 2)
		j.End()
		require.Len(t, crashFiles(t, dir), 1)
	}
	end()
	_, _, found := Open(dir, &secrets.Redactor{}).Crash()
	require.True(t, found, "its crash was not lost")
}

func TestOldCrashesAreCleared(t *testing.T) {
	dir := t.TempDir()
	for n := range 6 {
		path := filepath.Join(dir, fmt.Sprintf("%s%d%s", crashPrefix, n, crashEnding))
		require.NoError(t, os.WriteFile(path, fmt.Appendf(nil, "portal-desktop 1.2.3\npanic: number %d\n", n), 0o600))
		at := time.Unix(int64(1000+n), 0)
		require.NoError(t, os.Chtimes(path, at, at))
	}
	j := Open(dir, &secrets.Redactor{})
	require.NoError(t, j.Watch("x"))
	defer j.End()
	require.Len(t, crashFiles(t, dir), keptCrashes+1)
	text, at, found := j.Crash()
	require.True(t, found)
	require.Contains(t, text, "number 5")
	require.Equal(t, time.Unix(1005, 0), at)
}

func TestAVeryLongCrashIsCut(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "crash-1.txt"), []byte("x\npanic: "+strings.Repeat("long ", 1<<20)), 0o600))
	text, _, found := Open(dir, &secrets.Redactor{}).Crash()
	require.True(t, found)
	require.LessOrEqual(t, len(text), mostCrash)
}

func TestTheJournalIsPrivate(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows has no such bits")
	}
	dir := filepath.Join(t.TempDir(), "state")
	require.NoError(t, os.MkdirAll(dir, 0o755))
	require.NoError(t, os.WriteFile(filepath.Join(dir, Name), []byte("old\n"), 0o644))
	j := Open(dir, &secrets.Redactor{})
	require.NoError(t, j.Watch("x"))
	defer j.End()
	j.Logger().Info("hello")
	mode := func(path string) os.FileMode {
		info, err := os.Stat(path)
		require.NoError(t, err)
		return info.Mode().Perm()
	}
	require.Equal(t, os.FileMode(0o700), mode(dir))
	for _, path := range append(crashFiles(t, dir), j.LogPath()) {
		require.Equal(t, os.FileMode(0o600), mode(path), path)
	}
}

func TestTheTailOfTheLog(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, OldName), []byte("one\ntwo\n"), 0o600))
	require.NoError(t, os.WriteFile(filepath.Join(dir, Name), []byte("three "+canary+"\x1b[2J\nfour\n"), 0o600))
	j := Open(dir, secrets.NewRedactor(secrets.New(canary)))
	for n, want := range map[int][]string{0: nil, 1: {"four"}, 2: {"three ***�", "four"}, 3: {"two", "three ***�", "four"}, 9: {"one", "two", "three ***�", "four"}} {
		got, err := j.LogTail(n)
		require.NoError(t, err)
		require.Equal(t, want, got, n)
	}
	got, err := Open(t.TempDir(), &secrets.Redactor{}).LogTail(5)
	require.NoError(t, err)
	require.Empty(t, got)
}

func TestTheLevelIsSetWhileItRuns(t *testing.T) {
	j := Open(t.TempDir(), &secrets.Redactor{})
	require.NoError(t, j.SetLevel("error"))
	j.Logger().Warn("not this")
	require.NoError(t, j.SetLevel("debug"))
	j.Logger().Debug("but this")
	require.Error(t, j.SetLevel("loud"))
	require.Equal(t, slog.LevelDebug, j.Level())
	lines, err := j.LogTail(5)
	require.NoError(t, err)
	require.Len(t, lines, 1)
	require.Contains(t, lines[0], "but this")
}

func TestWithoutAJournalNothingFails(t *testing.T) {
	var j *Journal
	require.NoError(t, j.Watch("x"))
	j.Logger().Info("nothing")
	require.NoError(t, j.SetLevel("debug"))
	require.Empty(t, j.LogPath())
	_, _, found := j.Crash()
	require.False(t, found)
	require.NoError(t, j.DiscardCrash())
	require.NoError(t, j.Check())
	j.End()
}

func TestTheFolderOfEachPlatform(t *testing.T) {
	at := filepath.Join(t.TempDir(), "x")
	for _, c := range []struct{ system, variable, value, want string }{
		{"linux", "XDG_STATE_HOME", at, filepath.Join(at, "fabric-data-portal")},
		{"linux", "HOME", at, filepath.Join(at, ".local", "state", "fabric-data-portal")},
		{"darwin", "HOME", at, filepath.Join(at, "Library", "Logs", "fabric-data-portal")},
		{"windows", "LOCALAPPDATA", at, filepath.Join(at, "fabric-data-portal", "Logs")},
		{"windows", FolderVariable, at, at},
		{"linux", "XDG_STATE_HOME", "not/full", ""},
		{"darwin", "", "", ""},
		{"windows", "", "", ""},
	} {
		got, err := folderOn(c.system, func(name string) (string, bool) {
			if name == c.variable {
				return c.value, true
			}
			return "", false
		})
		require.Equal(t, c.want, got, "%+v", c)
		require.Equal(t, c.want == "", err != nil, "%+v", c)
	}
}
