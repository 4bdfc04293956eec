package dataset

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"

	"fabricportal/internal/format"
	"fabricportal/internal/formula"
	"fabricportal/internal/services/importfile/rows"
	"fabricportal/internal/services/importfile/scratch"
)

// source is where the values of a table stand.
type source interface {
	// columnWhole reads a whole column, which may take so many bytes; errNoRoom where it takes more.
	columnWhole(ctx context.Context, column int, most int64) (*vector, error)
	// pieces hands on a column piece by piece, from the first row to the last. A piece is gone when take returns.
	pieces(ctx context.Context, column int, take func(from int, v *vector) error) error
	// piecesIn is pieces with so many bytes to read in.
	piecesIn(ctx context.Context, column int, memory int64, take func(from int, v *vector) error) error
	// each hands on the values of a column in some rows, which are in ascending order: for each the piece that it stands in and its
	// place there.
	each(ctx context.Context, column, n int, row func(i int) int, take func(i int, v *vector, at int)) error
	// release frees what windows were read with.
	release()
	close() error
}

// Table is an open file of rows: of cleaned ones, or of those of an import file (FileRows).
type Table struct {
	path    string
	columns []Column
	rows    int
	file    source
	guard   func(text string, own rune) string // what a text is copied as
	cache   *cache
	away    *awayFile // file, where that stands in the lakehouse; nil where it is on this computer

	closing func() // called once the file is closed; may be nil

	mu     sync.RWMutex // held for reading by every call, so that Close waits for them
	closed bool
	stop   context.CancelFunc
	life   context.Context
}

// Open opens a Parquet file, or a folder of parts as a Store keeps them, of which it reads no more than what they say of themselves. Errors:
// *FileError, or the context's.
func Open(ctx context.Context, path string) (*Table, error) {
	names, err := partsIn(path)
	var files []*os.File
	for _, name := range names {
		f, ferr := os.Open(name)
		if err = ferr; err != nil {
			break
		}
		files = append(files, f)
	}
	if err == nil {
		err = ctx.Err()
	}
	if err != nil {
		for _, f := range files {
			f.Close()
		}
		return nil, fileError(path, err)
	}
	parquet, columns, err := openParquet(files)
	if err != nil {
		return nil, fileError(path, err)
	}
	return newTable(ctx, path, parquet, columns, int(parquet.rows)), nil
}

// newTable is a table of so many rows.
func newTable(ctx context.Context, path string, from source, columns []Column, rows int) *Table {
	t := &Table{path: path, file: from, columns: columns, rows: rows, guard: formula.Guard}
	t.life, t.stop = context.WithCancel(context.WithoutCancel(ctx))
	t.cache = newCache(from.columnWhole)
	return t
}

// fileError words an error of reading a file; that of a context stays as it is.
func fileError(path string, err error) error {
	name := filepath.Base(path)
	var known *FileError
	var query *QueryError
	var disk *scratch.Error
	var away *awayError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &known), errors.As(err, &query):
		return err
	case errors.As(err, &away):
		return away.err
	case errors.Is(err, rows.ErrClosed), errors.As(err, &disk):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return &FileError{path, format.Say("{{.File}} is no longer on this computer: fetch it again", "File", name).Over(err)}
	case errors.Is(err, fs.ErrPermission):
		return &FileError{path, format.Say("{{.File}} can't be opened: this user may not read it, or another program holds it", "File", name).Over(err)}
	}
	if said, ok := err.(format.Sayer); ok { //nolint:errorlint // only what stands outermost is all of it
		return &FileError{path, format.Say("{{.File}} can't be read as cleaned data ({{.Why}}): fetch it again", "File", name, "Why", said)}
	}
	return &FileError{path, format.Say("{{.File}} can't be read as cleaned data (“{{.Why}}”): fetch it again", "File", name, "Why", err.Error()).Over(err)}
}

// Close closes the file, after it has ended the calls under way. Views can't be read any more after it.
func (t *Table) Close() error {
	t.stop()
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.closed {
		return nil
	}
	t.closed = true
	t.Release()
	if t.closing != nil {
		defer t.closing()
	}
	return t.file.close()
}

// work runs a call on the open file; its context ends with the table.
func (t *Table) work(ctx context.Context, call func(ctx context.Context) error) error {
	t.mu.RLock()
	defer t.mu.RUnlock()
	var closed error = &FileError{t.path, format.Say("{{.File}} was closed: open it again", "File", filepath.Base(t.path))}
	if t.path == "" {
		closed = rows.ErrClosed
	}
	if t.closed {
		return closed
	}
	if err := ctx.Err(); err != nil {
		return err
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(t.life, cancel)()
	err := call(ctx)
	if err != nil && t.life.Err() != nil {
		return closed
	}
	return fileError(t.path, err)
}

// Columns are the file's columns, in its order.
func (t *Table) Columns() []Column { return slices.Clone(t.columns) }

// Rows is the number of rows in the file.
func (t *Table) Rows() int { return t.rows }

// Release frees the memory of columns and pages that were read; they are read again when needed.
func (t *Table) Release() {
	t.cache.release()
	t.file.release()
}

// All is the view of all rows in the file's order. It is free.
func (t *Table) All() *View { return &View{table: t, rows: t.rows} }

func (t *Table) all(columns []int) []int {
	if columns != nil {
		return columns
	}
	columns = make([]int, len(t.columns))
	for i := range columns {
		columns[i] = i
	}
	return columns
}
