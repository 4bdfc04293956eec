package imports

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/artifacts"
)

// Unfinished is an upload that has not come to its end, and that another one of the same file goes on from.
type Unfinished struct {
	Version  int       `json:"version"`
	Path     string    `json:"path"` // of the file on this computer
	Size     int64     `json:"size"`
	Modified time.Time `json:"modified"`
	Into     string    `json:"into"`  // which lakehouse
	Begun    time.Time `json:"begun"` // when its upload was
	artifacts.Staged
}

// Name is the file's name.
func (u Unfinished) Name() string { return filepath.Base(u.Path) }

// unfinishedVersion is that of the notes; of another one they are nobody's.
const unfinishedVersion = 1

// Pending is a folder with the notes about unfinished uploads into one lakehouse, a file for each, and a lock of whoever is at it.
type Pending struct{ dir, into string }

// OpenPending uses a folder, which is made with the first note; "" keeps nothing. into names the lakehouse.
func OpenPending(dir, into string) *Pending { return &Pending{dir, into} }

// BusyError says that somebody is uploading this file already.
type BusyError struct{ Name string }

func (e *BusyError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *BusyError) Say(w format.Writer) string {
	return w.T("{{.File}} is being uploaded by another window or program on this computer: wait for it, or stop it there", "File", e.Name)
}

// journal is the note about one upload, of which this process alone disposes.
type journal struct {
	path    string
	about   Unfinished
	release func()
	log     *slog.Logger
}

var _ artifacts.Journal = (*journal)(nil)

func (p *Pending) at(path string) string {
	sum := sha256.Sum256([]byte(p.into + "\x00" + path))
	return filepath.Join(p.dir, hex.EncodeToString(sum[:16]))
}

// take is the journal of the upload of a file; nil where nothing is kept. Error: *BusyError, or the disk's.
func (p *Pending) take(path string, log *slog.Logger) (*journal, error) {
	if p == nil || p.dir == "" {
		return nil, nil
	}
	if err := os.MkdirAll(p.dir, 0o700); err != nil {
		return nil, err
	}
	at := p.at(path)
	release, err := atomicfile.Alone(at + ".lock")
	if errors.Is(err, atomicfile.ErrBusy) {
		return nil, &BusyError{Name: filepath.Base(path)}
	}
	if err != nil {
		return nil, err
	}
	j := &journal{path: at + ending, release: release, log: log, about: Unfinished{Path: path}}
	if about, err := p.read(j.path); err == nil && about.Path == path {
		j.about = about
	} else if !errors.Is(err, fs.ErrNotExist) {
		log.Warn("reading the note about an unfinished upload", "error", err)
		j.Drop()
	}
	return j, nil
}

// read reads a note. One that is damaged, or of another version, is an error: nothing goes on from it.
func (p *Pending) read(path string) (u Unfinished, err error) {
	data, err := atomicfile.Read(path, maxRecord)
	if err == nil {
		err = json.Unmarshal(data, &u)
	}
	if err == nil && (u.Version != unfinishedVersion || u.Staging == "" || u.Into != p.into) {
		err = fmt.Errorf("%s is no note about an unfinished upload of this version", filepath.Base(path))
	}
	return u, err
}

// Staged is part of artifacts.Journal.
func (j *journal) Staged() (artifacts.Staged, bool) { return j.about.Staged, j.about.Staging != "" }

// Note is part of artifacts.Journal. What can't be noted can't be gone on from, and does not end the upload.
func (j *journal) Note(s artifacts.Staged) {
	j.about.Staged = s
	data, err := json.Marshal(j.about)
	if err == nil {
		err = atomicfile.WriteFile(j.path, data, atomicfile.Private)
	}
	if err != nil {
		j.log.Warn("noting how far an upload is", "error", err)
	}
}

// Drop is part of artifacts.Journal.
func (j *journal) Drop() {
	j.about.Staged = artifacts.Staged{}
	if err := os.Remove(j.path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		j.log.Warn("forgetting an unfinished upload", "error", err)
	}
}

// List names the unfinished uploads that nobody is at, the newest first.
func (p *Pending) List() ([]Unfinished, error) {
	if p == nil || p.dir == "" {
		return nil, nil
	}
	entries, err := os.ReadDir(p.dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for unfinished uploads: %w", err)
	}
	var all []Unfinished
	for _, e := range entries {
		at, ok := strings.CutSuffix(filepath.Join(p.dir, e.Name()), ending)
		if !ok {
			continue
		}
		u, err := p.read(at + ending)
		if err != nil || p.at(u.Path) != at {
			continue // another lakehouse's; or damaged, which the next upload of the file finds out
		}
		release, err := atomicfile.Alone(at + ".lock")
		if err != nil {
			continue
		}
		release()
		all = append(all, u)
	}
	slices.SortFunc(all, func(a, b Unfinished) int { return b.Begun.Compare(a.Begun) })
	return all, nil
}

// stages is a lakehouse that keeps what an upload has staged.
type stages interface {
	DiscardStaged(ctx context.Context, staging string) error
}

// leavings is a lakehouse that tells what uploads left that nobody is at any more, and removes it.
type leavings interface {
	RemoveStaging(ctx context.Context, file artifacts.File, now time.Time) error
}

// Unfinished names the uploads of this computer that have not come to their end and that nobody is at, the newest first.
func (u *Uploader) Unfinished() ([]Unfinished, error) { return u.pending.List() }

// Discard gives an unfinished upload up: what is staged of it is removed, and its note. Errors: *BusyError, those of artifacts.Store, or
// the context's; it is kept then.
func (u *Uploader) Discard(ctx context.Context, of Unfinished) error {
	j, err := u.pending.take(of.Path, u.log)
	if err != nil || j == nil {
		return err
	}
	defer j.release()
	return u.discard(ctx, j)
}

func (u *Uploader) discard(ctx context.Context, j *journal) error {
	if staged, ok := j.Staged(); ok {
		if s, ok := u.files.(stages); ok {
			if err := s.DiscardStaged(ctx, staged.Staging); err != nil {
				return err
			}
		}
	}
	j.Drop()
	return nil
}

// RemoveStaging removes what an upload left that nobody has been at for a week, whosever it is. Errors: *artifacts.YoungError, those of
// artifacts.Store, or the context's.
func (u *Uploader) RemoveStaging(ctx context.Context, file artifacts.File) error {
	l, ok := u.files.(leavings)
	if !ok {
		return &artifacts.NotFoundError{Path: file.Path}
	}
	ctx, cancel := context.WithTimeout(ctx, statTime)
	defer cancel()
	return l.RemoveStaging(ctx, file, time.Now())
}
