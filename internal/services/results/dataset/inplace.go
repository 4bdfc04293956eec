package dataset

import (
	"context"
	"errors"

	"github.com/google/uuid"

	"fabricportal/internal/panics"
	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/ranged"
)

// Fewer bytes than these are fetched at once: the rows in sight of a smaller file would cost about as much as all of them.
const smallFile = 8 << 20

// lakehouse is a source that files can be looked at in.
type lakehouse interface {
	artifacts.Opener
	artifacts.RangeReader
	Stat(ctx context.Context, path string) (artifacts.File, error)
}

// InPlace opens the rows of the published run where they are. Those that are kept here, and those of a small file after it was fetched,
// are a table as Open gives one. Of others only what windows ask for is read, in the lakehouse, and all else is refused with an *AwayError
// (Table.Away). Where all rows are fetched afterwards, all bytes are fetched: of what windows have read, a few megabytes of hundreds, it is not
// known whether it is what the manifest names, and it is kept encrypted beside what else was read, for as long as the table is open.
// Errors: those of Open and of artifacts.RangeReader; windows have the latter, too.
func (s *Store) InPlace(ctx context.Context, run *string, how How, progress func(done, total int64)) (*Table, error) {
	from, ok := s.files.(lakehouse)
	if !ok {
		return s.Open(ctx, run, how, progress)
	}
	id, err := published(run)
	if err != nil {
		return nil, err
	}
	if s.dir != "" {
		if t, err := s.openKept(ctx, id, how); t != nil || err != nil {
			return t, err
		}
	}
	files, err := artifacts.ReadPublished(ctx, s.files, func(p *artifacts.Published) ([]artifacts.File, error) {
		return rowsOf(ctx, from, p, id)
	})
	if err != nil {
		return nil, err
	}
	bytes, told := int64(0), true
	for _, f := range files {
		bytes += f.Size
		told = told && f.ETag != ""
	}
	if bytes <= s.small || !told {
		return s.Open(ctx, run, how, progress)
	}
	t, err := openAway(ctx, artifacts.ParquetFile, near(from, files))
	if errors.Is(err, errors.ErrUnsupported) { // the source gives no parts of files
		return s.Open(ctx, run, how, progress)
	}
	return t, err
}

// near are files of the lakehouse by their parts.
func near(from artifacts.RangeReader, files []artifacts.File) []*ranged.File {
	out := make([]*ranged.File, 0, len(files))
	for _, f := range files {
		out = append(out, ranged.New(f.Path, f.Size, f.Modified, func(ctx context.Context, offset int64, p []byte) error {
			return from.ReadRange(ctx, f, offset, p)
		}))
	}
	return out
}

// rowsOf are the files that have the rows of a run, in their order. They stand in the run's own folder, which never changes, or where that
// is gone in current/. Each is as large as the manifest says: of what stands in a part that is read it can't be told
// whether it is what the manifest names, but all that is read is of one state.
func rowsOf(ctx context.Context, from lakehouse, p *artifacts.Published, id uuid.UUID) ([]artifacts.File, error) {
	folder := artifacts.RunsFolder + "/" + id.String()
	home := p.Manifest != nil && p.Manifest.Home() == id.String()
	parts, err := p.Parts(artifacts.ParquetFile)
	if !home {
		parts, err = artifacts.PartsOfRun(ctx, from, id, artifacts.ParquetFile)
	}
	switch {
	case err != nil:
		return nil, err
	case parts != nil:
		return partsFiles(ctx, from, parts)
	}
	size := int64(-1)
	if home {
		if o, ok := p.Manifest.File(artifacts.ParquetFile); ok {
			size = o.SizeBytes
		}
	}
	file, err := stat(ctx, from, folder+"/"+artifacts.ParquetFile, size)
	if _, ok := errors.AsType[*artifacts.NotFoundError](err); ok && (home || p.Manifest == nil) {
		file, err = stat(ctx, from, artifacts.CurrentFolder+"/"+artifacts.ParquetFile, size)
	}
	return []artifacts.File{file}, err
}

func partsFiles(ctx context.Context, from lakehouse, parts *artifacts.Parts) ([]artifacts.File, error) {
	files, errs := make([]artifacts.File, len(parts.List)), make([]error, len(parts.List))
	panics.Each(len(files), togetherOpened, func(i int) {
		if errs[i] = ctx.Err(); errs[i] == nil {
			files[i], errs[i] = stat(ctx, from, parts.Folder+"/"+parts.List[i].Name, parts.List[i].SizeBytes)
		}
	})
	for _, err := range errs { // the first one's: of the others some are its consequence
		if err != nil {
			return nil, err
		}
	}
	return files, nil
}

// stat tells about a file that has so many bytes; -1 where any number will do.
func stat(ctx context.Context, from lakehouse, path string, size int64) (artifacts.File, error) {
	file, err := from.Stat(ctx, path)
	if err == nil && size >= 0 && file.Size != size {
		err = &artifacts.PublishingError{Why: &artifacts.ChangedError{Path: path}}
	}
	return file, err
}
