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

// TooLargeToSendError says that a file has more bytes than can be uploaded. Nothing was sent.
type TooLargeToSendError struct {
	Name       string
	Size, Most int64 // bytes
}

func (e *TooLargeToSendError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *TooLargeToSendError) Say(w format.Writer) string {
	return w.T("{{.File}} has {{.Size}}, and more than {{.Most}} can't be uploaded as one file: divide it, and upload the parts into a folder by another program",
		"File", e.Name, "Size", w.Size(e.Size), "Most", w.Size(e.Most))
}

// Upload writes size bytes of r to Files/import/name. They go to a hidden name beside it first and take the file's name only when all
// of them arrived, so that nobody ever reads half a file and a failed upload costs nothing that was there (docs/fabric.md §5.3). With a
// journal it goes on from what an earlier upload has staged, and leaves what has arrived for the next (*StagedError).
func (o *OneLake) Upload(ctx context.Context, name string, r io.ReaderAt, size int64, opts UploadOptions) (File, error) {
	name, err := CheckName(name)
	if err != nil {
		return File{}, err
	}
	piece, ok := pieceOf(size)
	if !ok {
		return File{}, &TooLargeToSendError{Name: name, Size: size, Most: mostPieces * mostGrown * pieceSize}
	}
	s := &sending{lake: o, name: name, source: r, size: size, piece: piece, opts: opts}
	if file, named, err := s.named(ctx); named || err != nil {
		return file, err
	}
	if !opts.Overwrite {
		// Asked before all bytes have travelled; the rename decides.
		if _, err := o.Stat(ctx, ImportFolder+"/"+name); err == nil {
			return File{}, &ExistsError{Name: name}
		} else if _, ok := errors.AsType[*NotFoundError](err); !ok {
			return File{}, err
		}
	}
	for begun := false; ; begun = true {
		err = s.stage(ctx)
		if err == nil {
			err = o.name(ctx, s.staging, name, opts.Overwrite)
		}
		if err == nil {
			break
		}
		if errors.Is(err, errNotThere) {
			// It was not there as it was noted; of what was sent a moment ago nobody can explain that.
			if derr := o.discard(ctx, s.staging); derr != nil || begun {
				return File{}, &IncompleteError{Name: name, Sent: size}
			}
			if opts.Journal != nil {
				opts.Journal.Drop()
			}
			continue
		}
		return File{}, s.leave(ctx, err)
	}
	if opts.Journal != nil {
		opts.Journal.Drop()
	}
	file, err := o.Stat(ctx, ImportFolder+"/"+name)
	if err == nil && file.Size != size {
		// Somebody replaced it in this moment.
		return File{}, &IncompleteError{Name: name, Sent: size, Arrived: file.Size}
	}
	return file, err
}
