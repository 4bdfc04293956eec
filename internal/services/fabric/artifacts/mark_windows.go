package artifacts

import "os"

// writeMark writes a stream of a file.
func writeMark(name, text string) error {
	return os.WriteFile(name, []byte(text), 0o600) //nolint:forbidigo // a stream of a file has no name of its own to be renamed from
}
