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

// Open makes the folder under stateDir. scope names the database that the runs are in (such as host:port/name), so that
// two configurations on one computer do not take each other's entries for theirs.
func Open(stateDir, scope string) (*Box, error) {
	sum := sha256.Sum256([]byte(scope))
	dir := filepath.Join(stateDir, "outbox", hex.EncodeToString(sum[:8]))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("the folder %s for unfinished work can't be made: %w", dir, err)
	}
	return &Box{dir: dir}, nil
}

func (b *Box) path(run uuid.UUID) string { return filepath.Join(b.dir, run.String()+".json") }

// Put writes the entry; when it returns nil the entry is on the disk, whole, even if the machine stops the next moment.
func (b *Box) Put(e Entry) error {
	data, err := json.Marshal(file{version, e.RunID, e.JobID, e.JobURL, e.SavedAt.UTC()})
	if err != nil {
		return fmt.Errorf("writing down job %s: %w", e.JobID, err)
	}
	if err := atomicfile.WriteFile(b.path(e.RunID), data, atomicfile.Private); err != nil {
		return fmt.Errorf("writing down job %s: %w", e.JobID, err)
	}
	return nil
}

// All returns the entries. A file that can't be read or has another form is left where it is and named in the error;
// the other entries are returned with it.
func (b *Box) All() ([]Entry, error) {
	list, err := os.ReadDir(b.dir)
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
		switch {
		case errors.Is(err, fs.ErrNotExist): // another program has just finished it
		case err != nil:
			faults = errors.Join(faults, fmt.Errorf("the note %s about unfinished work can't be used: %w", f.Name(), err))
		default:
			entries = append(entries, e)
		}
	}
	return entries, faults
}

func (b *Box) read(run uuid.UUID) (Entry, error) {
	info, err := os.Stat(b.path(run))
	if err != nil {
		return Entry{}, err
	}
	if info.Size() > maxFile {
		return Entry{}, fmt.Errorf("it is too large: %s", format.Bytes(info.Size()))
	}
	data, err := os.ReadFile(b.path(run))
	if err != nil {
		return Entry{}, err
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
