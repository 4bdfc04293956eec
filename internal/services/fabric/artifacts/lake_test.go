package artifacts

import (
	"context"
	"encoding/json"
	"encoding/pem"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/Azure/azure-sdk-for-go/sdk/azcore/policy"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
)

// Nobody waits between two tries, and nothing has to be large.
func init() { retryDelay, rangeSize, pieceSize = time.Millisecond, 64<<10, 64<<10 }

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	ws = "33333333-3333-4333-8333-333333333333"
	lh = "44444444-4444-4444-8444-444444444444"
)

type fakeCredential struct{ err error }

func (f *fakeCredential) GetToken(_ context.Context, o policy.TokenRequestOptions) (azcore.AccessToken, error) {
	return azcore.AccessToken{Token: "canary " + strings.Join(o.Scopes, ","), ExpiresOn: time.Now().Add(time.Hour)}, f.err
}

type stored struct {
	data    []byte // flushed
	pending []byte
	etag    string
	at      time.Time
}

// lake is a server in OneLake's place, which keeps files in memory and holds to what docs/fabric.md §5.2 says of the DFS API.
type lake struct {
	*httptest.Server
	mu     sync.Mutex
	files  map[string]*stored // by path relative to the lakehouse item
	log    []string           // method and URI of each request
	etags  int
	page   int                                                      // entries of one page of a listing
	stuck  func(r *http.Request)                                    // before any of its body is read
	before func(w http.ResponseWriter, r *http.Request, n int) bool // true: the request was answered; n counts requests of this method
	after  func(w http.ResponseWriter, r *http.Request, n int) bool // done, but answered otherwise
	counts map[string]int
	cred   *fakeCredential
}

func newLake(t *testing.T) (*lake, *OneLake) {
	t.Helper()
	l := &lake{files: map[string]*stored{}, page: 100, counts: map[string]int{}, cred: &fakeCredential{}}
	l.Server = httptest.NewTLSServer(http.HandlerFunc(l.serve))
	t.Cleanup(l.Close)
	o := NewOneLake(config.Fabric{WorkspaceID: ws, LakehouseID: lh, OneLakeURL: l.URL, StorageScope: "https://storage.azure.com/.default", StorageVersion: "2021-06-08"}, l.cred, l.network(t), "1.2.3")
	t.Cleanup(o.CloseIdleConnections)
	return l, o
}

// network trusts this server.
func (l *lake) network(t *testing.T) *transport.Network {
	t.Helper()
	path := filepath.Join(t.TempDir(), "ca.pem")
	require.NoError(t, os.WriteFile(path, pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: l.Certificate().Raw}), 0o600))
	network, err := transport.New(path)
	require.NoError(t, err)
	return network
}

func (l *lake) put(path, data string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.store(path, []byte(data))
}

func (l *lake) store(path string, data []byte) {
	l.etags++
	l.files[path] = &stored{data: data, etag: fmt.Sprintf(`"0x%d"`, l.etags), at: time.Date(2026, 1, 2, 3, 4, l.etags, 0, time.UTC)}
}

func (l *lake) get(path string) (string, bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f, ok := l.files[path]
	if !ok {
		return "", false
	}
	return string(f.data), true
}

func (l *lake) names() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	var out []string
	for p := range l.files {
		out = append(out, p)
	}
	slices.Sort(out)
	return out
}

func (l *lake) requests(prefix string) (n int) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for _, r := range l.log {
		if strings.HasPrefix(r, prefix) {
			n++
		}
	}
	return n
}

func oops(w http.ResponseWriter, status int, code string) {
	w.Header().Set("x-ms-error-code", code)
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]string{"code": code, "message": "canary"}})
}

func (l *lake) serve(w http.ResponseWriter, r *http.Request) {
	if l.stuck != nil {
		l.stuck(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return // nobody waits for the answer
	}
	l.mu.Lock()
	l.log = append(l.log, r.Method+" "+r.URL.RequestURI())
	l.counts[r.Method]++
	n := l.counts[r.Method]
	before, after := l.before, l.after
	l.mu.Unlock()
	if r.Header.Get("x-ms-version") != "2021-06-08" || r.Header.Get("Authorization") != "Bearer canary https://storage.azure.com/.default" {
		oops(w, http.StatusUnauthorized, "InvalidAuthenticationInfo")
		return
	}
	if before != nil && before(w, r, n) {
		return
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if after != nil {
		rec := httptest.NewRecorder()
		l.answer(rec, r, body)
		if after(w, r, n) {
			return
		}
		maps.Copy(w.Header(), rec.Header())
		w.WriteHeader(rec.Code)
		_, _ = w.Write(rec.Body.Bytes())
		return
	}
	l.answer(w, r, body)
}

func (l *lake) answer(w http.ResponseWriter, r *http.Request, body []byte) {
	q := r.URL.Query()
	if q.Get("resource") == "filesystem" {
		l.list(w, r, q)
		return
	}
	path, ok := strings.CutPrefix(r.URL.Path, "/"+ws+"/"+lh+"/")
	if !ok {
		oops(w, http.StatusNotFound, "FilesystemNotFound")
		return
	}
	f := l.files[path]
	mustNotExist := r.Header.Get("If-None-Match") == "*"
	switch {
	case r.Method == http.MethodPut && r.Header.Get("x-ms-rename-source") != "":
		source, err := url.PathUnescape(r.Header.Get("x-ms-rename-source"))
		source, ok := strings.CutPrefix(source, "/"+ws+"/"+lh+"/")
		raw := r.Header.Get("x-ms-rename-source")
		if err != nil || !ok || strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r > '~' }) {
			oops(w, http.StatusBadRequest, "InvalidSourceUri")
			return
		}
		if f != nil && mustNotExist {
			oops(w, http.StatusConflict, "PathAlreadyExists")
			return
		}
		if l.files[source] == nil {
			oops(w, http.StatusNotFound, "SourcePathNotFound")
			return
		}
		l.files[path] = l.files[source]
		delete(l.files, source)
		w.WriteHeader(http.StatusCreated)
	case r.Method == http.MethodPut && q.Get("resource") == "file":
		if f != nil && mustNotExist {
			oops(w, http.StatusConflict, "PathAlreadyExists")
			return
		}
		l.store(path, nil)
		w.WriteHeader(http.StatusCreated)
	case f == nil:
		if r.Method == http.MethodHead {
			w.Header().Set("x-ms-error-code", "PathNotFound")
			w.WriteHeader(http.StatusNotFound)
			return
		}
		oops(w, http.StatusNotFound, "PathNotFound")
	case r.Method == http.MethodPatch && q.Get("action") == "append":
		at, _ := strconv.Atoi(q.Get("position"))
		if end := at + len(body); end > len(f.pending) { // pieces come in any order
			f.pending = append(f.pending, make([]byte, end-len(f.pending))...)
		}
		copy(f.pending[at:], body)
		w.WriteHeader(http.StatusAccepted)
	case r.Method == http.MethodPatch && q.Get("action") == "flush":
		at, _ := strconv.Atoi(q.Get("position"))
		if at > len(f.pending) || at < len(f.pending) && q.Get("retainUncommittedData") != "true" {
			oops(w, http.StatusBadRequest, "InvalidFlushPosition")
			return
		}
		f.data = slices.Clone(f.pending[:at])
		w.WriteHeader(http.StatusOK)
	case r.Method == http.MethodDelete:
		delete(l.files, path)
		w.WriteHeader(http.StatusOK)
	case r.Method == http.MethodHead, r.Method == http.MethodGet:
		if m := r.Header.Get("If-Match"); m != "" && m != f.etag {
			oops(w, http.StatusPreconditionFailed, "ConditionNotMet")
			return
		}
		w.Header().Set("ETag", f.etag)
		w.Header().Set("Last-Modified", f.at.Format(http.TimeFormat))
		w.Header().Set("x-ms-resource-type", "file")
		data := f.data
		status := http.StatusOK
		if rng, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
			first, last, _ := strings.Cut(rng, "-")
			from, _ := strconv.Atoi(first)
			to, _ := strconv.Atoi(last)
			if from >= len(data) {
				oops(w, http.StatusRequestedRangeNotSatisfiable, "InvalidRange")
				return
			}
			to = min(to+1, len(data))
			w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", from, to-1, len(data)))
			data, status = data[from:to], http.StatusPartialContent
		}
		w.Header().Set("Content-Length", strconv.Itoa(len(data)))
		w.WriteHeader(status)
		if r.Method == http.MethodGet {
			_, _ = w.Write(data)
		}
	default:
		oops(w, http.StatusBadRequest, "UnsupportedHttpVerb")
	}
}

// list gives the entries directly in a folder, numbers and truth values as texts, a page at a time.
func (l *lake) list(w http.ResponseWriter, r *http.Request, q url.Values) {
	for key := range q {
		if !slices.Contains([]string{"resource", "recursive", "directory", "continuation", "maxResults"}, key) {
			oops(w, http.StatusBadRequest, "InvalidQueryParameterValue")
			return
		}
	}
	folder, ok := strings.CutPrefix(q.Get("directory"), lh+"/")
	if r.URL.Path != "/"+ws || !ok {
		oops(w, http.StatusNotFound, "FilesystemNotFound")
		return
	}
	var paths []map[string]any
	seen := map[string]bool{}
	for p, f := range l.files {
		rest, ok := strings.CutPrefix(p, folder+"/")
		if !ok {
			continue
		}
		name, _, deeper := strings.Cut(rest, "/")
		if deeper {
			if !seen[name] {
				seen[name] = true
				paths = append(paths, map[string]any{"name": lh + "/" + folder + "/" + name, "isDirectory": "true", "contentLength": "0"})
			}
			continue
		}
		paths = append(paths, map[string]any{"name": lh + "/" + p, "contentLength": strconv.Itoa(len(f.data)), "lastModified": f.at.Format(http.TimeFormat), "etag": strings.Trim(f.etag, `"`)})
	}
	if len(paths) == 0 {
		oops(w, http.StatusNotFound, "PathNotFound")
		return
	}
	slices.SortFunc(paths, func(a, b map[string]any) int { return strings.Compare(a["name"].(string), b["name"].(string)) })
	from, _ := strconv.Atoi(q.Get("continuation"))
	to := min(from+l.page, len(paths))
	if to < len(paths) {
		w.Header().Set("x-ms-continuation", strconv.Itoa(to))
	}
	_ = json.NewEncoder(w).Encode(map[string]any{"paths": paths[from:to]})
}
