package scratch

import (
	"os"

	"golang.org/x/sys/windows"
)

// createUnnamed makes a file that Windows removes when it is closed, or when the process ends.
func createUnnamed(path string) (*os.File, error) {
	return os.OpenFile(path, os.O_RDWR|os.O_CREATE|os.O_EXCL|windows.FILE_FLAG_DELETE_ON_CLOSE, 0o600)
}
