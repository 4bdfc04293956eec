package onelake

import (
	"bytes"
	"encoding/base64"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// The query parameters that the Blob endpoint takes here.
var knownBlobParameters = []string{"restype", "comp", "prefix", "delimiter", "marker", "maxresults", "include", "blockid", "blocklisttype", "timeout", "recursive", "showonly"}

// serveBlob answers what Microsoft's clients ask the Blob endpoint: the SDK for Data Lake for properties and content, azcopy for
// everything. The workspace is the container.
func (s *Server) serveBlob(w http.ResponseWriter, r *http.Request, segments []string) *apiError {
	at, e := s.resolve(segments)
	if e != nil {
		return e
	}
	query := r.URL.Query()
	comp := query.Get("comp")
	changes := r.Method == http.MethodPut || r.Method == http.MethodDelete
	switch {
	case r.Method == http.MethodGet && query.Get("restype") == "container" && comp == "list" && len(segments) == 1:
		return s.listBlobs(w, r)
	case (r.Method == http.MethodHead || r.Method == http.MethodGet) && query.Get("restype") == "container" && len(segments) == 1:
		info, err := s.root.Stat(".")
		if err != nil {
			return failed(err)
		}
		w.Header().Set("ETag", s.etag("", info))
		w.Header().Set("Last-Modified", info.ModTime().UTC().Format(http.TimeFormat))
		w.Header().Set("x-ms-has-immutability-policy", "false")
		w.WriteHeader(http.StatusOK)
		return nil
	case r.Method == http.MethodHead:
		w.Header().Set("x-ms-blob-type", "BlockBlob")
		if info, err := s.root.Stat(at); err == nil && info.IsDir() {
			w.Header()["x-ms-meta-hdi_isfolder"] = []string{"true"} // how a directory looks where there are none
		}
		return asBlob(s.stat(w, r, at))
	case r.Method == http.MethodGet && comp == "" && len(segments) > 2:
		w.Header().Set("x-ms-blob-type", "BlockBlob")
		return asBlob(s.read(w, r, at))
	case changes && len(segments) <= 3:
		return errFirstLevel
	case r.Method == http.MethodPut && comp == "block":
		return s.putBlock(w, r, at)
	case r.Method == http.MethodPut && comp == "blocklist":
		return s.putBlockList(w, r, at)
	case r.Method == http.MethodPut && (comp == "metadata" || comp == "properties"):
		return asBlob(s.setProperties(w, r, at))
	case r.Method == http.MethodPut && comp == "" && r.Header.Get("x-ms-blob-type") == "BlockBlob":
		return s.putBlob(w, r, at)
	case r.Method == http.MethodDelete && comp == "":
		if e := asBlob(s.remove(&accepted{w}, r, at)); e != nil {
			return e
		}
		return nil
	default:
		return errVerb
	}
}

// accepted turns the DFS endpoint's answer to a delete into the Blob endpoint's.
type accepted struct{ http.ResponseWriter }

func (a *accepted) WriteHeader(int) { a.ResponseWriter.WriteHeader(http.StatusAccepted) }

// asBlob is an error in the Blob endpoint's words.
func asBlob(e *apiError) *apiError {
	words := map[*apiError]*apiError{
		errNotFound: {http.StatusNotFound, "BlobNotFound", "The specified blob does not exist."},
		errNotEmpty: {http.StatusConflict, "DirectoryIsNotEmpty", "This operation is not permitted on a non-empty directory."},
		errExists:   {http.StatusConflict, "BlobAlreadyExists", "The specified blob already exists."},
	}
	if word := words[e]; word != nil {
		return word
	}
	return e
}

func refuseBlob(w http.ResponseWriter, status int, code, message string) {
	w.Header().Set("x-ms-error-code", code)
	w.Header().Set("Content-Type", "application/xml")
	w.Header().Del("ETag")
	w.WriteHeader(status)
	type body struct {
		XMLName xml.Name `xml:"Error"`
		Code    string
		Message string
	}
	_, _ = io.WriteString(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(body{Code: code, Message: message + "\nRequestId:" + w.Header().Get("x-ms-request-id")})
}

// block is a part of a blob that is being put together: a file of its own.
type block struct {
	file string
	size int64
}

func dropBlocks(blocks map[string]block) {
	for _, b := range blocks {
		_ = os.Remove(b.file)
	}
}

func (s *Server) body(w http.ResponseWriter, r *http.Request) ([]byte, *apiError) {
	content := bytes.NewBuffer(make([]byte, 0, max(0, min(r.ContentLength, maxAppend))+bytes.MinRead))
	if _, err := content.ReadFrom(http.MaxBytesReader(w, r.Body, maxAppend)); err != nil {
		return nil, &apiError{http.StatusRequestEntityTooLarge, "RequestBodyTooLarge", "The request body is too large and exceeds the maximum permissible limit."}
	}
	return content.Bytes(), intact(r.Header, content.Bytes())
}

func (s *Server) putBlock(w http.ResponseWriter, r *http.Request, at string) *apiError {
	id := r.URL.Query().Get("blockid")
	if _, err := base64.StdEncoding.DecodeString(id); err != nil || id == "" {
		return errParameter
	}
	data, e := s.body(w, r)
	if e != nil {
		return e
	}
	b := block{filepath.Join(s.o.PendingDir, uuid.NewString()), int64(len(data))}
	if err := os.WriteFile(b.file, data, 0o600); err != nil {
		return failed(err)
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.blocks[at] == nil {
		s.blocks[at] = map[string]block{}
	}
	if before, ok := s.blocks[at][id]; ok {
		_ = os.Remove(before.file)
	}
	s.blocks[at][id] = b
	sums(w.Header(), r.Header, data)
	w.WriteHeader(http.StatusCreated)
	return nil
}

// putBlockList makes a blob of blocks, in the order of the list.
func (s *Server) putBlockList(w http.ResponseWriter, r *http.Request, at string) *apiError {
	data, e := s.body(w, r)
	if e != nil {
		return e
	}
	var list struct {
		IDs []string `xml:",any"`
	}
	if err := xml.Unmarshal(data, &list); err != nil {
		return &apiError{http.StatusBadRequest, "InvalidXmlDocument", "The specified XML is not syntactically valid."}
	}
	return s.putContent(w, r, at, func(to io.Writer) *apiError {
		for _, id := range list.IDs {
			b, ok := s.blocks[at][id]
			if !ok {
				return &apiError{http.StatusBadRequest, "InvalidBlockList", "The specified block list is invalid."}
			}
			file, err := os.Open(b.file)
			if err != nil {
				return failed(err)
			}
			_, err = io.Copy(to, file)
			if err = errors.Join(err, file.Close()); err != nil {
				return failed(err)
			}
		}
		dropBlocks(s.blocks[at])
		delete(s.blocks, at)
		return nil
	})
}

func (s *Server) putBlob(w http.ResponseWriter, r *http.Request, at string) *apiError {
	data, e := s.body(w, r)
	if e != nil {
		return e
	}
	return s.putContent(w, r, at, func(to io.Writer) *apiError {
		if _, err := to.Write(data); err != nil {
			return failed(err)
		}
		return nil
	})
}

// putContent makes a blob at once: nobody sees half of it. A directory is a blob with a mark of that in its metadata.
func (s *Server) putContent(w http.ResponseWriter, r *http.Request, at string, write func(io.Writer) *apiError) *apiError {
	info, e := s.check(r, at)
	if e != nil {
		return asBlob(e)
	}
	directory := metadataOf(r.Header)["hdi_isfolder"] == "true"
	if info != nil && info.IsDir() != directory {
		return errKind
	}
	if e := func() *apiError {
		s.mu.Lock()
		defer s.mu.Unlock()
		if directory {
			if err := s.root.MkdirAll(at, 0o755); err != nil {
				return failed(err)
			}
			return nil
		}
		if err := s.root.MkdirAll(path.Dir(at), 0o755); err != nil {
			return failed(err)
		}
		whole := path.Join(path.Dir(at), "."+uuid.NewString()+".blob")
		file, err := s.root.Create(whole)
		if err != nil {
			return failed(err)
		}
		e := write(file)
		if err := file.Close(); err != nil && e == nil {
			e = failed(err)
		}
		if e == nil {
			if err := s.root.Rename(whole, at); err != nil {
				e = failed(err)
			}
		}
		if e != nil {
			_ = s.root.Remove(whole)
			return e
		}
		s.forget(at)
		s.touch(at)
		delete(s.kept, at)
		return nil
	}(); e != nil {
		return e
	}
	if e := s.keep(at, r.Header); e != nil {
		return e
	}
	return s.done(w, at, http.StatusCreated)
}

// The list's form.
type (
	blobList struct {
		XMLName       xml.Name `xml:"EnumerationResults"`
		Endpoint      string   `xml:"ServiceEndpoint,attr"`
		ContainerName string   `xml:"ContainerName,attr"`
		Prefix        string
		Delimiter     string `xml:",omitempty"`
		Blobs         struct {
			Blob       []listedBlob
			BlobPrefix []listedPrefix
		}
		NextMarker string
	}
	listedBlob struct {
		Name       string
		Properties blobProperties
		Metadata   *blobMetadata
	}
	listedPrefix   struct{ Name string }
	blobProperties struct {
		Created       string `xml:"Creation-Time"`
		Modified      string `xml:"Last-Modified"`
		ETag          string `xml:"Etag"`
		ResourceType  string
		ContentLength int64  `xml:"Content-Length"`
		ContentType   string `xml:"Content-Type"`
		BlobType      string
	}
	blobMetadata struct {
		Folder string `xml:"hdi_isfolder"`
	}
)

// listBlobs answers with the blobs whose names begin with a prefix; with a delimiter, folders of them are told as one.
func (s *Server) listBlobs(w http.ResponseWriter, r *http.Request) *apiError {
	query := r.URL.Query()
	prefix, delimiter := query.Get("prefix"), query.Get("delimiter")
	if delimiter != "" && delimiter != "/" {
		return errParameter
	}
	limit := maxResults
	if text := query.Get("maxresults"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return errParameter
		}
		limit = min(n, maxResults)
	}
	after, e := fromContinuation(query.Get("marker"))
	if e != nil {
		return e
	}
	found, err := s.below("", true)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return failed(err)
	}
	list := blobList{Endpoint: "https://" + r.Host + "/", ContainerName: s.o.WorkspaceID, Prefix: prefix, Delimiter: delimiter}
	count, last := 0, ""
	for _, f := range found {
		name := path.Join(s.o.LakehouseID, f.path)
		rest, ok := strings.CutPrefix(name, prefix)
		if !ok || name <= after {
			continue
		}
		if count == limit {
			list.NextMarker = base64.StdEncoding.EncodeToString([]byte(last))
			break
		}
		if delimiter != "" && strings.Contains(rest, "/") {
			continue // its folder stands for it
		}
		count, last = count+1, name
		if delimiter != "" && f.info.IsDir() {
			list.Blobs.BlobPrefix = append(list.Blobs.BlobPrefix, listedPrefix{name + "/"})
			continue
		}
		list.Blobs.Blob = append(list.Blobs.Blob, s.listed(name, f))
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = fmt.Fprint(w, xml.Header)
	_ = xml.NewEncoder(w).Encode(list)
	return nil
}

func (s *Server) listed(name string, f entry) listedBlob {
	b := listedBlob{Name: name, Properties: blobProperties{
		Created: f.info.ModTime().UTC().Format(http.TimeFormat), Modified: f.info.ModTime().UTC().Format(http.TimeFormat),
		ETag: strings.Trim(s.etag(f.path, f.info), `"`), ResourceType: "file", ContentLength: f.info.Size(), ContentType: "application/octet-stream", BlobType: "BlockBlob",
	}}
	s.mu.Lock()
	if kind := s.kept[f.path].headers["Content-Type"]; kind != "" {
		b.Properties.ContentType = kind
	}
	s.mu.Unlock()
	if f.info.IsDir() {
		b.Properties.ResourceType, b.Properties.ContentLength = "directory", 0
		b.Metadata = &blobMetadata{"true"}
	}
	return b
}
