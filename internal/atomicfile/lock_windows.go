package atomicfile

import (
	"errors"
	"io/fs"
	"os"

	"golang.org/x/sys/windows"
)

// lock locks a file until it is closed; errLocked where another has. What is locked is a byte that no file has, as Windows keeps
// others from reading what is locked.
func lock(f *os.File) error {
	at := &windows.Overlapped{OffsetHigh: 1 << 30}
	err := windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, at)
	if errors.Is(err, windows.ERROR_LOCK_VIOLATION) {
		return errLocked
	}
	return err
}

// ownedByUser is true: each user of Windows has temporary files of his own, and a folder's rights hold for what is in it.
func ownedByUser(fs.FileInfo) bool { return true }
