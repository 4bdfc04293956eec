package spreadsheet

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"fabricportal/internal/format"
)

// Source is where a file stands that is read: on this computer (Disk), or elsewhere.
type Source interface {
	// Path stands in errors; its last part is the file's name.
	Path() string
	// Stamp is what the file is now; false where that can't be told, which Open has a sentence for.
	Stamp() (Stamp, bool)
	// Open gives the file's bytes, all of one content as far as that can be told. Errors: *UnreadableError, or that of ctx.
	Open(ctx context.Context) (Content, error)
}

// Stamp tells the states of a file apart.
type Stamp struct {
	Size     int64
	Modified time.Time
}

// Same says whether two are of one state.
func (s Stamp) Same(as Stamp) bool { return s.Size == as.Size && s.Modified.Equal(as.Modified) }

// Content is the bytes of an open file. They may be read by several goroutines at once.
type Content interface {
	io.ReaderAt
	io.Closer
	// Stamp is what the file was when it was opened.
	Stamp() Stamp
	// Changed says whether what stands there now is another file.
	Changed() bool
}

// ErrFurther is what a Content gives that may not be read on: what follows stands further down than was to be looked at.
var ErrFurther = errors.New("it stands further down in the file than was looked at")

// Sparing is a Content of which each byte that is read costs something, as of a file elsewhere.
type Sparing interface{ Sparing() bool }

// Disk is a file of this computer, by its path.
type Disk string

// Path is part of Source.
func (d Disk) Path() string { return string(d) }

// Stamp is part of Source.
func (d Disk) Stamp() (Stamp, bool) {
	info, err := os.Stat(string(d))
	if err != nil {
		return Stamp{}, false
	}
	return stampOf(info), true
}

func stampOf(info fs.FileInfo) Stamp { return Stamp{info.Size(), info.ModTime()} }

// Open is part of Source.
func (d Disk) Open(context.Context) (Content, error) {
	path, name := string(d), filepath.Base(string(d))
	info, err := os.Stat(path)
	if err != nil {
		return nil, openError(path, name, err)
	}
	switch {
	case info.IsDir():
		return nil, unreadable(path, format.Say("{{.File}} is a folder: choose a file in it.", "File", name))
	case !info.Mode().IsRegular():
		return nil, unreadable(path, format.Say("{{.File}} is no ordinary file: choose a workbook or a CSV file.", "File", name))
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, name, err)
	}
	if info, err = file.Stat(); err != nil {
		file.Close()
		return nil, readError(path, name, err)
	}
	return &diskFile{File: file, path: path, begun: stampOf(info)}, nil
}

// diskFile keeps one handle on the file, so the bytes that are hashed are the bytes that are read.
type diskFile struct {
	*os.File
	path  string
	begun Stamp
}

func (f *diskFile) Stamp() Stamp { return f.begun }

// Changed looks at the open file and at the one under its path: it may have been replaced, or be gone.
func (f *diskFile) Changed() bool {
	for _, stat := range []func() (fs.FileInfo, error){f.File.Stat, func() (fs.FileInfo, error) { return os.Stat(f.path) }} {
		now, err := stat()
		if err != nil || !stampOf(now).Same(f.begun) {
			return true
		}
	}
	return false
}
