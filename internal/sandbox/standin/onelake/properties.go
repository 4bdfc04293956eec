package onelake

import (
	"crypto/md5" //nolint:gosec // the protocol's check of what came over the wire
	"encoding/base64"
	"encoding/binary"
	"io/fs"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/minio/crc64nvme"
)

// properties are what a client has the service keep beside a path's content.
type properties struct {
	created  time.Time
	headers  map[string]string // Content-Type and such
	metadata map[string]string
}

// contentHeaders are the headers that say how a file is to be handed out, without their prefixes.
var contentHeaders = []string{"Content-Type", "Content-Encoding", "Content-Language", "Content-Disposition", "Cache-Control"}

// describe puts them into an answer: metadata in both endpoints' forms.
func (p properties) describe(h http.Header, info fs.FileInfo) {
	created := p.created
	if created.IsZero() {
		created = info.ModTime()
	}
	h.Set("x-ms-creation-time", created.UTC().Format(http.TimeFormat))
	h.Set("Content-Type", "application/octet-stream")
	for name, value := range p.headers {
		h.Set(name, value)
	}
	var pairs []string
	for _, name := range slices.Sorted(maps.Keys(p.metadata)) {
		h["x-ms-meta-"+name] = []string{p.metadata[name]}
		pairs = append(pairs, name+"="+base64.StdEncoding.EncodeToString([]byte(p.metadata[name])))
	}
	if len(pairs) > 0 {
		h.Set("x-ms-properties", strings.Join(pairs, ","))
	}
}

// keep remembers what a request's headers tell of a path. What they are silent about stays.
func (s *Server) keep(at string, h http.Header) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.kept[at]
	p.headers, p.metadata = maps.Clone(p.headers), maps.Clone(p.metadata)
	if p.headers == nil {
		p.headers = map[string]string{}
	}
	if p.created.IsZero() {
		p.created = time.Now()
	}
	for _, name := range contentHeaders {
		for _, prefix := range []string{"x-ms-", "x-ms-blob-"} {
			if value := h.Get(prefix + name); value != "" {
				p.headers[name] = value
			}
		}
	}
	if h.Get("x-ms-properties") != "" {
		metadata, e := propertiesOf(h)
		if e != nil {
			return e
		}
		p.metadata = metadata
	}
	if metadata := metadataOf(h); len(metadata) > 0 {
		p.metadata = metadata
	}
	s.kept[at] = p
	return nil
}

// propertiesOf is metadata in the DFS endpoint's form.
func propertiesOf(h http.Header) (map[string]string, *apiError) {
	found := map[string]string{}
	for pair := range strings.SplitSeq(h.Get("x-ms-properties"), ",") {
		if pair == "" {
			continue
		}
		name, encoded, _ := strings.Cut(pair, "=")
		value, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil || name == "" || !utf8.Valid(value) {
			return nil, &apiError{http.StatusBadRequest, "InvalidPropertyName", "A property name or value is not in the correct format."}
		}
		found[strings.ToLower(name)] = string(value)
	}
	return found, nil
}

// metadataOf is metadata in the Blob endpoint's form.
func metadataOf(h http.Header) map[string]string {
	found := map[string]string{}
	for name, values := range h {
		if name, ok := strings.CutPrefix(strings.ToLower(name), "x-ms-meta-"); ok {
			found[name] = values[0]
		}
	}
	return found
}

// setProperties replaces what is kept beside a path.
func (s *Server) setProperties(w http.ResponseWriter, r *http.Request, at string) *apiError {
	info, e := s.check(r, at)
	switch {
	case e != nil:
		return e
	case info == nil:
		return errNotFound
	}
	if e := s.keep(at, r.Header); e != nil {
		return e
	}
	s.mu.Lock()
	s.touch(at)
	s.mu.Unlock()
	return s.done(w, at, http.StatusOK)
}

// moveKept has what is kept beside a path, and those below it, follow it; "" forgets it. The caller holds the lock.
func (s *Server) moveKept(from, to string) {
	for at, p := range maps.Clone(s.kept) {
		if below, ok := strings.CutPrefix(at, from); ok && (below == "" || below[0] == '/') {
			delete(s.kept, at)
			if to != "" {
				s.kept[to+below] = p
			}
		}
	}
}

// intact compares what came with the check sum that was sent along, where one was.
func intact(h http.Header, data []byte) *apiError {
	want5, want64 := h.Get("Content-MD5"), h.Get("x-ms-content-crc64")
	switch {
	case want5 != "" && want64 != "":
		return &apiError{http.StatusBadRequest, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format. (Content-MD5, x-ms-content-crc64)"}
	case want5 != "" && want5 != md5Of(data):
		return &apiError{http.StatusBadRequest, "Md5Mismatch", "The MD5 value specified in the request did not match the MD5 value calculated by the server."}
	case want64 != "" && want64 != crc64Of(data):
		return &apiError{http.StatusBadRequest, "Crc64Mismatch", "The CRC64 value specified in the request did not match the CRC64 value calculated by the server."}
	}
	return nil
}

// sums answers with the check sum that was sent along, as computed of what came: intact has compared the two.
func sums(answer, asked http.Header, data []byte) {
	if asked.Get("Content-MD5") != "" {
		answer.Set("Content-MD5", md5Of(data))
	}
	if asked.Get("x-ms-content-crc64") != "" {
		answer.Set("x-ms-content-crc64", crc64Of(data))
	}
}

func md5Of(data []byte) string {
	sum := md5.Sum(data) //nolint:gosec // as above
	return base64.StdEncoding.EncodeToString(sum[:])
}

func crc64Of(data []byte) string {
	return base64.StdEncoding.EncodeToString(binary.LittleEndian.AppendUint64(nil, crc64nvme.Checksum(data)))
}
