package ranged

import (
	"context"
	"errors"
	"sync"

	"fabricportal/internal/services/importfile/spreadsheet"
)

// Look is one reading of a File, as a spreadsheet.Source. It ends with its context. What could not be fetched is remembered: whoever has
// read asks Failed before what was found is shown, whatever the reader made of the bytes that were missing.
type Look struct {
	file *File
	ctx  context.Context

	mu     sync.Mutex
	failed error
	left   int64 // bytes that may still be fetched; not bounded where negative
	over   bool  // more was asked for
}

// Look begins a reading of the file.
func (f *File) Look(ctx context.Context) *Look { return &Look{file: f, ctx: ctx, left: -1} }

// Head begins a reading of the file's beginning, which fetches so many bytes at most: what is behind them is spreadsheet.ErrFurther.
func (f *File) Head(ctx context.Context, most int64) *Look {
	return &Look{file: f, ctx: ctx, left: most}
}

// Failed is why a part of the file could not be fetched or kept; nil where none was missing.
func (l *Look) Failed() error {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.failed
}

// Cut says that more would have been fetched than was allowed.
func (l *Look) Cut() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.over
}

// Path is part of spreadsheet.Source.
func (l *Look) Path() string { return l.file.path }

// Stamp is part of spreadsheet.Source and spreadsheet.Content.
func (l *Look) stamp() spreadsheet.Stamp {
	return spreadsheet.Stamp{Size: l.file.size, Modified: l.file.modified}
}

// Stamp is part of spreadsheet.Source.
func (l *Look) Stamp() (spreadsheet.Stamp, bool) { return l.stamp(), true }

// Open is part of spreadsheet.Source.
func (l *Look) Open(context.Context) (spreadsheet.Content, error) { return content{l}, nil }

// ReadAt reads the file; spend bounds it.
func (l *Look) ReadAt(p []byte, offset int64) (int, error) {
	spend := l.spend
	if l.left < 0 {
		spend = nil
	}
	n, err := l.file.readAt(l.ctx, p, offset, spend)
	if err != nil {
		l.note(err)
	}
	return n, err
}

func (l *Look) note(err error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failed == nil && !ends(err) {
		l.failed = err
	}
}

// spend takes of what may still be fetched; it allows at least a unit, or nothing.
func (l *Look) spend(bytes int64) (int64, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if bytes = min(bytes, l.left/unit*unit+l.tail(bytes)); bytes <= 0 {
		l.over = true
		return 0, spreadsheet.ErrFurther
	}
	l.left -= bytes
	return bytes, nil
}

// tail lets the short end of a file be fetched where there is room for it.
func (l *Look) tail(bytes int64) int64 {
	if bytes < unit && bytes <= l.left {
		return bytes
	}
	return 0
}

// content is the file while it is read.
type content struct{ *Look }

func (c content) Stamp() spreadsheet.Stamp { return c.stamp() }

// Changed is false: of another state of the file nothing is given at all.
func (c content) Changed() bool { return false }

func (c content) Close() error { return nil }

// Sparing is part of spreadsheet.Sparing.
func (c content) Sparing() bool { return c.left >= 0 }

// ends tells errors that are no failure of the fetching.
func ends(err error) bool {
	return errors.Is(err, spreadsheet.ErrFurther) || isEOF(err)
}
