//go:build !windows

package spreadsheet

// isLocked is false where opening a file for reading does not lock it.
func isLocked(error) bool { return false }
