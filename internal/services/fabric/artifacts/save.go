package artifacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/google/uuid"
)

// Opener is what Save reads from.
type Opener interface {
	Open(ctx context.Context, path string) (io.ReadCloser, File, error)
}

// Saved is a file that was downloaded.
type Saved struct {
	Path   string // full
	Size   int64  // bytes
	SHA256 string // lower-case hexadecimal
}

// LocalFileError says why a download could not be kept on this computer.
type LocalFileError struct {
	Path string
	Err  error
}

func (e *LocalFileError) Error() string {
	switch {
	case errors.Is(e.Err, fs.ErrNotExist):
		return "the download can't be kept: the folder " + filepath.Dir(e.Path) + " does not exist"
	case errors.Is(e.Err, fs.ErrPermission):
		return "the download can't be kept as " + e.Path + ": this user may not write there, or the file is open in another program"
	}
	return "the download can't be kept as " + e.Path + ": check the free space, and whether the file is open in another program"
}

func (e *LocalFileError) Unwrap() error { return e.Err }

// Save downloads a file of the lakehouse to localPath, or into it under its own name where it is a folder. The name is replaced only
// when all has arrived: a download that fails leaves behind what was there. progress (may be nil) is called from this goroutine.
func Save(ctx context.Context, from Opener, path, localPath string, progress func(done, total int64)) (Saved, error) {
	local, err := filepath.Abs(localPath)
	if err != nil {
		return Saved{}, &LocalFileError{Path: localPath, Err: err}
	}
	dir, name := filepath.Split(local)
	if info, err := os.Stat(local); err == nil && info.IsDir() {
		// The name comes from the lakehouse: one that means something to this system is refused.
		if name, err = CheckName(path[strings.LastIndex(path, "/")+1:]); err != nil {
			return Saved{}, err
		}
		if !filepath.IsLocal(name) {
			return Saved{}, &NameError{Name: shown(name), Reason: "this computer does not allow it"}
		}
		dir = local
	}
	target := filepath.Join(dir, name)
	failed := func(err error) (Saved, error) { return Saved{}, &LocalFileError{Path: target, Err: err} }
	root, err := os.OpenRoot(dir) // nothing below can leave this folder
	if err != nil {
		return failed(err)
	}
	defer root.Close()
	part := "." + uuid.NewString() + ".part"
	f, err := root.OpenFile(part, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o666)
	if err != nil {
		return failed(err)
	}
	kept := false
	defer func() {
		f.Close()
		if !kept {
			_ = root.Remove(part) // an empty hidden file is all that could stay
		}
	}()
	body, info, err := from.Open(ctx, path)
	if err != nil {
		return Saved{}, err
	}
	defer body.Close()
	hash := sha256.New()
	out := &progressWriter{f: f, hash: hash, total: info.Size, progress: progress}
	size, err := io.Copy(out, body)
	switch {
	case out.err != nil:
		return failed(out.err)
	case err != nil:
		return Saved{}, err
	case size != info.Size:
		return Saved{}, &UnreachableError{Doing: "reading " + path, Err: fmt.Errorf("%d of %d bytes arrived: try again", size, info.Size)}
	}
	if err := errors.Join(f.Sync(), f.Close()); err != nil {
		return failed(err)
	}
	if err := root.Rename(part, name); err != nil {
		return failed(err)
	}
	kept = true
	return Saved{Path: target, Size: size, SHA256: hex.EncodeToString(hash.Sum(nil))}, nil
}

// progressWriter keeps the disk's errors apart from the network's.
type progressWriter struct {
	f        *os.File
	hash     io.Writer
	done     int64
	total    int64
	progress func(done, total int64)
	err      error
}

func (w *progressWriter) Write(p []byte) (int, error) {
	n, err := w.f.Write(p)
	if err != nil {
		w.err = err
		return n, err
	}
	_, _ = w.hash.Write(p)
	if w.done += int64(n); w.progress != nil {
		w.progress(w.done, w.total)
	}
	return n, nil
}
