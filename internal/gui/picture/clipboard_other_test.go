//go:build !windows

package picture

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// program puts a program in the path that keeps what it is given, or fails.
func program(t *testing.T, dir, name, script string) {
	t.Helper()
	require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755))
}

func TestAPictureIsCopiedByTheProgramOfTheDesktop(t *testing.T) {
	if runtime.GOOS == "darwin" {
		t.Skip("macOS has one program for it, which the next test plays")
	}
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("WAYLAND_DISPLAY", "")
	require.ErrorIs(t, Copy(t.Context(), small()), ErrNoClipboard)

	got := filepath.Join(dir, "got")
	keep := "exec /bin/cat > " + got + ".$(/usr/bin/basename $0)"
	program(t, dir, "xclip", "echo \"$@\" > "+got+".words\n"+keep)
	require.NoError(t, Copy(t.Context(), small()))
	data, err := os.ReadFile(got + ".xclip")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(string(data), "\x89PNG"))
	said, err := os.ReadFile(got + ".words")
	require.NoError(t, err)
	require.Equal(t, "-selection clipboard -t image/png\n", string(said))

	t.Setenv("WAYLAND_DISPLAY", "wayland-0")
	program(t, dir, "wl-copy", keep)
	require.NoError(t, Copy(t.Context(), small()))
	require.FileExists(t, got+".wl-copy", "on Wayland its own program comes first")
	program(t, dir, "wl-copy", "exit 3")
	err = Copy(t.Context(), small())
	require.ErrorContains(t, err, "save it as PNG instead")
	require.False(t, errors.Is(err, ErrNoClipboard))
}

func TestOnAMacAPictureIsCopiedFromAFileThatIsRemovedAgain(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("PATH", dir)
	t.Setenv("TMPDIR", dir)
	require.ErrorContains(t, copyOnMac(t.Context(), []byte("PNG")), "save it as PNG instead", "there is no osascript")
	program(t, dir, "osascript", "echo \"$2\" > "+dir+"/script; /bin/cat "+dir+"/portal-*.png > "+dir+"/got")
	require.NoError(t, copyOnMac(t.Context(), []byte("PNG")))
	got, err := os.ReadFile(filepath.Join(dir, "got"))
	require.NoError(t, err)
	require.Equal(t, "PNG", string(got))
	script, err := os.ReadFile(filepath.Join(dir, "script"))
	require.NoError(t, err)
	require.Contains(t, string(script), "set the clipboard to (read (POSIX file \""+dir)
	left, err := filepath.Glob(filepath.Join(dir, "portal-*.png"))
	require.NoError(t, err)
	require.Empty(t, left)
	t.Setenv("TMPDIR", filepath.Join(dir, "nowhere"))
	require.ErrorContains(t, copyOnMac(t.Context(), []byte("PNG")), "could not be copied")
}
