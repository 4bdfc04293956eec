//go:build !windows

package artifacts

// writeMark does nothing: only Windows asks where a file comes from.
func writeMark(string, string) error { return nil }
