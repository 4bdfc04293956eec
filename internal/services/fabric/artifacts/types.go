// Package artifacts is the lakehouse's files: it lists Files/import, reads results and uploads. Behind its interface Store
// are two sources; the configuration says which is used (docs/specification.md §1).
package artifacts

import (
	"context"
	"errors"
	"io"
	"time"

	"fabricportal/internal/format"
	"fabricportal/internal/services/fabric/troubles"
)

// Folders and files of the lakehouse (docs/specification.md §1), relative to the lakehouse item.
const (
	ImportFolder  = "Files/import"
	CurrentFolder = "Files/results/current"
	RunsFolder    = "Files/results/runs"

	KPIsFile     = "kpis.json"
	ProfileFile  = "import_profile.json"
	MetadataFile = "run_metadata.json"
	CSVFile      = "sales_cleaned.csv"
	ParquetFile  = "sales_cleaned.parquet"
	ManifestFile = "manifest.json" // in CurrentFolder only
)

// File is a file of the lakehouse.
type File struct {
	Name     string    // last segment
	Path     string    // relative to the lakehouse item, such as Files/import/sales.xlsx
	Size     int64     // bytes
	Modified time.Time // UTC; zero where the source does not tell
	ETag     string

	Folder bool // it is a folder of Files/import, which a run takes as one table (contract/RULES.md, Large inputs); Size is that of its files
	Files  int  // how many files a folder holds; 0 where they may not be listed
}

// UploadOptions says how an upload behaves.
type UploadOptions struct {
	Overwrite bool             // replace an existing file of this name; otherwise *ExistsError
	Progress  func(sent int64) // called after each piece, by one goroutine at a time; may be nil
	// Check is told the SHA-256 of all that was sent, before it gets its name; an error of it ends the upload. It may be nil.
	Check func(sha256 string) error
	// Journal keeps what has arrived beyond this process, in stores that can go on from it; nil for nowhere.
	Journal Journal
}

// Store lists, reads and writes the lakehouse's files. Errors: *NotFoundError, *ExistsError, *AccessError,
// *UnreachableError, *LocalFolderError, *NameError, or the context's.
type Store interface {
	// ListImport returns the files in Files/import, and the folders of such files, newest first. *LeftOutError comes with the files, as what
	// is missing from them.
	ListImport(ctx context.Context) ([]File, error)
	// List returns the files directly in a folder, by name.
	List(ctx context.Context, folder string) ([]File, error)
	// Stat tells about one file; in Files/import also about a folder of files.
	Stat(ctx context.Context, path string) (File, error)
	// Open reads a file from its start; the caller closes it.
	Open(ctx context.Context, path string) (io.ReadCloser, File, error)
	// Upload writes size bytes of r to Files/import/name through a staging name and checks the size that arrived.
	Upload(ctx context.Context, name string, r io.ReaderAt, size int64, opts UploadOptions) (File, error)
}

// LocalFolderError says that the folder of this computer that stands for the lakehouse can't be used.
type LocalFolderError struct {
	Folder string
	Reason *format.Said
	Err    error // the system's
}

func (e *LocalFolderError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *LocalFolderError) Say(w format.Writer) string {
	return w.T("the folder {{.Folder}} can't be used: {{.Why}}", "Folder", e.Folder, "Why", e.Reason)
}

func (e *LocalFolderError) Unwrap() error { return e.Err }

// NotFoundError says that there is no such file.
type NotFoundError struct{ Path string }

func (e *NotFoundError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *NotFoundError) Say(w format.Writer) string {
	return w.T("{{.File}} is not in the lakehouse", "File", e.Path)
}

// FolderError says that what was to be looked at here is a folder, which only a run reads.
type FolderError struct{ Folder File }

func (e *FolderError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *FolderError) Say(w format.Writer) string {
	if e.Folder.Files == 0 {
		return w.T("“{{.Name}}” is a folder of files: it can be run, and is not looked at on this computer. The run reads all of them as one table, checks them and says what is wrong", "Name", e.Folder.Name)
	}
	n, pairs := int64(e.Folder.Files), []any{"Name", e.Folder.Name, "Size", w.Size(e.Folder.Size)}
	return w.N(n, "“{{.Name}}” is a folder with {{.N}} file ({{.Size}}): it can be run, and is not looked at on this computer. The run reads it as one table, checks it and says what is wrong",
		"“{{.Name}}” is a folder with {{.N}} files ({{.Size}}): it can be run, and is not looked at on this computer. The run reads all of them as one table, checks them and says what is wrong", pairs...)
}

// ExistsError says that an upload would replace a file.
type ExistsError struct{ Name string }

func (e *ExistsError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *ExistsError) Say(w format.Writer) string {
	return w.T("a file named {{.File}} is already in Files/import: choose another name, or say that it may be replaced", "File", e.Name)
}

// AccessError says that OneLake refused this desktop's identity.
type AccessError struct {
	HTTPStatus int
	Code       string
	Sentence   string
	Trouble    *troubles.Trouble // the catalogue's entry; nil in errors that were not made from an answer
}

func (e *AccessError) Error() string { return e.Sentence }

// Unwrap is the catalogue's entry, which can be said in other languages.
func (e *AccessError) Unwrap() error {
	if e.Trouble == nil {
		return nil
	}
	return e.Trouble
}

// UnreachableError says that OneLake did not answer, or not as expected.
type UnreachableError struct {
	Doing string // such as: listing Files/import
	Err   error
}

func (e *UnreachableError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *UnreachableError) Say(w format.Writer) string {
	if _, answered := errors.AsType[*troubles.Trouble](e.Err); answered {
		return w.T("the files in Fabric could not be used: {{.Why}}", "Why", w.Words(e.Err))
	}
	return w.T("the files in Fabric could not be reached: {{.Why}}", "Why", w.Words(e.Err))
}

func (e *UnreachableError) Unwrap() error { return e.Err }

// NameError says why a file name can't be used.
type NameError struct {
	Name    string
	Reason  *format.Said
	Instead string // a name that can be had in its place; "" for none
}

func (e *NameError) Error() string { return e.Say(format.English) }

// Say is part of format.Sayer.
func (e *NameError) Say(w format.Writer) string {
	if e.Instead != "" {
		return w.T("this computer can't have a file named “{{.File}}”: {{.Why}}; give it another name here, such as “{{.Instead}}”", "File", e.Name, "Why", e.Reason.Say(w), "Instead", e.Instead)
	}
	return w.T("the file name “{{.File}}” can't be used: {{.Why}}", "File", e.Name, "Why", e.Reason.Say(w))
}
