package atomicfile

import (
	"bufio"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"
)

const heldPath = "PORTAL_TEST_HELD"

func TestWhatADeadProcessHeldIsFree(t *testing.T) {
	if path := os.Getenv(heldPath); path != "" { // the process that holds it
		f, err := os.OpenFile(path, os.O_RDWR, 0)
		require.NoError(t, err)
		defer Hold(f)()
		_, _ = os.Stdout.WriteString("held\n")
		_, _ = os.Stdin.Read(make([]byte, 1)) // until it is killed
		return
	}
	path := filepath.Join(t.TempDir(), "held")
	require.True(t, Free(path), "it is not there")
	require.NoError(t, os.WriteFile(path, []byte("x"), 0o600))
	require.True(t, Free(path))

	self, err := os.Executable()
	require.NoError(t, err)
	child := exec.CommandContext(t.Context(), self, "-test.run=^TestWhatADeadProcessHeldIsFree$", "-test.timeout=30s")
	child.Env = append(os.Environ(), heldPath+"="+path)
	in, err := child.StdinPipe()
	require.NoError(t, err)
	defer in.Close()
	out, err := child.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, child.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "held\n", line)
	require.False(t, Free(path))

	f, err := os.OpenFile(path, os.O_RDWR, 0)
	require.NoError(t, err)
	release := Hold(f) // several may
	require.NoError(t, child.Process.Kill())
	_ = child.Wait() // it was killed
	require.False(t, Free(path))
	release()
	require.NoError(t, f.Close())
	require.True(t, Free(path))
}
