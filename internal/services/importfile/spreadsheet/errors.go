package spreadsheet

import (
	"errors"
	"io/fs"

	"fabricportal/internal/format"
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

// unreadable makes an error of a sentence, which can be said in other languages.
func unreadable(path string, said *format.Said) *UnreadableError { return unread(path, nil, said) }

// unread is unreadable with what the system said.
func unread(path string, err error, said *format.Said) *UnreadableError {
	return &UnreadableError{Path: path, Sentence: said.Error(), Err: said.Over(err)}
}

// damaged says where a reading stopped, in a sentence that can be said in other languages.
func damaged(row int, err error, said *format.Said) *DamagedError {
	return &DamagedError{Row: row, Sentence: said.Error(), Err: said.Over(err)}
}

// openError turns what the system said on opening a file into a sentence.
func openError(path, name string, err error) *UnreadableError {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return unread(path, err, format.Say("{{.File}} was not found: check the name and the folder.", "File", name))
	case isLocked(err):
		return unread(path, err, format.Say("{{.File}} is locked by another program: close it there and try again.", "File", name))
	case errors.Is(err, fs.ErrPermission):
		return unread(path, err, format.Say("{{.File}} may not be read by this user: ask its owner for the right to read it, or copy it to a folder of your own.", "File", name))
	}
	return unread(path, err, format.Say("{{.File}} could not be opened ({{.Why}}): check that the drive is connected and try again.", "File", name, "Why", rootCause(err).Error()))
}

// readError is openError for a file that was open already.
func readError(path, name string, err error) *UnreadableError {
	return unread(path, err, format.Say("{{.File}} could not be read ({{.Why}}): check that the drive is connected and try again.", "File", name, "Why", rootCause(err).Error()))
}

// Unkept changes an error that means that the disk has no room for the data kept for each row: the new one says that the file has too many rows for memory.
// Other errors are returned as they are.
func (f *File) Unkept(err error) error {
	var disk *scratch.Error
	if !errors.As(err, &disk) {
		return err
	}
	return unread(f.path, err, format.Say("{{.File}} has more rows than fit into memory, and {{.Why}}.", "File", f.name, "Why", disk))
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
