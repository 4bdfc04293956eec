package atomicfile

import (
	"errors"
	"os"
)

// Alone makes this process the only one at whatever the lock file at path stands for, until release is called or the process ends.
// Where the file system has no locks it does nothing more than make the file. Errors: ErrBusy, *Error.
func Alone(path string) (release func(), err error) {
	for {
		f, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, Private)
		if err != nil {
			return nil, fileError(path, err)
		}
		if err := lock(f); errors.Is(err, errLocked) {
			f.Close()
			return nil, ErrBusy
		}
		if !ours(f) { // whoever had it took it away with them
			f.Close()
			continue
		}
		return func() {
			os.Remove(path) // on Windows it stays, as it is open, and is used again
			f.Close()
		}, nil
	}
}
