package artifacts

import (
	"context"
	"errors"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"fabricportal/internal/format"
)

// RangeReader reads parts of a file, all of them of one state of it. It is safe for use by several goroutines.
type RangeReader interface {
	// ReadRange fills p with what stands in a file from offset on. The file is as Stat, List or Open told of it: of another state of it
	// nothing is given. What is in p after an error is nobody's. Errors: *ChangedError, *RangeError, those of Store, or the context's.
	ReadRange(ctx context.Context, file File, offset int64, p []byte) error
}

var (
	_ RangeReader = (*OneLake)(nil)
	_ RangeReader = (*Folder)(nil)
	_ RangeReader = (*ArtifactOnly)(nil)
)

// ChangedError says that a file is not the one any more that was looked at.
type ChangedError struct{ Path string }

func (e *ChangedError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *ChangedError) Say(w format.Writer) string {
	return w.T("{{.File}} was changed while it was read: try again", "File", e.Path)
}

// RangeError says that a source did not give the part of a file that it was asked for, but something else.
type RangeError struct {
	Path string
	Err  error // what it gave
}

func (e *RangeError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *RangeError) Say(w format.Writer) string {
	return w.T("a part of {{.File}} was asked for, and something else was given, which is not used: try again; if it stays so, a proxy between this computer and Fabric may be the reason", "File", e.Path)
}

func (e *RangeError) Unwrap() error { return e.Err }

// slowest is how many bytes a second a range has to come with, or a piece to go with, beyond the time of a small question.
const slowest = 8 << 10

// rangeOf checks what is asked of ReadRange. A part of nothing is had without asking.
func rangeOf(file File, offset int64, p []byte) (nothing bool, err error) {
	switch {
	case file.ETag == "":
		return false, &RangeError{Path: file.Path, Err: errors.New("the source does not tell the states of the file apart")}
	case file.Folder:
		return false, &FolderError{Folder: file}
	case offset < 0 || offset > file.Size || int64(len(p)) > file.Size-offset:
		return false, &RangeError{Path: file.Path, Err: errors.New("the file is not that long")}
	}
	return len(p) == 0, checkPath(file.Path)
}

// ReadRange is part of RangeReader. A connection that breaks is replaced by one that goes on where it stopped.
func (o *OneLake) ReadRange(ctx context.Context, file File, offset int64, p []byte) error {
	if nothing, err := rangeOf(file, offset, p); nothing || err != nil {
		return err
	}
	enough := callTimeout + time.Duration(len(p)/slowest)*time.Second
	ctx, cancel := context.WithTimeoutCause(ctx, enough, errCallTimeout)
	defer cancel()
	d := &download{lake: o, by: o.bulk, ctx: ctx, path: file.Path, stall: stallTimeout, file: file, etag: `"` + file.ETag + `"`, offset: offset, end: offset + int64(len(p))}
	defer d.drop()
	if _, err := d.connect(); err != nil {
		return err
	}
	if _, err := io.ReadFull(d, p); err != nil {
		return err
	}
	// Its end is read, too: more than was asked for is a wrong answer, and after its end a connection can be used again.
	if _, err := d.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
		return err
	}
	return nil
}

// answersRange compares an answer with the part of one state of a file that was asked for.
func (d *download) answersRange(resp *http.Response) error {
	wrong := func(what string) error { return &RangeError{Path: d.path, Err: errors.New(what)} }
	if resp.StatusCode != http.StatusPartialContent {
		return wrong("all of the file was given")
	}
	from, to, size, ok := contentRange(resp.Header.Get("Content-Range"))
	switch {
	case !ok:
		return wrong("the answer does not say which part it is")
	case size != d.file.Size:
		return &ChangedError{Path: d.path}
	case from != d.offset || to != d.end:
		return wrong("another part was given")
	case resp.ContentLength >= 0 && resp.ContentLength != to-from:
		return wrong("the answer is not as long as the part")
	case resp.Header.Get("ETag") != d.etag:
		return &ChangedError{Path: d.path}
	}
	return nil
}

// contentRange reads the header of that name: from is the first byte, and to the one behind the last.
func contentRange(header string) (from, to, size int64, ok bool) {
	given, isBytes := strings.CutPrefix(header, "bytes ")
	part, all, whole := strings.Cut(given, "/")
	first, last, both := strings.Cut(part, "-")
	from, err1 := strconv.ParseInt(first, 10, 64)
	to, err2 := strconv.ParseInt(last, 10, 64)
	size, err3 := strconv.ParseInt(all, 10, 64)
	ok = isBytes && whole && both && errors.Join(err1, err2, err3) == nil && 0 <= from && from <= to && to < size
	return from, to + 1, size, ok
}

// ReadRange is part of RangeReader.
func (f *Folder) ReadRange(ctx context.Context, file File, offset int64, p []byte) error {
	if nothing, err := rangeOf(file, offset, p); nothing || err != nil {
		return err
	}
	// A read that hangs in a share may end when nobody waits any more: it writes into bytes of its own.
	read, err := asked(ctx, f, func(root *os.Root) ([]byte, error) {
		info, err := root.Stat(filepath.FromSlash(file.Path))
		switch {
		case err != nil:
			return nil, err
		case !info.Mode().IsRegular(): // a pipe would wait for somebody to write
			return nil, &ChangedError{Path: file.Path}
		}
		open, err := root.Open(filepath.FromSlash(file.Path))
		if err != nil {
			return nil, err
		}
		defer open.Close()
		if err := still(open, file); err != nil {
			return nil, err
		}
		read := make([]byte, len(p))
		if _, err := open.ReadAt(read, offset); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		return read, still(open, file)
	})
	if changed, ok := errors.AsType[*ChangedError](err); ok {
		return changed
	}
	if err != nil {
		return f.failed(file.Path, err)
	}
	copy(p, read)
	return nil
}

// still tells whether an open file is in the state that was seen: then, before and after a read, all of the read was there.
func still(open *os.File, seen File) error {
	info, err := open.Stat()
	if err == nil && described(seen.Path, info).ETag != seen.ETag {
		err = &ChangedError{Path: seen.Path}
	}
	return err
}

// ReadRange asks the reader.
func (a *ArtifactOnly) ReadRange(ctx context.Context, file File, offset int64, p []byte) error {
	if r, ok := a.reader.(RangeReader); ok {
		return r.ReadRange(ctx, file, offset, p)
	}
	return &RangeError{Path: file.Path, Err: errors.ErrUnsupported}
}
