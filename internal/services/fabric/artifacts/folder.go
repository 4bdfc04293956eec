package artifacts

import (
	"context"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"fabricportal/internal/format"
)

// Folder is a Store on a folder of this computer that holds the lakehouse's Files: a synchronized one, a share, or a copy on a
// stick. It may vanish at any moment, and a share may stop answering; both are errors, and nothing is left half written.
type Folder struct {
	path string
	busy chan struct{} // of calls that the system has not answered yet
	wait time.Duration
}

var _ Store = (*Folder)(nil)

// mostWaiting is how many calls may hang in a share that has stopped answering; they can't be called back.
const mostWaiting = 8

// NewFolder makes the Store of the folder at path, in which Files is. Nothing is looked at yet.
func NewFolder(path string) *Folder {
	return &Folder{path: path, busy: make(chan struct{}, mostWaiting), wait: askTime}
}

// The reasons of a LocalFolderError.
var (
	folderGone     = format.Say("it is not there: connect the stick or the share, or check artifacts.folder")
	folderEmpty    = format.Say("there is no folder “Files” in it: check artifacts.folder")
	folderRefused  = format.Say("this user may not read it, or write into it")
	folderFull     = format.Say("there is no room left on it: free some, and try again")
	folderReadOnly = format.Say("it can only be read")
	folderSilent   = format.Say("it does not answer: check the connection to the share")
	folderAway     = format.Say("it was taken away, or failed while it was used: connect it again, and try again")
	folderChanged  = format.Say("the file was changed while it was read: try again")
	folderLeads    = format.Say("a link in it leads out of it, and is not followed")
)

// asked runs one question to the system, which may hang in it for ever: the answer is then dropped.
func asked[T any](ctx context.Context, f *Folder, question func(root *os.Root) (T, error)) (T, error) {
	var none T
	select {
	case f.busy <- struct{}{}:
	default:
		return none, f.failed("", context.DeadlineExceeded)
	}
	type answer struct {
		value T
		err   error
	}
	answers, left := make(chan answer), make(chan struct{})
	defer close(left)
	go func() {
		defer func() { <-f.busy }()
		value, err := func() (T, error) {
			root, err := os.OpenRoot(f.path)
			if err != nil {
				return none, err
			}
			defer root.Close() // what is open in it stays open
			return question(root)
		}()
		select {
		case answers <- answer{value, err}:
		case <-left:
			if c, ok := any(value).(io.Closer); ok && err == nil {
				_ = c.Close() // nobody reads it
			}
		}
	}()
	patience := time.NewTimer(f.wait)
	defer patience.Stop()
	select {
	case a := <-answers:
		return a.value, a.err
	case <-ctx.Done():
		return none, context.Cause(ctx)
	case <-patience.C:
		return none, context.DeadlineExceeded
	}
}

// failed makes one of the package's errors of the system's; path is what was asked for, "" for none.
func (f *Folder) failed(path string, err error) error {
	reason := folderAway
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		reason = folderSilent
	case errors.Is(err, fs.ErrNotExist):
		if path != "" && f.there() {
			return &NotFoundError{Path: path}
		}
		if reason = folderGone; isFolder(f.path) {
			reason = folderEmpty
		}
	case errors.Is(err, syscall.EROFS):
		reason = folderReadOnly
	case errors.Is(err, fs.ErrPermission):
		reason = folderRefused
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		reason = folderFull
	case strings.Contains(err.Error(), "escapes"): // os.Root has no error of its own for it
		reason = folderLeads
	}
	return &LocalFolderError{Folder: f.path, Reason: reason, Err: err}
}

func (f *Folder) there() bool { return isFolder(filepath.Join(f.path, "Files")) }

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// described is a file as the others of this package describe theirs. The tag stands for its identity, size and time.
func described(path string, info fs.FileInfo) File {
	tag := fmt.Sprintf("%x-%x-%x", identity(info), info.Size(), info.ModTime().UnixNano())
	return File{Name: path[strings.LastIndex(path, "/")+1:], Path: path, Size: info.Size(), Modified: info.ModTime().UTC(), ETag: hex.EncodeToString([]byte(tag))}
}

// ListImport is part of Store.
func (f *Folder) ListImport(ctx context.Context) ([]File, error) {
	files, err := f.List(ctx, ImportFolder)
	if _, none := errors.AsType[*NotFoundError](err); none {
		return nil, nil
	}
	newestFirst(files)
	return files, err
}

// List is part of Store. What is no ordinary file, and what has a dot in front, is left out.
func (f *Folder) List(ctx context.Context, folder string) ([]File, error) {
	return f.list(ctx, folder, inSight)
}

func (f *Folder) list(ctx context.Context, folder string, wanted func(name string) bool) ([]File, error) {
	if err := checkPath(folder); err != nil {
		return nil, err
	}
	files, err := asked(ctx, f, func(root *os.Root) ([]File, error) {
		dir, err := root.Open(filepath.FromSlash(folder))
		if err != nil {
			return nil, err
		}
		defer dir.Close()
		var files []File
		for seen := 0; ; {
			entries, err := dir.ReadDir(1000)
			for _, e := range entries {
				if seen++; seen > maxEntries {
					return nil, &TooManyFilesError{Folder: folder, Limit: maxEntries}
				}
				info, ierr := e.Info()
				if ierr != nil || !info.Mode().IsRegular() || !wanted(e.Name()) || checkPath(folder+"/"+e.Name()) != nil {
					continue // gone since, or none that the portal has to do with
				}
				files = append(files, described(folder+"/"+e.Name(), info))
			}
			if errors.Is(err, io.EOF) {
				return files, nil
			}
			if err != nil {
				return nil, err
			}
		}
	})
	if err != nil {
		if many, ok := errors.AsType[*TooManyFilesError](err); ok {
			return nil, many
		}
		return nil, f.failed(folder, err)
	}
	byName(files)
	return files, nil
}

// Stat is part of Store.
func (f *Folder) Stat(ctx context.Context, path string) (File, error) {
	if err := checkPath(path); err != nil {
		return File{}, err
	}
	info, err := asked(ctx, f, func(root *os.Root) (fs.FileInfo, error) { return root.Stat(filepath.FromSlash(path)) })
	switch {
	case err != nil:
		return File{}, f.failed(path, err)
	case !info.Mode().IsRegular():
		return File{}, &NotFoundError{Path: path}
	}
	return described(path, info), nil
}

// Open is part of Store. What was read is known to be one state of the file only once its end was reached without an error.
func (f *Folder) Open(ctx context.Context, path string) (io.ReadCloser, File, error) {
	if err := checkPath(path); err != nil {
		return nil, File{}, err
	}
	file, err := asked(ctx, f, func(root *os.Root) (*os.File, error) {
		info, err := root.Stat(filepath.FromSlash(path))
		if err != nil {
			return nil, err
		}
		if !info.Mode().IsRegular() { // a pipe would wait for somebody to write
			return nil, fs.ErrNotExist
		}
		return root.Open(filepath.FromSlash(path))
	})
	if err != nil {
		return nil, File{}, f.failed(path, err)
	}
	info, err := file.Stat()
	if err != nil {
		file.Close()
		return nil, File{}, f.failed(path, err)
	}
	r := &folderFile{ctx: ctx, folder: f, file: file, begun: described(path, info)}
	return r, r.begun, nil
}

// folderFile is a file that is being read.
type folderFile struct {
	ctx    context.Context
	folder *Folder
	file   *os.File
	begun  File
	read   int64
}

// Read is part of io.Reader.
func (r *folderFile) Read(p []byte) (int, error) {
	if r.ctx.Err() != nil {
		return 0, context.Cause(r.ctx)
	}
	n, err := r.file.Read(p)
	r.read += int64(n)
	if err == nil {
		return n, nil
	}
	if !errors.Is(err, io.EOF) {
		return n, r.folder.failed("", err)
	}
	info, serr := r.file.Stat()
	if serr != nil {
		return n, r.folder.failed("", serr)
	}
	if now := described(r.begun.Path, info); now.ETag != r.begun.ETag || r.read != r.begun.Size {
		return n, &LocalFolderError{Folder: r.folder.path, Reason: folderChanged, Err: &ChangedError{Path: r.begun.Path}}
	}
	return n, io.EOF
}

// Close is part of io.Closer.
func (r *folderFile) Close() error { return r.file.Close() }

// LeftStaging is OneLake.LeftStaging: parts of files that somebody was writing more than a week before now.
func (f *Folder) LeftStaging(ctx context.Context, now time.Time) ([]File, error) {
	files, err := f.list(ctx, ImportFolder, func(name string) bool {
		return strings.HasPrefix(name, ".") && strings.HasSuffix(name, ".part")
	})
	if _, none := errors.AsType[*NotFoundError](err); none {
		return nil, nil
	}
	var left []File
	for _, file := range files {
		if now.Sub(file.Modified) >= stagingAge {
			left = append(left, file)
		}
	}
	return left, err
}
