//go:build linux

package hostile

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

var built string // folder of the program; "" until a test needs it

func TestMain(m *testing.M) {
	code := m.Run()
	if built != "" {
		_ = os.RemoveAll(built)
	}
	os.Exit(code)
}

// buildProgram builds the program without its window, once.
func buildProgram(t *testing.T) string {
	t.Helper()
	path := filepath.Join(built, "portal-desktop")
	if built != "" {
		return path
	}
	dir, err := os.MkdirTemp("", "portal-hostile-")
	require.NoError(t, err)
	built, path = dir, filepath.Join(dir, "portal-desktop")
	cmd := exec.Command("go", "build", "-tags", "migrated_fynedo,nowindow", "-o", path, "./cmd/portal-desktop")
	cmd.Dir = filepath.Join("..", "..", "..")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return path
}

// lasts is for how long the world is hostile: some 40 s, or what PORTAL_HOSTILE_SECONDS says.
func lasts(t *testing.T) time.Duration {
	t.Helper()
	text := os.Getenv("PORTAL_HOSTILE_SECONDS")
	if text == "" {
		return 40 * time.Second
	}
	seconds, err := strconv.Atoi(text)
	require.NoError(t, err, "PORTAL_HOSTILE_SECONDS")
	return time.Duration(seconds) * time.Second
}

// seed is which mixtures of attacks there are: 1, or what PORTAL_HOSTILE_SEED says.
func seed(t *testing.T) uint64 {
	t.Helper()
	text := os.Getenv("PORTAL_HOSTILE_SEED")
	if text == "" {
		return 1
	}
	n, err := strconv.ParseUint(text, 10, 64)
	require.NoError(t, err, "PORTAL_HOSTILE_SEED")
	return n
}
