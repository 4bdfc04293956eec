package onelake

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"slices"
	"strconv"
	"strings"
	"time"
)

// maxResults is how many paths the service puts on a page at most.
const maxResults = 5000

// list answers with the paths below a directory, which the query or the path names; without any, with those of the workspace.
func (s *Server) list(w http.ResponseWriter, r *http.Request, segments []string) *apiError {
	query := r.URL.Query()
	limit := maxResults
	if text := query.Get("maxResults"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return errParameter
		}
		limit = min(n, maxResults)
	}
	recursive, err := strconv.ParseBool(query.Get("recursive"))
	if err != nil {
		return &apiError{http.StatusBadRequest, "MissingRequiredQueryParameter", "A query parameter that's mandatory for this request is not specified."}
	}
	// The directory stands in the query as one value, so its slashes are its own.
	if directory := strings.Trim(query.Get("directory"), "/"); directory != "" {
		for part := range strings.SplitSeq(directory, "/") {
			if !proper(part) {
				return &apiError{http.StatusBadRequest, "InvalidUri", "The request URI is invalid."}
			}
			segments = append(segments, part)
		}
	}
	folder, e := s.resolve(segments)
	if e != nil {
		return e
	}
	after, e := fromContinuation(query.Get("continuation"))
	if e != nil {
		return e
	}
	found, err := s.below(folder, recursive)
	if err != nil {
		return failed(err)
	}
	paths := []map[string]any{}
	next := ""
	for i, f := range found {
		if f.path <= after {
			continue
		}
		if len(paths) == limit {
			next = found[i-1].path
			break
		}
		entry := map[string]any{
			"name": path.Join(s.o.LakehouseID, f.path), "contentLength": "0", "lastModified": f.info.ModTime().UTC().Format(http.TimeFormat),
			"etag": strings.Trim(s.etag(f.path, f.info), `"`), "creationTime": filetime(f.info.ModTime()),
			"owner": "$superuser", "group": "$superuser", "permissions": "---------",
		}
		if f.info.IsDir() {
			entry["isDirectory"] = "true"
		} else {
			entry["contentLength"] = strconv.FormatInt(f.info.Size(), 10)
		}
		paths = append(paths, entry)
	}
	if next != "" {
		w.Header().Set("x-ms-continuation", base64.StdEncoding.EncodeToString([]byte(next)))
	}
	w.Header().Set("Content-Type", "application/json;charset=utf-8")
	_ = json.NewEncoder(w).Encode(map[string]any{"paths": paths})
	return nil
}

func fromContinuation(token string) (string, *apiError) {
	text, err := base64.StdEncoding.DecodeString(token)
	if err != nil {
		return "", errParameter
	}
	return string(text), nil
}

// filetime is a time as the service writes creation times: 100 ns steps since 1601.
func filetime(t time.Time) string {
	return strconv.FormatInt(t.UnixNano()/100+116444736000000000, 10)
}

type entry struct {
	path string
	info fs.FileInfo
}

// below lists what is below a folder, or, for "", in the workspace: its one item, and what is below that.
func (s *Server) below(folder string, recursive bool) ([]entry, error) {
	if folder != "" {
		return s.walk(folder, recursive)
	}
	info, err := s.root.Stat(".")
	if err != nil {
		return nil, err
	}
	found := []entry{{".", info}}
	if !recursive {
		return found, nil
	}
	more, err := s.walk(".", true)
	return append(found, more...), err
}

// walk lists what is below a folder.
func (s *Server) walk(folder string, recursive bool) ([]entry, error) {
	var found []entry
	if info, err := s.root.Stat(folder); err == nil && info.Mode().IsRegular() {
		return []entry{{folder, info}}, nil // a file is what there is at its path; Microsoft's command line asks so whether it exists
	}
	err := fs.WalkDir(s.root.FS(), folder, func(at string, d fs.DirEntry, err error) error {
		if err != nil {
			if at != folder && d != nil {
				return nil // it went while it was being looked at
			}
			return err
		}
		if at == folder {
			return nil
		}
		info, err := d.Info()
		if err == nil && (info.IsDir() || info.Mode().IsRegular()) {
			found = append(found, entry{path.Clean(at), info})
		}
		if d.IsDir() && !recursive {
			return fs.SkipDir
		}
		return nil
	})
	// A page's continuation is the last name on it, so that the names must come in their plain order.
	slices.SortFunc(found, func(a, b entry) int { return strings.Compare(a.path, b.path) })
	return found, err
}

// describe puts a path's properties into the answer's headers.
func (s *Server) describe(w http.ResponseWriter, path string, info fs.FileInfo) {
	h := w.Header()
	h.Set("ETag", s.etag(path, info))
	h.Set("Last-Modified", info.ModTime().UTC().Format(http.TimeFormat))
	h.Set("x-ms-owner", "$superuser")
	h.Set("x-ms-group", "$superuser")
	h.Set("x-ms-permissions", "---------")
	h.Set("x-ms-resource-type", "file")
	if info.IsDir() {
		h.Set("x-ms-resource-type", "directory")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.kept[path].describe(h, info)
}

func (s *Server) stat(w http.ResponseWriter, r *http.Request, path string) *apiError {
	info, err := s.root.Stat(path)
	if err != nil {
		return failed(err)
	}
	if e := s.condition(r, path, info); e != nil {
		return e
	}
	s.describe(w, path, info)
	size := int64(0)
	if !info.IsDir() {
		size = info.Size()
		w.Header().Set("Accept-Ranges", "bytes")
	}
	w.Header().Set("Content-Length", fmt.Sprint(size))
	w.WriteHeader(http.StatusOK)
	return nil
}

func (s *Server) read(w http.ResponseWriter, r *http.Request, path string) *apiError {
	file, err := s.root.Open(path)
	if err != nil {
		return failed(err)
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return failed(err)
	}
	if info.IsDir() {
		return &apiError{http.StatusBadRequest, "InvalidResourceName", "The specified resource name contains invalid characters."}
	}
	if e := s.condition(r, path, info); e != nil {
		return e
	}
	s.describe(w, path, info)
	if r.Header.Get("Range") == "" && r.Header.Get("x-ms-range") != "" {
		r.Header.Set("Range", r.Header.Get("x-ms-range"))
	}
	if from, ok := strings.CutPrefix(r.Header.Get("Range"), "bytes="); ok {
		from, _, _ = strings.Cut(from, "-")
		if n, err := strconv.ParseInt(from, 10, 64); err == nil && n >= info.Size() && (n > 0 || info.Size() == 0) {
			return &apiError{http.StatusRequestedRangeNotSatisfiable, "InvalidRange", "The range specified is invalid for the current size of the resource."}
		}
	}
	http.ServeContent(w, r, "", info.ModTime(), file)
	return nil
}

// condition checks If-Match, and If-None-Match where something exists.
func (s *Server) condition(r *http.Request, path string, info fs.FileInfo) *apiError {
	tag := s.etag(path, info)
	if match := r.Header.Get("If-Match"); match != "" && match != "*" && match != tag {
		return errCondition
	}
	reading := r.Method == http.MethodGet || r.Method == http.MethodHead
	if none := r.Header.Get("If-None-Match"); none != "" && (none == "*" || none == tag) {
		if reading {
			return &apiError{http.StatusNotModified, "ConditionNotMet", ""}
		}
		return errExists
	}
	return nil
}
