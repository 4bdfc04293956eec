package artifacts

import (
	"context"
	"errors"
	"net/http"
	"path"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"fabricportal/internal/format"
)

// Staged is what is known of an upload that has not come to its end: what stands under its staging name, and of which bytes it was made.
type Staged struct {
	Staging string   `json:"staging"` // its path
	Arrived int64    `json:"arrived"` // bytes from the first on that last
	ETag    string   `json:"etag"`    // of the staging file then
	Piece   int64    `json:"piece"`   // bytes of a piece
	Sums    []uint64 `json:"sums"`    // CRC-64/NVME of the pieces that last, by place; the service has compared them
	SHA256  string   `json:"sha256"`  // of all that lasts
}

// Journal keeps what is staged beyond the process that sends it. An upload alone uses it.
type Journal interface {
	// Staged is what was noted last; false for nothing.
	Staged() (Staged, bool)
	// Note takes the place of what was noted.
	Note(s Staged)
	// Drop forgets what was noted: nothing can go on from it any more.
	Drop()
}

// The causes with which a context ends an upload: what is staged stays after the first, as after any other end, and goes after the second.
var (
	ErrPaused    error = format.Say("the upload was paused")
	ErrAbandoned error = format.Say("the upload was cancelled")
)

// StagedError says that an upload has not come to its end, and that what has arrived is kept.
type StagedError struct {
	Err           error // why
	Arrived, Size int64 // bytes
}

func (e *StagedError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *StagedError) Say(w format.Writer) string {
	return w.T("{{.Why}} ({{.Arrived}} of {{.Size}} are in the lakehouse and are kept: the same upload goes on from there)",
		"Why", w.Words(e.Err), "Arrived", w.Size(e.Arrived), "Size", w.Size(e.Size))
}

func (e *StagedError) Unwrap() error { return e.Err }

// SourceChangedError says that a file of this computer is not the one any more that was looked at, or whose upload was begun. Nothing of
// it was put under the file's name.
type SourceChangedError struct {
	Name  string
	Begun bool // its upload was begun; else it was looked at
}

func (e *SourceChangedError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *SourceChangedError) Say(w format.Writer) string {
	if e.Begun {
		return w.T("{{.File}} was changed since its upload was begun: upload it from the start, or not at all", "File", e.Name)
	}
	return w.T("{{.File}} was changed since it was looked at: look at it again before it is uploaded", "File", e.Name)
}

// YoungError says that a staging file is not removed, as somebody may still be at it.
type YoungError struct{ Name string }

func (e *YoungError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *YoungError) Say(w format.Writer) string {
	return w.T("{{.File}} is not deleted: somebody was at this upload within the last week", "File", e.Name)
}

// DiscardStaged takes away what an upload of one's own has staged; what is gone already is no error.
func (o *OneLake) DiscardStaged(ctx context.Context, staging string) error {
	if _, ok := stagedName(path.Base(staging)); !ok || staging != ImportFolder+"/"+path.Base(staging) {
		return &NotFoundError{Path: staging}
	}
	return o.discard(ctx, staging)
}

// RemoveStaging removes what LeftStaging has named, whosever it is: only as it was seen, and if nobody has been at it for a week even now.
// Errors: *YoungError, those of Store, or the context's.
func (o *OneLake) RemoveStaging(ctx context.Context, file File, now time.Time) error {
	name, ok := stagedName(file.Name)
	if !ok || file.Path != ImportFolder+"/"+file.Name {
		return &NotFoundError{Path: file.Path}
	}
	there, err := o.Stat(ctx, file.Path)
	if _, gone := errors.AsType[*NotFoundError](err); gone {
		return nil
	}
	if err != nil {
		return err
	}
	if there.Modified.IsZero() || there.ETag == "" || now.Sub(there.Modified) < stagingAge {
		return &YoungError{Name: name}
	}
	err = o.change(ctx, http.MethodDelete, file.Path, "", func(r *policy.Request) error {
		r.Raw().Header.Set("If-Match", `"`+there.ETag+`"`) // somebody may come back to it in this moment
		return nil
	})
	if conflict(err) {
		return &YoungError{Name: name}
	}
	if _, gone := errors.AsType[*NotFoundError](err); gone {
		return nil
	}
	return err
}
