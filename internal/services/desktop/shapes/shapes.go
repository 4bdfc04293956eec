// Package shapes remembers on this computer how files of one shape are read, so that a question is answered once for all files
// with the same headers. Two files have one shape where their normalised headers are the same, in the same order.
package shapes

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/atomicfile"
)

// Record is how files of a shape are read.
type Record struct {
	Headers []string             `json:"headers"` // normalised
	Options contract.ReadOptions `json:"read_options"`
	By      string               `json:"by"`
	At      time.Time            `json:"at"`
	Run     string               `json:"run,omitempty"` // the run that it was taken from; "" where it was decided here
}

// keepMost bounds the records; the oldest go first.
const keepMost = 200

// maxRecord bounds a record's file, in bytes.
const maxRecord = 1 << 20

const ending = ".json"

// Store is a folder with a file a shape.
type Store struct{ dir string }

// Open uses a folder, which is made with the first record; "" remembers nothing.
func Open(dir string) *Store { return &Store{dir} }

// Keep remembers how files of a shape are read; options that say nothing are forgotten. Errors: *atomicfile.Error, or the context's.
func (s *Store) Keep(ctx context.Context, r Record) error {
	if len(r.Headers) == 0 {
		return errors.New("remembering how a file is read: it has no headers")
	}
	if s.dir == "" {
		return errors.New("remembering how a file is read: this user has no folder for this computer's notes; name one as state_dir in portal.toml")
	}
	path := s.path(r.Headers)
	if r.Options = r.Options.Lasting(); r.Options.Plain() {
		if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("forgetting how a file is read: %w", err)
		}
		return nil
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("remembering how a file is read: %w", err)
	}
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("remembering how a file is read: %w", err)
	}
	if _, err := atomicfile.Replace(ctx, path, atomicfile.Private, func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
		return fmt.Errorf("remembering how a file is read: %w", err)
	}
	return s.dropOld()
}

// Find is how files of a shape are read; false where nothing is known. A damaged record, or one of a later program, is worth as
// much as none: the question is asked again.
func (s *Store) Find(headers []string) (Record, bool) {
	if len(headers) == 0 || s.dir == "" {
		return Record{}, false
	}
	data, err := atomicfile.Read(s.path(headers), maxRecord)
	if err != nil {
		return Record{}, false
	}
	var r struct {
		Record
		Options json.RawMessage `json:"read_options"`
	}
	if json.Unmarshal(data, &r) != nil || !slices.Equal(r.Headers, headers) {
		return Record{}, false
	}
	if r.Record.Options, err = contract.ParseReadOptions(r.Options); err != nil {
		return Record{}, false
	}
	return r.Record, true
}

func (s *Store) path(headers []string) string {
	sum := sha256.Sum256([]byte(strings.Join(headers, "\x00")))
	return filepath.Join(s.dir, hex.EncodeToString(sum[:])+ending)
}

// dropOld removes what is beyond keepMost, the oldest first.
func (s *Store) dropOld() error {
	entries, err := os.ReadDir(s.dir)
	if err != nil {
		return fmt.Errorf("reading how files are read: %w", err)
	}
	type file struct {
		path string
		at   time.Time
	}
	var files []file
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && strings.HasSuffix(e.Name(), ending) {
			files = append(files, file{filepath.Join(s.dir, e.Name()), info.ModTime()})
		}
	}
	slices.SortFunc(files, func(a, b file) int { return b.at.Compare(a.at) })
	for _, f := range files[min(len(files), keepMost):] {
		os.Remove(f.path)
	}
	return nil
}
