package artifacts

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/google/uuid"
)

// Lakehouse is a Store as people ask of it: by the plain names of files, each question with a deadline of its own.
type Lakehouse struct{ store Store }

// NewLakehouse asks a store.
func NewLakehouse(s Store) *Lakehouse { return &Lakehouse{s} }

// askTime bounds one question; a download takes as long as it needs.
const askTime = 30 * time.Second

// Files lists Files/import, newest first.
func (l *Lakehouse) Files(ctx context.Context) ([]File, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return l.store.ListImport(ctx)
}

// LeftStaging names uploads that did not come to their end and that nobody is at any more (OneLake.LeftStaging); none where the
// store can't list.
func (l *Lakehouse) LeftStaging(ctx context.Context) ([]File, error) {
	lists, ok := l.store.(interface {
		LeftStaging(ctx context.Context, now time.Time) ([]File, error)
	})
	if !ok {
		return nil, nil
	}
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return lists.LeftStaging(ctx, time.Now())
}

// InputFile is a file of Files/import as it is now.
func (l *Lakehouse) InputFile(ctx context.Context, name string) (File, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return l.store.Stat(ctx, ImportFolder+"/"+name)
}

// Save downloads an output of a run for people, as Save does, but under a name that is free, such as “kpis (2).json”. Errors: those
// of Save, or *ScopeError.
func (l *Lakehouse) Save(ctx context.Context, path, localPath string, progress func(done, total int64)) (Saved, error) {
	return l.fetch(ctx, path, localPath, beside, progress)
}

// Download saves a file of a run's folder, or with uuid.Nil of current/, at toPath or under its own name here. A name that is
// taken is replaced, or where replace is not set a free one is used. Errors as of Save, and *PublishingError.
func (l *Lakehouse) Download(ctx context.Context, run uuid.UUID, name, toPath string, replace bool, progress func(done, total int64)) (Saved, error) {
	if name == "" || strings.ContainsAny(name, `/\`) || !filepath.IsLocal(name) {
		return Saved{}, fmt.Errorf("“%s” is no file name: “artifacts RUN_ID” lists them", shown(name))
	}
	folder := CurrentFolder
	if run != uuid.Nil {
		folder = RunsFolder + "/" + run.String()
	}
	if toPath == "" {
		toPath = name
	}
	named := beside
	if replace {
		named = replacing
	}
	return l.fetch(ctx, folder+"/"+name, toPath, named, progress)
}

// saveOutput saves a file of current/ as it was published, and any other as it stands.
func (l *Lakehouse) saveOutput(ctx context.Context, path, localPath string, named naming, progress func(done, total int64)) (Saved, error) {
	name, published := strings.CutPrefix(path, CurrentFolder+"/")
	if run, name, ok := ofRun(path); ok {
		parts, err := PartsOfRun(ctx, l.store, run, name)
		if err != nil {
			return Saved{}, err
		}
		if parts != nil {
			return saveParts(ctx, l.store, parts, localPath, named, progress)
		}
	}
	if !published || name == ManifestFile {
		return save(ctx, l.store, path, localPath, named, progress)
	}
	return ReadPublished(ctx, l.store, func(p *Published) (Saved, error) { return p.save(ctx, name, localPath, named, progress) })
}

// ofRun takes the path of a file in the folder of a run apart.
func ofRun(at string) (run uuid.UUID, name string, ok bool) {
	id, name, ok := strings.Cut(strings.TrimPrefix(at, RunsFolder+"/"), "/")
	run, err := uuid.Parse(id)
	return run, name, ok && err == nil && strings.HasPrefix(at, RunsFolder+"/")
}

// fetch saves an output, and notes at it that it came from elsewhere.
func (l *Lakehouse) fetch(ctx context.Context, path, localPath string, named naming, progress func(done, total int64)) (Saved, error) {
	if err := CheckOutput(path); err != nil {
		return Saved{}, err
	}
	saved, err := l.saveOutput(ctx, path, localPath, named, progress)
	if err == nil {
		mark(saved.Path, writeMark)
		if entries, err := os.ReadDir(saved.Path); err == nil { // a folder of parts
			for _, e := range entries {
				mark(filepath.Join(saved.Path, e.Name()), writeMark)
			}
		}
	}
	return saved, err
}
