package onelake

import (
	"errors"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path"
	"path/filepath"
	"slices"
	"sort"
	"strconv"
	"strings"

	"github.com/google/uuid"
)

// maxAppend is the most that one append may carry.
const maxAppend = 100 << 20

// pending is what was appended to a file but not flushed: nobody sees it yet.
type pending struct {
	file   *os.File // byte 0 of it is the file's byte origin
	origin int64    // the file's length when the first append came
	base   int64    // its length now: what is before has been flushed
	pieces []piece
}

type piece struct{ from, to int64 }

func (p *pending) drop() {
	_ = p.file.Close()
	_ = os.Remove(p.file.Name())
}

// reaches is the position up to which the pieces follow on each other without a gap, and the furthest one.
func (p *pending) reaches() (contiguous, furthest int64) {
	sort.Slice(p.pieces, func(i, j int) bool { return p.pieces[i].from < p.pieces[j].from })
	contiguous, furthest = p.base, p.base
	for _, piece := range p.pieces {
		if piece.from <= contiguous {
			contiguous = max(contiguous, piece.to)
		}
		furthest = max(furthest, piece.to)
	}
	return contiguous, furthest
}

// touch notes a change of a path. The caller holds the lock.
func (s *Server) touch(path string) { s.generations[path]++ }

// forget drops what waits to be flushed to a path or below it. The caller holds the lock.
func (s *Server) forget(path string) {
	for at, p := range s.pending {
		if at == path || strings.HasPrefix(at, path+"/") {
			p.drop()
			delete(s.pending, at)
		}
	}
}

// check looks at a change's conditions; info is nil where nothing exists yet.
func (s *Server) check(r *http.Request, path string) (info fs.FileInfo, e *apiError) {
	info, err := s.root.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		if r.Header.Get("If-Match") != "" {
			return nil, errCondition
		}
		return nil, nil
	case err != nil:
		return nil, failed(err)
	}
	return info, s.condition(r, path, info)
}

// create makes an empty file, or a directory, and the directories above it. A file that is there loses its content at once.
func (s *Server) create(w http.ResponseWriter, r *http.Request, at, resource string) *apiError {
	info, e := s.check(r, at)
	if e != nil {
		return e
	}
	s.mu.Lock()
	err := func() error {
		defer s.mu.Unlock()
		if err := s.root.MkdirAll(path.Dir(at), 0o755); err != nil {
			return err
		}
		switch {
		case resource == "directory" && info != nil && info.IsDir():
			return nil
		case resource == "directory" && info == nil:
			return s.root.Mkdir(at, 0o755)
		case resource == "file" && (info == nil || !info.IsDir()):
			s.forget(at)
			s.touch(at)
			delete(s.kept, at)
			flags := os.O_CREATE | os.O_TRUNC | os.O_WRONLY
			if r.Header.Get("If-None-Match") == "*" {
				flags |= os.O_EXCL // two may have found that it does not exist
			}
			file, err := s.root.OpenFile(at, flags, 0o644)
			if err != nil {
				return err
			}
			return file.Close()
		default:
			return errOtherKind
		}
	}()
	switch {
	case errors.Is(err, fs.ErrExist):
		return errExists
	case errors.Is(err, errOtherKind):
		return errKind
	case err != nil:
		return failed(err)
	}
	if e := s.keep(at, r.Header); e != nil {
		return e
	}
	return s.done(w, at, http.StatusCreated)
}

var errOtherKind = errors.New("a file and a directory can't have one name")

// done answers with a path's properties.
func (s *Server) done(w http.ResponseWriter, at string, status int) *apiError {
	info, err := s.root.Stat(at)
	if err != nil {
		return failed(err)
	}
	s.describe(w, at, info)
	w.Header().Set("Content-Length", "0")
	w.WriteHeader(status)
	return nil
}

// fileAt is the file that a PATCH is about, and its position.
func (s *Server) fileAt(r *http.Request, at string) (int64, *apiError) {
	info, e := s.check(r, at)
	if e != nil {
		return 0, e
	}
	if info == nil || info.IsDir() {
		return 0, errNotFound
	}
	position, err := strconv.ParseInt(r.URL.Query().Get("position"), 10, 64)
	if err != nil || position < 0 {
		return 0, errParameter
	}
	return position, nil
}

// appendData keeps data for a later flush. The same data at the same position may come again.
func (s *Server) appendData(w http.ResponseWriter, r *http.Request, at string) *apiError {
	position, e := s.fileAt(r, at)
	if e != nil {
		return e
	}
	data, e := s.body(w, r)
	if e != nil {
		return e
	}
	if len(data) == 0 {
		return &apiError{http.StatusBadRequest, "InvalidHeaderValue", "The value for one of the HTTP headers is not in the correct format. (Content-Length)"}
	}
	if e := s.put(at, position, data); e != nil {
		return e
	}
	w.Header().Set("x-ms-request-server-encrypted", "true")
	sums(w.Header(), r.Header, data)
	if r.URL.Query().Get("flush") == "true" {
		if e := s.commit(at, position+int64(len(data)), false); e != nil {
			return e
		}
		return s.done(w, at, http.StatusAccepted)
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// put keeps a piece of a file.
func (s *Server) put(at string, position int64, data []byte) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pending[at]
	if p == nil {
		info, err := s.root.Stat(at) // a flush may have made it longer since it was looked at
		if err != nil {
			return failed(err)
		}
		file, err := os.OpenFile(filepath.Join(s.o.PendingDir, uuid.NewString()), os.O_CREATE|os.O_EXCL|os.O_RDWR, 0o600)
		if err != nil {
			return failed(err)
		}
		p = &pending{file: file, origin: info.Size(), base: info.Size()}
		s.pending[at] = p
	}
	if position < p.base {
		return errFlushPosition
	}
	if _, err := p.file.WriteAt(data, position-p.origin); err != nil {
		return failed(err)
	}
	p.pieces = append(p.pieces, piece{position, position + int64(len(data))})
	return nil
}

// flush makes what was appended part of the file. The position must be the file's whole length.
func (s *Server) flush(w http.ResponseWriter, r *http.Request, at string) *apiError {
	position, e := s.fileAt(r, at)
	if e != nil {
		return e
	}
	if e := s.commit(at, position, r.URL.Query().Get("retainUncommittedData") == "true"); e != nil {
		return e
	}
	if e := s.keep(at, r.Header); e != nil {
		return e
	}
	return s.done(w, at, http.StatusOK)
}

// commit makes a file of what was put. What was put behind the position is kept for a later flush only where that is asked for.
func (s *Server) commit(at string, position int64, retain bool) *apiError {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.pending[at]
	if p == nil {
		info, err := s.root.Stat(at)
		if err != nil {
			return failed(err)
		}
		if position != info.Size() {
			return errFlushPosition
		}
		return nil
	}
	contiguous, furthest := p.reaches()
	if position < p.base || position > contiguous || !retain && position != furthest && position != p.base {
		return errFlushPosition
	}
	if position > p.base {
		if e := s.append(at, p, position); e != nil {
			return e
		}
		s.touch(at)
	}
	if p.flushed(position); !retain || len(p.pieces) == 0 {
		p.drop()
		delete(s.pending, at)
	}
	return nil
}

// append copies what was put up to a position to the end of the file.
func (s *Server) append(at string, p *pending, position int64) *apiError {
	target, err := s.root.OpenFile(at, os.O_WRONLY, 0)
	if err != nil {
		return failed(err)
	}
	_, err = target.Seek(p.base, io.SeekStart)
	if err == nil {
		_, err = p.file.Seek(p.base-p.origin, io.SeekStart)
	}
	if err == nil {
		_, err = io.CopyN(target, p.file, position-p.base) // the system copies between two files, without this program
	}
	if err = errors.Join(err, target.Close()); err != nil {
		return failed(err)
	}
	return nil
}

// flushed forgets what is before a position.
func (p *pending) flushed(position int64) {
	p.base = position
	p.pieces = slices.DeleteFunc(p.pieces, func(piece piece) bool { return piece.to <= position })
}

// rename moves a file or directory within the lakehouse. Its source comes in a header, percent-encoded like a URL's path.
func (s *Server) rename(w http.ResponseWriter, r *http.Request, at string) *apiError {
	source, e := s.renameSource(r.Header.Get("x-ms-rename-source"))
	if e != nil {
		return e
	}
	if _, err := s.root.Stat(source); err != nil {
		return &apiError{http.StatusNotFound, "SourcePathNotFound", "The source path for a rename operation does not exist."}
	}
	if parent, err := s.root.Stat(path.Dir(at)); err != nil || !parent.IsDir() {
		return &apiError{http.StatusNotFound, "RenameDestinationParentPathNotFound", "The parent directory of the destination path does not exist."}
	}
	s.mu.Lock()
	e = func() *apiError {
		defer s.mu.Unlock()
		// Looked at under the lock, so that of two renames that may not overwrite only one succeeds.
		target, err := s.root.Stat(at)
		if err == nil {
			if r.Header.Get("If-None-Match") == "*" {
				return errExists
			}
			if target.IsDir() {
				return errExists
			}
		}
		if source == at || strings.HasPrefix(at, source+"/") {
			return &apiError{http.StatusConflict, "InvalidRenameSourcePath", "The source directory cannot be the same as the destination directory, nor can the destination be a subdirectory of the source directory."}
		}
		if err := s.root.Rename(source, at); err != nil {
			return failed(err)
		}
		s.forget(source)
		s.forget(at)
		s.touch(source)
		s.touch(at)
		s.moveKept(source, at)
		return nil
	}()
	if e != nil {
		return e
	}
	return s.done(w, at, http.StatusCreated)
}

// renameSource reads the header. It must be encoded: the service takes no spaces, accents or lone percent signs in it.
func (s *Server) renameSource(header string) (string, *apiError) {
	invalid := &apiError{http.StatusBadRequest, "InvalidSourceUri", "The source URI is invalid."}
	encoded, _, _ := strings.Cut(header, "?") // a signature would follow
	if strings.ContainsFunc(encoded, func(c rune) bool { return c <= ' ' || c >= 0x7f || c == '#' || c == '"' }) {
		return "", invalid
	}
	if _, err := url.PathUnescape(encoded); err != nil {
		return "", invalid
	}
	segments, ok := segmentsOf(encoded)
	if !ok || len(segments) < 4 {
		return "", invalid
	}
	return s.resolve(segments)
}

// remove deletes a file, or a directory, which must be empty unless recursive=true.
func (s *Server) remove(w http.ResponseWriter, r *http.Request, at string) *apiError {
	info, e := s.check(r, at)
	if e != nil {
		return e
	}
	if info == nil {
		return errNotFound
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	recursive := r.URL.Query().Get("recursive") == "true"
	if info.IsDir() && !recursive {
		below, err := fs.ReadDir(s.root.FS(), at)
		if err == nil && len(below) > 0 {
			return errNotEmpty
		}
	}
	if err := s.root.RemoveAll(at); err != nil {
		return failed(err)
	}
	s.forget(at)
	s.touch(at)
	s.moveKept(at, "")
	w.WriteHeader(http.StatusOK)
	return nil
}
