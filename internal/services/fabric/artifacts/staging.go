package artifacts

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"net/http"
	"time"
	"unicode/utf8"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/streaming"
	"github.com/google/uuid"
	"github.com/minio/crc64nvme"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/troubles"
)

// ChunkSize is how many bytes one append carries: OneLake counts in units of 4 MB.
const ChunkSize = 4 << 20

const (
	chunkTimeout = 2 * time.Minute // one try of one chunk, on an uplink of 300 kbit/s
	renameTries  = 3
)

// Staging is how a file comes into Files/import: in pieces, under a name that nobody sees or shares, and then at once under its own.
// Pieces may be put by several goroutines. What is put can be seen only when it was flushed. Errors are those of Store.
type Staging interface {
	// Stat tells about one file, a staging file too.
	Stat(ctx context.Context, path string) (File, error)
	// Begin makes an empty file at a path of StagingPath.
	Begin(ctx context.Context, staging string) error
	// Put puts a piece at its place. checked says that the other side has compared it with its check sum. The same piece may be put
	// again; chunk is not looked at any more where there is no error.
	Put(ctx context.Context, staging string, at int64, chunk []byte) (checked bool, err error)
	// Flush makes all that was put before the end part of the file.
	Flush(ctx context.Context, staging string, end int64) error
	// Name gives the file its name in Files/import: *ExistsError where that is taken and must not be replaced.
	Name(ctx context.Context, staging, name string, overwrite bool) error
	// Discard removes a staging file, also when the caller gave up; one that is gone is no error.
	Discard(ctx context.Context, staging string) error
}

var _ Staging = (*OneLake)(nil)

// StagingPath is a path for a file on its way to Files/import/name. It is hidden from listings by its dot, and no two uploads share one.
func StagingPath(name string) string { return ImportFolder + "/" + stagingName(name) }

func stagingName(name string) string {
	for len(name) > 150 { // bytes; the whole must fit into 255
		_, n := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-n]
	}
	return "." + name + "." + uuid.NewString() + ".part"
}

// staged refuses to write to what is no staging file, whoever asks: such a path comes out of a note of this computer.
func staged(path string) error {
	name, ok := bytes.CutPrefix([]byte(path), []byte(ImportFolder+"/"))
	if _, is := stagedName(string(name)); !ok || !is {
		return &NameError{Name: shown(path), Reason: format.Say("it is not the name of a file on its way")}
	}
	return checkPath(path)
}

func (o *OneLake) change(ctx context.Context, method, path, query string, edit func(*policy.Request) error) (http.Header, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errCallTimeout)
	defer cancel()
	return o.do(ctx, string(troubles.UsingFiles), path, method, o.address(path)+query, edit)
}

// Begin is part of Staging.
func (o *OneLake) Begin(ctx context.Context, staging string) error {
	if err := staged(staging); err != nil {
		return err
	}
	// The name is new with each upload: where it is said to exist, a lost first try made it.
	_, err := o.change(ctx, http.MethodPut, staging, "?resource=file", func(r *policy.Request) error {
		r.Raw().Header.Set("If-None-Match", "*")
		return nil
	})
	if conflict(err) {
		return nil
	}
	return err
}

// Put is part of Staging. OneLake takes appends at explicit positions in any order, several at a time (docs/fabric.md §5.3).
func (o *OneLake) Put(ctx context.Context, staging string, at int64, chunk []byte) (checked bool, err error) {
	if err := staged(staging); err != nil {
		return false, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, 3*chunkTimeout, errCallTimeout)
	defer cancel()
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: 4, RetryDelay: retryDelay, MaxRetryDelay: 10 * time.Second, TryTimeout: chunkTimeout})
	sum := base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint64(nil, crc64nvme.Checksum(chunk)))
	header, err := o.doBy(ctx, o.bulk, string(troubles.UsingFiles), staging, http.MethodPatch, fmt.Sprintf("%s?action=append&position=%d", o.address(staging), at), func(r *policy.Request) error {
		r.Raw().Header.Set("x-ms-content-crc64", sum)
		return r.SetBody(streaming.NopCloser(bytes.NewReader(chunk)), "application/octet-stream")
	})
	return err == nil && header.Get("x-ms-content-crc64") == sum, err
}

// Flush is part of Staging.
func (o *OneLake) Flush(ctx context.Context, staging string, end int64) error {
	if err := staged(staging); err != nil {
		return err
	}
	_, err := o.change(ctx, http.MethodPatch, staging, fmt.Sprintf("?action=flush&position=%d", end), nil)
	return err
}

// Name is part of Staging. The rename is never repeated blindly: after a lost answer the staging file tells whether it was done.
func (o *OneLake) Name(ctx context.Context, staging, name string, overwrite bool) error {
	if err := staged(staging); err != nil {
		return err
	}
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
		_, last = o.change(policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: -1}), http.MethodPut, target, "", func(r *policy.Request) error {
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

// Discard is part of Staging.
func (o *OneLake) Discard(ctx context.Context, staging string) error {
	if err := staged(staging); err != nil {
		return err
	}
	ctx, cancel := context.WithTimeoutCause(context.WithoutCancel(ctx), 10*time.Second, errCallTimeout)
	defer cancel()
	ctx = policy.WithRetryOptions(ctx, policy.RetryOptions{MaxRetries: 1, RetryDelay: 200 * time.Millisecond})
	_, err := o.do(ctx, string(troubles.UsingFiles), staging, http.MethodDelete, o.address(staging), nil)
	if _, gone := errors.AsType[*NotFoundError](err); gone {
		return nil
	}
	return err
}
