//go:build unix

package policy

import (
	"os"
	"syscall"
)

// writable tells whether others than an administrator may change what is at a path.
func writable(path string) (bool, error) {
	info, err := os.Stat(path)
	if err != nil {
		return false, err
	}
	owner, ok := info.Sys().(*syscall.Stat_t)
	return info.Mode().Perm()&0o022 != 0 || ok && owner.Uid != 0, nil
}
