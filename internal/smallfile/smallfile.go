// Package smallfile reads files that a person names and that are small by their nature, such as rules: whole, and never more of
// one than it may have.
package smallfile

import (
	"fmt"
	"io"
	"os"

	"fabricportal/internal/format"
)

// Error says in one sentence, which begins with what the file is, why it can't be read and what to do.
type Error struct {
	Sentence string
	Err      error // what the system said; may be nil
}

func (e *Error) Error() string { return e.Sentence }
func (e *Error) Unwrap() error { return e.Err }

// Read reads a file of at most so many bytes; what is what a sentence calls it, such as "the rules". Errors are *Error.
func Read(what, path string, most int64) ([]byte, error) {
	failed := func(err error, why string) error {
		return &Error{Sentence: fmt.Sprintf("%s in %s can't be read: %s", what, path, why), Err: err}
	}
	const check = "check the name and the folder"
	// What is no file may have no end, or none that comes by itself.
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return nil, failed(err, check)
	case info.IsDir():
		return nil, failed(nil, "that is a folder; choose a file in it")
	case !info.Mode().IsRegular():
		return nil, failed(nil, "that is no ordinary file; choose one")
	case info.Size() > most:
		return nil, failed(nil, tooLarge(info.Size(), most))
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, failed(err, check)
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	switch {
	case err != nil:
		return nil, failed(err, check)
	case int64(len(data)) > most: // it grew
		return nil, failed(nil, tooLarge(int64(len(data)), most))
	}
	return data, nil
}

func tooLarge(size, most int64) string {
	return fmt.Sprintf("the file has %s, and %s are the most that is read; check that it is the right one", format.Bytes(size), format.Bytes(most))
}
