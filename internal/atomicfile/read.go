package atomicfile

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// SizeError says that a file is larger than what this program would have written.
type SizeError struct {
	Path  string
	Limit int64 // bytes
}

func (e *SizeError) Error() string {
	return fmt.Sprintf("%s has more than %d bytes, so this program has not written it", e.Path, e.Limit)
}

// Read reads a file of this program whole, if it has at most limit bytes. Errors: *SizeError, or those of the file system; of a
// name that is no file, such as a folder or a pipe, which would be waited for, an *fs.PathError.
func Read(path string, limit int64) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "read", Path: path, Err: errors.New("it is no file")}
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	data, err := io.ReadAll(io.LimitReader(f, limit+1))
	if err == nil && int64(len(data)) > limit {
		return nil, &SizeError{path, limit}
	}
	return data, err
}

// asides is how many damaged files of one name are kept; the last of them is replaced.
const asides = 9

// SetAside renames a file that can't be used, so that a person still has it and this program no longer finds it. It returns the new
// name.
func SetAside(path string) (string, error) {
	for i := 1; ; i++ {
		aside := path + ".damaged"
		if i > 1 {
			aside = fmt.Sprintf("%s.damaged%d", path, i)
		}
		if _, err := os.Lstat(aside); err == nil && i < asides {
			continue
		}
		return aside, os.Rename(path, aside)
	}
}

// NameFolder gives a folder, whose files have all been written, its name. Where the name is taken, the folder stays as it is.
func NameFolder(folder, name string) error {
	if _, err := os.Lstat(name); err == nil {
		return &fs.PathError{Op: "rename", Path: name, Err: fs.ErrExist}
	}
	if err := os.Rename(folder, name); err != nil {
		return err
	}
	return syncFolder(filepath.Dir(name))
}
