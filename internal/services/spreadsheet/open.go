package spreadsheet

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"
)

// File is an open spreadsheet. It keeps one handle on the file, so that what is hashed and what is read is the same.
type File struct {
	path, name string
	file       *os.File
	info       fs.FileInfo
	format     Format
	limits     Limits

	archive *archive
	book    *workbook
	sheet   int // index of the sheet that is read
}

// Open opens a workbook or CSV file and recognises it by its content. A file that can't be read gives an
// *UnreadableError, or the error of the context.
func Open(ctx context.Context, path string, limits Limits) (*File, error) {
	name := filepath.Base(path)
	if strings.HasPrefix(name, "~$") {
		return nil, unreadable(path, name, "%s is the lock file that Excel keeps while a workbook is open: choose the workbook itself.")
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, openError(path, name, err)
	}
	switch {
	case info.IsDir():
		return nil, unreadable(path, name, "%s is a folder: choose a file in it.")
	case !info.Mode().IsRegular():
		return nil, unreadable(path, name, "%s is no ordinary file: choose a workbook or a CSV file.")
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, openError(path, name, err)
	}
	f := &File{path: path, name: name, file: file, limits: limits.withDefaults(), sheet: -1}
	if err := f.recognise(ctx); err != nil {
		_ = file.Close()
		return nil, err
	}
	return f, nil
}

func (f *File) recognise(ctx context.Context) error {
	var err error
	if f.info, err = f.file.Stat(); err != nil {
		return readError(f.path, f.name, err)
	}
	head := make([]byte, min(sniffBytes, f.info.Size()))
	n, err := f.file.ReadAt(head, 0)
	if err != nil && !errors.Is(err, io.EOF) {
		return readError(f.path, f.name, err)
	}
	head = head[:n]
	if err := ctx.Err(); err != nil {
		return err
	}
	if len(head) == 0 && strings.EqualFold(filepath.Ext(f.name), ".csv") {
		// Without content only the name tells: an empty CSV file is a table without rows.
		f.format = CSV
		return nil
	}
	if sentence := unsupported(f.file, f.info.Size(), head); sentence != "" {
		return unreadable(f.path, f.name, sentence)
	}
	if !bytes.HasPrefix(head, []byte("PK")) {
		f.format = CSV
		return nil
	}
	f.format = XLSX
	return f.openWorkbook()
}

func (f *File) openWorkbook() error {
	var err error
	if f.archive, err = openArchive(f.file, f.info.Size(), f.limits); err == nil {
		if sentence := f.archive.otherPackage(); sentence != "" {
			return unreadable(f.path, f.name, sentence)
		}
		f.book, err = readWorkbook(f.archive)
	}
	if err != nil {
		return &UnreadableError{Path: f.path, Err: err, Sentence: fmt.Sprintf(packageSentence(err), f.name)}
	}
	if f.sheet = f.book.firstVisible(); f.sheet < 0 {
		return unreadable(f.path, f.name, "%s has no visible worksheet: open it in Excel, show the sheet with the data and save it.")
	}
	return nil
}

// packageSentence says why a zip file could not be opened as a workbook.
func packageSentence(err error) string {
	switch {
	case errors.Is(err, errTooMuch), errors.Is(err, errManyParts):
		return "%s would unpack to more data than is safe to read: check where it comes from."
	case errors.Is(err, errNoWorkbook):
		return "%s is a ZIP archive without a workbook in it: unpack it and choose the workbook."
	case errors.Is(err, zip.ErrAlgorithm):
		return "%s is packed in a way that workbooks never are: open it in Excel and save it as .xlsx."
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return "%s is damaged or was not copied to its end: copy or download it again."
	}
	return "%s is damaged, so that its sheets can't be found: copy or download it again, or open it in Excel and save it."
}

// Name is the file's name without folders.
func (f *File) Name() string { return f.name }

// Format is the format that was recognised.
func (f *File) Format() Format { return f.format }

// Size is the file's size in bytes when it was opened.
func (f *File) Size() int64 { return f.info.Size() }

// Modified is the file's modification time when it was opened.
func (f *File) Modified() time.Time { return f.info.ModTime() }

// Sheets are the worksheets in their order; none for CSV.
func (f *File) Sheets() []Sheet {
	if f.book == nil {
		return nil
	}
	return f.book.sheets
}

// SheetName is the sheet that Rows reads, the first visible one; ok is false for CSV.
func (f *File) SheetName() (name string, ok bool) {
	if f.sheet < 0 {
		return "", false
	}
	return f.book.sheets[f.sheet].Name, true
}

// Rows starts reading at the first row. The caller closes it before the file. What is damaged in the sheet is told by
// the Rows' Err, so that what can be read is read.
func (f *File) Rows(ctx context.Context) (Rows, error) {
	if f.format == CSV {
		return newCSVRows(ctx, f.name, io.NewSectionReader(f.file, 0, f.info.Size()), f.info.Size(), f.limits), nil
	}
	f.archive.left = f.limits.InflatedBytes
	r := &sheetRows{ctx: ctx, name: f.name, sheet: f.book.sheets[f.sheet].Name, date1904: f.book.date1904, limits: f.limits}
	r.dates, r.styleErr = readStyles(f.archive, f.book.styles)
	r.shared = readSharedStrings(f.archive, f.book.shared, ctx.Err)
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	var err error
	if r.part, err = f.archive.open(f.book.targets[f.sheet]); err != nil {
		return nil, &UnreadableError{Path: f.path, Err: err, Sentence: fmt.Sprintf(
			"%s is damaged: the data of its sheet %q can't be found; copy or download it again.", f.name, r.sheet)}
	}
	if r.x, err = newXMLReader(r.part); err != nil {
		r.stop(err)
	}
	return r, nil
}

// WriteTo copies the file's bytes as they stand, for example into a hash. It stops soon after ctx has ended.
func (f *File) WriteTo(ctx context.Context, dst io.Writer) error {
	src := io.NewSectionReader(f.file, 0, f.info.Size())
	buf := make([]byte, 256<<10)
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		n, err := src.Read(buf)
		if n > 0 {
			if _, err := dst.Write(buf[:n]); err != nil {
				return err
			}
		}
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return readError(f.path, f.name, err)
		}
	}
}

// Changed says whether the file under the path is no longer what it was when it was opened: other size or time, or gone.
func (f *File) Changed() bool {
	for _, stat := range []func() (fs.FileInfo, error){f.file.Stat, func() (fs.FileInfo, error) { return os.Stat(f.path) }} {
		now, err := stat()
		if err != nil || now.Size() != f.info.Size() || !now.ModTime().Equal(f.info.ModTime()) {
			return true
		}
	}
	return false
}

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }
