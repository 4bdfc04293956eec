package artifacts

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/troubles"
)

// probeName begins the names of probe files.
const probeName = "portal-probe"

// LeftError says that a file that was written for a trial could not be removed again.
type LeftError struct {
	Path string
	Err  error
}

func (e *LeftError) Error() string {
	return e.Say(format.English)
}

// Say is part of format.Sayer.
func (e *LeftError) Say(w format.Writer) string {
	return w.T("the file {{.File}} was written, but could not be removed again, so that it stays there until somebody deletes it: {{.Why}}", "File", e.Path, "Why", w.Words(e.Err))
}

func (e *LeftError) Unwrap() error { return e.Err }

// Probe does with a small hidden file of its own in Files/import what an upload does: it writes it, renames it, looks at it, and then removes
// it. Nothing of it stays, also where a step fails; a *LeftError says where it does. Other errors are those of Upload.
func (o *OneLake) Probe(ctx context.Context) error {
	content := []byte("This file was written by portal-desktop doctor, and can be deleted.\n")
	s, target := &sending{lake: o, name: probeName, source: bytes.NewReader(content), size: int64(len(content)), piece: pieceSize}, stagingPath(probeName)
	err := s.stage(ctx)
	if err == nil {
		err = o.rename(ctx, s.staging, target, "a probe file", false)
	}
	if err == nil {
		_, err = o.Stat(ctx, target)
	}
	if err != nil {
		for _, path := range []string{s.staging, target} { // the latter where the rename was done and only its answer is missing
			_ = o.discard(ctx, path)
		}
		return err
	}
	return o.remove(ctx, target, "")
}

// Remove deletes a file as it was seen: one that was changed since stays, which is a *LeftError. One that is gone already is no error.
func (o *OneLake) Remove(ctx context.Context, seen File) error {
	return o.remove(ctx, seen.Path, seen.ETag)
}

// remove ends also when the caller gave up: what was made for a trial is not to stay.
func (o *OneLake) remove(ctx context.Context, path, etag string) error {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), 30*time.Second, errCallTimeout)
	defer cancel()
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: 2, RetryDelay: retryDelay, MaxRetryDelay: 5 * time.Second})
	_, err := o.do(ctx, string(troubles.UsingFiles), path, http.MethodDelete, o.address(path), func(r *policy.Request) error {
		if etag != "" {
			r.Raw().Header.Set("If-Match", `"`+etag+`"`)
		}
		return nil
	})
	if _, gone := errors.AsType[*NotFoundError](err); err == nil || gone {
		return nil
	}
	if conflict(err) {
		_, lost := o.Stat(ctx, path)
		if _, gone := errors.AsType[*NotFoundError](lost); gone {
			return nil // a tag fits nothing that is not there
		}
		err = errors.New("somebody has changed it meanwhile")
	}
	return &LeftError{Path: path, Err: err}
}

// Probe asks the reader, which lists nothing for it.
func (a *ArtifactOnly) Probe(ctx context.Context) error {
	if p, ok := a.reader.(interface{ Probe(context.Context) error }); ok {
		return p.Probe(ctx)
	}
	return nil
}

// Remove asks the reader.
func (a *ArtifactOnly) Remove(ctx context.Context, seen File) error {
	if r, ok := a.reader.(interface {
		Remove(ctx context.Context, seen File) error
	}); ok {
		return r.Remove(ctx, seen)
	}
	return &LeftError{Path: seen.Path, Err: errors.ErrUnsupported}
}
