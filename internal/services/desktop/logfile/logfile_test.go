package logfile

import (
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/services/setup/secrets"
)

func read(t *testing.T, path string) string {
	t.Helper()
	data, err := os.ReadFile(path)
	if errors.Is(err, os.ErrNotExist) {
		return ""
	}
	require.NoError(t, err)
	return string(data)
}

func TestLinesAreKeptWithoutSecrets(t *testing.T) {
	f := In(filepath.Join(t.TempDir(), "state", "log"))
	redactor := secrets.NewRedactor(secrets.New("hunter22"))
	log := f.Logger(slog.LevelInfo, redactor.Handler)
	log.Debug("not this")
	log.Warn("following a run", "error", errors.New("the server said: password hunter22 is wrong\nand more"))
	text := read(t, f.Path())
	require.NotContains(t, text, "hunter22")
	require.NotContains(t, text, "not this")
	require.Contains(t, text, "level=WARN")
	require.Contains(t, text, fmt.Sprintf("pid=%d", os.Getpid()))
	require.Equal(t, 1, strings.Count(text, "\n"), "a record is one line")
	if info, err := os.Stat(f.Path()); err == nil && os.PathSeparator == '/' {
		require.Equal(t, os.FileMode(0o600), info.Mode().Perm())
	}
}

func TestTheLogNeverGrowsBeyondItsBound(t *testing.T) {
	f := In(t.TempDir())
	f.most = 100
	old := filepath.Join(filepath.Dir(f.Path()), OldName)
	for i := range 50 {
		_, err := fmt.Fprintf(f, "line %02d of thirty bytes .....\n", i)
		require.NoError(t, err)
		require.LessOrEqual(t, len(read(t, f.Path())), 100)
		require.LessOrEqual(t, len(read(t, old)), 100)
	}
	both := read(t, old) + read(t, f.Path())
	require.Contains(t, both, "line 49")
	require.Contains(t, both, "line 45", "the latest lines, in order")
	require.NotContains(t, both, "line 40")
}

func TestSeveralProgramsWriteOneLog(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for p := range 4 {
		all.Go(func() {
			f := In(dir)
			f.most = 10_000
			for i := range 100 {
				if _, err := fmt.Fprintf(f, "program %d line %02d\n", p, i); err != nil {
					t.Error(err)
				}
			}
		})
	}
	all.Wait()
	lines := strings.Split(strings.TrimSpace(read(t, filepath.Join(dir, Name))), "\n")
	require.Len(t, lines, 400)
	for _, line := range lines {
		require.Regexp(t, `^program \d line \d\d$`, line, "no line is torn")
	}
}

func TestAFullFileThatAnotherProgramPutAsideIsLeft(t *testing.T) {
	f := In(t.TempDir())
	require.NoError(t, os.WriteFile(f.Path(), []byte("full\n"), 0o600))
	full, err := os.Stat(f.Path())
	require.NoError(t, err)
	old := filepath.Join(filepath.Dir(f.Path()), OldName)
	require.NoError(t, os.Rename(f.Path(), old))
	require.NoError(t, os.WriteFile(f.Path(), []byte("new\n"), 0o600))
	require.NoError(t, f.putAside(full))
	require.Equal(t, "new\n", read(t, f.Path()))
	require.Equal(t, "full\n", read(t, old))
}

func TestALogThatCantBePutAsideStopsAtTwiceItsBound(t *testing.T) {
	f := In(t.TempDir())
	f.most = 10
	require.NoError(t, os.MkdirAll(filepath.Join(filepath.Dir(f.Path()), OldName, "in the way"), 0o700))
	var failed error
	for range 10 {
		if _, err := f.Write([]byte("12345\n")); err != nil {
			failed = err
		}
	}
	require.ErrorContains(t, failed, "is full")
	require.Len(t, read(t, f.Path()), 18)
}

func TestCheckSaysWhyNothingCanBeWritten(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, In(dir).Check())
	f := In(filepath.Join(dir, Name, "below a file"))
	require.ErrorContains(t, f.Check(), "the log can't be written to")
	_, err := f.Write([]byte("x\n"))
	require.Error(t, err)
}

func TestLevels(t *testing.T) {
	for word, want := range map[string]slog.Level{"": slog.LevelInfo, "INFO": slog.LevelInfo, " debug ": slog.LevelDebug, "Warn": slog.LevelWarn, "error": slog.LevelError, "off": Off} {
		got, err := LevelOf(word)
		require.NoError(t, err, word)
		require.Equal(t, want, got, word)
	}
	got, err := LevelOf("loud")
	require.ErrorContains(t, err, "“loud” is no level of the log: give debug, info, warn, error or off")
	require.Equal(t, slog.LevelInfo, got)

	f := In(t.TempDir())
	f.Logger(Off).Error("nothing")
	require.NoFileExists(t, f.Path())
}

func TestAVeryLongLineIsCut(t *testing.T) {
	f := In(t.TempDir())
	f.Logger(slog.LevelInfo).Warn("asking", "error", strings.Repeat("ä", 1<<20))
	text := read(t, f.Path())
	require.LessOrEqual(t, len(text), longestWritten+1)
	require.True(t, strings.HasSuffix(text, "ä…\n"))
	require.Equal(t, 1, strings.Count(text, "\n"))
}
