//go:build !windows

package logfile

import (
	"os"

	"golang.org/x/sys/unix"
)

// hold locks a file for as long as this process has it open; an error where another process has locked it.
func hold(f *os.File) error { return unix.Flock(int(f.Fd()), unix.LOCK_EX|unix.LOCK_NB) }
