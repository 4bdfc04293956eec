//go:build unix

package main

import (
	"os"
	"runtime"
	"syscall"
)

// peakOf is the most memory that a process had resident, in bytes. Linux counts in it what this process had when it
// started the other, so this one stays small: it makes and reads no files itself.
func peakOf(p *os.ProcessState) int64 {
	usage, ok := p.SysUsage().(*syscall.Rusage)
	if !ok {
		return 0
	}
	if runtime.GOOS == "darwin" {
		return int64(usage.Maxrss) //nolint:unconvert // its size differs by system
	}
	return int64(usage.Maxrss) << 10 //nolint:unconvert // its size differs by system
}
