package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"

	"fabricportal/internal/services/fabric/troubles"
)

const maxResumes = 5 // of one download

// stallTimeout is how long a transfer may be without a byte; as a whole it may take as long as it needs. Tests shorten it.
var stallTimeout = 60 * time.Second

// Open reads a file from its start. A connection that breaks is replaced by one that goes on where it stopped, as long as the file
// is the same. The context governs the reading too.
func (o *OneLake) Open(ctx context.Context, path string) (io.ReadCloser, File, error) {
	if err := checkPath(path); err != nil {
		return nil, File{}, err
	}
	d := &download{lake: o, by: o.small, ctx: ctx, path: path, stall: stallTimeout}
	header, err := d.connect()
	if err != nil {
		return nil, File{}, err
	}
	d.file, d.etag = fileOf(path, header), header.Get("ETag")
	d.end = d.file.Size
	return d, d.file, nil
}

// download is a file, or a part of it, being read.
type download struct {
	lake  *OneLake
	by    *way
	ctx   context.Context
	path  string
	file  File
	stall time.Duration

	etag    string // as it came, with its quotes; "" before it is known
	body    io.ReadCloser
	cancel  context.CancelCauseFunc
	offset  int64
	end     int64
	resumes int
	err     error // what ended the reading
}

func (d *download) doing() string { return "reading " + d.path }

// connect asks for the file; where its state is known, for what is missing of that.
func (d *download) connect() (http.Header, error) {
	ctx, cancel := context.WithCancelCause(d.ctx)
	// Until the answer begins the call has a deadline like any other; from then on each read has one.
	begin := time.AfterFunc(callTimeout, func() { cancel(errCallTimeout) })
	resp, err := d.lake.send(ctx, d.by, d.doing(), d.path, http.MethodGet, d.lake.address(d.path), func(r *policy.Request) error {
		if d.etag != "" {
			r.Raw().Header.Set("Range", fmt.Sprintf("bytes=%d-%d", d.offset, d.end-1))
			r.Raw().Header.Set("If-Match", d.etag)
		}
		return nil
	})
	begin.Stop()
	if err != nil {
		cancel(err)
		t, ok := errors.AsType[*troubles.Trouble](err)
		if ok && d.etag != "" && (t.Status == http.StatusPreconditionFailed || t.Status == http.StatusRequestedRangeNotSatisfiable) {
			return nil, &ChangedError{Path: d.path}
		}
		return nil, err
	}
	if ofFolder(resp.Header) { // it reads as a file of nothing
		err = folderAt(d.path)
	} else if d.etag != "" {
		err = d.answersRange(resp)
	}
	if err != nil {
		resp.Body.Close()
		cancel(context.Canceled)
		return nil, err
	}
	d.body, d.cancel = resp.Body, cancel
	return resp.Header, nil
}

func (d *download) Read(p []byte) (int, error) {
	for d.err == nil {
		idle := time.AfterFunc(d.stall, func() { d.cancel(errCallTimeout) })
		n, err := d.body.Read(p)
		idle.Stop()
		d.offset += int64(n)
		switch {
		case d.offset > d.end:
			d.err = &RangeError{Path: d.path, Err: errors.New("more arrived than there is")}
			return 0, d.err
		case err == nil:
			return n, nil
		case err == io.EOF && d.offset == d.end:
			d.err = io.EOF
		case d.ctx.Err() != nil:
			d.err = d.lake.failed(d.ctx, d.doing(), unexpected(err))
		case d.etag == "" || d.offset == d.end || d.resumes >= maxResumes:
			d.err = d.lake.failed(d.ctx, d.doing(), unexpected(err))
		default:
			d.resumes++
			d.drop()
			if _, rerr := d.connect(); rerr != nil {
				d.err = rerr
			}
		}
		if n > 0 {
			return n, nil
		}
	}
	return 0, d.err
}

// unexpected is a file's end that came before its length said so.
func unexpected(err error) error {
	if errors.Is(err, io.EOF) {
		return io.ErrUnexpectedEOF
	}
	return err
}

func (d *download) drop() {
	if d.body != nil {
		d.body.Close()
		d.cancel(context.Canceled)
		d.body = nil
	}
}

// Close ends the download; it may be called at any time, by the goroutine that reads.
func (d *download) Close() error {
	d.drop()
	if d.err == nil {
		d.err = errors.New("the file was closed")
	}
	return nil
}
