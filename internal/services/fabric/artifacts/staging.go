package artifacts

import (
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/google/uuid"

	"fabricportal/internal/services/fabric/troubles"
)

const (
	renameTries = 3
)

// A file comes into Files/import in pieces, under a name that nobody sees or shares, and then at once under its own.

// stagingPath is a path for a file on its way to Files/import/name. It is hidden from listings by its dot, and no two uploads share one.
func stagingPath(name string) string { return ImportFolder + "/" + stagingName(name) }

func stagingName(name string) string {
	for len(name) > 150 { // bytes; the whole must fit into 255
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return "." + name + "." + uuid.NewString() + ".part"
}

func (o *OneLake) change(ctx context.Context, method, path, query string, edit func(*policy.Request) error) error {
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errCallTimeout)
	defer cancel()
	_, err := o.do(ctx, string(troubles.UsingFiles), path, method, o.address(path)+query, edit)
	return err
}

// begin makes an empty file at a path of stagingPath.
func (o *OneLake) begin(ctx context.Context, staging string) error {
	// The name is new with each upload: where it is said to exist, a lost first try made it.
	err := o.change(ctx, http.MethodPut, staging, "?resource=file", func(r *policy.Request) error {
		r.Raw().Header.Set("If-None-Match", "*")
		return nil
	})
	if conflict(err) {
		return nil
	}
	return err
}

// put puts a piece, with its check sum, at its place; it may be put again. checked says that the other side has compared it with its check sum.
// OneLake takes appends at explicit positions in any order, several at a time (docs/fabric.md §5.3).
func (o *OneLake) put(ctx context.Context, staging string, at int64, chunk []byte, sum uint64) (checked bool, err error) {
	enough := callTimeout + time.Duration(len(chunk)/slowest)*time.Second // the others that are on their way have their part of the network
	ctx, cancel := context.WithTimeoutCause(ctx, 3*enough, errCallTimeout)
	defer cancel()
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: 4, RetryDelay: retryDelay, MaxRetryDelay: 10 * time.Second, TryTimeout: enough})
	piece := newBody(chunk)
	defer piece.release()
	check := base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint64(nil, sum))
	answer, err := header(o.send(ctx, o.bulk, string(troubles.UsingFiles), staging, http.MethodPatch, fmt.Sprintf("%s?action=append&position=%d", o.address(staging), at), func(r *policy.Request) error {
		r.Raw().Header.Set("x-ms-content-crc64", check)
		return r.SetBody(piece, "application/octet-stream")
	}))
	return err == nil && answer.Get("x-ms-content-crc64") == check, err
}

// flush makes what was put before a position the file. What was put behind it is lost, unless it is to be retained for a later flush.
func (o *OneLake) flush(ctx context.Context, staging string, end int64, retain bool) (etag string, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errCallTimeout)
	defer cancel()
	address := fmt.Sprintf("%s?action=flush&position=%d", o.address(staging), end)
	if retain {
		address += "&retainUncommittedData=true"
	}
	answer, err := o.do(ctx, string(troubles.UsingFiles), staging, http.MethodPatch, address, nil)
	return strings.Trim(answer.Get("ETag"), `"`), err
}

// name gives the file its name in Files/import: *ExistsError where that is taken and must not be replaced. The rename is never repeated blindly: after a lost answer the staging file tells whether it was done.
func (o *OneLake) name(ctx context.Context, staging, name string, overwrite bool) error {
	name, err := CheckName(name)
	if err != nil {
		return err
	}
	return o.rename(ctx, staging, ImportFolder+"/"+name, name, overwrite)
}

func (o *OneLake) rename(ctx context.Context, staging, target, name string, overwrite bool) error {
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
		last = o.change(policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: -1}), http.MethodPut, target, "", func(r *policy.Request) error {
			r.Raw().Header.Set("x-ms-rename-source", o.resource(staging))
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
			return &ExistsError{Name: name}
		case errors.As(last, &access), ctx.Err() != nil:
			return last
		}
		switch _, err := o.Stat(ctx, staging); {
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

// discard removes a staging file, also when the caller gave up; one that is gone is no error.
func (o *OneLake) discard(ctx context.Context, staging string) error {
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), 10*time.Second, errCallTimeout)
	defer cancel()
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: 1, RetryDelay: 200 * time.Millisecond})
	_, err := o.do(ctx, string(troubles.UsingFiles), staging, http.MethodDelete, o.address(staging), nil)
	if _, gone := errors.AsType[*NotFoundError](err); gone {
		return nil
	}
	return err
}
