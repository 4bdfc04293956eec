package spreadsheet

import (
	"archive/zip"
	"context"
	"errors"
	"io"
	"path/filepath"
	"strings"
	"sync/atomic"
	"time"
	"unicode/utf8"

	"fabricportal/internal/format"
	"fabricportal/internal/services/importfile/spreadsheet/delimited"
	"fabricportal/internal/services/importfile/spreadsheet/parquetfile"
)

// File is an open spreadsheet: the bytes that are hashed are the bytes that are read.
type File struct {
	path, name string
	file       Content
	format     Format
	limits     Limits

	parquet *parquetfile.File

	archive *archive
	book    *workbook
	sheet   int // index of the sheet that is read
	header  int // row of the header; 0 for the first row with a value
	given   delimited.Given
	dialect *atomic.Pointer[delimited.Dialect] // of a text file that was read as a whole, as given
	tokens  bool
}

// Open is OpenSource of a file of this computer.
func Open(ctx context.Context, path string, limits Limits) (*File, error) {
	return OpenSource(ctx, Disk(path), limits)
}

// OpenSource opens a workbook, CSV or Parquet file and recognises it by its content. A file that can't be read gives an
// *UnreadableError, or the error of the context.
func OpenSource(ctx context.Context, src Source, limits Limits) (*File, error) {
	path, name := src.Path(), filepath.Base(src.Path())
	if strings.HasPrefix(name, "~$") {
		return nil, unreadable(path, format.Say("{{.File}} is the lock file that Excel keeps while a workbook is open: choose the workbook itself.", "File", name))
	}
	file, err := src.Open(ctx)
	if err != nil {
		return nil, err
	}
	f := &File{path: path, name: name, file: file, limits: limits.withDefaults(), sheet: -1, dialect: &atomic.Pointer[delimited.Dialect]{}}
	if err := f.recognised(ctx); err != nil {
		_ = file.Close()
		return nil, err
	}
	return f, nil
}

func (f *File) recognised(ctx context.Context) (err error) {
	defer Recovered(f.path, &err)
	return f.recognise(ctx)
}

func (f *File) openWorkbook() error {
	var err error
	if f.archive, err = openArchive(f.file, f.Size(), f.limits); err == nil {
		if sentence := f.archive.otherPackage(); sentence != "" {
			return unreadable(f.path, format.Say(sentence, "File", f.name))
		}
		f.book, err = readWorkbook(f.archive)
	}
	if err != nil {
		return unread(f.path, err, packageSentence(err, f.name))
	}
	if f.archive.macroEnabled() || f.Macros() {
		f.format = XLSM
	}
	if f.sheet = f.book.firstVisible(); f.sheet < 0 {
		return unreadable(f.path, format.Say("{{.File}} has no visible worksheet: open it in Excel, show the sheet with the data and save it.", "File", f.name))
	}
	return nil
}

// packageSentence says why a zip file could not be opened as a workbook.
func packageSentence(err error, name string) *format.Said {
	switch {
	case errors.Is(err, errTooMuch), errors.Is(err, errManyParts):
		return format.Say("{{.File}} would unpack to more data than is safe to read: check where it comes from.", "File", name)
	case errors.Is(err, errNoWorkbook):
		return format.Say("{{.File}} is a ZIP archive without a workbook in it: unpack it and choose the workbook.", "File", name)
	case errors.Is(err, zip.ErrAlgorithm):
		return format.Say("{{.File}} is packed in a way that workbooks never are: open it in Excel and save it as .xlsx.", "File", name)
	case errors.Is(err, zip.ErrFormat), errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF):
		return format.Say("{{.File}} is damaged or was not copied to its end: copy or download it again.", "File", name)
	}
	return format.Say("{{.File}} is damaged, so that its sheets can't be found: copy or download it again, or open it in Excel and save it.", "File", name)
}

// Name is the file's name without folders.
func (f *File) Name() string { return f.name }

// Format is the format that was recognised.
func (f *File) Format() Format { return f.format }

// Size is the file's size in bytes when it was opened.
func (f *File) Size() int64 { return f.file.Stamp().Size }

// Modified is the file's modification time when it was opened.
func (f *File) Modified() time.Time { return f.file.Stamp().Modified }

// HeaderAt sets the row of the header, as a spreadsheet numbers it, if it is not the first row with a value.
// It changes only the row that the rows of a text file are compared with. The same cells are read.
func (f *File) HeaderAt(row int) { f.header = row }

// TextAs says how a text file is written, with the names of read_options: its encoding, its delimiter of one character, and
// its quoting. What is empty, or none that read_options knows, is found. It changes nothing of other files, and of readings
// that were begun before.
func (f *File) TextAs(encoding, delimiter, quoting string) {
	f.dialect = &atomic.Pointer[delimited.Dialect]{}
	f.given = delimited.Given{Encoding: delimited.Encoding(encoding), Quoting: delimited.Quoting(quoting)}
	if char, size := utf8.DecodeRuneInString(delimiter); size == len(delimiter) && char != utf8.RuneError && !strings.ContainsRune("\"\r\n\x00", char) {
		f.given.Delimiter = char
	}
}

// EscapedQuotes is how many quotation marks of a text file stand behind a backslash, where it was found that quotes are written
// so; 0 where they are not, where quoting was given, and for other files. It is known once Batches gave the first rows.
func (f *File) EscapedQuotes() int64 {
	if d := f.dialect.Load(); d != nil {
		return d.Escaped
	}
	return 0
}

// Batches starts reading at the first row. The caller closes it before the file. What is damaged in the sheet is told by
// the Batches' Err, so that what can be read is read.
func (f *File) Batches(ctx context.Context) (Batches, error) { return f.batches(ctx, 0) }

// Head is Batches that stops after so many rows with cells, which it reads without reading what stands behind them.
func (f *File) Head(ctx context.Context, rows int) (Batches, error) {
	return f.batches(ctx, max(rows, 1))
}

// batches reads some rows, all where head is 0.
func (f *File) batches(ctx context.Context, head int) (_ Batches, err error) {
	defer Recovered(f.path, &err)
	if f.format == CSV {
		rows := newCSVRows(ctx, f.name, f.file, f.Size(), f.limits)
		rows.head, rows.at, rows.given, rows.known = head, f.header, f.given, f.dialect
		return ahead(csvBatches{rows}, head), nil
	}
	if f.format == Parquet {
		return ahead(&parquetBatches{ctx: ctx, name: f.name, file: f.parquet, head: head, most: max(f.limits.CellTexts, f.limits.Ratio*f.Size())}, head), nil
	}
	sheet, err := f.sheetBatches(ctx, head)
	if err != nil {
		return nil, err
	}
	return ahead(sheet, head), nil
}

// Rows is Batches row by row.
func (f *File) Rows(ctx context.Context) (Rows, error) {
	batches, err := f.Batches(ctx)
	if err != nil {
		return nil, err
	}
	return &rowsOfBatches{ctx: ctx, src: batches}, nil
}

// WriteTo copies the file's bytes as they stand, for example into a hash. It stops soon after ctx has ended.
func (f *File) WriteTo(ctx context.Context, dst io.Writer) (err error) {
	defer Recovered(f.path, &err)
	src := io.NewSectionReader(f.file, 0, f.Size())
	buf := make([]byte, 64<<10)
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
func (f *File) Changed() bool { return f.file.Changed() }

// Path is the file's path, as its source says it.
func (f *File) Path() string { return f.path }

// Close closes the file.
func (f *File) Close() error { return f.file.Close() }
