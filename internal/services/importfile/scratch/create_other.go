//go:build !windows

package scratch

import "os"

// createUnnamed makes a file and takes its name away: the system frees its space once it is closed, or the process ends.
func createUnnamed(path string) (*os.File, error) {
	f, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return nil, err
	}
	if err := os.Remove(path); err != nil {
		f.Close()
		return nil, err
	}
	return f, nil
}
