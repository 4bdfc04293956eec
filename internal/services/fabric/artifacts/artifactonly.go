package artifacts

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/Azure/azure-sdk-for-go/sdk/azcore"
	"github.com/google/uuid"

	"fabricportal/contract"
	"fabricportal/internal/services/fabric/transport"
	"fabricportal/internal/services/setup/config"
)

// NewStore makes the Store that artifacts.source names. known lists the ids of recorded runs; only the artifact-only source asks it.
func NewStore(cfg config.Config, cred azcore.TokenCredential, network *transport.Network, version string, known KnownRuns) (Store, error) {
	if cfg.Artifacts.Source == config.SourceFolder {
		return NewFolder(cfg.Artifacts.Folder), nil
	}
	lake := NewOneLake(cfg.Fabric, cred, network, version)
	switch cfg.Artifacts.Source {
	case config.SourceOneLake:
		return lake, nil
	case config.SourceArtifacts:
		return NewArtifactOnly(lake, known), nil
	}
	return nil, fmt.Errorf("artifacts.source is %q: use %q, %q or %q", cfg.Artifacts.Source, config.SourceOneLake, config.SourceArtifacts, config.SourceFolder)
}

// KnownRuns returns the ids of recorded runs, such as the last fifty succeeded.
type KnownRuns func(ctx context.Context) ([]string, error)

// outputs are the files that a run may leave behind (docs/specification.md §1).
var outputs = []string{KPIsFile, ProfileFile, MetadataFile, CSVFile, ParquetFile, "sample.csv"}

// ArtifactOnly is a Store for identities that may not list folders: it only ever looks at files whose names are known. The import
// files it knows are those that the notebook's index names (importindex.go), and that the profiles of current/ and of recorded runs tell of.
type ArtifactOnly struct {
	reader Store
	known  KnownRuns

	mu    sync.Mutex
	cache map[string]contract.ImportProfile // by run; a run's folder never changes
}

var _ Store = (*ArtifactOnly)(nil)

// NewArtifactOnly reads and uploads through reader, whose lists it never asks for.
func NewArtifactOnly(reader Store, known KnownRuns) *ArtifactOnly {
	return &ArtifactOnly{reader: reader, known: known, cache: map[string]contract.ImportProfile{}}
}

// CloseIdleConnections closes kept connections, as after the computer slept.
func (a *ArtifactOnly) CloseIdleConnections() {
	if r, ok := a.reader.(interface{ CloseIdleConnections() }); ok {
		r.CloseIdleConnections()
	}
}

// ListImport returns the files that the notebook's index of Files/import names, and those that known profiles were made of later,
// newest first. Where there is no index, one that was replaced or removed since still stands there as it was.
func (a *ArtifactOnly) ListImport(ctx context.Context) ([]File, error) {
	index, listed, err := a.importIndex(ctx)
	if err != nil {
		return nil, err
	}
	latest, err := a.profiles(ctx)
	if err != nil {
		return nil, err
	}
	known := map[string]File{}
	for _, f := range index.Files {
		known[f.Name] = File{Size: f.SizeBytes, Modified: f.LastModified.UTC()}
	}
	for name, p := range latest {
		if listed && !p.GeneratedAt.After(index.ListedAt.Time) {
			continue // the index knows what has become of it
		}
		f := File{Size: p.File.SizeBytes}
		if p.File.LastModified != nil {
			f.Modified = p.File.LastModified.UTC()
		}
		known[name] = f
	}
	var files []File
	var odd leftOut
	for name, f := range known {
		if !inSight(name) {
			continue
		}
		if !properName(name) {
			odd.add(name)
			continue
		}
		f.Name, f.Path = name, ImportFolder+"/"+name
		files = append(files, f)
	}
	newestFirst(files)
	return files, odd.in(ImportFolder)
}

// profiles are the latest that published and recorded runs made, by the names of their files.
func (a *ArtifactOnly) profiles(ctx context.Context) (map[string]contract.ImportProfile, error) {
	latest := map[string]contract.ImportProfile{}
	add := func(p contract.ImportProfile, err error) error {
		if err != nil {
			return unlessUnreadable(err) // a run that failed early has no profile
		}
		if before, ok := latest[p.File.Name]; !ok || p.GeneratedAt.After(before.GeneratedAt.Time) {
			latest[p.File.Name] = p
		}
		return nil
	}
	if err := add(a.published(ctx)); err != nil {
		return nil, err
	}
	if a.known == nil {
		return latest, nil
	}
	ids, err := a.known(ctx)
	if err != nil {
		return nil, err
	}
	for _, id := range ids {
		if err := add(a.runProfile(ctx, id)); err != nil {
			return nil, err
		}
	}
	return latest, nil
}

func (a *ArtifactOnly) runProfile(ctx context.Context, id string) (contract.ImportProfile, error) {
	if u, err := uuid.Parse(id); err != nil || u.String() != strings.ToLower(id) {
		return contract.ImportProfile{}, &NotFoundError{Path: RunsFolder + "/" + shown(id)}
	}
	a.mu.Lock()
	p, ok := a.cache[id]
	a.mu.Unlock()
	if ok {
		return p, nil
	}
	p, err := a.profile(ctx, RunsFolder+"/"+id)
	if err == nil {
		a.mu.Lock()
		a.cache[id] = p
		a.mu.Unlock()
	}
	return p, err
}

// published is the profile of what is published.
func (a *ArtifactOnly) published(ctx context.Context) (contract.ImportProfile, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errCallTimeout)
	defer cancel()
	return ReadPublished(ctx, a.reader, func(p *Published) (contract.ImportProfile, error) {
		return PublishedDocument[contract.ImportProfile](ctx, p, ProfileFile)
	})
}

func (a *ArtifactOnly) profile(ctx context.Context, folder string) (contract.ImportProfile, error) {
	ctx, cancel := context.WithTimeoutCause(ctx, time.Minute, errCallTimeout)
	defer cancel()
	return Document[contract.ImportProfile](ctx, a.reader, folder, ProfileFile)
}

// List returns those of a run's outputs that are there, by name; for Files/import what ListImport knows.
func (a *ArtifactOnly) List(ctx context.Context, folder string) ([]File, error) {
	if folder == ImportFolder {
		files, err := a.ListImport(ctx)
		if _, some := errors.AsType[*LeftOutError](err); some {
			err = nil
		}
		return files, err
	}
	var files []File
	for _, name := range outputs {
		f, err := a.reader.Stat(ctx, folder+"/"+name)
		var missing *NotFoundError
		switch {
		case err == nil:
			files = append(files, f)
		case !errors.As(err, &missing):
			return nil, err
		}
	}
	if len(files) == 0 {
		return nil, &NotFoundError{Path: folder}
	}
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	return files, nil
}

// Stat asks the reader.
func (a *ArtifactOnly) Stat(ctx context.Context, path string) (File, error) {
	return a.reader.Stat(ctx, path)
}

// Open asks the reader.
func (a *ArtifactOnly) Open(ctx context.Context, path string) (io.ReadCloser, File, error) {
	return a.reader.Open(ctx, path)
}

// Upload asks the reader, which lists nothing for it.
func (a *ArtifactOnly) Upload(ctx context.Context, name string, r io.ReaderAt, size int64, opts UploadOptions) (File, error) {
	return a.reader.Upload(ctx, name, r, size, opts)
}

// DiscardStaged asks the reader.
func (a *ArtifactOnly) DiscardStaged(ctx context.Context, staging string) error {
	if r, ok := a.reader.(interface {
		DiscardStaged(ctx context.Context, staging string) error
	}); ok {
		return r.DiscardStaged(ctx, staging)
	}
	return nil // what does not stage has staged nothing
}
