package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/zalando/go-keyring"
	"golang.org/x/sys/unix"

	"fabricportal/internal/services/desktop/logfile"
	"fabricportal/internal/services/setup/config"
	"fabricportal/internal/services/setup/secrets"
)

// openTerminal makes a terminal of our own (pty(7)): what is typed at keyboard arrives at screen, and what screen shows,
// with the echo of what was typed, comes back.
func openTerminal(t *testing.T) (keyboard, screen *os.File) {
	t.Helper()
	keyboard, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skip("this system gives no terminal: ", err)
	}
	t.Cleanup(func() { keyboard.Close() })
	fd := int(keyboard.Fd())
	require.NoError(t, unix.IoctlSetPointerInt(fd, unix.TIOCSPTLCK, 0))
	n, err := unix.IoctlGetInt(fd, unix.TIOCGPTN)
	require.NoError(t, err)
	screen, err = os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0)
	require.NoError(t, err)
	t.Cleanup(func() { screen.Close() })
	return keyboard, screen
}

// until reads what a terminal shows up to a text.
func until(t *testing.T, from *os.File, text string) string {
	t.Helper()
	var shown strings.Builder
	buf := make([]byte, 256)
	for !strings.Contains(shown.String(), text) {
		n, err := from.Read(buf)
		require.NoError(t, err)
		shown.Write(buf[:n])
	}
	return shown.String()
}

type keptSecrets struct{ kept []string }

func (k *keptSecrets) SetSecret(_ context.Context, _, name, value string) error {
	k.kept = append(k.kept, name+"="+value)
	return nil
}
func (k *keptSecrets) DeleteSecrets(context.Context, string) error { return nil }

func TestASecretThatIsTypedIsNotShown(t *testing.T) {
	keyboard, screen := openTerminal(t)
	kept := &keptSecrets{}
	p := Program{Secrets: kept, Redactor: secrets.NewRedactor(), In: screen, Out: screen, Err: screen}
	done := make(chan int, 1)
	go func() { done <- Execute(t.Context(), p, []string{"secret", "set", "client_secret"}) }()
	shown := until(t, keyboard, "then Enter: ")
	_, err := keyboard.WriteString("Tr0ub4dor&3 two words\n")
	require.NoError(t, err)
	shown += until(t, keyboard, "for this configuration")
	require.Equal(t, ExitDone, <-done)
	require.Equal(t, []string{"client_secret=Tr0ub4dor&3 two words"}, kept.kept)
	require.NotContains(t, shown, "Tr0ub")

	_, err = keyboard.WriteString("seen again\n")
	require.NoError(t, err)
	require.Contains(t, until(t, keyboard, "again"), "seen", "the echo is back")
}

func TestAnInterruptGivesTheTerminalBack(t *testing.T) {
	keyboard, screen := openTerminal(t)
	ctx, cancel := context.WithCancel(t.Context())
	p := Program{Secrets: &keptSecrets{}, In: screen, Out: screen, Err: screen}
	done := make(chan int, 1)
	go func() { done <- Execute(ctx, p, []string{"secret", "set", "client_secret"}) }()
	until(t, keyboard, "then Enter: ")
	echo := func() bool {
		state, err := unix.IoctlGetTermios(int(screen.Fd()), unix.TCGETS)
		require.NoError(t, err)
		return state.Lflag&unix.ECHO != 0
	}
	require.Eventually(t, func() bool { return !echo() }, time.Minute, time.Millisecond)
	cancel()
	require.Equal(t, ExitFailed, <-done)
	require.True(t, echo())
	_, err := keyboard.WriteString("\n") // lets the reading end
	require.NoError(t, err)
}

func TestTheKeysThatCorrect(t *testing.T) {
	for in, want := range map[string]string{"abc\x7fd\r": "abd", "wrong\x15right\n": "right", "\x7f\x7fä\x08b\r": "b", "a\x04b\r": "ab", "abc": "abc"} {
		got, err := typed(strings.NewReader(in))
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	_, err := typed(strings.NewReader("abc\x03"))
	require.ErrorIs(t, err, errInterrupted)
	_, err = typed(strings.NewReader("\x04"))
	require.ErrorIs(t, err, errNoSecret)
}

func TestASecretFromAPipeIsItsFirstLine(t *testing.T) {
	for in, want := range map[string]string{"one two\r\nthree\n": "one two", "no end": "no end", "\n": "", "": "", strings.Repeat("x", longestSecret+5): ""} {
		kept := &keptSecrets{}
		var out, errs bytes.Buffer
		code := Execute(t.Context(), Program{Secrets: kept, In: strings.NewReader(in), Out: &out, Err: &errs}, []string{"secret", "set", "database_password"})
		if want == "" {
			require.Equal(t, ExitFailed, code, in)
			require.Contains(t, errs.String(), "nothing was kept: ")
			require.Empty(t, kept.kept)
			continue
		}
		require.Equal(t, ExitDone, code)
		require.Equal(t, []string{"database_password=" + want}, kept.kept)
		require.NotContains(t, out.String()+errs.String(), want)
	}
}

// TestWithoutAKeyringTheTerminalIsAsked: a subcommand goes on with what was typed, shows nothing of it and writes it nowhere.
func TestWithoutAKeyringTheTerminalIsAsked(t *testing.T) {
	keyring.MockInitWithError(errors.New("dial unix: no such file"))
	dir := t.TempDir()
	t.Setenv("PORTAL_LOG_DIR", dir)
	redactor := secrets.NewRedactor()
	journal := logfile.Open("", redactor)
	require.NoError(t, journal.SetLevel("debug"))
	keyboard, screen := openTerminal(t)
	cfg := config.Default()
	cfg.Database.Host, cfg.Database.User = "db.example", "portal_app"
	session := secrets.NewSession(redactor)
	found := map[secrets.Name]string{}
	p := Program{
		Redactor: redactor, Session: session, Journal: journal, In: screen, Out: screen, Err: screen,
		Open: func(ctx context.Context, _ string) (Portal, error) {
			store := secrets.NewStore(cfg, func(string) (string, bool) { return "", false }, session)
			for _, n := range secrets.Names {
				value, err := store.Get(ctx, n)
				if err != nil {
					return nil, err
				}
				found[n] = value.Reveal()
			}
			return nil, fmt.Errorf("the server says: %s is wrong", found[secrets.DatabasePassword])
		},
	}
	done := make(chan int, 1)
	go func() { done <- Execute(t.Context(), p, []string{"runs"}) }()
	shown := until(t, keyboard, "then Enter: ")
	require.Contains(t, shown, "PORTAL_CLIENT_SECRET is not set")
	_, err := keyboard.WriteString("Tr0ub4dor-client\n")
	require.NoError(t, err)
	shown += until(t, keyboard, "database_password (what you type is not shown), then Enter: ")
	_, err = keyboard.WriteString("Tr0ub4dor-database\n")
	require.NoError(t, err)
	shown += until(t, keyboard, "is wrong")
	require.Equal(t, ExitFailed, <-done)
	journal.End()
	require.Equal(t, map[secrets.Name]string{secrets.ClientSecret: "Tr0ub4dor-client", secrets.DatabasePassword: "Tr0ub4dor-database"}, found)
	require.NotContains(t, shown, "Tr0ub")
	require.Contains(t, shown, "the server says: ***", "the redactor knows it")
	files, err := os.ReadDir(dir)
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, f := range files {
		text, err := os.ReadFile(filepath.Join(dir, f.Name()))
		require.NoError(t, err)
		require.NotContains(t, string(text), "Tr0ub", f.Name())
	}

	// From a pipe nobody is asked.
	var out, errs bytes.Buffer
	p.In, p.Out, p.Err, p.Session = strings.NewReader("Tr0ub4dor\n"), &out, &errs, secrets.NewSession(redactor)
	session = p.Session
	require.Equal(t, ExitFailed, Execute(t.Context(), p, []string{"runs"}))
	require.Contains(t, errs.String(), "set PORTAL_CLIENT_SECRET")
}
