//go:build unix

package artifacts

import (
	"io/fs"
	"syscall"
)

// identity is the number that the file system has given a file: another file under the same name has another.
func identity(info fs.FileInfo) uint64 {
	if s, ok := info.Sys().(*syscall.Stat_t); ok {
		return s.Ino
	}
	return 0
}
