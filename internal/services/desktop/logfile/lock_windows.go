package logfile

import (
	"os"

	"golang.org/x/sys/windows"
)

// beyond is a place in the file where nothing is ever written: Windows lets nobody else read or write what is locked.
const beyond = 1 << 30

// hold locks a file for as long as this process has it open; an error where another process has locked it.
func hold(f *os.File) error {
	at := windows.Overlapped{OffsetHigh: beyond}
	return windows.LockFileEx(windows.Handle(f.Fd()), windows.LOCKFILE_EXCLUSIVE_LOCK|windows.LOCKFILE_FAIL_IMMEDIATELY, 0, 1, 0, &at)
}
