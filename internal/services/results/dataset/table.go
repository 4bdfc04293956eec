package dataset

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
)

// Table is an open file of cleaned rows.
type Table struct {
	path    string
	columns []Column
	rows    int
	file    *parquetFile
	cache   *cache

	mu     sync.RWMutex // held for reading by every call, so that Close waits for them
	closed bool
	stop   context.CancelFunc
	life   context.Context
}

// Open opens a Parquet file, of which it reads no more than what that says of itself. Errors: *FileError, or the
// context's.
func Open(ctx context.Context, path string) (*Table, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, fileError(path, err)
	}
	kept := false
	defer func() {
		if !kept {
			f.Close()
		}
	}()
	info, err := f.Stat()
	if err == nil && !info.Mode().IsRegular() {
		err = errors.New("it is not a file")
	}
	if err != nil {
		return nil, fileError(path, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	t := &Table{path: path}
	if t.file, t.columns, err = openParquet(f, info.Size()); err != nil {
		return nil, fileError(path, err)
	}
	kept = true
	t.rows = int(t.file.file.Rows())
	t.life, t.stop = context.WithCancel(context.WithoutCancel(ctx))
	t.cache = newCache(t.file.columnsWhole)
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

// View is rows of a table in an order. It never changes.
type View struct {
	table *Table
	query Query
	index []uint32 // rows of the table; nil is all of them
	rows  int
}

// Query is what the view was made for.
func (v *View) Query() Query { return v.query }

// Columns are the table's.
func (v *View) Columns() []Column { return v.table.Columns() }

// Rows is the number of rows that the view has.
func (v *View) Rows() int { return v.rows }

// Window reads n rows from row from (both cut to what there is) and the given columns (nil is all). Errors: *FileError,
// *QueryError, or the context's.
func (v *View) Window(ctx context.Context, from, n int, columns []int) (Rows, error) {
	t := v.table
	if err := t.checkColumns(columns); err != nil {
		return Rows{}, err
	}
	columns = t.all(columns)
	from = min(max(from, 0), v.rows)
	n = min(max(n, 0), v.rows-from)
	out := Rows{From: from, Columns: columns}
	if n == 0 {
		return out, ctx.Err()
	}
	err := t.work(ctx, func(ctx context.Context) error {
		if v.index == nil && !t.cache.has(columns) {
			var err error
			out.Cells, err = t.file.rowsFrom(ctx, columns, from, n)
			return err
		}
		vectors, err := t.cache.get(ctx, columns)
		if err != nil {
			return err
		}
		out.Cells = make([][]Cell, n)
		cells := make([]Cell, n*len(columns))
		for i := range n {
			row := from + i
			if v.index != nil {
				row = int(v.index[row])
			}
			out.Cells[i], cells = cells[:len(columns):len(columns)], cells[len(columns):]
			for j, vector := range vectors {
				out.Cells[i][j] = vector.cell(row)
			}
		}
		return nil
	})
	return out, err
}

// batch is the number of rows that are read at a time where many are wanted.
const batch = 4096

// TSV is n rows from row from as text for the clipboard: tabs between cells, one line a row, with the columns' names
// first where header is set. Tabs and line breaks within a value become blanks, as they would tear the row apart.
// Errors as Window.
func (v *View) TSV(ctx context.Context, from, n int, columns []int, header bool) (string, error) {
	if err := v.table.checkColumns(columns); err != nil {
		return "", err
	}
	columns = v.table.all(columns)
	var b strings.Builder
	if header {
		for i, c := range columns {
			b.WriteString(oneLine(v.table.columns[c].Name))
			b.WriteByte(ending(i, len(columns)))
		}
	}
	from = max(from, 0)
	for to := min(from+n, v.rows); from < to; from += batch {
		rows, err := v.Window(ctx, from, min(batch, to-from), columns)
		if err != nil {
			return "", err
		}
		for _, row := range rows.Cells {
			for i, cell := range row {
				b.WriteString(oneLine(cell.Text))
				b.WriteByte(ending(i, len(row)))
			}
		}
	}
	return b.String(), nil
}

func ending(i, n int) byte {
	if i == n-1 {
		return '\n'
	}
	return '\t'
}

var lineBreaks = strings.NewReplacer("\r\n", " ", "\t", " ", "\n", " ", "\r", " ", "\v", " ", "\f", " ", "\u0085", " ", "\u2028", " ", "\u2029", " ", "\x00", "")

func oneLine(s string) string { return lineBreaks.Replace(s) }
