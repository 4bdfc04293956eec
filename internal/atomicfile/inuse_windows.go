package atomicfile

import (
	"os"

	"golang.org/x/sys/windows"
)

// behind is a byte that no file has: a lock keeps others from what it is of.
var behind = windows.Overlapped{OffsetHigh: 0x7fffffff}

func hold(f *os.File) (release func()) {
	at := behind
	_ = windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at) // without a lock it is not free for anybody either
	return func() {}
}

func free(f *os.File) bool {
	at := behind
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at) == nil
}

// names is how many names a file has.
func names(f *os.File) uint64 {
	var about windows.ByHandleFileInformation
	if windows.GetFileInformationByHandle(windows.Handle(f.Fd()), &about) != nil {
		return 1
	}
	return uint64(about.NumberOfLinks)
}
