// Package onelake plays OneLake for one lakehouse, whose files lie in a folder of this machine, where notebooks find them, too:
// the DFS endpoint (the Data Lake Storage Gen2 "Path" API), and as much of the Blob endpoint as Microsoft's clients use.
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
	kept        map[string]properties
	blocks      map[string]map[string]block // of blobs that are being put together, by path and id
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
	s := &Server{o: o, root: root, pending: map[string]*pending{}, generations: map[string]int{}, kept: map[string]properties{}, blocks: map[string]map[string]block{}}
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
	for _, blocks := range s.blocks {
		dropBlocks(blocks)
	}
	_ = s.root.Close()
}

// Handler answers the DFS endpoint's requests.
func (s *Server) Handler() http.Handler { return s.endpoint(knownParameters, refuse, s.serve) }

// BlobHandler answers the Blob endpoint's requests.
func (s *Server) BlobHandler() http.Handler {
	return s.endpoint(knownBlobParameters, refuseBlob, s.serveBlob)
}

// answerer writes an error in the form of one endpoint.
type answerer func(w http.ResponseWriter, status int, code, message string)

// endpoint looks at what is alike in all requests, and splits their paths.
func (s *Server) endpoint(parameters []string, refuse answerer, serve func(http.ResponseWriter, *http.Request, []string) *apiError) http.Handler {
	checked := func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("x-ms-request-id", uuid.NewString())
		w.Header().Set("x-ms-version", r.Header.Get("x-ms-version"))
		if err := s.o.Tokens.Check(r, entra.StorageAudience); err != nil {
			w.Header().Set("WWW-Authenticate", `Bearer authorization_uri=https://login.microsoftonline.com/common/oauth2/authorize resource_id=https://storage.azure.com`)
			refuse(w, http.StatusUnauthorized, "InvalidAuthenticationInfo", "Server failed to authenticate the request. Please refer to the information in the www-authenticate header.")
			return
		}
		if e := s.acceptable(w, r, parameters); e != nil {
			refuse(w, e.status, e.code, e.message)
			return
		}
		segments, ok := segmentsOf(r.URL.EscapedPath())
		if !ok {
			refuse(w, http.StatusBadRequest, "InvalidUri", "The request URI is invalid.")
			return
		}
		if e := serve(w, r, segments); e != nil {
			refuse(w, e.status, e.code, e.message)
		}
	}
	return s.o.Faults.Wrap(classify, func(w http.ResponseWriter, r faults.Refusal) { refuse(w, r.Status, r.Code, r.Message) }, http.HandlerFunc(checked))
}

// defaultVersion is what OneLake says that it speaks to those who do not ask for a version.
const defaultVersion = "2021-06-08"

// acceptable looks at a request's version and parameters, and names the headers that OneLake passes over.
func (s *Server) acceptable(w http.ResponseWriter, r *http.Request, parameters []string) *apiError {
	if version := r.Header.Get("x-ms-version"); version == "" {
		w.Header().Set("x-ms-version", defaultVersion)
	} else if _, err := time.Parse("2006-01-02", version); err != nil {
		return &apiError{http.StatusBadRequest, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format. (x-ms-version)"}
	}
	for name := range r.URL.Query() {
		if !slices.Contains(parameters, name) {
			return &apiError{http.StatusBadRequest, "UnsupportedQueryParameter", "One of the query parameters specified in the request URI is not supported."}
		}
	}
	if _, e := propertiesOf(r.Header); e != nil {
		return e
	}
	if rejected := rejectedHeaders(r.Header); len(rejected) > 0 {
		w.Header().Set("x-ms-rejected-headers", strings.Join(rejected, ","))
	}
	if s.o.Faults.Tenant().FullDisk && r.ContentLength != 0 && r.Method != http.MethodGet && r.Method != http.MethodHead {
		return &apiError{http.StatusInternalServerError, "InternalError", "The server encountered an internal error. There is not enough space on the disk."}
	}
	return nil
}

// rejectedHeaders are those of access control, encryption and tiers, which OneLake does not have: it says which it passed over.
func rejectedHeaders(h http.Header) []string {
	var rejected []string
	for name := range h {
		name = strings.ToLower(name)
		if slices.Contains([]string{"x-ms-owner", "x-ms-group", "x-ms-permissions", "x-ms-umask", "x-ms-acl", "x-ms-access-tier"}, name) || strings.HasPrefix(name, "x-ms-encryption-") {
			rejected = append(rejected, name)
		}
	}
	slices.Sort(rejected)
	return rejected
}

func classify(r *http.Request) faults.Class {
	switch {
	case r.Method == http.MethodGet && (r.URL.Query().Has("resource") || r.URL.Query().Get("comp") == "list"):
		return faults.LakeList
	case r.Method == http.MethodGet || r.Method == http.MethodHead:
		return faults.LakeRead
	default:
		return faults.LakeWrite
	}
}

// The query parameters that OneLake's DFS endpoint knows; it refuses others.
var knownParameters = []string{
	"resource", "recursive", "directory", "maxResults", "continuation", "paginated", "getShortcutMetadata", "beginFrom", "action", "position", "flush", "close",
	"retainUncommittedData", "timeout", "upn", "mode",
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request, segments []string) *apiError {
	path, e := s.resolve(segments)
	if e != nil {
		return e
	}
	query := r.URL.Query()
	action := query.Get("action")
	changes := r.Method == http.MethodPut || r.Method == http.MethodPatch || r.Method == http.MethodDelete
	switch {
	case r.Method == http.MethodGet && query.Get("resource") == "filesystem":
		return s.list(w, r, segments)
	case len(segments) == 1 && r.Method == http.MethodHead:
		w.WriteHeader(http.StatusOK)
		return nil
	case r.Method == http.MethodHead:
		return s.stat(w, r, path)
	case r.Method == http.MethodGet && len(segments) > 2:
		return s.read(w, r, path)
	case changes && len(segments) <= 3:
		return errFirstLevel
	case r.Method == http.MethodPut && r.Header.Get("x-ms-rename-source") != "":
		return s.rename(w, r, path)
	case r.Method == http.MethodPut && query.Get("resource") != "":
		return s.create(w, r, path, query.Get("resource"))
	case r.Method == http.MethodPatch && action == "append":
		return s.appendData(w, r, path)
	case r.Method == http.MethodPatch && action == "flush":
		return s.flush(w, r, path)
	case r.Method == http.MethodPatch && action == "setProperties":
		return s.setProperties(w, r, path)
	case r.Method == http.MethodPatch:
		return errParameter // access control, above all, which is Fabric's
	case r.Method == http.MethodDelete:
		return s.remove(w, r, path)
	default:
		return errVerb
	}
}

// segmentsOf splits a path at its slashes. Microsoft's SDKs encode some of them, and OneLake takes both forms; a slash at the
// end says nothing.
func segmentsOf(escaped string) ([]string, bool) {
	path, err := url.PathUnescape(escaped)
	if err != nil {
		return nil, false
	}
	segments := strings.Split(strings.Trim(path, "/"), "/")
	for _, segment := range segments {
		if !proper(segment) {
			return nil, false
		}
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

var (
	errNotFound      = &apiError{http.StatusNotFound, "PathNotFound", "The specified path does not exist."}
	errExists        = &apiError{http.StatusConflict, "PathAlreadyExists", "The specified path already exists."}
	errCondition     = &apiError{http.StatusPreconditionFailed, "ConditionNotMet", "The condition specified using HTTP conditional header(s) is not met."}
	errFirstLevel    = &apiError{http.StatusForbidden, "OperationNotAllowedOnTheFirstLevel", "This operation is not permitted on the first level of an item."}
	errVerb          = &apiError{http.StatusMethodNotAllowed, "UnsupportedHttpVerb", "The resource doesn't support the specified HTTP verb."}
	errKind          = &apiError{http.StatusConflict, "ResourceTypeMismatch", "The resource type specified does not match the existing one."}
	errNotEmpty      = &apiError{http.StatusConflict, "DirectoryNotEmpty", "The recursive query parameter value must be true to delete a non-empty directory."}
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
