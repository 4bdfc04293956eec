package artifacts

import (
	"context"
	"errors"
	"io"

	"fabricportal/internal/format"
)

// SourceError says that the file to be uploaded could not be read to its end.
type SourceError struct {
	Name string
	Err  error
}

func (e *SourceError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *SourceError) Say(w format.Writer) string {
	return w.T("the upload of {{.File}} was stopped: the file on this computer could not be read to its end, or changed meanwhile; close it elsewhere and try again", "File", e.Name)
}

func (e *SourceError) Unwrap() error { return e.Err }

// IncompleteError says that less or more arrived than was sent. Nothing was put under the file's name.
type IncompleteError struct {
	Name          string
	Sent, Arrived int64 // bytes
}

func (e *IncompleteError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *IncompleteError) Say(w format.Writer) string {
	return w.T("the upload of {{.File}} was stopped, as not all of it arrived ({{.Arrived}} of {{.Size}}): try again", "File", e.Name, "Arrived", w.Size(e.Arrived), "Size", w.Size(e.Sent))
}

// Upload writes size bytes of r to Files/import/name, in one go; files of a person go by desktop/uploads, which can be continued. The bytes
// go to a hidden name beside it first and take the file's name only when all of them arrived, so that nobody ever reads half a file
// and a failed upload costs nothing that was there (docs/fabric.md §5.3).
func (o *OneLake) Upload(ctx context.Context, name string, r io.ReaderAt, size int64, opts UploadOptions) (File, error) {
	return upload(ctx, o, name, r, size, opts)
}

func upload(ctx context.Context, to Staging, name string, r io.ReaderAt, size int64, opts UploadOptions) (File, error) {
	name, err := CheckName(name)
	if err != nil {
		return File{}, err
	}
	if !opts.Overwrite {
		// Asked before all bytes have travelled; the rename decides.
		if _, err := to.Stat(ctx, ImportFolder+"/"+name); err == nil {
			return File{}, &ExistsError{Name: name}
		} else if _, ok := errors.AsType[*NotFoundError](err); !ok {
			return File{}, err
		}
	}
	staging := StagingPath(name)
	err = stage(ctx, to, staging, name, r, size, opts.Progress)
	if err == nil {
		err = to.Name(ctx, staging, name, opts.Overwrite)
	}
	if err != nil {
		_ = to.Discard(ctx, staging) // what stays is hidden and harms nobody
		return File{}, err
	}
	file, err := to.Stat(ctx, ImportFolder+"/"+name)
	if err == nil && file.Size != size {
		// Somebody replaced it in this moment.
		return File{}, &IncompleteError{Name: name, Sent: size, Arrived: file.Size}
	}
	return file, err
}

// stage writes a staging file and looks whether all of it arrived.
func stage(ctx context.Context, to Staging, staging, name string, r io.ReaderAt, size int64, progress func(int64)) error {
	if err := to.Begin(ctx, staging); err != nil {
		return err
	}
	for at := int64(0); at < size; {
		chunk := make([]byte, min(ChunkSize, size-at)) // new each time: the transport may still look at the last one
		if n, err := r.ReadAt(chunk, at); n < len(chunk) {
			return &SourceError{Name: name, Err: err}
		}
		if _, err := to.Put(ctx, staging, at, chunk); err != nil {
			return err
		}
		if at += int64(len(chunk)); progress != nil {
			progress(at)
		}
	}
	if n, err := r.ReadAt(make([]byte, 1), size); n > 0 || (err != nil && !errors.Is(err, io.EOF)) {
		return &SourceError{Name: name, Err: errors.New("the file grew")}
	}
	if size > 0 {
		if err := to.Flush(ctx, staging, size); err != nil {
			return err
		}
	}
	arrived, err := to.Stat(ctx, staging)
	if err == nil && arrived.Size != size {
		err = &IncompleteError{Name: name, Sent: size, Arrived: arrived.Size}
	}
	return err
}
