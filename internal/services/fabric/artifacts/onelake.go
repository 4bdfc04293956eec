package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/runtime"

	"fabricportal/internal/services/fabric/auth"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/fabric/troubles"
	"fabricportal/internal/services/setup/config"
)

const (
	callTimeout = 60 * time.Second // one small question with its retries
	maxError    = 64 << 10         // bytes of an error's body
)

// OneLake is the Store over OneLake's DFS API (docs/fabric.md §5). It is a client of its own because the SDK's sends newer API versions
// than OneLake promises, needs a second host, and does not encode the source of a rename. It is safe for use by several goroutines.
type OneLake struct {
	cfg   config.Fabric
	small *way // for questions
	bulk  *way // for contents
}

// way is how requests get to OneLake.
type way struct {
	http *http.Client
	pipe runtime.Pipeline
}

var _ Store = (*OneLake)(nil)

// retryDelay is before the first repetition of a request; each further one takes twice as long. Tests shorten it.
var retryDelay = 500 * time.Millisecond

// NewOneLake serves the lakehouse of the configuration; version is this program's.
func NewOneLake(cfg config.Fabric, cred azcore.TokenCredential, network *transport.Network, version string) *OneLake {
	signed := []policy.Policy{runtime.NewBearerTokenPolicy(cred, []string{cfg.StorageScope}, nil), stalls{stallTimeout}}
	open := func(apart bool) *way {
		client := network.Client(transport.ClientOptions{Hosts: []string{cfg.OneLakeURL}, Apart: apart})
		return &way{client, runtime.NewPipeline("fabricportal", version, runtime.PipelineOptions{PerRetry: signed}, &policy.ClientOptions{
			Transport: client,
			Retry:     policy.RetryOptions{MaxRetries: 3, RetryDelay: retryDelay, MaxRetryDelay: 10 * time.Second},
		})}
	}
	return &OneLake{cfg: cfg, small: open(false), bulk: open(true)}
}

// CloseIdleConnections closes kept connections, as after the computer slept.
func (o *OneLake) CloseIdleConnections() {
	o.small.http.CloseIdleConnections()
	o.bulk.http.CloseIdleConnections()
}

// address is where a path of the lakehouse stands: by ids, never by names (docs/fabric.md §5.1).
func (o *OneLake) address(path string) string {
	return o.cfg.OneLakeURL + o.resource(path)
}

// resource is a path with workspace and lakehouse before it, percent-encoded.
func (o *OneLake) resource(path string) string {
	return "/" + o.cfg.WorkspaceID + "/" + o.cfg.LakehouseID + "/" + escape(path)
}

// send does one request. The answer's body is not read and must be closed; with an error status there is none, but an error of this
// package. doing and path stand in the errors.
func (o *OneLake) send(ctx context.Context, by *way, doing, path, method, address string, edit func(*policy.Request) error) (*http.Response, error) {
	req, err := runtime.NewRequest(ctx, method, address)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", doing, err)
	}
	runtime.SkipBodyDownload(req)
	req.Raw().Header.Set("x-ms-version", o.cfg.StorageVersion)
	req.Raw().Header.Set("Accept-Encoding", "identity") // lengths shall be those of the file
	if edit != nil {
		if err := edit(req); err != nil {
			return nil, fmt.Errorf("%s: %w", doing, err)
		}
	}
	resp, err := by.pipe.Do(req)
	if err != nil {
		return nil, o.failed(ctx, doing, err)
	}
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		defer resp.Body.Close()
		return nil, refused(doing, path, resp)
	}
	return resp, nil
}

// do asks a question of whose answer only the header matters.
func (o *OneLake) do(ctx context.Context, doing, path, method, address string, edit func(*policy.Request) error) (http.Header, error) {
	return header(o.send(ctx, o.small, doing, path, method, address, edit))
}

// header is all that matters of an answer.
func header(resp *http.Response, err error) (http.Header, error) {
	if err != nil {
		return nil, err
	}
	defer resp.Body.Close()
	_, _ = io.CopyN(io.Discard, resp.Body, maxError) // read to its end, a connection can be used again
	return resp.Header, nil
}

// failed words a request that got no answer.
func (o *OneLake) failed(ctx context.Context, doing string, err error) error {
	// The caller's own end of waiting is no failure of OneLake's.
	if ctx.Err() != nil && !errors.Is(context.Cause(ctx), errCallTimeout) {
		return context.Cause(ctx)
	}
	if errors.Is(err, errCallTimeout) || ctx.Err() != nil {
		err = errors.Join(context.DeadlineExceeded, err) // said as what it is
	}
	if ae, ok := errors.AsType[*auth.Error](err); ok {
		if ae.Credentials() {
			return &AccessError{HTTPStatus: http.StatusUnauthorized, Code: ae.Code, Sentence: ae.Sentence, Trouble: ae.Trouble}
		}
		return &UnreachableError{Doing: doing, Err: ae}
	}
	return &UnreachableError{Doing: doing, Err: transport.Describe(o.cfg.OneLakeURL, err)}
}

// errCallTimeout is the cause of a call's own deadline, to tell it from the caller's.
var errCallTimeout = errors.New("the call took too long")

// refused turns an error answer into an error of this package.
func refused(doing, path string, resp *http.Response) error {
	raw, err := io.ReadAll(io.LimitReader(resp.Body, maxError))
	if err != nil {
		raw = nil // the status and the header say enough
	}
	t := troubles.FromHTTP(troubles.OneLake, troubles.UsingFiles, resp.StatusCode, resp.Header, raw, time.Now())
	switch {
	case resp.StatusCode == http.StatusNotFound:
		switch t.Code {
		case "", "PathNotFound", "BlobNotFound", "SourcePathNotFound", "RenameDestinationParentPathNotFound", "ResourceNotFound":
			return &NotFoundError{Path: path}
		}
		return &AccessError{HTTPStatus: resp.StatusCode, Code: t.Code, Sentence: t.Error(), Trouble: t}
	case resp.StatusCode == http.StatusUnauthorized, resp.StatusCode == http.StatusForbidden, t.ID == "onelake_names", t.ID == "capacity_paused":
		return &AccessError{HTTPStatus: resp.StatusCode, Code: t.Code, Sentence: t.Error(), Trouble: t}
	}
	return &UnreachableError{Doing: doing, Err: t}
}

// ListImport returns the files in Files/import, and the folders of files that a run takes as one table, newest first. A folder that is not
// there yet has no files.
func (o *OneLake) ListImport(ctx context.Context) ([]File, error) {
	l, err := o.listed(ctx, ImportFolder, inSight)
	if nf := (*NotFoundError)(nil); errors.As(err, &nf) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	files, err := withFolders(ctx, l.files, l.folders, o.list)
	if err != nil {
		return nil, err
	}
	return files, l.odd.in(ImportFolder)
}

func byName(files []File) {
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
}

func newestFirst(files []File) {
	slices.SortStableFunc(files, func(a, b File) int {
		if c := b.Modified.Compare(a.Modified); c != 0 {
			return c
		}
		return strings.Compare(a.Name, b.Name)
	})
}

// List returns the files directly in a folder, by name. Uploads that are under way, and other names with a dot in front, are left out.
func (o *OneLake) List(ctx context.Context, folder string) ([]File, error) {
	return o.list(ctx, folder, inSight)
}

func (o *OneLake) list(ctx context.Context, folder string, wanted func(name string) bool) ([]File, error) {
	l, err := o.listed(ctx, folder, wanted)
	return l.files, err
}

func (o *OneLake) listed(ctx context.Context, folder string, wanted func(name string) bool) (listing, error) {
	if err := checkPath(folder); err != nil {
		return listing{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errCallTimeout)
	defer cancel()
	doing := "listing " + folder
	query := url.Values{"resource": {"filesystem"}, "recursive": {"false"}, "directory": {o.cfg.LakehouseID + "/" + folder}}
	answered := true
	l := listing{lakehouse: o.cfg.LakehouseID, folder: folder, wanted: wanted}
	var err error
	l.files, err = l.read(func(marker string) (io.ReadCloser, string, error) {
		if marker != "" {
			query.Set("continuation", marker)
		}
		address := o.cfg.OneLakeURL + "/" + o.cfg.WorkspaceID + "?" + strings.ReplaceAll(query.Encode(), "+", "%20")
		resp, err := o.send(ctx, o.small, doing, folder, http.MethodGet, address, nil)
		if err != nil {
			answered = false
			return nil, "", err
		}
		return resp.Body, resp.Header.Get("x-ms-continuation"), nil
	})
	_, many := errors.AsType[*TooManyFilesError](err)
	switch {
	case err == nil:
		return l, nil
	case !answered, many:
		return listing{}, err
	case ctx.Err() != nil:
		return listing{}, o.failed(ctx, doing, err)
	}
	return listing{}, &UnreachableError{Doing: doing, Err: err}
}

func httpTime(s string) time.Time {
	t, err := http.ParseTime(s)
	if err != nil {
		return time.Time{}
	}
	return t.UTC()
}

// Stat tells about one file.
func (o *OneLake) Stat(ctx context.Context, path string) (File, error) {
	if err := checkPath(path); err != nil {
		return File{}, err
	}
	ctx, cancel := context.WithTimeoutCause(ctx, callTimeout, errCallTimeout)
	defer cancel()
	about, err := o.do(ctx, "looking at "+path, path, http.MethodHead, o.address(path), nil)
	if err != nil {
		return File{}, err
	}
	if !ofFolder(about) {
		return fileOf(path, about), nil
	}
	folder := fileOf(path, about)
	if folder.Folder, folder.Size = true, 0; !isInput(path) {
		return File{}, folderAt(path)
	}
	return inputFolder(ctx, folder, o.list)
}

func fileOf(path string, h http.Header) File {
	size, err := strconv.ParseInt(h.Get("Content-Length"), 10, 64)
	if err != nil || size < 0 {
		size = 0 // as of a file of nothing: what arrives is compared with it
	}
	return File{Name: path[strings.LastIndex(path, "/")+1:], Path: path, Size: size, Modified: httpTime(h.Get("Last-Modified")), ETag: strings.Trim(h.Get("ETag"), `"`)}
}
