package atomicfile

import (
	"bufio"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

const (
	holder    = "PORTAL_TEST_ATOMICFILE_HOLDS"
	holdsPart = "part"
	holdsDir  = "folder"
)

// TestHolds is no test of its own: another process that writes, and is killed by the one that runs it.
func TestHolds(t *testing.T) {
	switch os.Getenv(holder) {
	case holdsPart:
		_, _ = Replace(t.Context(), os.Args[len(os.Args)-1], Private, func(w io.Writer) error {
			_, err := io.WriteString(w, "half of it")
			os.Stdout.WriteString("ready\n")
			_, _ = io.Copy(io.Discard, os.Stdin)
			return err
		})
	case holdsDir:
		f, err := TempFolder("portal-holds-")
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(filepath.Join(f.Path, "rows.csv"), []byte("secret"), 0o600))
		os.Stdout.WriteString("ready\n")
		_, _ = io.Copy(io.Discard, os.Stdin)
	default:
		t.Skip("this is what other tests run and kill")
	}
}

// hold starts a process that is in the middle of something, and gives what kills it.
func holdInChild(t *testing.T, what, target, temp string) (kill func()) {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestHolds$", "-test.timeout=60s", target)
	cmd.Env = append(os.Environ(), holder+"="+what, "TMPDIR="+temp, "TMP="+temp, "TEMP="+temp)
	_, err := cmd.StdinPipe() // open as long as this process lives
	require.NoError(t, err)
	out, err := cmd.StdoutPipe()
	require.NoError(t, err)
	require.NoError(t, cmd.Start())
	line, err := bufio.NewReader(out).ReadString('\n')
	require.NoError(t, err)
	require.Equal(t, "ready\n", line)
	return func() {
		require.NoError(t, cmd.Process.Kill())
		_ = cmd.Wait()
	}
}

func age(t *testing.T, path string, by time.Duration) {
	t.Helper()
	then := time.Now().Add(-by)
	require.NoError(t, os.Chtimes(path, then, then))
}

func entries(t *testing.T, dir string) (names []string) {
	t.Helper()
	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range list {
		names = append(names, e.Name())
	}
	return names
}

func TestSweepTakesWhatAKilledWriterLeft(t *testing.T) {
	dir := t.TempDir()
	kill := holdInChild(t, holdsPart, filepath.Join(dir, "notes.json"), dir)
	left := entries(t, dir)
	require.Len(t, left, 1)
	part := filepath.Join(dir, left[0])

	age(t, part, 48*time.Hour)
	require.Empty(t, Sweep(dir), "a living program works at it, however long that takes")
	kill()
	require.NoError(t, os.WriteFile(part, []byte("half"), 0o600))
	require.Empty(t, Sweep(dir), "it was just made, and may not be locked yet")
	age(t, part, time.Minute)
	require.Equal(t, left, Sweep(dir))
	require.Empty(t, entries(t, dir))
}

func TestSweepTakesTheFolderOfAKilledProgram(t *testing.T) {
	dir := t.TempDir()
	kill := holdInChild(t, holdsDir, "", dir)
	left := entries(t, dir)
	require.Len(t, left, 1)
	folder := filepath.Join(dir, left[0])
	age(t, folder, 48*time.Hour)
	require.Empty(t, Sweep(dir, "portal-holds-*"))
	kill()
	age(t, folder, time.Minute)
	require.Empty(t, Sweep(dir), "without the pattern it is a folder like any other")
	require.Equal(t, left, Sweep(dir, "portal-holds-*"))
	require.Empty(t, entries(t, dir))
}

func TestSweepLeavesWhatIsNotOurs(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{".x.part", ".ABCDEFGHIJKLMNOPQRSTUVWXYZ.parts", "ABCDEFGHIJKLMNOPQRSTUVWXYZ.part", ".abcdefghijklmnopqrstuvwxyz.part", "sales.xlsx", ".offending-1.xlsx.bak"} {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, nil, 0o600))
		age(t, path, 1000*time.Hour)
	}
	for _, name := range []string{"portal-export-young", "portal-export-old"} {
		require.NoError(t, os.Mkdir(filepath.Join(dir, name), 0o700))
	}
	age(t, filepath.Join(dir, "portal-export-old"), 25*time.Hour)
	before := entries(t, dir)
	require.Empty(t, Sweep(dir))
	require.Equal(t, []string{"portal-export-old"}, Sweep(dir, "portal-export-*", ".offending-*.xlsx"), "of a version that knew no locks, after a day")
	require.Len(t, entries(t, dir), len(before)-1)
	require.Empty(t, Sweep(filepath.Join(dir, "gone")))
	require.Empty(t, Sweep(filepath.Join(dir, "sales.xlsx")))

	target := filepath.Join(dir, "sales.xlsx")
	link := filepath.Join(dir, ".ABCDEFGHIJKLMNOPQRSTUVWXY2.part")
	if os.Symlink(target, link) == nil {
		require.Empty(t, Sweep(dir), "links lead elsewhere")
		require.FileExists(t, target)
	}
}

func TestATemporaryFolderGoesWithAllThatIsInIt(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	f, err := TempFolder("portal-test-")
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(f.Path, "x"), nil, 0o600))
	age(t, f.Path, 48*time.Hour)
	require.Empty(t, Sweep(filepath.Dir(f.Path), "portal-test-*"))
	f.Remove()
	require.Empty(t, entries(t, filepath.Dir(f.Path)))

	t.Setenv("TMPDIR", filepath.Join(os.Getenv("TMPDIR"), "gone"))
	t.Setenv("TMP", os.Getenv("TMPDIR"))
	_, err = TempFolder("portal-test-")
	var failed *Error
	require.ErrorAs(t, err, &failed)
	require.ErrorContains(t, err, "no temporary folder could be made in ")
}

func TestCreateTakesAFreeName(t *testing.T) {
	path := old(t)
	dir := filepath.Dir(path)
	for _, want := range []string{"notes (2).json", "notes (3).json"} {
		at, size, err := Create(t.Context(), path, Shared, text(want))
		require.NoError(t, err)
		require.Equal(t, filepath.Join(dir, want), at)
		require.EqualValues(t, len(want), size)
		data, err := os.ReadFile(at)
		require.NoError(t, err)
		require.Equal(t, want, string(data))
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(data))
	require.Equal(t, []string{"notes (2).json", "notes (3).json", "notes.json"}, entries(t, dir))

	at, _, err := Create(t.Context(), filepath.Join(dir, "new"), Shared, text("x"))
	require.NoError(t, err)
	require.Equal(t, filepath.Join(dir, "new"), at)
}

func TestCreateWithoutLinks(t *testing.T) {
	r, path := record(""), old(t)
	r.link = func(string, string) error { return errors.ErrUnsupported }
	for range 2 {
		_, _, err := r.write(never, path, Private, text("new"), r.freeName)
		require.NoError(t, err)
	}
	require.Equal(t, []string{"notes (2).json", "notes (3).json", "notes.json"}, entries(t, filepath.Dir(path)))

	r.rename = func(string, string) error { return errDisk }
	r.link = func(string, string) error { return fs.ErrPermission }
	_, _, err := r.write(never, path, Private, text("new"), r.freeName)
	require.ErrorIs(t, err, errDisk)
	require.Len(t, entries(t, filepath.Dir(path)), 3)
}

// TestWritingSweepsItsFolderOnce: beside the targets of exports nothing else does it.
func TestWritingSweepsItsFolderOnce(t *testing.T) {
	path := old(t)
	part := filepath.Join(filepath.Dir(path), ".ABCDEFGHIJKLMNOPQRSTUVWXYZ.part")
	require.NoError(t, os.WriteFile(part, nil, 0o600))
	age(t, part, time.Hour)
	require.NoError(t, WriteFile(path, []byte("new"), Private))
	requireAlone(t, path, "new")
}
