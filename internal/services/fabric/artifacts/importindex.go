package artifacts

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"fabricportal/contract"
	"fabricportal/internal/format"
)

const (
	ProfilesFolder = "Files/results/profiles" // of Files/import, made without a run (contract/RULES.md, Profiles only)
	IndexFile      = "index.json"             // in ProfilesFolder
)

// NoProfileError says why there is no profile of an import file.
type NoProfileError struct {
	Name   string
	Reason string // the notebook's sentence; empty where it has not looked at the file yet
}

func (e *NoProfileError) Error() string {
	return e.Say(format.English)
}

// Say is part of format.Sayer.
func (e *NoProfileError) Say(w format.Writer) string {
	if e.Reason != "" {
		return e.Reason
	}
	return w.T("{{.File}} has not been looked at yet: run the pipeline sales_ingest with profile_only", "File", e.Name)
}

// importIndex is what the notebook says of Files/import; ok is false where there is no index that can be read.
func (a *ArtifactOnly) importIndex(ctx context.Context) (index contract.ImportIndex, ok bool, err error) {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errCallTimeout)
	defer cancel()
	index, err = Document[contract.ImportIndex](ctx, a.reader, ProfilesFolder, IndexFile)
	return index, err == nil, unlessUnreadable(err)
}

// ProfileOf is what a notebook found in this very content of a file in Files/import: by its hash where that is known, else by its size and time.
// It is the profile that was made without a run, or that of the published run, whoever started it; that one bears the run's id, and counts only where
// nobody had decided how the file is read. nil where there is none, or none that can be read. Errors: those of from.
func ProfileOf(ctx context.Context, from Opener, f File, sha256 string) (*contract.ImportProfile, error) {
	p, err := withoutRun(ctx, from, f, sha256)
	if p == nil && err == nil {
		p, err = ofPublished(ctx, from, f, sha256)
	}
	if p == nil || err != nil {
		return nil, unlessUnreadable(err)
	}
	p.File.Name = f.Name // one profile is of all files with this content
	return p, nil
}

func withoutRun(ctx context.Context, from Opener, f File, sha256 string) (*contract.ImportProfile, error) {
	if sha256 == "" {
		index, err := Document[contract.ImportIndex](ctx, from, ProfilesFolder, IndexFile)
		if err != nil {
			return nil, unlessUnreadable(err)
		}
		entry, ok := index.File(f.Name)
		if !ok || entry.SHA256 == nil || entry.Error != nil || entry.SizeBytes != f.Size || !sameTime(f, &entry.LastModified) {
			return nil, nil
		}
		sha256 = *entry.SHA256
	}
	p, err := profileBy(ctx, from, sha256)
	if err != nil || p.File.SizeBytes != f.Size {
		return nil, unlessUnreadable(err)
	}
	return &p, nil
}

func ofPublished(ctx context.Context, from Opener, f File, sha256 string) (*contract.ImportProfile, error) {
	p, err := Document[contract.ImportProfile](ctx, from, CurrentFolder, ProfileFile)
	if err != nil || p.File.SizeBytes != f.Size || p.Reading == nil {
		return nil, err
	}
	same := sha256 != "" && p.File.SHA256 == sha256 || sha256 == "" && p.File.Name == f.Name && sameTime(f, p.File.LastModified)
	given := slices.ContainsFunc(p.Reading.Found, func(o contract.Found) bool { return o.Source == contract.SourceGiven })
	if !same || given {
		return nil, nil
	}
	return &p, nil
}

// sameTime tells whether a file still is as it was at a time; the documents have seconds.
func sameTime(f File, at *contract.Time) bool {
	return at != nil && !f.Modified.IsZero() && at.Truncate(time.Second).Equal(f.Modified.Truncate(time.Second))
}

// profileBy is the profile of a content. Errors as Document.
func profileBy(ctx context.Context, from Opener, sha256 string) (contract.ImportProfile, error) {
	file := sha256 + ".json"
	p, err := Document[contract.ImportProfile](ctx, from, ProfilesFolder, file)
	if err == nil && p.File.SHA256 != sha256 {
		err = &DocumentError{Path: ProfilesFolder + "/" + file, Err: fmt.Errorf("%s/%s is the profile of another content than its name says", ProfilesFolder, file)}
	}
	return p, err
}

// ImportProfile is the profile of a file in Files/import, with its first rows: the one that was made without a run, else that of the latest run
// of this name. Errors: *NoProfileError, *NotFoundError where nothing is known of the file, and those of Document.
func (a *ArtifactOnly) ImportProfile(ctx context.Context, name string) (contract.ImportProfile, error) {
	index, there, err := a.importIndex(ctx)
	if err != nil {
		return contract.ImportProfile{}, err
	}
	latest, err := a.profiles(ctx)
	if err != nil {
		return contract.ImportProfile{}, err
	}
	ofRun, ran := latest[name]
	entry, listed := index.File(name)
	switch {
	case ran && (!there || ofRun.GeneratedAt.After(index.ListedAt.Time)):
		return ofRun, nil
	case !listed:
		return contract.ImportProfile{}, &NotFoundError{Path: ImportFolder + "/" + shown(name)}
	case entry.Error != nil:
		return contract.ImportProfile{}, &NoProfileError{Name: name, Reason: *entry.Error}
	case entry.SHA256 == nil:
		return contract.ImportProfile{}, &NoProfileError{Name: name}
	}
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errCallTimeout)
	defer cancel()
	p, err := profileBy(ctx, a.reader, *entry.SHA256)
	if err != nil {
		return contract.ImportProfile{}, err
	}
	p.File.Name = name // one profile is of all files with this content
	return p, nil
}

// unlessUnreadable is an error, but nil for a document that is not there or can't be read: that counts as none.
func unlessUnreadable(err error) error {
	var missing *NotFoundError
	var large *TooLargeError
	var other *DocumentError
	var publishing *PublishingError
	if errors.As(err, &missing) || errors.As(err, &large) || errors.As(err, &other) || errors.As(err, &publishing) {
		return nil
	}
	return err
}
