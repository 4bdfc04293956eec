// Package atomicfile writes all files of this program, each as a whole or not at all. After a crash, a full disk or a
// cancelled export the old file is unchanged. A file that was reported as written survives a power failure.
package atomicfile

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"

	"fabricportal/internal/format"
)

// Who may read a file. An existing file's permissions are not kept.
const (
	Private fs.FileMode = 0o600 // this user alone: settings, notes
	Shared  fs.FileMode = 0o666 // as the user's umask allows: files that people save and pass on
)

// Error says that a file could not be written.
type Error struct {
	Path         string
	*format.Said // what happened and what to do
}

// allowed says where files that people save may be; nil: everywhere.
var allowed atomic.Pointer[func(path string) error]

// Restrict has every file that people save (Shared) asked for, before anything of it is written: an error of may is that of writing. It
// is for the whole program, so that no way to save a file goes past it.
func Restrict(may func(path string) error) { allowed.Store(&may) }

type configured struct{}

// Configured marks a context in which files are written where the configuration says, and not where a person chose: Restrict is not for
// them.
func Configured(ctx context.Context) context.Context {
	return context.WithValue(ctx, configured{}, true)
}

func mayWrite(ctx context.Context, path string, mode fs.FileMode) error {
	if ctx.Value(configured{}) != nil {
		return nil
	}
	return mayChoose(path, mode)
}

// mayChoose is mayWrite for a place that a person chose.
func mayChoose(path string, mode fs.FileMode) error {
	may := allowed.Load()
	if may == nil || mode != Shared {
		return nil
	}
	return (*may)(path)
}

// Replace writes a file beside path and gives it the name when it is whole and on the disk. What write has written may
// not be asked for before Replace returns. The size is in bytes. Errors: *Error, those of write, or the context's.
func Replace(ctx context.Context, path string, mode fs.FileMode, write func(w io.Writer) error) (size int64, err error) {
	if err := mayWrite(ctx, path, mode); err != nil {
		return 0, err
	}
	sweepOnce(filepath.Dir(path))
	_, size, err = system.write(ctx.Err, path, mode, write, system.takeName)
	return size, err
}

// Create is Replace for a file that takes the place of none: where its name is taken it gets the first that is free, such as
// “sales (2).xlsx”. path is the one that it has.
func Create(ctx context.Context, wanted string, mode fs.FileMode, write func(w io.Writer) error) (path string, size int64, err error) {
	if err := mayWrite(ctx, wanted, mode); err != nil {
		return "", 0, err
	}
	sweepOnce(filepath.Dir(wanted))
	return system.write(ctx.Err, wanted, mode, write, system.freeName)
}

// WriteFile is Replace for data at hand, which no context stops. Error: *Error.
func WriteFile(path string, data []byte, mode fs.FileMode) error {
	if err := mayChoose(path, mode); err != nil {
		return err
	}
	sweepOnce(filepath.Dir(path))
	_, _, err := system.write(func() error { return nil }, path, mode, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	}, system.takeName)
	return err
}

// disk is what is asked of the operating system, so that tests can let each step fail.
type disk struct {
	create     func(path string, mode fs.FileMode) (file, error) // fails where the file is there
	rename     func(from, to string) error
	link       func(from, to string) error // fails where the name is taken
	syncFolder func(path string) error
}

type file interface {
	io.WriteCloser
	Sync() error
}

var system = disk{
	create: func(path string, mode fs.FileMode) (file, error) {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
		if err != nil {
			return nil, err
		}
		_ = lock(f) // keeps a Sweep away; without locks, the file's age does
		return f, nil
	},
	rename:     os.Rename,
	link:       os.Link,
	syncFolder: syncFolder,
}

// write writes a file beside path; name gives it its name, which it returns.
func (d disk) write(ended func() error, path string, mode fs.FileMode, write func(w io.Writer) error, name func(part, path string) (string, error)) (named string, size int64, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return "", 0, fileError(path, err)
	}
	folder := filepath.Dir(path)
	part := filepath.Join(folder, "."+rand.Text()+".part")
	f, err := d.create(part, mode)
	if err != nil {
		return "", 0, fileError(path, err)
	}
	defer func() {
		f.Close()
		os.Remove(part) // gone where it has its name
	}()
	out := &writer{w: f, ended: ended}
	if err := write(out); err != nil {
		if out.err != nil {
			return "", 0, fileError(path, out.err)
		}
		return "", 0, err
	}
	if out.err != nil { // write has not passed it on
		return "", 0, fileError(path, out.err)
	}
	if err := ended(); err != nil {
		return "", 0, err
	}
	// The name must not be there before the content is, and the folder holds the name.
	err = errors.Join(f.Sync(), f.Close())
	if err == nil {
		named, err = name(part, path)
	}
	if err != nil {
		return "", 0, fileError(path, err)
	}
	if err := d.syncFolder(folder); err != nil {
		return "", 0, fileError(path, err)
	}
	return named, out.size, nil
}

// New is Create under the wanted name or not at all: where that is taken, the error is fs.ErrExist and nothing is left.
func New(ctx context.Context, path string, mode fs.FileMode, write func(w io.Writer) error) (size int64, err error) {
	if err := mayWrite(ctx, path, mode); err != nil {
		return 0, err
	}
	_, size, err = system.write(ctx.Err, path, mode, write, system.newName)
	return size, err
}

// newName gives a file a name that nobody has.
func (d disk) newName(part, path string) (string, error) {
	err := d.link(part, path)
	if err == nil || errors.Is(err, fs.ErrExist) {
		return path, err
	}
	if _, err := os.Lstat(path); !errors.Is(err, fs.ErrNotExist) { // a file system without links: between the look and the name there is a moment
		return "", errors.Join(fs.ErrExist, err)
	}
	return path, d.rename(part, path)
}

// takeName gives a file a name, whoever has it.
func (d disk) takeName(part, path string) (string, error) { return path, d.rename(part, path) }

// freeName gives a file a name that is free: path, else with a number before its ending.
func (d disk) freeName(part, path string) (string, error) {
	ending := filepath.Ext(path)
	for i, at := 2, path; ; i++ {
		err := d.link(part, at)
		if err == nil {
			return at, nil // its other name goes with the deferred removal
		}
		if !errors.Is(err, fs.ErrExist) { // a file system without links: between the look and the name there is a moment
			switch _, err := os.Lstat(at); {
			case errors.Is(err, fs.ErrNotExist):
				return at, d.rename(part, at)
			case err != nil:
				return "", err
			}
		}
		at = fmt.Sprintf("%s (%d)%s", strings.TrimSuffix(path, ending), i, ending)
	}
}

// writer keeps the disk's errors apart from those of the data, and ends with the context.
type writer struct {
	w     io.Writer
	ended func() error
	size  int64
	err   error
}

func (w *writer) Write(p []byte) (int, error) {
	if err := w.ended(); err != nil {
		return 0, err
	}
	n, err := w.w.Write(p)
	w.size += int64(n)
	if err != nil {
		w.err = err
	}
	return n, err
}

func fileError(path string, err error) error {
	name := filepath.Base(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Error{path, format.Say("{{.File}} can't be written: the folder {{.Folder}} does not exist", "File", name, "Folder", filepath.Dir(path)).Over(err)}
	case errors.Is(err, fs.ErrPermission):
		return &Error{path, format.Say("{{.File}} can't be written: this user may not write there, or the file is open in another program", "File", name).Over(err)}
	}
	return &Error{path, format.Say("{{.File}} can't be written: check the free space, and whether the file is open in another program", "File", name).Over(err)}
}
