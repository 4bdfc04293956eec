// Package outbox keeps the ids of accepted Fabric jobs on this computer, one small file for each run, until they are in the
// database. A file is written after Fabric's answer and before the database is told. So the next start of the program can
// finish what a crash interrupted.
package outbox

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"

	"fabricportal/internal/atomicfile"
	"fabricportal/internal/format"
)

// version is the form of the files; files of another are left alone.
const version = 1

// maxFile bounds what is read back of one file, in bytes.
const maxFile = 64 << 10

// Entry is one accepted job.
type Entry struct {
	RunID   uuid.UUID
	JobID   string // Fabric's id of the job instance
	JobURL  string // rebuilt from configuration, only shown
	SavedAt time.Time
}

// Box is a folder of entries. Several programs may share it: an entry is a file of its own, named after its run.
type Box struct{ dir string }

type file struct {
	Version int       `json:"version"`
	RunID   uuid.UUID `json:"run_id"`
	JobID   string    `json:"job_id"`
	JobURL  string    `json:"job_url"`
	SavedAt time.Time `json:"saved_at"`
}

// FolderError says that nothing can be noted in the folder.
type FolderError struct {
	Dir string // "" where none is known
	Err error
}

func (e *FolderError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *FolderError) Say(w format.Writer) string {
	if e.Dir == "" {
		return w.T("this user has no folder for this computer's notes, and a run needs one: name one as state_dir in portal.toml, or in the environment as PORTAL_STATE_DIR")
	}
	return w.T("the folder {{.Folder}} for this computer's notes can't be written to, and a run needs it ({{.Why}}): name another folder as state_dir in portal.toml, or in the environment as PORTAL_STATE_DIR",
		"Folder", e.Dir, "Why", w.Words(e.Err))
}

func (e *FolderError) Unwrap() error { return e.Err }

// Open is the folder under stateDir, which is made with the first entry; "" is none. scope names the database that the runs are in
// (such as host:port/name), so that two configurations on one computer do not take each other's entries for theirs.
func Open(stateDir, scope string) *Box {
	if stateDir == "" {
		return &Box{}
	}
	sum := sha256.Sum256([]byte(scope))
	return &Box{dir: filepath.Join(stateDir, "outbox", hex.EncodeToString(sum[:8]))}
}

// Ready tells, before a job is asked for, whether its id can be noted. Error: *FolderError.
func (b *Box) Ready() error {
	if b.dir == "" {
		return &FolderError{Err: errors.New("no folder is named")}
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return &FolderError{b.dir, plainly(err)}
	}
	probe := filepath.Join(b.dir, ".ready-"+uuid.NewString())
	if err := atomicfile.WriteFile(probe, nil, atomicfile.Private); err != nil {
		return &FolderError{b.dir, plainly(err)}
	}
	_ = os.Remove(probe) // an empty hidden file harms nobody
	return nil
}

// plainly is the system's own reason, without the path that the sentence names already.
func plainly(err error) error {
	if of, ok := errors.AsType[*fs.PathError](err); ok {
		return of.Err
	}
	return err
}

func (b *Box) path(run uuid.UUID) string { return filepath.Join(b.dir, run.String()+".json") }

// Put writes the entry; when it returns nil the entry is on the disk, whole, even if the machine stops the next moment.
func (b *Box) Put(e Entry) error {
	if b.dir == "" {
		return b.Ready()
	}
	if err := os.MkdirAll(b.dir, 0o700); err != nil {
		return &FolderError{b.dir, plainly(err)}
	}
	data, err := json.Marshal(file{version, e.RunID, e.JobID, e.JobURL, e.SavedAt.UTC()})
	if err != nil {
		return fmt.Errorf("writing down job %s: %w", e.JobID, err)
	}
	if err := atomicfile.WriteFile(b.path(e.RunID), data, atomicfile.Private); err != nil {
		return fmt.Errorf("writing down job %s: %w", e.JobID, err)
	}
	return nil
}

// All returns the entries. A damaged file is renamed and named in the error, one of a later program is left where it is and named;
// the other entries are returned with it.
func (b *Box) All() ([]Entry, error) {
	list, err := os.ReadDir(b.dir)
	if b.dir == "" || errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for unfinished work: %w", err)
	}
	var entries []Entry
	var faults error
	for _, f := range list {
		id, err := uuid.Parse(strings.TrimSuffix(f.Name(), ".json"))
		if err != nil || !strings.HasSuffix(f.Name(), ".json") {
			continue
		}
		e, err := b.read(id)
		var later *laterError
		var of *fs.PathError
		switch {
		case errors.Is(err, fs.ErrNotExist): // another program has just finished it
		case errors.As(err, &later), errors.As(err, &of):
			faults = errors.Join(faults, fmt.Errorf("the note %s about unfinished work can't be used: %w", f.Name(), err))
		case err != nil:
			aside, rerr := atomicfile.SetAside(b.path(id))
			faults = errors.Join(faults, fmt.Errorf("the note %s about unfinished work can't be used, and is now %s: %w", f.Name(), filepath.Base(aside), errors.Join(err, rerr)))
		default:
			entries = append(entries, e)
		}
	}
	return entries, faults
}

// laterError says that an entry is of another version of this program.
type laterError struct{ version int }

func (e *laterError) Error() string { return fmt.Sprintf("it is of version %d", e.version) }

func (b *Box) read(run uuid.UUID) (Entry, error) {
	data, err := atomicfile.Read(b.path(run), maxFile)
	if err != nil {
		return Entry{}, err
	}
	var head struct {
		Version int `json:"version"`
	}
	if err := json.Unmarshal(data, &head); err != nil {
		return Entry{}, err
	}
	if head.Version > version {
		return Entry{}, &laterError{head.Version}
	}
	var f file
	if err := json.Unmarshal(data, &f); err != nil {
		return Entry{}, err
	}
	if f.Version != version || f.RunID != run {
		return Entry{}, fmt.Errorf("it is of version %d for run %s", f.Version, f.RunID)
	}
	if _, err := uuid.Parse(f.JobID); err != nil {
		return Entry{}, fmt.Errorf("its job id is no UUID: %w", err)
	}
	return Entry{f.RunID, strings.ToLower(f.JobID), f.JobURL, f.SavedAt}, nil
}

// Remove deletes the run's entry; that there is none is no error.
func (b *Box) Remove(run uuid.UUID) error {
	if err := os.Remove(b.path(run)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("removing the note about run %s: %w", run, err)
	}
	return nil
}
