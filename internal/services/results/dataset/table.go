package dataset

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"sync"
)

// Table is an open file of cleaned rows.
type Table struct {
	path    string
	columns []Column
	rows    int
	file    *parquetFile
	cache   *cache

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
	t := &Table{path: path}
	if t.file, t.columns, err = openParquet(files); err != nil {
		return nil, fileError(path, err)
	}
	t.rows = int(t.file.rows)
	t.life, t.stop = context.WithCancel(context.WithoutCancel(ctx))
	t.cache = newCache(t.file.columnWhole)
	return t, nil
}

// fileError words an error of reading a file; that of a context stays as it is.
func fileError(path string, err error) error {
	name := filepath.Base(path)
	var known *FileError
	var query *QueryError
	switch {
	case err == nil, errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded), errors.As(err, &known), errors.As(err, &query):
		return err
	case errors.Is(err, fs.ErrNotExist):
		return &FileError{path, name + " is no longer on this computer: fetch it again", err}
	case errors.Is(err, fs.ErrPermission):
		return &FileError{path, name + " can't be opened: this user may not read it, or another program holds it", err}
	}
	return &FileError{path, name + " can't be read as cleaned data (" + err.Error() + "): fetch it again", err}
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
	closed := &FileError{Path: t.path, Sentence: filepath.Base(t.path) + " was closed: open it again"}
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
