package artifacts

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/google/uuid"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/troubles"
)

const (
	chunkSize    = 4 << 20         // bytes of one append: OneLake counts in units of 4 MB
	chunkTimeout = 2 * time.Minute // one try of one chunk, on an uplink of 300 kbit/s
	renameTries  = 3
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

// Upload writes size bytes of r to Files/import/name. They go to a hidden name beside it first and take the file's name only when all
// of them arrived, so that nobody ever reads half a file and a failed upload costs nothing that was there (docs/fabric.md §5.3).
func (o *OneLake) Upload(ctx context.Context, name string, r io.ReaderAt, size int64, opts UploadOptions) (File, error) {
	name, err := CheckName(name)
	if err != nil {
		return File{}, err
	}
	target := ImportFolder + "/" + name
	if !opts.Overwrite {
		// Asked before all bytes have travelled; the rename decides.
		if _, err := o.Stat(ctx, target); err == nil {
			return File{}, &ExistsError{Name: name}
		} else if _, ok := errors.AsType[*NotFoundError](err); !ok {
			return File{}, err
		}
	}
	up := &upload{lake: o, name: name, doing: "uploading " + name, target: target, staging: ImportFolder + "/" + stagingName(name), size: size}
	file, err := up.run(ctx, r, opts)
	if err != nil {
		up.discard(ctx)
		return File{}, err
	}
	return file, nil
}

// stagingName is hidden from listings by its dot, and no two uploads share one.
func stagingName(name string) string {
	for len(name) > 150 { // bytes; the whole must fit into 255
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return "." + name + "." + uuid.NewString() + ".part"
}

// upload is one file on its way.
type upload struct {
	lake                         *OneLake
	name, doing, target, staging string
	size                         int64
}

func (u *upload) run(ctx context.Context, r io.ReaderAt, opts UploadOptions) (File, error) {
	create := func(r *policy.Request) error { r.Raw().Header.Set("If-None-Match", "*"); return nil }
	// The name is new with each upload: where it is said to exist, a lost first try made it.
	if err := u.call(ctx, http.MethodPut, u.staging, "?resource=file", create); err != nil && !conflict(err) {
		return File{}, err
	}
	for at := int64(0); at < u.size; {
		chunk := make([]byte, min(chunkSize, u.size-at)) // new each time: the transport may still look at the last one
		if n, err := r.ReadAt(chunk, at); n < len(chunk) {
			return File{}, &SourceError{Name: u.name, Err: err}
		}
		if err := u.appendChunk(ctx, at, chunk); err != nil {
			return File{}, err
		}
		at += int64(len(chunk))
		if opts.Progress != nil {
			opts.Progress(at)
		}
	}
	if n, err := r.ReadAt(make([]byte, 1), u.size); n > 0 || (err != nil && !errors.Is(err, io.EOF)) {
		return File{}, &SourceError{Name: u.name, Err: errors.New("the file grew")}
	}
	if u.size > 0 {
		if err := u.call(ctx, http.MethodPatch, u.staging, fmt.Sprintf("?action=flush&position=%d", u.size), nil); err != nil {
			return File{}, err
		}
	}
	arrived, err := u.lake.Stat(ctx, u.staging)
	if err != nil {
		return File{}, err
	}
	if arrived.Size != u.size {
		return File{}, &IncompleteError{Name: u.name, Sent: u.size, Arrived: arrived.Size}
	}
	if err := u.rename(ctx, opts.Overwrite); err != nil {
		return File{}, err
	}
	file, err := u.lake.Stat(ctx, u.target)
	if err == nil && file.Size != u.size {
		// Somebody replaced it in this moment.
		return File{}, &IncompleteError{Name: u.name, Sent: u.size, Arrived: file.Size}
	}
	return file, err
}

func (u *upload) call(ctx context.Context, method, path, query string, edit func(*policy.Request) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errCallTimeout)
	defer cancel()
	_, err := u.lake.do(ctx, u.doing, path, method, u.lake.address(path)+query, edit)
	return err
}

// appendChunk may be tried again as it stands: the same bytes at the same position.
func (u *upload) appendChunk(ctx context.Context, at int64, chunk []byte) error {
	ctx, cancel := context.WithTimeoutCause(ctx, 3*chunkTimeout, errCallTimeout)
	defer cancel()
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: 4, RetryDelay: retryDelay, MaxRetryDelay: 10 * time.Second, TryTimeout: chunkTimeout})
	_, err := u.lake.do(ctx, u.doing, u.staging, http.MethodPatch, fmt.Sprintf("%s?action=append&position=%d", u.lake.address(u.staging), at), func(r *policy.Request) error {
		return r.SetBody(streaming.NopCloser(bytes.NewReader(chunk)), "application/octet-stream")
	})
	return err
}

// rename gives the file its name. It is never repeated blindly: after a lost answer the staging file tells whether it was done.
func (u *upload) rename(ctx context.Context, overwrite bool) error {
	var last error
	for try := range renameTries {
		if try > 0 {
			pause := time.NewTimer(time.Duration(try) * 500 * time.Millisecond)
			select {
			case <-ctx.Done():
				pause.Stop()
				return context.Cause(ctx)
			case <-pause.C:
			}
		}
		last = u.call(policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: -1}), http.MethodPut, u.target, "", func(r *policy.Request) error {
			r.Raw().Header.Set("x-ms-rename-source", u.lake.resource(u.staging))
			if !overwrite {
				r.Raw().Header.Set("If-None-Match", "*")
			}
			return nil
		})
		var (
			access  *AccessError
			missing *NotFoundError
		)
		switch {
		case last == nil:
			return nil
		case conflict(last) && !overwrite:
			return &ExistsError{Name: u.name}
		case errors.As(last, &access), ctx.Err() != nil:
			return last
		}
		switch _, err := u.lake.Stat(ctx, u.staging); {
		case errors.As(err, &missing): // gone: it bears the file's name now, or somebody removed it, which the caller's look at the target finds out
			return nil
		case err != nil:
			return err
		}
	}
	return last
}

// conflict tells whether an answer was “exists already”.
func conflict(err error) bool {
	var t *troubles.Trouble
	return errors.As(err, &t) && (t.Status == http.StatusPreconditionFailed || (t.Status == http.StatusConflict && t.Code == "PathAlreadyExists"))
}

// discard removes what arrived of a failed upload, as well as it can, also when the user gave up.
func (u *upload) discard(ctx context.Context) {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), 10*time.Second, errCallTimeout)
	defer cancel()
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: 1, RetryDelay: 200 * time.Millisecond})
	_, _ = u.lake.do(ctx, u.doing, u.staging, http.MethodDelete, u.lake.address(u.staging), nil) // what stays is hidden and harms nobody
}
