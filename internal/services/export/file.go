package export

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// replace writes a file beside path and gives it the name only when it is whole. The size is in bytes.
func replace(ctx context.Context, path string, write func(w io.Writer) error) (size int64, err error) {
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
		return &FileError{path, "the file can't be written: the folder " + filepath.Dir(path) + " does not exist", err}
	case errors.Is(err, fs.ErrPermission):
		return &FileError{path, name + " can't be written: this user may not write there, or the file is open in another program", err}
	}
	return &FileError{path, name + " can't be written: check the free space, and whether the file is open in another program", err}
}
