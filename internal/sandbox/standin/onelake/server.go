// Package onelake plays OneLake's DFS endpoint (the Data Lake Storage Gen2 "Path" API) for one lakehouse, whose files lie in
// a folder of this machine, where notebooks find them, too.
package onelake

import (
	"encoding/json"
	"errors"
	"fmt"
	"hash/fnv"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"

	"fabricportal/internal/sandbox/standin/entra"
	"fabricportal/internal/sandbox/standin/faults"
)

// Options describe the lakehouse.
type Options struct {
	Dir         string // its folder: that in which Files is
	PendingDir  string // where appended data waits for its flush; on the same file system
	WorkspaceID string
	LakehouseID string
	Tokens      *entra.Tokens
	Faults      *faults.Set
}

// Server is the endpoint.
type Server struct {
	o    Options
	root *os.Root // confines every path, links included, to the lakehouse's folder

	mu          sync.Mutex // serialises changes
	pending     map[string]*pending
	generations map[string]int // changes of each path, for its ETag
}

// New opens the lakehouse's folder and makes its first level.
func New(o Options) (*Server, error) {
	for _, dir := range []string{o.Dir, o.PendingDir} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("making the sandbox's lakehouse: %w", err)
		}
	}
	root, err := os.OpenRoot(o.Dir)
	if err != nil {
		return nil, fmt.Errorf("opening the sandbox's lakehouse: %w", err)
	}
	s := &Server{o: o, root: root, pending: map[string]*pending{}, generations: map[string]int{}}
	for _, dir := range []string{"Files", "Tables", "Files/import", "Files/results"} {
		if err := root.MkdirAll(dir, 0o755); err != nil {
			return nil, fmt.Errorf("making the sandbox's lakehouse: %w", err)
		}
	}
	return s, nil
}

// Close lets go of the folder.
func (s *Server) Close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, p := range s.pending {
		p.drop()
	}
	_ = s.root.Close()
}

// Handler answers the endpoint's requests.
func (s *Server) Handler() http.Handler {
	return s.o.Faults.Wrap(classify, func(w http.ResponseWriter, r faults.Refusal) { refuse(w, r.Status, r.Code, r.Message) }, http.HandlerFunc(s.serve))
}

func classify(r *http.Request) faults.Class {
	switch {
	case r.Method == http.MethodGet && r.URL.Query().Get("resource") != "":
		return faults.LakeList
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return faults.LakeRead
	default:
		return faults.LakeWrite
	}
}

// The query parameters that OneLake knows; it refuses others.
var knownParameters = []string{"resource", "recursive", "directory", "maxResults", "continuation", "action", "position", "close", "retainUncommittedData", "timeout", "upn", "mode"}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("x-ms-request-id", uuid.NewString())
	w.Header().Set("x-ms-version", r.Header.Get("x-ms-version"))
	if err := s.o.Tokens.Check(r, entra.StorageAudience); err != nil {
		w.Header().Set("WWW-Authenticate", `Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize resource_id=https://storage.azure.com`)
		refuse(w, http.StatusUnauthorized, "InvalidAuthenticationInfo", "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.")
		return
	}
	if _, err := time.Parse("2006-01-02", r.Header.Get("x-ms-version")); err != nil {
		refuse(w, http.StatusBadRequest, "MissingRequiredHeader", "An HTTP header that's mandatory for this request is not specified.")
		return
	}
	for name := range r.URL.Query() {
		if !slices.Contains(knownParameters, name) {
			refuse(w, http.StatusBadRequest, "UnsupportedQueryParameter", "One of the query parameters specified in the request URI is not supported.")
			return
		}
	}
	segments, ok := segmentsOf(r.URL.EscapedPath())
	if !ok {
		refuse(w, http.StatusBadRequest, "InvalidUri", "The request URI is invalid.")
		return
	}
	path, e := s.resolve(segments)
	if e != nil {
		e.answer(w)
		return
	}
	query := r.URL.Query()
	switch {
	case len(segments) == 1 && r.Method == http.MethodGet && query.Get("resource") == "filesystem":
		e = s.list(w, r)
	case len(segments) == 1 && r.Method == http.MethodHead:
		w.WriteHeader(http.StatusOK)
	case r.Method == http.MethodHead:
		e = s.stat(w, r, path)
	case r.Method == http.MethodGet && len(segments) > 2:
		e = s.read(w, r, path)
	case len(segments) <= 3 && (r.Method == http.MethodPut || r.Method == http.MethodPatch || r.Method == http.MethodDelete):
		// Workspaces, items and the first level in an item can't be made, renamed or removed.
		e = &apiError{http.StatusForbidden, "OperationNotAllowedOnTheFirstLevel", "This operation is not permitted on the first level of an item."}
	case r.Method == http.MethodPut && r.Header.Get("x-ms-rename-source") != "":
		e = s.rename(w, r, path)
	case r.Method == http.MethodPut && query.Get("resource") != "":
		e = s.create(w, r, path, query.Get("resource"))
	case r.Method == http.MethodPatch && query.Get("action") == "append":
		e = s.appendData(w, r, path)
	case r.Method == http.MethodPatch && query.Get("action") == "flush":
		e = s.flush(w, r, path)
	case r.Method == http.MethodDelete:
		e = s.remove(w, r, path)
	default:
		e = &apiError{http.StatusMethodNotAllowed, "UnsupportedHttpVerb", "The resource doesn't support the specified HTTP verb."}
	}
	if e != nil {
		e.answer(w)
	}
}

// segmentsOf splits a path at its slashes before decoding, so that an encoded slash can't make a segment of its own.
func segmentsOf(escaped string) ([]string, bool) {
	var segments []string
	for part := range strings.SplitSeq(strings.Trim(escaped, "/"), "/") {
		segment, err := url.PathUnescape(part)
		if err != nil || !proper(segment) {
			return nil, false
		}
		segments = append(segments, segment)
	}
	return segments, true
}

// proper tells whether a name may be part of a path.
func proper(segment string) bool {
	return segment != "" && segment != "." && segment != ".." && utf8.ValidString(segment) && !strings.ContainsAny(segment, "/\\\x00") && len(segment) <= 255
}

// resolve turns a URL's segments into a path within the lakehouse's folder.
func (s *Server) resolve(segments []string) (string, *apiError) {
	if strictGUID(segments[0]) != nil || len(segments) > 1 && strictGUID(segments[1]) != nil {
		return "", &apiError{http.StatusBadRequest, "FriendlyNameSupportDisabled", "Friendly name support is disabled for this account. Use the GUIDs of the workspace and the item."}
	}
	if !strings.EqualFold(segments[0], s.o.WorkspaceID) {
		return "", &apiError{http.StatusNotFound, "WorkspaceNotFound", "The specified workspace does not exist."}
	}
	if len(segments) == 1 {
		return "", nil
	}
	if !strings.EqualFold(segments[1], s.o.LakehouseID) {
		return "", &apiError{http.StatusNotFound, "ArtifactNotFound", "The specified artifact does not exist."}
	}
	if len(segments) == 2 {
		return ".", nil
	}
	if segments[2] != "Files" && segments[2] != "Tables" {
		return "", &apiError{http.StatusNotFound, "PathNotFound", "The specified path does not exist."}
	}
	return strings.Join(segments[2:], "/"), nil
}

// strictGUID takes nothing but the usual form, without braces or prefixes.
func strictGUID(text string) error {
	if len(text) != 36 {
		return errors.New("not a GUID")
	}
	return uuid.Validate(text)
}

// apiError is a refusal in the storage service's form.
type apiError struct {
	status        int
	code, message string
}

func (e *apiError) answer(w http.ResponseWriter) { refuse(w, e.status, e.code, e.message) }

var (
	errNotFound      = &apiError{http.StatusNotFound, "PathNotFound", "The specified path does not exist."}
	errExists        = &apiError{http.StatusConflict, "PathAlreadyExists", "The specified path already exists."}
	errCondition     = &apiError{http.StatusPreconditionFailed, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met."}
	errFlushPosition = &apiError{http.StatusBadRequest, "InvalidFlushPosition",
		"The uploaded data is not contiguous or the position query parameter value is not equal to the length of the file after appending the uploaded data."}
	errParameter = &apiError{http.StatusBadRequest, "InvalidQueryParameterValue", "Value for one of the query parameters specified in the request URI is invalid."}
)

// failed is what went wrong on the disk, in the service's words.
func failed(err error) *apiError {
	if errors.Is(err, fs.ErrNotExist) {
		return errNotFound
	}
	return &apiError{http.StatusInternalServerError, "InternalError", "The server encountered an internal error. Please retry the request. (" + err.Error() + ")"}
}

func refuse(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("x-ms-error-code", code)
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	w.Header().Del("ETag")
	w.WriteHeader(status)
	message = fmt.Sprintf("%s\nRequestId:%s\nTime:%s", message, w.Header().Get("x-ms-request-id"), time.Now().UTC().Format("2006-01-02T15:04:05.0000000Z"))
	_ = json.NewEncoder(w).Encode(map[string]any{"error": map[string]any{"code": code, "message": message}})
}

// etag changes with every change of a path, also with those that notebooks make.
func (s *Server) etag(path string, info fs.FileInfo) string {
	s.mu.Lock()
	generation := s.generations[path]
	s.mu.Unlock()
	h := fnv.New64a()
	fmt.Fprint(h, path, info.ModTime().UnixNano(), info.Size(), generation)
	return fmt.Sprintf(`"0x%X"`, h.Sum64())
}
