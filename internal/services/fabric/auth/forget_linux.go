package auth

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// keyringFile is a file of tokens, whose key is in the kernel's keyring under the file's name.
type keyringFile string

func keeper(name string) (keyringFile, error) {
	dir := os.Getenv("XDG_CACHE_HOME")
	if dir == "" {
		home, err := os.UserHomeDir()
		if err != nil {
			return "", err
		}
		dir = filepath.Join(home, ".cache")
	}
	return keyringFile(filepath.Join(dir, ".IdentityService", name)), nil
}

// Delete removes the file, and its key where this process may: without the one the other says nothing.
func (f keyringFile) Delete(context.Context) error {
	if ring, err := unix.KeyctlGetKeyringID(unix.KEY_SPEC_USER_KEYRING, false); err == nil {
		if lasting, err := unix.KeyctlInt(unix.KEYCTL_GET_PERSISTENT, -1, ring, 0, 0); err == nil {
			ring = lasting
		}
		if key, err := unix.KeyctlSearch(ring, "user", filepath.Base(string(f)), 0); err == nil {
			_, _ = unix.KeyctlInt(unix.KEYCTL_UNLINK, key, ring, 0, 0)
		}
	}
	if err := os.Remove(string(f)); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}
