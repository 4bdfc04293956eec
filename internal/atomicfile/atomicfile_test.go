package atomicfile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// old is a file with content, alone in a folder.
func old(t *testing.T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "notes.json")
	require.NoError(t, os.WriteFile(path, []byte("old"), 0o600))
	return path
}

// requireAlone says what the file holds, and that nothing stands beside it.
func requireAlone(t *testing.T, path, content string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, content, string(data))
	entries, err := os.ReadDir(filepath.Dir(path))
	require.NoError(t, err)
	require.Len(t, entries, 1, "something was left beside the file")
}

func TestReplace(t *testing.T) {
	path := old(t)
	size, err := Replace(t.Context(), path, Private, func(w io.Writer) error {
		_, _ = io.WriteString(w, "new ")
		_, err := io.WriteString(w, "content")
		data, _ := os.ReadFile(path)
		assert.Equal(t, "old", string(data), "the old file stands until the new one is whole")
		return err
	})
	require.NoError(t, err)
	require.EqualValues(t, 11, size)
	requireAlone(t, path, "new content")
	require.NoError(t, WriteFile(path, []byte("x"), Private))
	requireAlone(t, path, "x")
}

func TestWhoMayRead(t *testing.T) {
	if runtime.GOOS == "windows" {
		t.Skip("Windows takes a file's permissions from its folder")
	}
	path := old(t)
	require.NoError(t, os.Chmod(path, 0o644))
	require.NoError(t, WriteFile(path, nil, Private))
	info, err := os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, Private, info.Mode())

	// As a file that is made in the usual way.
	usual, err := os.Create(filepath.Join(t.TempDir(), "usual"))
	require.NoError(t, err)
	defer usual.Close()
	want, err := usual.Stat()
	require.NoError(t, err)
	require.NoError(t, WriteFile(path, nil, Shared))
	info, err = os.Stat(path)
	require.NoError(t, err)
	require.Equal(t, want.Mode(), info.Mode())
}

func TestWhatFailsLeavesTheOldFile(t *testing.T) {
	bad := errors.New("bad data")
	for name, write := range map[string]func(w io.Writer) error{
		"at once": func(io.Writer) error { return bad },
		"half way": func(w io.Writer) error {
			_, _ = io.WriteString(w, "half")
			return bad
		},
	} {
		t.Run(name, func(t *testing.T) {
			path := old(t)
			_, err := Replace(t.Context(), path, Private, write)
			require.Equal(t, bad, err, "the error of the data is passed on as it is")
			requireAlone(t, path, "old")
		})
	}
	t.Run("panic", func(t *testing.T) {
		path := old(t)
		require.Panics(t, func() {
			_, _ = Replace(t.Context(), path, Private, func(io.Writer) error { panic("a bug") })
		})
		requireAlone(t, path, "old")
	})
}

func TestACancelledContextLeavesTheOldFile(t *testing.T) {
	t.Run("within", func(t *testing.T) {
		path := old(t)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Replace(ctx, path, Private, func(w io.Writer) error {
			_, err := io.WriteString(w, "half")
			require.NoError(t, err)
			cancel()
			_, err = io.WriteString(w, "more")
			require.ErrorIs(t, err, context.Canceled, "an export ends with the next piece it writes")
			return err
		})
		require.ErrorIs(t, err, context.Canceled)
		requireAlone(t, path, "old")
	})
	t.Run("before the name is given", func(t *testing.T) {
		path := old(t)
		ctx, cancel := context.WithCancel(t.Context())
		_, err := Replace(ctx, path, Private, func(w io.Writer) error {
			_, err := io.WriteString(w, "all of it")
			cancel()
			return err
		})
		require.ErrorIs(t, err, context.Canceled)
		requireAlone(t, path, "old")
	})
}

// recorder is a disk that tells what was asked of it, and fails at one step.
type recorder struct {
	disk
	steps []string
	fail  string
}

var errDisk = errors.New("no space left")

func (r *recorder) at(step string) error {
	r.steps = append(r.steps, step)
	if step == r.fail {
		return errDisk
	}
	return nil
}

func record(fail string) *recorder {
	r := &recorder{fail: fail}
	r.disk = disk{
		create: func(path string, mode fs.FileMode) (file, error) {
			if err := r.at("create"); err != nil {
				return nil, err
			}
			f, err := system.create(path, mode)
			return &recordedFile{f, r}, err
		},
		rename: func(from, to string) error {
			if err := r.at("rename"); err != nil {
				return err
			}
			return system.rename(from, to)
		},
		link: system.link,
		syncFolder: func(path string) error {
			if err := r.at("sync folder"); err != nil {
				return err
			}
			return system.syncFolder(path)
		},
	}
	return r
}

type recordedFile struct {
	file
	r *recorder
}

func (f *recordedFile) Write(p []byte) (int, error) {
	if err := f.r.at("write"); err != nil {
		n, _ := f.file.Write(p[:len(p)/2]) // a full disk takes what still fits
		return n, err
	}
	return f.file.Write(p)
}

func (f *recordedFile) Sync() error {
	if err := f.r.at("sync"); err != nil {
		return err
	}
	return f.file.Sync()
}

func (f *recordedFile) Close() error {
	err := f.file.Close()
	if len(f.r.steps) > 0 && f.r.steps[len(f.r.steps)-1] == "sync" {
		return errors.Join(err, f.r.at("close"))
	}
	return err
}

func never() error { return nil }

func text(s string) func(io.Writer) error {
	return func(w io.Writer) error {
		_, err := io.WriteString(w, s)
		return err
	}
}

// The content must be on the disk before the name is, and the name before the file counts as written.
func TestTheOrderThatACrashNeeds(t *testing.T) {
	r := record("")
	path := old(t)
	_, _, err := r.write(never, path, Private, text("new"), r.takeName)
	require.NoError(t, err)
	require.Equal(t, []string{"create", "write", "sync", "close", "rename", "sync folder"}, r.steps)
}

func TestEachStepThatFails(t *testing.T) {
	for _, step := range []string{"create", "write", "sync", "close", "rename", "sync folder"} {
		t.Run(step, func(t *testing.T) {
			r, path := record(step), old(t)
			_, _, err := r.write(never, path, Private, text("new"), r.takeName)
			var failed *Error
			require.ErrorAs(t, err, &failed)
			require.ErrorIs(t, err, errDisk)
			require.Equal(t, path, failed.Path)
			require.Contains(t, err.Error(), "notes.json")
			require.Contains(t, err.Error(), "check the free space")
			content := "old"
			if step == "sync folder" {
				content = "new" // whole, but perhaps not for good: that is told
			}
			requireAlone(t, path, content)
		})
	}
	t.Run("a write whose error is not passed on", func(t *testing.T) {
		r, path := record("write"), old(t)
		_, _, err := r.write(never, path, Private, func(w io.Writer) error {
			_, _ = io.WriteString(w, "new")
			return nil
		}, r.takeName)
		require.ErrorIs(t, err, errDisk)
		requireAlone(t, path, "old")
	})
}

func TestSentences(t *testing.T) {
	err := WriteFile(filepath.Join(t.TempDir(), "gone", "x.csv"), nil, Shared)
	require.ErrorContains(t, err, "does not exist")
	require.ErrorIs(t, err, fs.ErrNotExist)
	if runtime.GOOS == "windows" || os.Getuid() == 0 {
		return // there a folder's permissions stop nobody
	}
	dir := t.TempDir()
	require.NoError(t, os.Chmod(dir, 0o500))
	require.ErrorContains(t, WriteFile(filepath.Join(dir, "x.csv"), nil, Shared), "may not write there")
}

const killed = "PORTAL_TEST_ATOMICFILE_TARGET"

// A process that is killed while it writes leaves the old file as it was.
func TestAKilledWriterLeavesTheOldFile(t *testing.T) {
	if path := os.Getenv(killed); path != "" {
		_, _ = Replace(t.Context(), path, Private, func(w io.Writer) error {
			_, err := io.WriteString(w, "half of it")
			require.NoError(t, err)
			self, err := os.FindProcess(os.Getpid())
			require.NoError(t, err)
			require.NoError(t, self.Kill())
			<-t.Context().Done() // the kill arrives at its own time
			return nil
		})
		t.Fatal("the process should not have lived on")
	}
	path := old(t)
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestAKilledWriterLeavesTheOldFile$", "-test.timeout=30s")
	cmd.Env = append(os.Environ(), killed+"="+path)
	out, err := cmd.CombinedOutput()
	var exit *exec.ExitError
	require.ErrorAs(t, err, &exit, "%s", out)
	require.NotContains(t, string(out), "should not have lived on")
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Equal(t, "old", string(data))
	rests, err := filepath.Glob(filepath.Join(filepath.Dir(path), ".*.part"))
	require.NoError(t, err)
	require.Len(t, rests, 1, "it was killed in the middle of it")
}

func TestAFolderGetsItsNameOnce(t *testing.T) {
	dir := t.TempDir()
	a, b, name := filepath.Join(dir, "a"), filepath.Join(dir, "b"), filepath.Join(dir, "name")
	require.NoError(t, os.Mkdir(a, 0o700))
	require.NoError(t, os.Mkdir(b, 0o700))
	require.NoError(t, NameFolder(a, name))
	require.DirExists(t, name)
	require.ErrorIs(t, NameFolder(b, name), fs.ErrExist)
	require.DirExists(t, b, "what can't be named stays")
}

// TestFilesOfPeopleAreSavedWhereTheyMayBe: whichever way they are written, and nothing is there before.
func TestFilesOfPeopleAreSavedWhereTheyMayBe(t *testing.T) {
	refused := errors.New("not there")
	dir := t.TempDir()
	good, bad := filepath.Join(dir, "good.csv"), filepath.Join(dir, "bad.csv")
	Restrict(func(path string) error {
		if path == bad {
			return refused
		}
		return nil
	})
	t.Cleanup(func() { allowed.Store(nil) })
	nothing := func(io.Writer) error { return nil }
	ways := map[string]func(ctx context.Context, path string, mode fs.FileMode) error{
		"Replace": func(ctx context.Context, path string, mode fs.FileMode) error {
			_, err := Replace(ctx, path, mode, nothing)
			return err
		},
		"Create": func(ctx context.Context, path string, mode fs.FileMode) error {
			_, _, err := Create(ctx, path, mode, nothing)
			return err
		},
		"New": func(ctx context.Context, path string, mode fs.FileMode) error {
			_, err := New(ctx, path, mode, nothing)
			return err
		},
		"Keep": func(ctx context.Context, path string, mode fs.FileMode) error {
			k, err := Keep(ctx, path, "there", mode)
			if err == nil {
				k.Discard()
			}
			return err
		},
	}
	for name, way := range ways {
		require.ErrorIs(t, way(t.Context(), bad, Shared), refused, name)
		left, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Empty(t, left, name)
		require.NoError(t, way(t.Context(), good, Shared), name)
		os.Remove(good)
		require.NoError(t, way(t.Context(), bad, Private), "%s: the program's own notes are no export", name)
		os.Remove(bad)
		require.NoError(t, way(Configured(t.Context()), bad, Shared), "%s: where the configuration says", name)
		os.Remove(bad)
	}
	require.ErrorIs(t, WriteFile(bad, nil, Shared), refused)
	require.NoError(t, WriteFile(bad, nil, Private))
}
