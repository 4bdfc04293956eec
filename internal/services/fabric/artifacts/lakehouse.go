package artifacts

import (
	"context"
	"fmt"
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

// InputFile is a file of Files/import as it is now.
func (l *Lakehouse) InputFile(ctx context.Context, name string) (File, error) {
	ctx, cancel := context.WithTimeout(ctx, askTime)
	defer cancel()
	return l.store.Stat(ctx, ImportFolder+"/"+name)
}

// Save downloads a file of the lakehouse; see the function Save.
func (l *Lakehouse) Save(ctx context.Context, path, localPath string, progress func(done, total int64)) (Saved, error) {
	return Save(ctx, l.store, path, localPath, progress)
}

// Download saves a file of a run's folder, or with uuid.Nil of current/, at toPath or under its own name here.
func (l *Lakehouse) Download(ctx context.Context, run uuid.UUID, name, toPath string, progress func(done, total int64)) (Saved, error) {
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
	return Save(ctx, l.store, folder+"/"+name, toPath, progress)
}
