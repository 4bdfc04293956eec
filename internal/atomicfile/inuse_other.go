//go:build !windows

package atomicfile

import (
	"os"
	"sync"
	"syscall"
)

func hold(f *os.File) (release func()) {
	// A lock is the open file's, whatever number it has: by one of its own it outlives f.
	own, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return func() {}
	}
	syscall.CloseOnExec(own)
	_ = syscall.Flock(own, syscall.LOCK_SH|syscall.LOCK_NB) // without a lock it is not free for anybody either
	return sync.OnceFunc(func() { _ = syscall.Close(own) })
}

func free(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}

// names is how many names a file has.
func names(f *os.File) uint64 {
	info, err := f.Stat()
	if err != nil {
		return 1
	}
	about, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return 1
	}
	return uint64(about.Nlink) //nolint:unconvert // it has another size on other systems
}
