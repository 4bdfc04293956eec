//go:build unix

package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"fabricportal/internal/sandbox/standin/jobs"
)

// programEnv makes this test's executable the program itself.
const programEnv = "PORTAL_SANDBOX_TEST_PROGRAM"

func TestMain(m *testing.M) {
	if os.Getenv(programEnv) != "" {
		main()
		return
	}
	os.Exit(m.Run())
}

func program(args ...string) *exec.Cmd {
	cmd := exec.Command(os.Args[0], args...)
	cmd.Env = append(os.Environ(), programEnv+"=1")
	return cmd
}

func TestItRunsUntilItIsStopped(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts four sandboxes")
	}
	if _, err := jobs.FindPython(t.Context(), ""); err != nil {
		t.Skip(err)
	}
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGTERM} {
		t.Run(signal.String(), func(t *testing.T) {
			dir := t.TempDir()
			envFile := filepath.Join(dir, "it's env")
			cmd := program("--no-sample-data", "--queue-time", "0s", "--env-file", envFile, "--dir", filepath.Join(dir, "it's here"))
			var out, log bytes.Buffer
			cmd.Stdout, cmd.Stderr = &out, &log
			require.NoError(t, cmd.Start())
			done := make(chan error, 1)
			go func() { done <- cmd.Wait() }()
			require.Eventually(t, func() bool { _, err := os.Stat(envFile); return err == nil }, time.Minute, 20*time.Millisecond)
			info, err := os.Stat(envFile)
			require.NoError(t, err)
			require.Equal(t, os.FileMode(0o600), info.Mode().Perm(), "it holds secrets")

			// A script reads it as any shell does.
			shell, err := exec.Command("sh", "-c", `. "$1"; test -n "$PORTAL_CLIENT_SECRET" && test -n "$PORTAL_DATABASE_PASSWORD" && cat "$PORTAL_CONFIG"`, "sh", envFile).CombinedOutput()
			require.NoError(t, err, "%s", shell)
			require.Contains(t, string(shell), `name = "Sandbox"`)

			require.NoError(t, cmd.Process.Signal(signal))
			require.NoError(t, <-done, log.String())
			require.NoFileExists(t, envFile, "what it points at is gone")
			require.Contains(t, out.String(), "export PORTAL_CONFIG=")
			require.Contains(t, log.String(), "nothing is left running")

			again, err := program("--no-sample-data", "--dir", filepath.Join(dir, "it's here")).CombinedOutput()
			require.Error(t, err)
			require.Contains(t, string(again), "already holds a sandbox")
		})
	}
}

func TestSampleDataAlone(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "samples")
	out, err := program("sample-data", dir).CombinedOutput()
	require.NoError(t, err, "%s", out)
	for _, name := range []string{"sales_orders_fact.xlsx", "sales_orders_fact_next.xlsx", "sales_orders_broken.xlsx"} {
		require.FileExists(t, filepath.Join(dir, name))
	}
}

func TestLinesForPowerShell(t *testing.T) {
	require.Equal(t, "$env:A = 'it''s'\n", lines([]string{"A=it's"}, "windows"))
	require.Equal(t, "export A='x=y'\n", lines([]string{"A=x=y"}, "linux"))
}

func TestWrongUse(t *testing.T) {
	for _, args := range [][]string{{"--nonsense"}, {"extra"}, {"sample-data"}} {
		out, err := program(args...).CombinedOutput()
		require.Error(t, err, strings.Join(args, " "))
		require.Contains(t, string(out), "portal-sandbox: ")
	}
}

func TestItIsHostileWhenAsked(t *testing.T) {
	if testing.Short() {
		t.Skip("it starts a sandbox")
	}
	if _, err := jobs.FindPython(t.Context(), ""); err != nil {
		t.Skip(err)
	}
	dir := t.TempDir()
	envFile := filepath.Join(dir, "env")
	cmd := program("--no-sample-data", "--hostile", "--seed", "3", "--round", "1s", "--env-file", envFile, "--dir", filepath.Join(dir, "box"))
	var out, log bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &log
	require.NoError(t, cmd.Start())
	done := make(chan error, 1)
	go func() { done <- cmd.Wait() }()
	require.Eventually(t, func() bool { _, err := os.Stat(envFile); return err == nil }, time.Minute, 20*time.Millisecond)
	env, err := os.ReadFile(envFile)
	require.NoError(t, err)
	require.Contains(t, string(env), "export AZURE_AUTHORITY_HOST='https://127.0.0.1:")
	require.NoError(t, cmd.Process.Signal(os.Interrupt))
	require.NoError(t, <-done, log.String())
	require.Contains(t, log.String(), "round 1: ")
	require.NotContains(t, log.String(), "CANARY")

	list, err := program("--attacks", "list").CombinedOutput()
	require.NoError(t, err, "%s", list)
	require.Contains(t, string(list), "database flood")
	wrong, err := program("--no-sample-data", "--hostile", "--attacks", "nonsense").CombinedOutput()
	require.Error(t, err)
	require.Contains(t, string(wrong), "there is no attack")
}
