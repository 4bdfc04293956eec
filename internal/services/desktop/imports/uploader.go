package imports

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/runs"
)

// Files is where files are uploaded to; artifacts.Store is one.
type Files interface {
	Upload(ctx context.Context, name string, r io.ReaderAt, size int64, opts artifacts.UploadOptions) (artifacts.File, error)
	Stat(ctx context.Context, path string) (artifacts.File, error)
}

// Uploader uploads files of this computer, and notes what was done with their contents. It is safe for concurrent use.
type Uploader struct {
	Contents *Contents

	files   Files
	records *Store
	pending *Pending
	user    string
	log     *slog.Logger
}

// NewUploader uploads to files in the name of a user, and keeps its notes in records, those about unfinished uploads in pending.
func NewUploader(files Files, records *Store, pending *Pending, user string, log *slog.Logger) *Uploader {
	return &Uploader{Contents: &Contents{}, files: files, records: records, pending: pending, user: user, log: log}
}

// Seen is what a file was when somebody looked at it.
type Seen struct {
	Size   int64
	SHA256 string
}

// How says how a file is uploaded.
type How struct {
	Overwrite bool  // replace a file of the same name; otherwise *artifacts.ExistsError
	Seen      *Seen // only the file that was looked at; nil where nobody has
	Anew      bool  // from the start, whatever was begun
}

// Upload puts a file of this computer into Files/import under its own name. An unfinished upload of the same file goes on where it ended.
// progress is in bytes and may be nil. Errors: those of artifacts.Store, *artifacts.StagedError, *artifacts.SourceChangedError,
// *BusyError, the context's, or a sentence of why the file can't be read.
func (u *Uploader) Upload(ctx context.Context, path string, how How, progress func(sent, total int64)) (artifacts.File, error) {
	f, err := os.Open(path)
	if err != nil {
		return artifacts.File{}, cannotRead(path, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return artifacts.File{}, cannotRead(path, err)
	}
	if info.IsDir() {
		return artifacts.File{}, fmt.Errorf("%s is a folder: name a file in it", path)
	}
	name, size := filepath.Base(path), info.Size()
	if how.Seen != nil && how.Seen.Size != size {
		return artifacts.File{}, &artifacts.SourceChangedError{Name: name}
	}
	hash := ""
	opts := artifacts.UploadOptions{Overwrite: how.Overwrite, Check: func(sha256 string) error {
		now, err := os.Stat(path)
		if err != nil || !os.SameFile(now, info) || now.Size() != size || !now.ModTime().Equal(info.ModTime()) {
			return &artifacts.SourceError{Name: name, Err: errors.New("it was changed while it was uploaded")}
		}
		if how.Seen != nil && !strings.EqualFold(how.Seen.SHA256, sha256) {
			return &artifacts.SourceChangedError{Name: name}
		}
		hash = sha256
		return nil
	}}
	if progress != nil {
		opts.Progress = func(sent int64) { progress(sent, size) }
	}
	j, err := u.goOn(ctx, path, info, how)
	if err != nil {
		return artifacts.File{}, err
	}
	if j != nil {
		defer j.release()
		opts.Journal = j
	}
	uploaded, err := u.files.Upload(ctx, name, f, size, opts)
	if err == nil {
		u.Contents.Remember(uploaded, hash)
		u.note(ctx, Record{Kind: Uploaded, SHA256: hash, File: uploaded.Name, Size: size, By: u.user, At: time.Now()})
	}
	return uploaded, err
}

// goOn is the journal of an upload of a file as it is now; nil where nothing is kept.
func (u *Uploader) goOn(ctx context.Context, path string, now fs.FileInfo, how How) (*journal, error) {
	if _, ok := u.files.(stages); !ok {
		return nil, nil
	}
	whole, err := filepath.Abs(path)
	if err != nil {
		return nil, cannotRead(path, err)
	}
	j, err := u.pending.take(whole, u.log)
	if _, busy := errors.AsType[*BusyError](err); busy {
		return nil, err
	}
	if err != nil || j == nil {
		if err != nil {
			u.log.Warn("an upload can't be noted, and can't go on later", "error", err)
		}
		return nil, nil
	}
	if _, begun := j.Staged(); begun {
		changed := j.about.Size != now.Size() || !j.about.Modified.Equal(now.ModTime())
		if changed && !how.Anew && how.Seen == nil {
			j.release()
			return nil, &artifacts.SourceChangedError{Name: now.Name(), Begun: true}
		}
		if !changed && !how.Anew {
			return j, nil
		}
		if err := u.discard(ctx, j); err != nil {
			j.release()
			return nil, err
		}
	}
	j.about = Unfinished{Version: unfinishedVersion, Path: whole, Size: now.Size(), Modified: now.ModTime(), Into: u.pending.into, Begun: time.Now()}
	return j, nil
}

// cannotRead words why a file of this computer can't be uploaded.
func cannotRead(path string, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fmt.Errorf("%s was not found: check the name and the folder", path)
	case errors.Is(err, fs.ErrPermission):
		return fmt.Errorf("%s may not be read by this user: ask its owner for the right to read it", path)
	}
	return fmt.Errorf("%s can't be read: close it in other programs and try again (%w)", path, err)
}

// statTime bounds the look at a file whose hash is asked for.
const statTime = 30 * time.Second

// KnownHash is the SHA-256 of a file in Files/import as this program uploaded or profiled it, if that is still what lies
// there; else "".
func (u *Uploader) KnownHash(ctx context.Context, name string) string {
	if !u.Contents.Knows(name) {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, statTime)
	defer cancel()
	now, err := u.files.Stat(ctx, artifacts.ImportFolder+"/"+name)
	if err != nil {
		return "" // submitting looks for the file itself, and says what is wrong
	}
	return u.Contents.Hash(now)
}

// NotePublished notes which content the published results are of. profile must name its run; run may be nil.
func (u *Uploader) NotePublished(ctx context.Context, profile *contract.ImportProfile, run *runs.Run) {
	record := Record{
		Kind: Imported, SHA256: profile.File.SHA256, File: profile.File.Name, Size: profile.File.SizeBytes,
		At: profile.GeneratedAt.Time, Run: *profile.RunID, Profile: profile,
	}
	if run != nil {
		record.By = run.TriggeredBy
		if run.FinishedAt != nil {
			record.At = *run.FinishedAt
		}
	}
	u.note(ctx, record)
}

// Imported is what this computer knows of a content, the newest first.
func (u *Uploader) Imported(sha256 string) []Record {
	found, err := u.records.Find(sha256)
	if err != nil {
		u.log.Warn("looking for earlier imports", "error", err)
	}
	return found
}

// noteTime bounds the writing of a note; the disk may be a slow share.
const noteTime = 5 * time.Second

// note keeps a record. It is a help for later, so that what fails is only logged.
func (u *Uploader) note(ctx context.Context, r Record) {
	ctx, cancel := context.WithTimeout(ctx, noteTime)
	defer cancel()
	if err := u.records.Remember(ctx, r); err != nil {
		u.log.Warn("remembering an import", "error", err)
	}
}
