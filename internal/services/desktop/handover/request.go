package handover

import (
	"bytes"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Request is what a later start asks of the first: to come forward, and to open files.
type Request struct {
	Files []string `json:"files"` // full paths
}

// What is taken from a later start. It is this user's, but may be any program of his.
const (
	longestRequest = 64 << 10 // bytes
	mostFiles      = 100
	longestFile    = 4096 // bytes of a path
)

var errRequest = errors.New("this is no request of the program")

// readRequest reads one line, and believes nothing of it.
func readRequest(from io.Reader) (Request, error) {
	var line []byte
	piece := make([]byte, 4096)
	for {
		n, err := from.Read(piece)
		line = append(line, piece[:n]...)
		if i := bytes.IndexByte(line, '\n'); i >= 0 {
			line = line[:i]
			break
		}
		if err != nil || len(line) > longestRequest {
			return Request{}, errRequest
		}
	}
	var r Request
	d := json.NewDecoder(bytes.NewReader(line))
	d.DisallowUnknownFields()
	if len(line) > longestRequest || !utf8.Valid(line) || d.Decode(&r) != nil || d.More() || len(r.Files) > mostFiles {
		return Request{}, errRequest
	}
	for _, f := range r.Files {
		if !filepath.IsAbs(f) || len(f) > longestFile || strings.ContainsFunc(f, unicode.IsControl) || filepath.Clean(f) != f {
			return Request{}, errRequest
		}
	}
	return r, nil
}

// nameOf is the name of a connection's files: a path has characters that a name can't have, and may be long.
func nameOf(key string) string {
	sum := sha256.Sum256([]byte(key))
	return hex.EncodeToString(sum[:8])
}
