package portal

import (
	"context"
	"errors"
	"sync"

	"fabricportal/internal/services/fabric/artifacts"
	"fabricportal/internal/services/importfile/analysis"
	"fabricportal/internal/services/importfile/ranged"
	"fabricportal/internal/services/importfile/spreadsheet"
)

// mostOfHead is how many bytes are read to show a file's beginning; of a Parquet file with very many columns it is more.
const mostOfHead = 4<<20 - 64<<10

// SmallFile is up to which size a file of the lakehouse is read as a whole at once.
const SmallFile = 8 << 20

// Head is the beginning of a file of the lakehouse.
type Head struct {
	*analysis.Head
	Read int64 // bytes that were read for it
	Cut  bool  // more would have been read than is for a beginning, so that rows may be fewer than there are
}

// HeadRemote looks at the beginning of a file in Files/import without fetching the rest. Errors: those of ReadRange, *artifacts.FolderError,
// *artifacts.NameError, *spreadsheet.UnreadableError, or the context's.
func (p *Portal) HeadRemote(ctx context.Context, file artifacts.File, o analysis.Options) (Head, error) {
	parts, err := p.partsOf(ctx, file)
	if err != nil {
		return Head{}, err
	}
	defer func() { _ = parts.Close() }()
	look := parts.Head(ctx, mostOfHead)
	found, err := analysis.HeadOf(ctx, look, o)
	switch {
	case look.Failed() != nil:
		return Head{}, why(ctx, look.Failed())
	case err != nil && !look.Cut():
		return Head{}, err
	case err != nil: // all that can be said of it is that it takes more
		return Head{Read: parts.Fetched(), Cut: true}, nil
	}
	return Head{Head: found, Read: parts.Fetched(), Cut: look.Cut()}, nil
}

// whole has a file in Files/import read as a whole, once, however often it is looked at: what was fetched is kept, encrypted, until use has
// returned. What could not be fetched is the error, whatever use has made of it. o.Progress is told of both, in parts of the file's size.
func (p *Portal) whole(ctx context.Context, file artifacts.File, o *analysis.Options, use func(context.Context, spreadsheet.Source) error) error {
	parts, err := p.partsOf(ctx, file)
	if err != nil {
		return err
	}
	defer func() { _ = parts.Close() }()
	told := &progress{tell: o.Progress, size: parts.Size()}
	if o.Progress != nil {
		o.Progress = told.read
	}
	filling, stop := context.WithCancel(ctx)
	var filler sync.WaitGroup
	filler.Go(func() {
		// What fails here fails for the reader, too, if it needs it.
		if err := parts.Fill(filling, told.fetched); err != nil && filling.Err() == nil {
			p.log.Info("fetching ahead", "error", err)
		}
	})
	look := parts.Look(ctx)
	err = use(ctx, look)
	stop()
	filler.Wait()
	if failed := look.Failed(); failed != nil {
		return why(ctx, failed)
	}
	if err == nil && o.Progress != nil {
		told.fetched(parts.Size(), 0) // the reader may have been ahead of what was fetched ahead
	}
	return err
}

// why is the context's end, where that is why something failed.
func why(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}

// partsOf is a file in Files/import by its parts, in the state that it has now.
func (p *Portal) partsOf(ctx context.Context, file artifacts.File) (*ranged.File, error) {
	if file.Folder {
		return nil, &artifacts.FolderError{Folder: file}
	}
	if _, err := artifacts.CheckName(file.Name); err != nil {
		return nil, err
	}
	from, ok := p.files.(artifacts.RangeReader)
	if !ok {
		return nil, &artifacts.RangeError{Path: file.Path, Err: errors.ErrUnsupported}
	}
	if file.ETag == "" {
		var err error
		if file, err = p.files.Stat(ctx, file.Path); err != nil {
			return nil, err
		}
	}
	return ranged.New(file.Path, file.Size, file.Modified, func(ctx context.Context, offset int64, to []byte) error {
		return from.ReadRange(ctx, file, offset, to)
	}), nil
}

// progress makes one of fetching and of reading, each a half of the file.
type progress struct {
	tell func(analysis.Progress)
	size int64

	mu   sync.Mutex
	got  int64
	seen analysis.Progress
}

func (t *progress) fetched(done, _ int64) {
	if t.tell == nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.got = max(t.got, done)
	t.say()
}

func (t *progress) read(r analysis.Progress) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.seen = r
	t.say()
}

func (t *progress) say() {
	t.tell(analysis.Progress{Rows: t.seen.Rows, Bytes: min((t.got+t.seen.Bytes)/2, t.size), Total: t.size})
}
