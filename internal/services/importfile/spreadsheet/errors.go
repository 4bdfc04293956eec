package spreadsheet

import (
	"errors"
	"fmt"
	"io/fs"

	"fabricportal/internal/services/importfile/scratch"
)

// UnreadableError says that a file can't be read at all. Sentence says why and what to do; it names the file.
type UnreadableError struct {
	Path     string
	Sentence string
	Err      error // what the system said; may be nil
}

func (e *UnreadableError) Error() string { return e.Sentence }
func (e *UnreadableError) Unwrap() error { return e.Err }

// DamagedError says that reading stopped before the end. Row is the row (counting from 1) at which it stopped, 0 where
// it was not in a row. Sentence says where and why.
type DamagedError struct {
	Row      int
	Sentence string
	Err      error // may be nil
}

func (e *DamagedError) Error() string { return e.Sentence }
func (e *DamagedError) Unwrap() error { return e.Err }

// unreadable makes an error of a sentence in which %s stands for the file's name.
func unreadable(path, name, sentence string) *UnreadableError {
	return &UnreadableError{Path: path, Sentence: fmt.Sprintf(sentence, name)}
}

// openError turns what the system said on opening a file into a sentence.
func openError(path, name string, err error) *UnreadableError {
	e := &UnreadableError{Path: path, Err: err}
	switch {
	case errors.Is(err, fs.ErrNotExist):
		e.Sentence = fmt.Sprintf("%s was not found: check the name and the folder.", name)
	case isLocked(err):
		e.Sentence = fmt.Sprintf("%s is locked by another program: close it there and try again.", name)
	case errors.Is(err, fs.ErrPermission):
		e.Sentence = fmt.Sprintf("%s may not be read by this user: ask its owner for the right to read it, or copy it to a folder of your own.", name)
	default:
		e.Sentence = fmt.Sprintf("%s could not be opened (%s): check that the drive is connected and try again.", name, rootCause(err))
	}
	return e
}

// readError is openError for a file that was open already.
func readError(path, name string, err error) *UnreadableError {
	return &UnreadableError{Path: path, Err: err,
		Sentence: fmt.Sprintf("%s could not be read (%s): check that the drive is connected and try again.", name, rootCause(err))}
}

// Unkept changes an error that means that the disk has no room for the data kept for each row: the new one says that the file has too many rows for memory.
// Other errors are returned as they are.
func (f *File) Unkept(err error) error {
	var disk *scratch.Error
	if !errors.As(err, &disk) {
		return err
	}
	return &UnreadableError{Path: f.path, Err: err, Sentence: fmt.Sprintf("%s has more rows than fit into memory, and %s.", f.name, disk.Sentence)}
}

// rootCause is the innermost error, without the path and the name of the system call.
func rootCause(err error) error {
	for {
		next := errors.Unwrap(err)
		if next == nil {
			return err
		}
		err = next
	}
}
