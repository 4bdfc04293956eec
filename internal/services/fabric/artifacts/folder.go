package artifacts

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"fabricportal/internal/atomicfile"
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
	folderSame     = format.Say("it makes no difference between this file's name and that of another file in it: rename one of them")
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
	if folder, ok := errors.AsType[*FolderError](err); ok {
		return folder
	}
	if missing, ok := errors.AsType[*NotFoundError](err); ok {
		return missing
	}
	reason := folderAway
	switch {
	case errors.Is(err, context.Canceled):
		return err
	case errors.Is(err, context.DeadlineExceeded):
		reason = folderSilent
	case errors.Is(err, errOtherName) && path == "":
		reason = folderSame
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

// Open is part of Store. What was read is known to be one state of the file only once its end was reached without an error.
func (f *Folder) Open(ctx context.Context, path string) (io.ReadCloser, File, error) {
	if err := checkPath(path); err != nil {
		return nil, File{}, err
	}
	file, err := asked(ctx, f, func(root *os.Root) (*os.File, error) {
		info, err := exactly(root, path)
		if err != nil {
			return nil, err
		}
		if info.IsDir() {
			return nil, folderAt(path)
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

// Upload is part of Store: the file is written beside its place and takes its name when it is whole and on the disk.
func (f *Folder) Upload(ctx context.Context, name string, r io.ReaderAt, size int64, opts UploadOptions) (File, error) {
	name, err := CheckName(name)
	if err == nil {
		err = CheckLocalName(name)
	}
	if err != nil {
		return File{}, err
	}
	path := ImportFolder + "/" + name
	// The folder is made and looked at through the root: a link that leads elsewhere is no place to write to.
	_, err = asked(ctx, f, func(root *os.Root) (struct{}, error) {
		if _, err := root.Stat("Files"); err != nil {
			return struct{}{}, err
		}
		if err := root.Mkdir(filepath.FromSlash(ImportFolder), 0o777); err != nil && !errors.Is(err, fs.ErrExist) {
			return struct{}{}, err
		}
		if _, err := root.Stat(filepath.FromSlash(ImportFolder)); err != nil {
			return struct{}{}, err
		}
		_, err := exactly(root, path)
		if errors.Is(err, fs.ErrNotExist) && !errors.Is(err, errOtherName) {
			err = nil
		}
		return struct{}{}, err
	})
	if err != nil {
		return File{}, f.failed("", err)
	}
	local := filepath.Join(f.path, filepath.FromSlash(path))
	written, refused := int64(0), error(nil)
	write := func(w io.Writer) error {
		sum := sha256.New()
		n, err := copyChunks(ctx, io.MultiWriter(w, sum), r, size, name, opts.Progress)
		if written = n; err == nil && opts.Check != nil {
			if refused = opts.Check(hex.EncodeToString(sum.Sum(nil))); refused != nil {
				return refused
			}
		}
		return err
	}
	there := atomicfile.Configured(ctx) // the folder stands in for the lakehouse; nobody saves a file for themselves
	if opts.Overwrite {
		_, err = atomicfile.Replace(there, local, atomicfile.Shared, write)
	} else if _, err = os.Lstat(local); err == nil {
		return File{}, &ExistsError{Name: name} // before all bytes are copied; the name's own moment decides
	} else {
		_, err = atomicfile.New(there, local, atomicfile.Shared, write)
	}
	source, ofSource := errors.AsType[*SourceError](err)
	switch {
	case errors.Is(err, fs.ErrExist):
		return File{}, &ExistsError{Name: name}
	case ofSource:
		return File{}, source
	case refused != nil:
		return File{}, refused
	case err != nil && ctx.Err() != nil:
		return File{}, context.Cause(ctx)
	case err != nil:
		return File{}, f.failed("", err)
	}
	file, err := f.Stat(ctx, path)
	if err == nil && file.Size != written {
		return File{}, &IncompleteError{Name: name, Sent: written, Arrived: file.Size}
	}
	return file, err
}

// copyChunks writes size bytes of r, and finds out whether it has more. Errors: those of w, *SourceError, the context's.
func copyChunks(ctx context.Context, w io.Writer, r io.ReaderAt, size int64, name string, progress func(int64)) (int64, error) {
	chunk := make([]byte, min(pieceSize, size))
	at := int64(0)
	for at < size {
		if ctx.Err() != nil {
			return at, context.Cause(ctx)
		}
		part := chunk[:min(int64(len(chunk)), size-at)]
		if n, err := r.ReadAt(part, at); n < len(part) {
			return at, &SourceError{Name: name, Err: err}
		}
		if _, err := w.Write(part); err != nil {
			return at, err
		}
		at += int64(len(part))
		if progress != nil {
			progress(at)
		}
	}
	if n, err := r.ReadAt(make([]byte, 1), size); n > 0 || (err != nil && !errors.Is(err, io.EOF)) {
		return at, &SourceError{Name: name, Err: errors.New("the file grew")}
	}
	return at, nil
}

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

// RemoveStaging is OneLake.RemoveStaging.
func (f *Folder) RemoveStaging(ctx context.Context, file File, now time.Time) error {
	if !strings.HasPrefix(file.Name, ".") || !strings.HasSuffix(file.Name, ".part") || file.Path != ImportFolder+"/"+file.Name {
		return &NotFoundError{Path: file.Path}
	}
	_, err := asked(ctx, f, func(root *os.Root) (struct{}, error) {
		info, err := root.Lstat(filepath.FromSlash(file.Path))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return struct{}{}, nil
		case err != nil:
			return struct{}{}, err
		case !info.Mode().IsRegular() || now.Sub(info.ModTime()) < stagingAge:
			return struct{}{}, &YoungError{Name: file.Name}
		}
		return struct{}{}, root.Remove(filepath.FromSlash(file.Path))
	})
	if young, ok := errors.AsType[*YoungError](err); ok {
		return young
	}
	if err != nil {
		return f.failed(file.Path, err)
	}
	return nil
}
