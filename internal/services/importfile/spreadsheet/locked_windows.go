package spreadsheet

import (
	"errors"
	"syscall"
)

// isLocked tells a sharing or lock violation (32, 33) from other errors.
func isLocked(err error) bool {
	return errors.Is(err, syscall.Errno(32)) || errors.Is(err, syscall.Errno(33))
}
