package atomicfile

import (
	"errors"
	"io/fs"
	"os"
)

// Whoever is at a file holds it, so that the rests of a program that was killed are told from files that another one is at.

// Hold says that this process is at an open file, until release is called, the process ends, or, on Windows, the file is
// closed. Several may hold one. Where the file system has no locks it does nothing.
func Hold(f *os.File) (release func()) { return hold(f) }

// Own locks an open file for its opener alone, until it is closed or the process ends. Errors: ErrBusy where another one has it; any
// other where the file system has no locks.
func Own(f *os.File) error {
	err := lock(f)
	if errors.Is(err, errLocked) {
		return ErrBusy
	}
	return err
}

// Free says whether nobody holds a file, or it is not there. A file that can't be asked about is not free.
func Free(path string) bool {
	f, err := os.OpenFile(path, os.O_RDWR, 0)
	if err != nil {
		return errors.Is(err, fs.ErrNotExist)
	}
	defer f.Close()
	return free(f)
}
