package atomicfile

import (
	"context"
	"crypto/sha256"
	"encoding/base32"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// keeps are the patterns of the two files of a Kept, whose names begin as those of other unfinished files do.
var keeps = []string{strings.TrimSuffix(parts, ".part") + keptEnding, strings.TrimSuffix(parts, ".part") + notesEnding}

const (
	keptEnding  = ".kept"
	notesEnding = ".kept-notes"
	keptAge     = 7 * 24 * time.Hour // from the last write on, after which a Sweep takes what nobody is at
	maxNotes    = 64 << 20
)

// ErrBusy says that another program, or another part of this one, is at a Kept.
var ErrBusy = errors.New("somebody is at the unfinished file already")

// Kept is an unfinished file that may outlive the process that began it, beside the path it is for. It has notes, which say what of it is
// there. WriteAt, ReadAt and Note may be called by several goroutines.
type Kept struct {
	path        string
	data, notes *os.File
	said        []byte
}

// Keep opens the unfinished file of a source for a path, or begins one. Whoever opens the same again finds what was written and noted.
// Errors: ErrBusy, *Error.
func Keep(ctx context.Context, path, source string, mode fs.FileMode) (*Kept, error) {
	path, err := filepath.Abs(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	if err := mayWrite(ctx, path, mode); err != nil {
		return nil, err
	}
	sweepOnce(filepath.Dir(path))
	sum := sha256.Sum256([]byte(path + "\x00" + source))
	at := filepath.Join(filepath.Dir(path), "."+base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(sum[:16]))
	k := &Kept{path: path}
	k.data, err = openKept(at+keptEnding, mode)
	if err == nil && names(k.data) > 1 {
		// Whoever finished it was killed before it had only the one name: under that it is a person's, and not to be written to.
		k.data.Close()
		if err = os.Remove(at + keptEnding); err == nil {
			k.data, err = openKept(at+keptEnding, mode)
		}
	}
	if err != nil {
		return nil, keptError(path, err)
	}
	// The notes are let go of last: who has both, and the names are theirs, is alone.
	if k.notes, err = openKept(at+notesEnding, Private); err == nil && !(ours(k.data) && ours(k.notes)) {
		err = ErrBusy
	}
	if err == nil {
		k.said, err = io.ReadAll(io.LimitReader(k.notes, maxNotes))
	}
	if err != nil {
		k.Close()
		return nil, keptError(path, err)
	}
	return k, nil
}

// openKept opens a file that nobody else is at; a link, which may lead elsewhere, is none.
func openKept(at string, mode fs.FileMode) (*os.File, error) {
	if info, err := os.Lstat(at); err == nil && (!info.Mode().IsRegular() || !ownedByUser(info)) {
		return nil, ErrBusy
	}
	f, err := os.OpenFile(at, os.O_CREATE|os.O_RDWR, mode)
	if err != nil {
		return nil, err
	}
	if err := lock(f); errors.Is(err, errLocked) {
		f.Close()
		return nil, ErrBusy
	}
	return f, nil
}

// ours tells whether a file still has its name: whoever was at it may have given it another, or have taken it away, before the lock was free.
func ours(f *os.File) bool {
	info, err := f.Stat()
	there, lerr := os.Lstat(f.Name())
	return err == nil && lerr == nil && os.SameFile(info, there)
}

func keptError(path string, err error) error {
	if errors.Is(err, ErrBusy) {
		return ErrBusy
	}
	return fileError(path, err)
}

// Notes is what was noted before this process opened it.
func (k *Kept) Notes() []byte { return k.said }

// Note adds to the notes.
func (k *Kept) Note(note []byte) error {
	if _, err := k.notes.Write(note); err != nil {
		return fileError(k.path, err)
	}
	return nil
}

// Clear takes everything away that was written and noted.
func (k *Kept) Clear() error {
	k.said = nil
	_, err := k.notes.Seek(0, io.SeekStart)
	if err = errors.Join(err, k.notes.Truncate(0), k.data.Truncate(0)); err != nil {
		return fileError(k.path, err)
	}
	return nil
}

// WriteAt is part of io.WriterAt. Error: *Error.
func (k *Kept) WriteAt(p []byte, at int64) (int, error) {
	n, err := k.data.WriteAt(p, at)
	if err != nil {
		err = fileError(k.path, err)
	}
	return n, err
}

// ReadAt is part of io.ReaderAt.
func (k *Kept) ReadAt(p []byte, at int64) (int, error) { return k.data.ReadAt(p, at) }

// Finish gives the file, which is whole, its name, and where that is not to be replaced one that is free, as Create does. The Kept is
// gone then; where the name can't be had it is as it was, but for Close or Discard to be called. Errors: *Error, or the context's.
func (k *Kept) Finish(ctx context.Context, size int64, replace bool) (string, error) {
	if err := ctx.Err(); err != nil {
		return "", err
	}
	info, err := k.data.Stat()
	if err == nil && info.Size() != size {
		err = fmt.Errorf("it has %d bytes and not %d", info.Size(), size)
	}
	if err == nil {
		err = k.data.Sync()
	}
	if err != nil {
		return "", fileError(k.path, err)
	}
	name := system.freeName
	if replace {
		name = system.takeName
	}
	if err := k.data.Close(); err != nil {
		return "", fileError(k.path, err)
	}
	named, err := name(k.data.Name(), k.path)
	if err != nil { // somebody has the file of that name open: what has arrived waits for him
		return "", fileError(k.path, err)
	}
	err = system.syncFolder(filepath.Dir(k.path))
	k.notes.Close() // the last to go: whoever is killed before the file has its name begins nothing anew
	os.Remove(k.notes.Name())
	os.Remove(k.data.Name()) // its other name, where it has two
	if err != nil {
		return "", fileError(k.path, err)
	}
	return named, nil
}

// Close leaves it for the next time.
func (k *Kept) Close() {
	k.data.Close()
	if k.notes != nil {
		k.notes.Close()
	}
}

// Discard takes it away.
func (k *Kept) Discard() {
	k.Close()
	os.Remove(k.data.Name())
	if k.notes != nil {
		os.Remove(k.notes.Name())
	}
}
