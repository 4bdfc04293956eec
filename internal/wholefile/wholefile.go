// Package wholefile writes files that are there whole or not at all: a crash, a full disk or a cancelled export leaves the
// old file as it was.
package wholefile

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Error says that a file could not be written.
type Error struct {
	Path     string
	Sentence string
	Err      error
}

func (e *Error) Error() string { return e.Sentence }
func (e *Error) Unwrap() error { return e.Err }

// Replace writes a file beside path and gives it the name only when it is whole. The size is in bytes. Errors: *Error,
// those of write, or the context's.
func Replace(ctx context.Context, path string, write func(w io.Writer) error) (size int64, err error) {
	path, err = filepath.Abs(path)
	if err != nil {
		return 0, fileError(path, err)
	}
	f, err := os.CreateTemp(filepath.Dir(path), ".*.part")
	if err != nil {
		return 0, fileError(path, err)
	}
	defer func() {
		f.Close()
		if err != nil {
			os.Remove(f.Name())
		}
	}()
	out := &checked{w: f}
	if err := write(out); err != nil {
		if out.err != nil {
			return 0, fileError(path, out.err)
		}
		return 0, err
	}
	if err := ctx.Err(); err != nil {
		return 0, err
	}
	info, err := f.Stat()
	if err == nil {
		err = errors.Join(f.Sync(), f.Close())
	}
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		return 0, fileError(path, err)
	}
	return info.Size(), nil
}

// checked keeps the disk's errors apart from those of the data.
type checked struct {
	w   io.Writer
	err error
}

func (c *checked) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	if err != nil {
		c.err = err
	}
	return n, err
}

func fileError(path string, err error) error {
	name := filepath.Base(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return &Error{path, "the file can't be written: the folder " + filepath.Dir(path) + " does not exist", err}
	case errors.Is(err, fs.ErrPermission):
		return &Error{path, name + " can't be written: this user may not write there, or the file is open in another program", err}
	}
	return &Error{path, name + " can't be written: check the free space, and whether the file is open in another program", err}
}
