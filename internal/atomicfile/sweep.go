package atomicfile

import (
	"errors"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"fabricportal/internal/format"
)

// parts is the pattern of the names that files have until they are whole: rand.Text between dot and ending.
var parts = "." + strings.Repeat("[A-Z2-7]", 26) + ".part"

// Ages from which on what is left may go. They begin at the last write.
const (
	freeAge   = 10 * time.Second // of what nobody has locked: a file is locked a moment after it is made, and renamed a moment after it is closed
	unsureAge = 24 * time.Hour   // where the file system knows no locks
)

// lockName is the file in a Folder that its process has locked.
const lockName = ".lock"

// Sweep removes from a folder what a program left that was killed: unfinished files of Replace, after a week those of Keep and, where patterns (path.Match)
// name some, files and Folders with such names. What a living program works at stays, as do other users' files. It returns
// the names that are gone. A folder that is not there holds nothing; what can't be removed stays for the next time.
func Sweep(folder string, patterns ...string) []string {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil
	}
	var gone []string
	for _, e := range entries {
		if !named(e.Name(), patterns) {
			continue
		}
		at := filepath.Join(folder, e.Name())
		if info, err := e.Info(); err == nil && left(at, info) && os.RemoveAll(at) == nil {
			gone = append(gone, e.Name())
		}
	}
	return gone
}

func named(name string, patterns []string) bool {
	for _, p := range append([]string{parts}, append(keeps, patterns...)...) {
		if ok, _ := path.Match(p, name); ok {
			return true
		}
	}
	return false
}

// left tells whether nobody works at a file or a Folder of this user any more.
func left(at string, info fs.FileInfo) bool {
	kind := info.Mode().Type()
	if kind != 0 && kind != fs.ModeDir || !ownedByUser(info) {
		return false
	}
	if kind == fs.ModeDir {
		at = filepath.Join(at, lockName)
	}
	age, enough := time.Since(info.ModTime()), freeAge
	if named(info.Name(), nil) && !strings.HasSuffix(info.Name(), ".part") {
		enough = keptAge
	}
	f, err := os.OpenFile(at, os.O_RDWR, 0)
	if err != nil { // such as a folder without a lock, or a file that another program on Windows holds
		return age > max(enough, unsureAge) && errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	switch err := lock(f); {
	case err == nil:
		return age > enough
	case errors.Is(err, errLocked):
		return false
	}
	return age > max(enough, unsureAge)
}

// errLocked says that another process has locked a file.
var errLocked = errors.New("another program works at the file")

// Folder is a folder for temporary files. A Sweep leaves it alone as long as the process lives that made it.
type Folder struct {
	Path string
	lock *os.File
}

// TempFolder makes a folder that only this user may enter among the system's temporary files; its name begins with the prefix.
func TempFolder(prefix string) (*Folder, error) {
	dir, err := os.MkdirTemp("", prefix)
	if err != nil {
		return nil, &Error{os.TempDir(), format.Say("no temporary folder could be made in {{.Folder}}: check the free space there, and whether this user may write there", "Folder", os.TempDir()).Over(err)}
	}
	f, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE|os.O_EXCL|os.O_RDWR, Private)
	if err != nil {
		os.Remove(dir)
		return nil, fileError(filepath.Join(dir, lockName), err)
	}
	_ = lock(f) // without locks, its age protects it
	return &Folder{dir, f}, nil
}

// Remove takes the folder away with all that is in it.
func (f *Folder) Remove() {
	f.lock.Close() // Windows removes no file that is open
	os.RemoveAll(f.Path)
}

// swept are the folders that this process has swept as it first wrote there.
var swept sync.Map

// sweepOnce sweeps a folder before the first file is written there: beside the targets of exports nothing else does it.
func sweepOnce(folder string) {
	if _, done := swept.LoadOrStore(folder, true); !done {
		Sweep(folder)
	}
}
