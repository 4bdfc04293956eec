// Package imports remembers on this computer what it has uploaded and run. So the Import screen can say, without a network,
// that the same content was imported before, and what has changed since. A record has the file's SHA-256, its profile, and
// who did what and when. It has no rows.
package imports

import (
	"context"
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

	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/atomicfile"
)

// Kind says what was done with a content.
type Kind string

// The kinds.
const (
	Uploaded Kind = "uploaded"
	Imported Kind = "imported" // a run on it succeeded
)

// Record is one thing that was done with a content.
type Record struct {
	Kind    Kind                    `json:"kind"`
	SHA256  string                  `json:"sha256"` // lower case
	File    string                  `json:"file"`   // its name in Files/import
	Size    int64                   `json:"size"`   // bytes
	By      string                  `json:"by"`
	At      time.Time               `json:"at"`
	Run     string                  `json:"run,omitempty"`
	Profile *contract.ImportProfile `json:"profile,omitempty"`
}

// keepMost bounds the records; the oldest go first.
const keepMost = 200

// Store is a folder with a file a record, so that two windows never overwrite each other's.
type Store struct{ dir string }

// Open uses a folder, which is made with the first record; "" remembers nothing.
func Open(dir string) *Store { return &Store{dir} }

// errNoFolder says that there is nowhere to remember anything.
var errNoFolder = errors.New("remembering an import: this user has no folder for this computer's notes")

const ending = ".json"

// Remember keeps a record. The same thing done again to the same content takes the place of the one before.
func (s *Store) Remember(ctx context.Context, r Record) error {
	r.SHA256 = strings.ToLower(r.SHA256)
	if len(r.SHA256) != 64 || strings.Trim(r.SHA256, "0123456789abcdef") != "" {
		return fmt.Errorf("remembering an import: %q is no SHA-256", r.SHA256)
	}
	if s.dir == "" {
		return errNoFolder
	}
	if err := os.MkdirAll(s.dir, 0o700); err != nil {
		return fmt.Errorf("remembering an import: %w", err)
	}
	data, err := json.Marshal(r)
	if err != nil {
		return fmt.Errorf("remembering an import: %w", err)
	}
	id := r.Run
	if _, err := uuid.Parse(id); err != nil {
		id = "none"
	}
	path := filepath.Join(s.dir, r.SHA256+"-"+string(r.Kind)+"-"+id+ending)
	if _, err := atomicfile.Replace(ctx, path, atomicfile.Private, func(w io.Writer) error { _, err := w.Write(data); return err }); err != nil {
		return fmt.Errorf("remembering an import: %w", err)
	}
	return s.dropOld()
}

// dropOld removes what is beyond keepMost, the oldest first.
func (s *Store) dropOld() error {
	all, err := s.list("")
	if err != nil || len(all) <= keepMost {
		return err
	}
	for _, f := range all[keepMost:] {
		os.Remove(f.path)
	}
	return nil
}

type kept struct {
	path     string
	modified time.Time
}

// list names the records' files whose name begins with a prefix, the newest first.
func (s *Store) list(prefix string) ([]kept, error) {
	entries, err := os.ReadDir(s.dir)
	if s.dir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("reading what was imported before: %w", err)
	}
	var out []kept
	for _, e := range entries {
		if info, err := e.Info(); err == nil && info.Mode().IsRegular() && strings.HasPrefix(e.Name(), prefix) && strings.HasSuffix(e.Name(), ending) {
			out = append(out, kept{filepath.Join(s.dir, e.Name()), info.ModTime()})
		}
	}
	slices.SortFunc(out, func(a, b kept) int { return b.modified.Compare(a.modified) })
	return out, nil
}

// maxRecord bounds a record's file, in bytes; a profile has some hundred kilobytes at most.
const maxRecord = 16 << 20

// read reads a record. A damaged one is renamed and named in the error: nothing but a hint is lost, and a person still has it.
func read(path string) (Record, error) {
	data, err := atomicfile.Read(path, maxRecord)
	if of := (*fs.PathError)(nil); errors.As(err, &of) {
		return Record{}, err // such as one that another program has just removed
	}
	var r Record
	if err == nil {
		err = json.Unmarshal(data, &r)
	}
	if err == nil && r.SHA256 == "" {
		err = errors.New("it names no content")
	}
	if err == nil {
		return r, nil
	}
	aside, rerr := atomicfile.SetAside(path)
	return Record{}, fmt.Errorf("the note %s about an import is damaged, and is now %s: %w", filepath.Base(path), filepath.Base(aside), errors.Join(err, rerr))
}

// readAll reads records. Those that can't be read are left out and named in the error.
func readAll(files []kept) (all []Record, faults error) {
	for _, f := range files {
		switch r, err := read(f.path); {
		case err == nil:
			all = append(all, r)
		case !errors.Is(err, fs.ErrNotExist):
			faults = errors.Join(faults, err)
		}
	}
	return all, faults
}

// Find returns what was done with a content, the newest first. Damaged records are left out, and named in an error beside the others.
func (s *Store) Find(sha256 string) ([]Record, error) {
	files, err := s.list(strings.ToLower(sha256) + "-")
	if err != nil {
		return nil, err
	}
	out, faults := readAll(files)
	out = slices.DeleteFunc(out, func(r Record) bool { return !strings.EqualFold(r.SHA256, sha256) })
	slices.SortFunc(out, func(a, b Record) int { return b.At.Compare(a.At) })
	return out, faults
}

// Last is the content that was imported last and whose profile is known; false where there is none. Errors as of Find, beside what is
// found.
func (s *Store) Last() (Record, bool, error) {
	files, err := s.list("")
	if err != nil {
		return Record{}, false, err
	}
	files = slices.DeleteFunc(files, func(f kept) bool { return !strings.Contains(filepath.Base(f.path), "-"+string(Imported)+"-") })
	all, faults := readAll(files)
	var last Record
	for _, r := range all {
		if r.Profile != nil && r.At.After(last.At) {
			last = r
		}
	}
	return last, last.Profile != nil, faults
}
